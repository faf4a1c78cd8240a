// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_count - what it costs to read packets and to look at each one's length: the C API
 *
 * One thread fills a queue over a memory device, off the clock, and empties it, on the clock of its
 * processor time. For each line on standard input it does so ROUNDS times and prints one JSON
 * object: the sum of the lengths, and nanoseconds a packet.
 */
#define _GNU_SOURCE
#include <pfq/pfq.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void must(pfq_t *q, int status)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_count: %s\n", pfq_error(q));
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint64_t count_octets(pfq_t *reader)
{
	struct pfq_net_queue batch;
	uint64_t octets = 0;
	int count;

	while ((count = pfq_read(reader, &batch, 0)) > 0) {
		pfq_iterator_t end = pfq_net_queue_end(&batch);

		for (pfq_iterator_t it = pfq_net_queue_begin(&batch); it != end;
		     it = pfq_net_queue_next(&batch, it))
			octets += pfq_pkt_header(it)->len;
	}
	must(reader, count);
	return octets;
}

int main(int argc, char **argv)
{
	size_t slots = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	pfq_t *sender = pfq_open_nogroup(64, 64, 64, 64);
	pfq_t *reader = pfq_open(64, slots, 64, 64);
	char packet[60] = { 0 }, line[16];

	must(sender, sender ? pfq_bind_tx(sender, "mem:count", Q_ANY_QUEUE, Q_NO_KTHREAD) : -1);
	must(reader, reader ? pfq_bind(reader, "mem:count", Q_ANY_QUEUE) : -1);
	must(sender, pfq_enable(sender));
	must(reader, pfq_enable(reader));
	while (fgets(line, sizeof(line), stdin)) {
		uint64_t octets = 0;
		double spent = 0;

		for (size_t round = 0; round < rounds; round++) {
			must(sender, pfq_send(sender, packet, sizeof(packet), slots, 1));
			spent -= now();
			octets += count_octets(reader);
			spent += now();
		}
		printf("{\"octets\":%" PRIu64 ",\"nanoseconds\":%.3f}\n", octets,
		       spent / (double)(rounds * slots));
		fflush(stdout);
	}
	pfq_close(reader);
	pfq_close(sender);
	return 0;
}
