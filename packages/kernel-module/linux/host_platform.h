/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's share of platform.h: the engine's words for locks, memory and atomics. */
#ifndef PFQ_HOST_PLATFORM_H
#define PFQ_HOST_PLATFORM_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#include "trace.h"

#define INT8_MIN   S8_MIN
#define INT8_MAX   S8_MAX
#define INT16_MIN  S16_MIN
#define INT16_MAX  S16_MAX
#define INT32_MIN  S32_MIN
#define INT32_MAX  S32_MAX
#define INT64_MIN  S64_MIN
#define INT64_MAX  S64_MAX
#define UINT8_MAX  U8_MAX
#define UINT16_MAX U16_MAX
#define UINT32_MAX U32_MAX
#define UINT64_MAX U64_MAX

struct pfq_mutex {
	struct mutex mutex;
};

/* A macro, so that every place that makes a lock is a class of its own to lockdep. */
#define pfq_mutex_init(lock) mutex_init(&(lock)->mutex)

static inline void pfq_mutex_destroy(struct pfq_mutex *lock)
{
	mutex_destroy(&lock->mutex);
}

static inline void pfq_mutex_lock(struct pfq_mutex *lock)
{
	mutex_lock(&lock->mutex);
}

static inline void pfq_mutex_unlock(struct pfq_mutex *lock)
{
	mutex_unlock(&lock->mutex);
}

/* Small sizes are aligned to a cache line because kmalloc() aligns powers of two to themselves. */
static inline void *pfq_alloc(size_t size)
{
	if (size < PAGE_SIZE)
		size = roundup_pow_of_two(max_t(size_t, size, 64));
	return kvzalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

static inline void pfq_free(void *memory)
{
	kvfree(memory);
}

#define PFQ_READ_ONCE(x)	READ_ONCE(x)
#define PFQ_WRITE_ONCE(x, v)	WRITE_ONCE(x, v)
#define PFQ_LOAD_ACQUIRE(p)	smp_load_acquire(p)
#define PFQ_STORE_RELEASE(p, v) smp_store_release(p, v)
#define PFQ_ADD(p, v)		atomic64_add(v, (atomic64_t *)(p))
#define PFQ_EXCHANGE(p, v)	xchg(p, v)
#define PFQ_LIKELY(x)		likely(x)
#define PFQ_UNLIKELY(x)		unlikely(x)
#define PFQ_PREFETCH_WRITE(p)	prefetchw(p)

/* The engine's pointers carry no __rcu; these are what rcu_assign_pointer() and rcu_dereference()
 * come down to. */
#define PFQ_RCU_ASSIGN(p, v)   smp_store_release(&(p), v)
#define PFQ_RCU_DEREFERENCE(p) READ_ONCE(p)

/* In primitives.c. */
struct pfq_symbol;
void pfq_foreign_lock(void);
void pfq_foreign_unlock(void);
const struct pfq_symbol *pfq_foreign_symbol(const char *name);
void *pfq_foreign_get(const struct pfq_symbol *symbol);
void pfq_foreign_put(void *keeper);

#define PFQ_TRACE(event, ...) trace_pfq_##event(__VA_ARGS__)

static inline bool PFQ_CAS(uint32_t *target, uint32_t expected, uint32_t desired)
{
	return cmpxchg(target, expected, desired) == expected;
}

static inline uint64_t pfq_now(void)
{
	return ktime_get_real_ns();
}

static inline bool pfq_interrupted(void)
{
	cond_resched();
	return fatal_signal_pending(current);
}

static inline uint32_t pfq_popcount(uint64_t bits)
{
	return hweight64(bits);
}

static inline void pfq_full_barrier(void)
{
	smp_mb();
}

/*
 * memcpy() is a string instruction, which takes long to begin: most packets are copied by then. The
 * last 32 octets may be some that were copied already.
 */
static inline void pfq_copy(void *to, const void *from, size_t size)
{
	if (unlikely(size < 32 || size > 256)) {
		memcpy(to, from, size);
		return;
	}
	for (size_t at = 0; at + 32 < size; at += 32)
		__builtin_memcpy(to + at, from + at, 32);
	__builtin_memcpy(to + size - 32, from + size - 32, 32);
}

static inline void pfq_rcu_read_lock(void)
{
	rcu_read_lock();
}

static inline void pfq_rcu_read_unlock(void)
{
	rcu_read_unlock();
}

/* A change of configuration waits several times over; the expedited way keeps that in the order of
 * a system call. */
static inline void pfq_rcu_synchronize(void)
{
	synchronize_rcu_expedited();
}

#endif
