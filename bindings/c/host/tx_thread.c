/* SPDX-License-Identifier: BSD-3-Clause */
#include "tx_thread.h"

#include "error.h"
#include "thread.h"

#include <sys/prctl.h>
#include <unistd.h>

#define MAX_THREADS 64

struct tx_thread {
	struct pfq_tx_thread base;
	pthread_t thread;
	pthread_mutex_t lock; /* of the two below */
	pthread_cond_t wake;
	bool woken;
	bool ends;
	unsigned int queues; /* bound to it */
	int index;
};

/* Guarded by the engine's lock. */
static struct tx_thread *threads[MAX_THREADS];

static struct timespec time_after(uint64_t nsec)
{
	uint64_t now;
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	now = (uint64_t)time.tv_nsec + nsec;
	time.tv_sec += (time_t)(now / 1000000000);
	time.tv_nsec = (long)(now % 1000000000);
	return time;
}

/* Sleeps until it is woken or the time is over. False if the thread is to end. */
static bool rest(struct tx_thread *thread, uint64_t nsec)
{
	struct timespec end = { 0 };
	int status = 0;
	bool goes_on;

	if (nsec != PFQ_TX_ASLEEP)
		end = time_after(nsec);
	pthread_mutex_lock(&thread->lock);
	while (nsec && !thread->woken && !thread->ends && status != ETIMEDOUT)
		status = nsec == PFQ_TX_ASLEEP
				 ? pthread_cond_wait(&thread->wake, &thread->lock)
				 : pthread_cond_timedwait(&thread->wake, &thread->lock, &end);
	thread->woken = false;
	goes_on = !thread->ends;
	pthread_mutex_unlock(&thread->lock);
	return goes_on;
}

static void *run(void *argument)
{
	struct tx_thread *thread = argument;

	prctl(PR_SET_TIMERSLACK, 1UL);
	while (rest(thread, pfq_tx_round(&thread->base)))
		;
	return NULL;
}

static void destroy(struct tx_thread *thread)
{
	pthread_cond_destroy(&thread->wake);
	pthread_mutex_destroy(&thread->lock);
	pfq_tx_thread_destroy(&thread->base);
	pfq_free(thread);
}

static struct tx_thread *create(int index)
{
	struct tx_thread *thread = pfq_alloc(sizeof(*thread));
	pthread_condattr_t monotonic;

	if (!thread)
		return NULL;
	thread->index = index;
	pfq_tx_thread_init(&thread->base);
	pthread_mutex_init(&thread->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&thread->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return thread;
}

static int start(int index, struct pfq_error *error)
{
	struct tx_thread *thread = create(index);
	char name[8];
	int status;

	if (!thread)
		return pfq_fail(error, ENOMEM, "Tx thread %d: no memory", index);
	snprintf(name, sizeof(name), "tx%d", index);
	status = thread_start(&thread->thread, name, run, thread);
	if (status < 0) {
		destroy(thread);
		return pfq_fail(error, -status, "Tx thread %d: %s", index, strerror(-status));
	}
	threads[index] = thread;
	return 0;
}

/* As many as there are processors share the queues that leave it to us. */
static int least_used(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int least = 0;

	for (int i = 0; i < MAX_THREADS && i < processors; i++) {
		if (!threads[i])
			return i;
		if (threads[i]->queues < threads[least]->queues)
			least = i;
	}
	return least;
}

int host_tx_thread_get(void *host, int index, struct pfq_tx_thread **result,
		       struct pfq_error *error)
{
	int status = 0;

	(void)host;
	if (index == Q_ANY_KTHREAD)
		index = least_used();
	if (index < 0 || index >= MAX_THREADS)
		return pfq_fail(error, EINVAL, "Tx thread %d: must be 0 to %d, or Q_ANY_KTHREAD",
				index, MAX_THREADS - 1);
	if (!threads[index])
		status = start(index, error);
	if (status < 0)
		return status;
	threads[index]->queues++;
	*result = &threads[index]->base;
	return 0;
}

static void wake(struct tx_thread *thread, bool ends)
{
	pthread_mutex_lock(&thread->lock);
	thread->woken = true;
	thread->ends = ends;
	pthread_cond_signal(&thread->wake);
	pthread_mutex_unlock(&thread->lock);
}

void host_tx_thread_wake(void *host, struct pfq_tx_thread *base)
{
	(void)host;
	wake((struct tx_thread *)base, false);
}

void host_tx_thread_put(void *host, struct pfq_tx_thread *base)
{
	struct tx_thread *thread = (struct tx_thread *)base;

	(void)host;
	if (--thread->queues > 0)
		return;
	threads[thread->index] = NULL;
	wake(thread, true);
	pthread_join(thread->thread, NULL);
	destroy(thread);
}

void host_tx_threads_after_fork(void)
{
	memset(threads, 0, sizeof(threads));
}
