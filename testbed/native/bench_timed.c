// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_timed - how late packets with a time are sent
 *
 * A Tx thread sends packets, a millisecond apart, over a memory device; what is told, as one JSON
 * array, is how many nanoseconds after its time each was sent. With -s, the same for a thread that
 * sleeps until these times and looks at the clock.
 */
#define _GNU_SOURCE
#include <pfq/pfq.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#define PACKETS 1000
#define SECOND	1000000000ULL
#define GAP	(SECOND / 1000)

static uint64_t late[PACKETS];

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void must(pfq_t *q, int status)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_timed: %s\n", pfq_error(q));
	exit(1);
}

static void sleep_until_each(uint64_t start)
{
	prctl(PR_SET_TIMERSLACK, 1UL);
	for (unsigned int i = 0; i < PACKETS; i++) {
		uint64_t time = start + i * GAP;
		struct timespec end = { (time_t)(time / SECOND), (long)(time % SECOND) };

		clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL);
		late[i] = now() - time;
	}
}

static void read_all(pfq_t *reader, uint64_t start)
{
	unsigned int count = 0;

	while (count < PACKETS) {
		struct pfq_net_queue queue;

		must(reader, pfq_read(reader, &queue, 5000000));
		for (pfq_iterator_t it = pfq_net_queue_begin(&queue);
		     it != pfq_net_queue_end(&queue); it = pfq_net_queue_next(&queue, it)) {
			const struct pfq_pkthdr *header = pfq_pkt_header(it);

			late[count] = header->tstamp.tv.sec * SECOND + header->tstamp.tv.nsec -
				      (start + count * GAP);
			count++;
		}
	}
}

static void send_each(uint64_t start)
{
	pfq_t *q = pfq_open_nogroup(64, 64, 64, PACKETS);
	pfq_t *reader = pfq_open(64, 2 * PACKETS, 64, 64);
	char packet[60] = { 0 };

	must(q, q ? pfq_bind_tx(q, "mem:timed=late", Q_ANY_QUEUE, 0) : -1);
	must(reader, reader ? pfq_bind(reader, "mem:late=timed", Q_ANY_QUEUE) : -1);
	must(q, pfq_enable(q));
	must(reader, pfq_enable(reader));
	for (unsigned int i = 0; i < PACKETS; i++)
		must(q, pfq_send_raw(q, packet, sizeof(packet), start + i * GAP, 1, 0));
	read_all(reader, start);
	pfq_close(q);
	pfq_close(reader);
}

int main(int argc, char **argv)
{
	uint64_t start = now() + SECOND / 20;

	if (argc > 1 && strcmp(argv[1], "-s") == 0)
		sleep_until_each(start);
	else
		send_each(start);
	for (unsigned int i = 0; i < PACKETS; i++)
		printf("%c%llu", i > 0 ? ',' : '[', (unsigned long long)late[i]);
	puts("]");
	return 0;
}
