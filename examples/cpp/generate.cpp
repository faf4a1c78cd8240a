// SPDX-License-Identifier: BSD-3-Clause
/// Sends small UDP packets of 64 flows: so many, or until Ctrl-C; at a rate, or as fast as it goes.
///
///   export PKG_CONFIG_PATH=$PWD/bindings/c/build CPLUS_INCLUDE_PATH=$PWD/bindings/cpp/include
///   c++ -std=c++17 examples/cpp/generate.cpp $(pkg-config --cflags --libs pfq) -o generate
///   sudo ./generate eth0 1000000
///   sudo ./generate eth0 0 5000      # 5,000 a second, without end
///
/// after `make build`, or without the first line where libpfq is installed (`make install`).
#include <pfq/pfq.hpp>

#include <array>
#include <csignal>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <thread>

namespace
{

volatile std::sig_atomic_t interrupted;

constexpr std::uint64_t flows = 64;

std::array<std::uint8_t, 60> packet{
	// Ethernet
	0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00,
	// IPv4, from 198.18.0.1 to 198.18.0.2: addresses of benchmarks (RFC 2544)
	0x45, 0x00, 0x00, 0x2e, 0x00, 0x00, 0x00, 0x00, 0x40, 0x11, 0xee, 0x97, 0xc6, 0x12, 0x00,
	0x01, 0xc6, 0x12, 0x00, 0x02,
	// UDP, from port 1024 and up to port 9; the rest is zeros
	0x04, 0x00, 0x00, 0x09, 0x00, 0x1a, 0x00, 0x00
};

/// Packets, or 0 for no end; of them so many a second, or 0 for as many as possible.
void generate(const std::string &device, std::uint64_t packets, double rate)
{
	using clock = std::chrono::steady_clock;
	using seconds = std::chrono::duration<double>;
	pfq::socket q(pfq::param::list, pfq::param::xmitlen{ packet.size() },
		      pfq::param::policy{ pfq::group_policy::undefined });

	q.bind_tx(device);
	q.enable();
	const auto start = clock::now();
	for (std::uint64_t i = 0; (packets == 0 || i < packets) && !interrupted; i++) {
		if (rate > 0)
			std::this_thread::sleep_until(start +
						      seconds(static_cast<double>(i) / rate));
		packet[35] = static_cast<std::uint8_t>(i % flows); // of the source port
		q.send(packet, 1, rate > 0 ? 1 : flows);
	}
	q.sync_queue();
	const auto stats = q.stats();
	std::cout << std::fixed << std::setprecision(3) << stats.sent << " packets sent, "
		  << stats.fail << " not taken by " << device << ", in "
		  << seconds(clock::now() - start).count() << " s\n";
}

/// Throws for what is no number from 0 on.
double number(const std::string &text)
{
	std::size_t end = 0;
	const double value = std::stod(text, &end);

	if (end != text.size() || !(value >= 0))
		throw std::invalid_argument(text);
	return value;
}

} // namespace

int main(int argc, char *argv[])
try {
	if (argc < 2 || argc > 4)
		throw std::invalid_argument("arguments");
	for (const int signal : { SIGINT, SIGTERM })
		std::signal(signal, [](int) { interrupted = 1; });
	generate(argv[1], argc > 2 ? static_cast<std::uint64_t>(number(argv[2])) : 0,
		 argc > 3 ? number(argv[3]) : 0);
	return 0;
} catch (const std::invalid_argument &) {
	std::cerr << "usage: generate DEVICE [PACKETS [PACKETS A SECOND]]\n";
	return 2;
} catch (const std::exception &error) {
	std::cerr << "generate: " << error.what() << '\n';
	return 1;
}
