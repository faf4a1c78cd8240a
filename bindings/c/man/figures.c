/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <pfq/pfq.h>
#include <stdio.h>

int main(void)
{
	pfq_t *q = pfq_open(64, 4096, 64, 64);
	struct pfq_stats socket, group;
	struct pfq_counters counters;
	struct pfq_device_stats device;

	if (!q)
		return 1;
	if (pfq_enable(q) < 0 || pfq_bind(q, "mem:figures", Q_ANY_QUEUE) < 0 ||
	    pfq_get_stats(q, &socket) < 0 || pfq_get_group_stats(q, pfq_group_id(q), &group) < 0 ||
	    pfq_get_group_counters(q, pfq_group_id(q), &counters) < 0 ||
	    pfq_get_device_stats(q, "mem:figures", &device) < 0) {
		fprintf(stderr, "%s\n", pfq_error(q));
		return 1;
	}
	printf("device %" PRIu64 ", group %" PRIu64 ", socket %" PRIu64 ", counter 0 %" PRIu64 "\n",
	       device.recv, group.recv, socket.recv, counters.counter[0]);
	return pfq_close(q) < 0;
}
