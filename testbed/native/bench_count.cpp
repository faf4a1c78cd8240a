// SPDX-License-Identifier: BSD-3-Clause
// bench_count_cpp - bench_count in C++: the same work, by the headers of bindings/cpp
#include <pfq/pfq.hpp>

#include <array>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <string>

namespace
{

double now()
{
	timespec time{};

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

std::uint64_t count_octets(pfq::socket &reader)
{
	std::uint64_t octets = 0;

	for (;;) {
		const auto batch = reader.read(std::chrono::microseconds(0));

		if (batch.empty())
			return octets;
		for (const auto packet : batch)
			octets += packet.length();
	}
}

} // namespace

int main(int argc, char **argv)
try {
	const std::size_t slots = argc > 1 ? std::stoul(argv[1]) : 0;
	const std::size_t rounds = argc > 2 ? std::stoul(argv[2]) : 0;
	const std::array<char, 60> octets_of_packet{};
	pfq::socket sender(pfq::param::list, pfq::param::policy{ pfq::group_policy::undefined });
	pfq::socket reader(64, slots);

	sender.bind_tx("mem:count");
	reader.bind("mem:count");
	sender.enable();
	reader.enable();
	for (std::string line; std::getline(std::cin, line);) {
		std::uint64_t octets = 0;
		double spent = 0;

		for (std::size_t round = 0; round < rounds; round++) {
			sender.send(octets_of_packet, slots);
			spent -= now();
			octets += count_octets(reader);
			spent += now();
		}
		std::cout << "{\"octets\":" << octets
			  << ",\"nanoseconds\":" << spent / static_cast<double>(rounds * slots)
			  << "}" << std::endl;
	}
} catch (const std::exception &error) {
	std::cerr << "bench_count_cpp: " << error.what() << '\n';
	return 1;
}
