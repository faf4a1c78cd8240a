/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * send DEVICE COUNT: a program as they were written for PFQ 6. Sends packets by the program's own
 * calls, and by a Tx thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pfq/pfq.h>

static char packet[60];

static int send_by_calls(pfq_t *q, int count)
{
	for (int n = 0; n < count; n++)
		if (pfq_send(q, packet, sizeof(packet), 1, 16) < 0)
			return -1;
	return pfq_sync_queue(q, 0) < 0 ? -1 : 0;
}

static int send_by_thread(pfq_t *q, int count)
{
	for (int n = 0; n < count; n++)
		while (pfq_send_async(q, packet, sizeof(packet), 1, Q_ANY_KTHREAD) < 0)
			pfq_relax();
	return 0;
}

int main(int argc, char *argv[])
{
	const char *dev = argc > 1 ? argv[1] : "eth0";
	int count = argc > 2 ? atoi(argv[2]) : 100;
	struct pfq_stats stats;

	pfq_t *q = pfq_open_nogroup(64, 64, 1514, 1024);
	if (q == NULL) {
		fprintf(stderr, "error: %s\n", pfq_error(NULL));
		return 1;
	}
	memset(packet, 0xff, 12);
	memset(&stats, 0, sizeof(stats));
	if (pfq_bind_tx(q, dev, Q_ANY_QUEUE, Q_NO_KTHREAD) < 0)
		goto error;
	if (pfq_bind_tx(q, dev, Q_ANY_QUEUE, 0) < 0)
		goto error;
	if (pfq_enable(q) < 0)
		goto error;
	if (send_by_calls(q, count) < 0 || send_by_thread(q, count) < 0)
		goto error;
	while (stats.sent + stats.fail + stats.disc < 2UL * (unsigned long)count) {
		if (pfq_get_stats(q, &stats) < 0)
			goto error;
		pfq_yield();
	}
	printf("sent %lu fail %lu disc %lu\n", (unsigned long)stats.sent, (unsigned long)stats.fail,
	       (unsigned long)stats.disc);
	if (pfq_disable(q) < 0 || pfq_unbind_tx(q) < 0)
		goto error;
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "error: %s\n", pfq_error(q));
	pfq_close(q);
	return 1;
}
