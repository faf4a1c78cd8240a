/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "host_platform.h"

/* The functions that the macros of the header stand before. */
#undef pfq_alloc
#undef pfq_free

#ifdef __SANITIZE_THREAD__
char pfq_rcu_order; /* libpfq's, by which the host tells ThreadSanitizer what RCU orders */
#endif

static long budget = -1;
static long live;

void test_alloc_budget(long count)
{
	__atomic_store_n(&budget, count, __ATOMIC_SEQ_CST);
}

long test_alloc_live(void)
{
	return __atomic_load_n(&live, __ATOMIC_SEQ_CST);
}

static bool spend(void)
{
	long left = __atomic_load_n(&budget, __ATOMIC_SEQ_CST);

	if (left > 0)
		__atomic_store_n(&budget, left - 1, __ATOMIC_SEQ_CST);
	return left != 0;
}

void *test_alloc(size_t size)
{
	void *memory = spend() ? pfq_alloc(size) : NULL;

	if (memory)
		__atomic_add_fetch(&live, 1, __ATOMIC_SEQ_CST);
	return memory;
}

void test_free(void *memory)
{
	if (memory)
		__atomic_sub_fetch(&live, 1, __ATOMIC_SEQ_CST);
	pfq_free(memory);
}
