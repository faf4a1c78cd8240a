/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The figures of a whole engine since it was made. Those of what is there are read from it; those
 * of what has ended are kept. */
#ifndef PFQ_ENGINE_TOTALS_H
#define PFQ_ENGINE_TOTALS_H

#include "platform.h"

struct pfq_group;

struct pfq_totals {
	uint64_t packets; /* that devices brought */
	uint64_t missed;  /* that devices lost before */
	struct pfq_stats stats;
};

/* With the engine's lock held. */
void pfq_totals_add_group(struct pfq_totals *totals, const struct pfq_group *group);
void pfq_totals_add_socket(struct pfq_totals *totals, const struct pfq_socket *socket);
void pfq_totals_add_device(struct pfq_totals *totals, struct pfq_device *device);

#endif
