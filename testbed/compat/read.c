/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * read DEVICE [GID]: a program as they were written for PFQ 6. Joins a group, looks at each packet
 * by the inline iteration, and prints what was received.
 */
#include <stdio.h>
#include <stdlib.h>

#include <pfq/pfq.h>

#define ROUNDS_WITHOUT_PACKETS 20

static unsigned long packets, octets, folded[4];

static void look_at(struct pfq_net_queue *nq)
{
	pfq_net_queue_iterator_t it = pfq_net_queue_begin(nq);
	pfq_net_queue_iterator_t end = pfq_net_queue_end(nq);

	for (; it != end; it = pfq_net_queue_next(nq, it)) {
		const struct pfq_pkthdr *h = pfq_pkt_header(it);
		const char *data = (const char *)pfq_pkt_data(it);

		while (!pfq_pkt_ready(nq, it))
			pfq_yield();
		if (h->caplen >= 78)
			folded[pfq_fold(pfq_symmetric_hash(data), 4)]++;
		if (h->tstamp.tv.nsec >= 1000000000 || h->caplen > h->len || h->info.vlan.vid != 0)
			abort();
		packets++;
		octets += h->len;
	}
	/* And backwards. */
	if (nq->len > 0) {
		it = pfq_net_queue_prev(nq, end);
		if ((size_t)(it - pfq_net_queue_begin(nq)) != (nq->len - 1) * nq->slot_size)
			abort();
	}
}

int main(int argc, char *argv[])
{
	const char *dev = argc > 1 ? argv[1] : "eth0";
	int gid = argc > 2 ? atoi(argv[2]) : Q_ANY_GROUP;
	struct pfq_stats stats;
	int idle = 0;

	pfq_t *q = pfq_open_nogroup(128, 4096, 64, 64);
	if (q == NULL) {
		fprintf(stderr, "error: %s\n", pfq_error(NULL));
		return 1;
	}
	if (pfq_timestamping_enable(q, 1) < 0 || pfq_is_timestamping_enabled(q) != 1)
		goto error;
	gid = pfq_join_group(q, gid, Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED);
	if (gid < 0)
		goto error;
	if (pfq_enable(q) < 0)
		goto error;
	if (pfq_bind_group(q, gid, dev, Q_ANY_QUEUE) < 0)
		goto error;

	while (idle < ROUNDS_WITHOUT_PACKETS) {
		struct pfq_net_queue nq;
		int many = pfq_read(q, &nq, 10000);

		if (many < 0)
			goto error;
		idle = many > 0 ? 0 : idle + 1;
		look_at(&nq);
	}

	if (pfq_get_stats(q, &stats) < 0)
		goto error;
	if (stats.recv != packets)
		abort();
	printf("packets %lu octets %lu lost %lu drop %lu\n", packets, octets,
	       (unsigned long)stats.lost, (unsigned long)stats.drop);
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "error: %s\n", pfq_error(q));
	pfq_close(q);
	return 1;
}
