// SPDX-License-Identifier: BSD-3-Clause
/// Sends what arrives at one device out of another, until Ctrl-C or the end of a file. A second
/// one, `forward TO FROM`, makes it a bridge.
///
///   export PKG_CONFIG_PATH=$PWD/bindings/c/build CPLUS_INCLUDE_PATH=$PWD/bindings/cpp/include
///   c++ -std=c++17 examples/cpp/forward.cpp $(pkg-config --cflags --libs pfq) -o forward
///   sudo ./forward eth0 eth1
///   sudo ./forward pcap:traffic.pcap eth1
///
/// after `make build`, or without the first line where libpfq is installed (`make install`).
#include <pfq/pfq.hpp>

#include <csignal>
#include <iostream>
#include <thread>

using namespace std::chrono_literals;

namespace
{

volatile std::sig_atomic_t interrupted;

void forward(const std::string &from, const std::string &to)
{
	pfq::socket q(pfq::param::list, pfq::param::rx_slots{ 64 });
	const int gid = q.group_id();

	// bridge sends a packet on, and leaves none for the socket.
	q.set_group_computation(gid, pfq::lang::bridge(to));
	q.enable();
	q.bind(from);
	auto figures = q.device_stats(from);
	while (!interrupted && figures.state == PFQ_DEVICE_RUNNING) {
		std::this_thread::sleep_for(10ms);
		figures = q.device_stats(from);
	}

	// What has arrived by now is sent on, and nothing after it.
	q.unbind(from);
	const auto group = q.group_stats(gid);
	std::cout << group.frwd << " packets sent on, " << group.fail << " not taken by " << to
		  << ", " << figures.lost << " lost\n";
	if (figures.state == PFQ_DEVICE_FAILED)
		throw std::runtime_error(figures.text);
}

} // namespace

int main(int argc, char *argv[])
{
	if (argc != 3) {
		std::cerr << "usage: forward FROM TO\n";
		return 2;
	}
	for (const int number : { SIGINT, SIGTERM })
		std::signal(number, [](int) { interrupted = 1; });
	try {
		forward(argv[1], argv[2]);
	} catch (const std::exception &error) {
		std::cerr << "forward: " << error.what() << '\n';
		return 1;
	}
	return 0;
}
