/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The user host's platform, with memory that can be made to run out, and is counted, and
 * a clock that can be set. */
#ifndef PFQ_TEST_HOST_PLATFORM_H
#define PFQ_TEST_HOST_PLATFORM_H

#include "../../../bindings/c/host/host_platform.h"

void *test_alloc(size_t size);
void test_free(void *memory);

/* Lets so many allocations succeed, and fails all that come after them; negative: fails none. */
void test_alloc_budget(long count);

/* How many allocations there are that were not freed. */
long test_alloc_live(void);

/* Stops the clock at this time; 0: lets it run again, as the real one. */
void test_clock_set(uint64_t nsec);
void test_clock_advance(uint64_t nsec);
uint64_t test_now(void);

#define pfq_alloc test_alloc
#define pfq_free  test_free
#define pfq_now	  test_now

#endif
