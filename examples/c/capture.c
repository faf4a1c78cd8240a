/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes the packets of a device to a pcap file, with their times in nanoseconds, until Ctrl-C or
 * the end of a file.
 *
 *   export PKG_CONFIG_PATH=$PWD/bindings/c/build
 *   cc examples/c/capture.c $(pkg-config --cflags --libs pfq) -lpcap -o capture
 *   ./capture pcap:traffic.pcap copy.pcap
 *   sudo ./capture eth0 eth0.pcap
 *
 * after `make build`, or without the first line where libpfq is installed (`make install`).
 */
#include <pfq/pfq.h>

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNAPLEN 65535

/* What packets begin with, in the words of libpcap. */
static const int link_types[] = {
	[PFQ_LINK_ETHERNET] = DLT_EN10MB, [PFQ_LINK_RAW] = DLT_RAW,
	[PFQ_LINK_NULL] = DLT_NULL,	  [PFQ_LINK_SLL] = DLT_LINUX_SLL,
	[PFQ_LINK_SLL2] = DLT_LINUX_SLL2, [PFQ_LINK_PPP] = DLT_PPP,
};

static volatile sig_atomic_t interrupted;
static uint64_t packets;
static pcap_dumper_t *file;
static unsigned int link_type = PFQ_LINK_ETHERNET;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void die(const char *text)
{
	fprintf(stderr, "capture: %s\n", text);
	exit(1);
}

static void create(const char *path)
{
	pcap_t *format = pcap_open_dead_with_tstamp_precision(link_types[link_type], SNAPLEN,
							      PCAP_TSTAMP_PRECISION_NANO);

	file = pcap_dump_open(format, path);
	if (!file)
		die(pcap_geterr(format));
	pcap_close(format);
}

/* Writes the next batch, for which it waits so long; gives its length. */
static int store(pfq_t *q, const char *path, long int microseconds)
{
	struct pfq_net_queue batch;
	const int length = pfq_read(q, &batch, microseconds);

	if (length < 0)
		die(pfq_error(q));
	/* The packets tell what kind of device it is; none is written yet. */
	if (length > 0 && pfq_pkt_header(batch.queue)->info.link != link_type) {
		link_type = pfq_pkt_header(batch.queue)->info.link;
		pcap_dump_close(file);
		create(path);
	}
	for (pfq_iterator_t it = pfq_net_queue_begin(&batch); it != pfq_net_queue_end(&batch);
	     it = pfq_net_queue_next(&batch, it)) {
		const struct pfq_pkthdr *header = pfq_pkt_header(it);
		const struct pcap_pkthdr stored = {
			.ts = { header->tstamp.tv.sec, header->tstamp.tv.nsec },
			.caplen = header->caplen,
			.len = header->len,
		};

		pcap_dump((u_char *)file, &stored, pfq_pkt_data(it));
	}
	if (pcap_dump_flush(file) < 0 || ferror(pcap_dump_file(file)))
		die(strerror(errno));
	packets += (uint64_t)length;
	return length;
}

int main(int argc, char *argv[])
{
	struct pfq_device_stats device = { .state = PFQ_DEVICE_RUNNING };
	struct pfq_stats socket;
	pfq_t *q;

	if (argc != 3) {
		fprintf(stderr, "usage: capture DEVICE FILE\n");
		return 2;
	}
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	q = pfq_open(SNAPLEN, 1024, 64, 64);
	if (!q || pfq_enable(q) < 0 || pfq_bind(q, argv[1], Q_ANY_QUEUE) < 0)
		die(pfq_error(q));
	create(argv[2]);
	while (!interrupted && device.state == PFQ_DEVICE_RUNNING) {
		store(q, argv[2], 100000);
		if (pfq_get_device_stats(q, argv[1], &device) < 0)
			die(pfq_error(q));
	}

	/* What has arrived by now is handed on, and nothing after it. */
	pfq_unbind(q, argv[1], Q_ANY_QUEUE);
	while (store(q, argv[2], 0) > 0)
		;
	pfq_get_stats(q, &socket);
	printf("%" PRIu64 " packets, %" PRIu64 " lost\n", packets, device.lost + socket.lost);
	pcap_dump_close(file);
	pfq_close(q);
	if (device.state == PFQ_DEVICE_FAILED)
		die(device.text);
	return 0;
}
