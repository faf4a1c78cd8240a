// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_reader - counts the packets of a device that PFQ gives to a socket
 *
 * A counting reader of the C API: pfq_read() in a loop, each packet's header looked at once. It
 * prints "ready", counts until it is interrupted, or until a capture file has ended (-f), and ends
 * with one JSON object.
 */
#define _GNU_SOURCE
#include <pfq/pfq.h>

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void fail(pfq_t *q)
{
	fprintf(stderr, "bench_reader: %s\n", pfq_error(q));
	exit(1);
}

static uint64_t count_batch(const struct pfq_net_queue *batch, uint64_t *octets)
{
	pfq_iterator_t end = pfq_net_queue_end(batch);

	for (pfq_iterator_t it = pfq_net_queue_begin(batch); it != end;
	     it = pfq_net_queue_next(batch, it))
		*octets += pfq_pkt_header(it)->len;
	return batch->len;
}

static int is_running(pfq_t *q, const char *device)
{
	struct pfq_device_stats stats;

	return pfq_get_device_stats(q, device, &stats) == 0 && stats.state == PFQ_DEVICE_RUNNING;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = interrupt };
	size_t caplen = 96, slots = 65536;
	struct pfq_device_stats device;
	struct pfq_stats stats;
	struct pfq_net_queue batch;
	uint64_t received = 0, octets = 0;
	int option, until_end = 0, count;
	pfq_t *q;

	while ((option = getopt(argc, argv, "c:s:f")) != -1) {
		switch (option) {
		case 'c':
			caplen = strtoul(optarg, NULL, 10);
			break;
		case 's':
			slots = strtoul(optarg, NULL, 10);
			break;
		case 'f':
			until_end = 1;
			break;
		default:
			return 2;
		}
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: bench_reader [-c CAPLEN] [-s SLOTS] [-f] DEVICE\n");
		return 2;
	}
	q = pfq_open(caplen, slots, 64, 1);
	if (!q || pfq_enable(q) || pfq_bind(q, argv[optind], Q_ANY_QUEUE))
		fail(q);
	sigaction(SIGINT, &action, NULL);
	printf("ready\n");
	fflush(stdout);
	while (!interrupted) {
		count = pfq_read(q, &batch, 100000);
		if (count < 0)
			fail(q);
		if (count == 0 && until_end && !is_running(q, argv[optind]))
			break;
		received += count_batch(&batch, &octets);
	}
	if (pfq_get_stats(q, &stats) || pfq_get_device_stats(q, argv[optind], &device))
		fail(q);
	printf("{\"received\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"octets\":%" PRIu64 "}\n", received,
	       stats.lost + device.lost, octets);
	pfq_close(q);
	return 0;
}
