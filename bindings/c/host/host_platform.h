/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The user host's share of platform.h: the engine's words for locks, memory and atomics, said in
 * POSIX threads, liburcu and the compiler's builtins.
 *
 * liburcu's "bp" flavour registers a reader at its first read-side section, so any thread of the
 * program may send on a memory device, and it survives fork(). Readers enter once a batch, which
 * hides what that costs over the other flavours (2 ns a section).
 */
#ifndef PFQ_HOST_PLATFORM_H
#define PFQ_HOST_PLATFORM_H

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef URCU_INLINE_SMALL_FUNCTIONS
#define URCU_INLINE_SMALL_FUNCTIONS 1
#endif
#include <urcu/urcu-bp.h>

#define PFQ_CACHE_LINE 64

struct pfq_mutex {
	pthread_mutex_t mutex;
};

static inline void pfq_mutex_init(struct pfq_mutex *lock)
{
	pthread_mutex_init(&lock->mutex, NULL);
}

static inline void pfq_mutex_destroy(struct pfq_mutex *lock)
{
	pthread_mutex_destroy(&lock->mutex);
}

static inline void pfq_mutex_lock(struct pfq_mutex *lock)
{
	pthread_mutex_lock(&lock->mutex);
}

static inline void pfq_mutex_unlock(struct pfq_mutex *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}

static inline void *pfq_alloc(size_t size)
{
	size_t rounded = (size + PFQ_CACHE_LINE - 1) & ~(size_t)(PFQ_CACHE_LINE - 1);
	void *memory;

	if (rounded < size)
		return NULL;
	memory = aligned_alloc(PFQ_CACHE_LINE, rounded ? rounded : PFQ_CACHE_LINE);
	return memory ? memset(memory, 0, rounded) : NULL;
}

static inline void pfq_free(void *memory)
{
	free(memory);
}

#define PFQ_READ_ONCE(x)	__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define PFQ_WRITE_ONCE(x, v)	__atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define PFQ_LOAD_ACQUIRE(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define PFQ_STORE_RELEASE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define PFQ_ADD(p, v)		((void)__atomic_fetch_add((p), (v), __ATOMIC_RELAXED))
#define PFQ_EXCHANGE(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define PFQ_LIKELY(x)		__builtin_expect(!!(x), 1)
#define PFQ_UNLIKELY(x)		__builtin_expect(!!(x), 0)
#define PFQ_PREFETCH_WRITE(p)	__builtin_prefetch((p), 1)
/* By builtins, and not by liburcu's macros, so that ThreadSanitizer sees them. */
#define PFQ_RCU_ASSIGN(p, v)   __atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define PFQ_RCU_DEREFERENCE(p) __atomic_load_n(&(p), __ATOMIC_CONSUME)

/* Third parties have primitives in the kernel alone. */
struct pfq_symbol;

static inline void pfq_foreign_lock(void)
{
}

static inline void pfq_foreign_unlock(void)
{
}

static inline const struct pfq_symbol *pfq_foreign_symbol(const char *name)
{
	(void)name;
	return NULL;
}

static inline void *pfq_foreign_get(const struct pfq_symbol *symbol)
{
	(void)symbol;
	return NULL;
}

static inline void pfq_foreign_put(void *keeper)
{
	(void)keeper;
}

#define PFQ_TRACE(event, ...) ((void)0)

static inline bool PFQ_CAS(uint32_t *target, uint32_t expected, uint32_t desired)
{
	return __atomic_compare_exchange_n(target, &expected, desired, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

static inline uint64_t pfq_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The process's end does not wait for its threads. */
static inline bool pfq_interrupted(void)
{
	return false;
}

static inline uint32_t pfq_popcount(uint64_t bits)
{
	return (uint32_t)__builtin_popcountll(bits);
}

static inline void pfq_copy(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
}

static inline void pfq_full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* Told to ThreadSanitizer, which does not see into liburcu: a reader's section is over before
 * synchronize() returns. */
#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *at);
void __tsan_release(void *at);
extern char pfq_rcu_order;
#define PFQ_TSAN_ACQUIRE() __tsan_acquire(&pfq_rcu_order)
#define PFQ_TSAN_RELEASE() __tsan_release(&pfq_rcu_order)
#else
#define PFQ_TSAN_ACQUIRE() ((void)0)
#define PFQ_TSAN_RELEASE() ((void)0)
#endif

static inline void pfq_rcu_read_lock(void)
{
	urcu_bp_read_lock();
}

static inline void pfq_rcu_read_unlock(void)
{
	PFQ_TSAN_RELEASE();
	urcu_bp_read_unlock();
}

static inline void pfq_rcu_synchronize(void)
{
	urcu_bp_synchronize_rcu();
	PFQ_TSAN_ACQUIRE();
}

#endif
