/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counts packets and octets of a device for some seconds, or to the end of a file.
 *
 *   export PKG_CONFIG_PATH=bindings/c/build
 *   cc examples/c/count.c $(pkg-config --cflags --libs pfq) -o count
 *   ./count pcap:traffic.pcap
 *   sudo ./count eth0 10
 *
 * after `make build`, or without the first line where libpfq is installed
 * (`make -C bindings/c install PREFIX=/usr/local`).
 */
#include <pfq/pfq.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Whether the device has come to its end: then what is still in the queue is the last. */
static int ended(pfq_t *q, const char *device, struct pfq_device_stats *stats)
{
	return pfq_get_device_stats(q, device, stats) < 0 || stats->state != PFQ_DEVICE_RUNNING;
}

int main(int argc, char *argv[])
{
	struct pfq_device_stats device = { .state = PFQ_DEVICE_RUNNING };
	struct pfq_net_queue batch;
	uint64_t packets = 0, octets = 0;
	time_t end;
	pfq_t *q;

	if (argc < 2) {
		fprintf(stderr, "usage: count DEVICE [SECONDS]\n");
		return 2;
	}
	end = argc > 2 ? time(NULL) + atoi(argv[2]) : 0;
	q = pfq_open(64, 8192, 64, 64);
	if (!q) {
		fprintf(stderr, "count: %s\n", pfq_error(NULL));
		return 1;
	}
	if (pfq_enable(q) < 0 || pfq_bind(q, argv[1], Q_ANY_QUEUE) < 0) {
		fprintf(stderr, "count: %s\n", pfq_error(q));
		pfq_close(q);
		return 1;
	}
	while (!end || time(NULL) < end) {
		int count = pfq_read(q, &batch, 100000);

		if (count < 0)
			break;
		if (count == 0 && ended(q, argv[1], &device))
			count = pfq_read(q, &batch, 0);
		if (count == 0 && device.state != PFQ_DEVICE_RUNNING)
			break;
		for (pfq_iterator_t it = pfq_net_queue_begin(&batch);
		     it != pfq_net_queue_end(&batch); it = pfq_net_queue_next(&batch, it))
			octets += pfq_pkt_header(it)->len;
		packets += (uint64_t)count;
	}
	pfq_get_device_stats(q, argv[1], &device);
	printf("%" PRIu64 " packets, %" PRIu64 " octets, %" PRIu64 " lost\n", packets, octets,
	       device.lost);
	if (device.state == PFQ_DEVICE_FAILED)
		fprintf(stderr, "count: %s\n", device.text);
	pfq_close(q);
	return device.state == PFQ_DEVICE_FAILED;
}
