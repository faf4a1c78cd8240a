// SPDX-License-Identifier: BSD-3-Clause
/// Counts the packets and octets of a device, until Ctrl-C or the end of a file.
///
///   export PKG_CONFIG_PATH=$PWD/bindings/c/build CPLUS_INCLUDE_PATH=$PWD/bindings/cpp/include
///   c++ -std=c++17 examples/cpp/count.cpp $(pkg-config --cflags --libs pfq) -o count
///   ./count pcap:traffic.pcap
///   sudo ./count eth0
///
/// after `make build`, or without the first line where libpfq is installed (`make install`).
#include <pfq/pfq.hpp>

#include <csignal>
#include <cstdint>
#include <iostream>

using namespace std::chrono_literals;

namespace
{

volatile std::sig_atomic_t interrupted;

void count(const std::string &device)
{
	pfq::socket q(pfq::param::list, pfq::param::caplen{ 64 }, pfq::param::rx_slots{ 8192 });
	std::uint64_t packets = 0, octets = 0;
	const auto add = [&](const pfq::net_queue &batch) {
		packets += batch.size();
		for (const auto packet : batch)
			octets += packet.length();
		return batch.size();
	};

	q.enable();
	q.bind(device);
	auto figures = q.device_stats(device);
	while (!interrupted && figures.state == PFQ_DEVICE_RUNNING) {
		add(q.read(100ms));
		figures = q.device_stats(device);
	}

	// What has arrived by now is handed on, and nothing after it.
	q.unbind(device);
	while (add(q.read(0ms)) > 0)
		;
	std::cout << packets << " packets, " << octets << " octets, "
		  << figures.lost + q.stats().lost << " lost\n";
	if (figures.state == PFQ_DEVICE_FAILED)
		throw std::runtime_error(figures.text);
}

} // namespace

int main(int argc, char *argv[])
{
	if (argc != 2) {
		std::cerr << "usage: count DEVICE\n";
		return 2;
	}
	for (const int number : { SIGINT, SIGTERM })
		std::signal(number, [](int) { interrupted = 1; });
	try {
		count(argv[1]);
	} catch (const std::exception &error) {
		std::cerr << "count: " << error.what() << '\n';
		return 1;
	}
	return 0;
}
