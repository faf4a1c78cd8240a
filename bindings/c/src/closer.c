/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * To end a socket takes locks and frees memory, which a signal handler must not do: what it has
 * interrupted may hold that very lock. So a thread of the library's own does it.
 */
#include "closer.h"

#include "error.h"

#include <semaphore.h>
#include <signal.h>
#include <time.h>

/* At exit, for what may itself wait: for a call that a signal handler has interrupted and exits in.
 */
#define LAST_SECONDS 1

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static bool runs;
static pthread_t thread;

static sem_t work;
static struct pfq_handle *handed_over; /* the last one; by `next` those before it */
static bool over;

static void end_all(void)
{
	struct pfq_handle *q = __atomic_exchange_n(&handed_over, NULL, __ATOMIC_ACQUIRE), *next;

	for (; q; q = next) {
		next = q->next;
		handle_end(q);
	}
}

static void *serve(void *unused)
{
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		while (sem_wait(&work) < 0)
			;
		end_all();
	}
	return unused;
}

/* The thread takes no signals: they are for the program's own. */
static int start(void)
{
	sigset_t all, before;
	int status;

	sem_init(&work, 0, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = pthread_create(&thread, NULL, serve, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

int closer_start(struct pfq_error *error)
{
	int status = 0;

	pthread_mutex_lock(&lock);
	if (!runs)
		status = start();
	runs = status == 0;
	pthread_mutex_unlock(&lock);
	return status ? pfq_fail(error, status, "no thread that closes sockets: %s",
				 strerror(status))
		      : 0;
}

void closer_take(pfq_t *q)
{
	q->next = __atomic_load_n(&handed_over, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&handed_over, &q->next, q, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
	sem_post(&work);
}

void closer_before_fork(void)
{
	pthread_mutex_lock(&lock);
}

void closer_after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

void closer_after_fork_in_child(void)
{
	runs = false;
	handed_over = NULL;
	pthread_mutex_unlock(&lock);
}

static __attribute__((destructor)) void finish(void)
{
	struct timespec end;

	if (!runs)
		return;
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	sem_post(&work);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += LAST_SECONDS;
	pthread_timedjoin_np(thread, NULL, &end);
}
