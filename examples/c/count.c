/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counts the packets and octets of a device, until Ctrl-C or the end of a file.
 *
 *   export PKG_CONFIG_PATH=$PWD/bindings/c/build
 *   cc examples/c/count.c $(pkg-config --cflags --libs pfq) -o count
 *   ./count pcap:traffic.pcap
 *   sudo ./count eth0
 *
 * after `make build`, or without the first line where libpfq is installed (`make install`).
 */
#include <pfq/pfq.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t interrupted;
static uint64_t packets, octets;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void die(const char *text)
{
	fprintf(stderr, "count: %s\n", text);
	exit(1);
}

/* Counts the next batch, for which it waits so long; gives its length. */
static int count(pfq_t *q, long int microseconds)
{
	struct pfq_net_queue batch;
	int length = pfq_read(q, &batch, microseconds);

	if (length < 0)
		die(pfq_error(q));
	for (pfq_iterator_t it = pfq_net_queue_begin(&batch); it != pfq_net_queue_end(&batch);
	     it = pfq_net_queue_next(&batch, it))
		octets += pfq_pkt_header(it)->len;
	packets += (uint64_t)length;
	return length;
}

int main(int argc, char *argv[])
{
	struct pfq_device_stats device = { .state = PFQ_DEVICE_RUNNING };
	struct pfq_stats socket;
	pfq_t *q;

	if (argc != 2) {
		fprintf(stderr, "usage: count DEVICE\n");
		return 2;
	}
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	q = pfq_open(64, 8192, 64, 64);
	if (!q || pfq_enable(q) < 0 || pfq_bind(q, argv[1], Q_ANY_QUEUE) < 0)
		die(pfq_error(q));
	while (!interrupted && device.state == PFQ_DEVICE_RUNNING) {
		count(q, 100000);
		if (pfq_get_device_stats(q, argv[1], &device) < 0)
			die(pfq_error(q));
	}

	/* What has arrived by now is handed on, and nothing after it. */
	pfq_unbind(q, argv[1], Q_ANY_QUEUE);
	while (count(q, 0) > 0)
		;
	pfq_get_stats(q, &socket);
	printf("%" PRIu64 " packets, %" PRIu64 " octets, %" PRIu64 " lost\n", packets, octets,
	       device.lost + socket.lost);
	pfq_close(q);
	if (device.state == PFQ_DEVICE_FAILED)
		die(device.text);
	return 0;
}
