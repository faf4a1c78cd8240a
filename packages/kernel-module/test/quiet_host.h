/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* A host for tests of the engine alone: devices d0 to d3 that swallow what is sent to them, and
 * ordinary memory. */
#ifndef PFQ_TEST_QUIET_HOST_H
#define PFQ_TEST_QUIET_HOST_H

#include "../engine/state.h"

struct quiet_host {
	uint64_t sent; /* packets, over all devices */
	uint64_t woken;
};

extern const struct pfq_host_ops quiet_host_ops;

#endif
