// SPDX-License-Identifier: BSD-3-Clause
/// Writes the packets of a device to a pcap file, with their times in nanoseconds, until Ctrl-C or
/// the end of a file.
///
///   export PKG_CONFIG_PATH=$PWD/bindings/c/build CPLUS_INCLUDE_PATH=$PWD/bindings/cpp/include
///   c++ -std=c++17 examples/cpp/capture.cpp $(pkg-config --cflags --libs pfq) -lpcap -o capture
///   ./capture pcap:traffic.pcap copy.pcap
///   sudo ./capture eth0 eth0.pcap
///
/// after `make build`, or without the first line where libpfq is installed (`make install`).
#include <pfq/pfq.hpp>

#include <pcap/pcap.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <memory>

using namespace std::chrono_literals;

namespace
{

volatile std::sig_atomic_t interrupted;

constexpr int snaplen = 65535;

/// What packets begin with (PFQ_LINK_ETHERNET and on), in the words of libpcap.
constexpr int link_types[] = {
	DLT_EN10MB, DLT_RAW, DLT_NULL, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_PPP
};

using pcap_file = std::unique_ptr<pcap_dumper_t, decltype(&pcap_dump_close)>;

pcap_file create(const std::string &path, int link)
{
	const std::unique_ptr<pcap_t, decltype(&pcap_close)> format(
		pcap_open_dead_with_tstamp_precision(link_types[link], snaplen,
						     PCAP_TSTAMP_PRECISION_NANO),
		pcap_close);
	pcap_file file(pcap_dump_open(format.get(), path.c_str()), pcap_dump_close);

	if (!file)
		throw std::runtime_error(pcap_geterr(format.get()));
	return file;
}

void store(pcap_file &file, const pfq::packet &packet)
{
	const auto &header = packet.header();
	pcap_pkthdr stored{};

	stored.ts.tv_sec = header.tstamp.tv.sec;
	stored.ts.tv_usec = header.tstamp.tv.nsec;
	stored.caplen = header.caplen;
	stored.len = header.len;
	pcap_dump(reinterpret_cast<u_char *>(file.get()), &stored, packet.data());
}

void capture(const std::string &device, const std::string &path)
{
	pfq::socket q(pfq::param::list, pfq::param::caplen{ snaplen },
		      pfq::param::rx_slots{ 1024 });

	q.enable();
	q.bind(device);

	int link = PFQ_LINK_ETHERNET;
	auto file = create(path, link);
	std::uint64_t packets = 0;
	const auto take = [&](const pfq::net_queue &batch) {
		// The device tells its link type by its packets, of which none is written yet.
		if (!batch.empty() && batch[0].link() != link) {
			link = batch[0].link();
			file = create(path, link);
		}
		for (const auto packet : batch)
			store(file, packet);
		packets += batch.size();
		if (pcap_dump_flush(file.get()) < 0 || std::ferror(pcap_dump_file(file.get())))
			throw std::system_error(errno, std::generic_category(), path);
		return batch.size();
	};
	auto figures = q.device_stats(device);
	while (!interrupted && figures.state == PFQ_DEVICE_RUNNING) {
		take(q.read(100ms));
		figures = q.device_stats(device);
	}

	// What has arrived by now is handed on, and nothing after it.
	q.unbind(device);
	while (take(q.read(0ms)) > 0)
		;
	std::cout << packets << " packets, " << figures.lost + q.stats().lost << " lost\n";
	if (figures.state == PFQ_DEVICE_FAILED)
		throw std::runtime_error(figures.text);
}

} // namespace

int main(int argc, char *argv[])
{
	if (argc != 3) {
		std::cerr << "usage: capture DEVICE FILE\n";
		return 2;
	}
	for (const int number : { SIGINT, SIGTERM })
		std::signal(number, [](int) { interrupted = 1; });
	try {
		capture(argv[1], argv[2]);
	} catch (const std::exception &error) {
		std::cerr << "capture: " << error.what() << '\n';
		return 1;
	}
	return 0;
}
