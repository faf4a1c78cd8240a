// SPDX-License-Identifier: BSD-3-Clause
/// Balances the packets of a device over threads, both directions of a flow on the same one, until
/// Ctrl-C or the end of a file, and tells how many each had.
///
///   export PKG_CONFIG_PATH=$PWD/bindings/c/build CPLUS_INCLUDE_PATH=$PWD/bindings/cpp/include
///   c++ -std=c++17 examples/cpp/balance.cpp $(pkg-config --cflags --libs pfq) -pthread -o balance
///   ./balance pcap:traffic.pcap
///   sudo ./balance eth0 8
///
/// after `make build`, or without the first line where libpfq is installed (`make install`).
#include <pfq/pfq.hpp>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <future>
#include <iostream>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace pfq::lang;

namespace
{

volatile std::sig_atomic_t interrupted;
std::atomic<bool> finished;

/// Reads a socket until no more will come; gives how many packets there were.
std::uint64_t work(pfq::socket &q)
{
	std::uint64_t packets = 0;

	for (;;) {
		const bool last = finished;
		const auto batch = q.read(10ms);

		for (const auto packet : batch)
			packets += packet.length() > 0;
		if (last && batch.empty())
			return packets;
	}
}

void balance(const std::string &device, std::size_t threads)
{
	std::vector<pfq::socket> sockets(threads);
	std::vector<std::future<std::uint64_t>> counts;
	int gid = Q_ANY_GROUP;

	// The first socket makes the group, the others join it.
	for (auto &q : sockets) {
		q.open(pfq::param::list, pfq::param::caplen{ 64 }, pfq::param::rx_slots{ 8192 },
		       pfq::param::policy{ pfq::group_policy::undefined });
		gid = q.join_group(gid, Q_CLASS_DEFAULT, pfq::group_policy::restricted);
		q.enable();
	}
	auto &first = sockets.front();
	first.set_group_computation(gid, steer_flow);
	first.bind_group(gid, device);
	for (auto &q : sockets)
		counts.push_back(std::async(std::launch::async, work, std::ref(q)));

	auto figures = first.device_stats(device);
	while (!interrupted && figures.state == PFQ_DEVICE_RUNNING) {
		std::this_thread::sleep_for(10ms);
		figures = first.device_stats(device);
	}

	// What has arrived by now is handed on, and nothing after it.
	first.unbind_group(gid, device);
	finished = true;
	for (std::size_t i = 0; i < threads; i++)
		std::cout << "thread " << i << ": " << counts[i].get() << " packets\n";
	const auto group = first.group_stats(gid);
	std::cout << group.drop << " dropped, " << figures.lost + group.lost << " lost\n";
	if (figures.state == PFQ_DEVICE_FAILED)
		throw std::runtime_error(figures.text);
}

} // namespace

int main(int argc, char *argv[])
{
	const int threads = argc == 3 ? std::atoi(argv[2]) : 4;

	if (argc < 2 || argc > 3 || threads < 1 || threads > 64) {
		std::cerr << "usage: balance DEVICE [THREADS], of which there may be 64\n";
		return 2;
	}
	for (const int number : { SIGINT, SIGTERM })
		std::signal(number, [](int) { interrupted = 1; });
	try {
		balance(argv[1], static_cast<std::size_t>(threads));
	} catch (const std::exception &error) {
		std::cerr << "balance: " << error.what() << '\n';
		return 1;
	}
	return 0;
}
