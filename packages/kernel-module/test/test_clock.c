/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "host_platform.h"

#undef pfq_now

static uint64_t clock_time; /* 0: the real one */

void test_clock_set(uint64_t nsec)
{
	__atomic_store_n(&clock_time, nsec, __ATOMIC_SEQ_CST);
}

void test_clock_advance(uint64_t nsec)
{
	__atomic_add_fetch(&clock_time, nsec, __ATOMIC_SEQ_CST);
}

uint64_t test_now(void)
{
	uint64_t now = __atomic_load_n(&clock_time, __ATOMIC_SEQ_CST);

	return now ? now : pfq_now();
}
