/* SPDX-License-Identifier: BSD-3-Clause */
#include "handle.h"

int pfq_get_stats(const pfq_t *q, struct pfq_stats *stats)
{
	return handle_control(q, PFQ_OP_GET_STATS, NULL, 0, stats, sizeof(*stats));
}

int pfq_get_group_stats(const pfq_t *q, int gid, struct pfq_stats *stats)
{
	struct pfq_group_id request = { .gid = gid };

	return handle_control(q, PFQ_OP_GET_GROUP_STATS, &request, sizeof(request), stats,
			      sizeof(*stats));
}

int pfq_get_group_counters(const pfq_t *q, int gid, struct pfq_counters *counters)
{
	struct pfq_group_id request = { .gid = gid };

	return handle_control(q, PFQ_OP_GET_GROUP_COUNTERS, &request, sizeof(request), counters,
			      sizeof(*counters));
}
