/* SPDX-License-Identifier: BSD-3-Clause */
/* dispatch DEVICE: a program as they were written for PFQ 6, with a private group and a callback.
 */
#include <stdio.h>
#include <stdlib.h>

#include <pfq/pfq.h>

static void handler(char *user, const struct pfq_pkthdr *h, const char *data)
{
	unsigned long *count = (unsigned long *)(void *)user;

	if (h->caplen > 0 && data != NULL)
		(*count)++;
}

int main(int argc, char *argv[])
{
	const char *dev = argc > 1 ? argv[1] : "eth0";
	unsigned long count = 0, mask = 0;
	struct pfq_counters counters;
	struct pfq_stats stats;
	int many, idle = 0;

	pfq_t *q = pfq_open(64, 4096, 64, 64);
	if (q == NULL) {
		fprintf(stderr, "error: %s\n", pfq_error(NULL));
		return 1;
	}
	if (pfq_id(q) < 0 || pfq_group_id(q) < 0 || pfq_groups_mask(q, &mask) < 0 || mask == 0)
		goto error;
	if (pfq_set_caplen(q, 100) < 0 || pfq_get_caplen(q) != 100)
		goto error;
	if (pfq_set_rx_slots(q, 8192) < 0 || pfq_get_rx_slots(q) != 8192)
		goto error;
	if (pfq_set_weight(q, 2) < 0 || pfq_get_weight(q) != 2)
		goto error;
	if (pfq_enable(q) < 0 || !pfq_is_enabled(q) || pfq_mem_addr(q) == NULL)
		goto error;
	if (pfq_bind(q, dev, Q_ANY_QUEUE) < 0 || pfq_ifindex(q, dev) < 0)
		goto error;
	while (idle < 20) {
		many = pfq_dispatch(q, handler, 10000, (char *)&count);
		if (many < 0)
			goto error;
		idle = many > 0 ? 0 : idle + 1;
	}
	if (pfq_get_group_stats(q, pfq_group_id(q), &stats) < 0 || stats.recv != count)
		goto error;
	if (pfq_get_group_counters(q, pfq_group_id(q), &counters) < 0)
		goto error;
	printf("packets %lu\n", count);
	if (pfq_unbind(q, dev, Q_ANY_QUEUE) < 0 || pfq_disable(q) < 0)
		goto error;
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "error: %s\n", pfq_error(q));
	pfq_close(q);
	return 1;
}
