/* SPDX-License-Identifier: BSD-3-Clause */
#include "handle.h"

#include "closer.h"
#include "error.h"
#include "queue_memory.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A handle is used again only when this many others were closed after it, so that stale pointers
 * are told apart. */
#define RESTING 64

/* So long a socket that is closed is waited for, at most. */
#define LONGEST_END_NSEC 1000000000LL

static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pfq_handle *line_first;
static struct pfq_handle *line_last;
static unsigned int line_length;

/* How many fork()s there are between the process that loaded the library and this one: what was
 * made in another generation is not ours. */
static unsigned int generation;

/* Held during a fork(), since the child has no thread that would release them. Those of an engine
 * are not: the child makes its own (host.c). */
static pthread_mutex_t *const locks[] = { &queue_memory_lock, &line_lock, &failure_lock };

#define LOCKS (sizeof(locks) / sizeof(locks[0]))

static void before_fork(void)
{
	closer_before_fork();
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_lock(locks[i]);
}

static void after_fork(void)
{
	for (size_t i = LOCKS; i-- > 0;)
		pthread_mutex_unlock(locks[i]);
}

static void after_fork_in_parent(void)
{
	after_fork();
	closer_after_fork();
}

static void after_fork_in_child(void)
{
	generation++;
	after_fork();
	closer_after_fork_in_child();
}

/* Before the engine does the same: so its lock, under which these may be taken, is the first that
 * is taken. */
static void watch_forks(void)
{
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static struct pfq_handle *take_rested(void)
{
	struct pfq_handle *q = NULL;

	pthread_mutex_lock(&line_lock);
	if (line_length > RESTING) {
		q = line_first;
		line_first = q->next;
		line_length--;
	}
	pthread_mutex_unlock(&line_lock);
	return q;
}

static void stand_in_line(struct pfq_handle *q)
{
	q->next = NULL;
	pthread_mutex_lock(&line_lock);
	if (line_length++ == 0)
		line_first = q;
	else
		line_last->next = q;
	line_last = q;
	pthread_mutex_unlock(&line_lock);
}

/* The calls that were under way when this process was forked off ended there. */
static void forget_calls(struct pfq_handle *q)
{
	q->users = 0;
	q->active = 0;
	q->busy[RECEIVING] = NULL;
	q->busy[SENDING] = NULL;
}

struct pfq_handle *handle_take(struct pfq_error *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct pfq_handle *q;

	pthread_once(&once, watch_forks);
	if (closer_start(error) < 0)
		return NULL;
	q = take_rested();
	if (!q) {
		q = pfq_alloc(sizeof(*q));
		if (!q) {
			pfq_fail(error, ENOMEM, "no memory for a socket");
			return NULL;
		}
		pthread_mutex_init(&q->lock, NULL);
	}
	q->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->wake.fd < 0) {
		pfq_fail(error, errno, "no eventfd: %s", strerror(errno));
		stand_in_line(q);
		return NULL;
	}
	if (q->generation != generation)
		forget_calls(q);
	q->generation = generation;
	q->signals = false;
	q->rx = (struct rx_reader){ .shared = NULL };
	memset(q->tx, 0, sizeof(q->tx));
	memset(q->async, 0, sizeof(q->async));
	failure_clear(q);
	return q;
}

static void futex(uint32_t *word, int operation, uint32_t value, const struct timespec *timeout)
{
	syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

void handle_give_back(struct pfq_handle *q)
{
	close(q->wake.fd);
	q->wake.fd = -1;
	__atomic_store_n(&q->state, HANDLE_CLOSED, __ATOMIC_SEQ_CST);
	futex(&q->state, FUTEX_WAKE, INT_MAX, NULL);
	stand_in_line(q);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void wait_for_end(pfq_t *q)
{
	int64_t end = now() + LONGEST_END_NSEC, left;

	while (__atomic_load_n(&q->state, __ATOMIC_SEQ_CST) == HANDLE_CLOSING &&
	       (left = end - now()) > 0) {
		struct timespec timeout = { .tv_sec = left / 1000000000,
					    .tv_nsec = left % 1000000000 };

		futex(&q->state, FUTEX_WAIT, HANDLE_CLOSING, &timeout);
	}
}

static bool check(const pfq_t *q)
{
	if (__atomic_load_n(&q->state, __ATOMIC_SEQ_CST) != HANDLE_OPEN) {
		failure(q, EBADF, "the socket is closed");
		return false;
	}
	if (q->generation != generation) {
		failure(q, EPERM,
			"the socket belongs to the parent process: open one after fork()");
		return false;
	}
	return true;
}

static __thread struct {
	unsigned int depth;
	int state; /* before the first */
} uncancelled;

void handle_begin_uncancelled(void)
{
	if (uncancelled.depth++ == 0)
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &uncancelled.state);
}

void handle_end_uncancelled(void)
{
	if (--uncancelled.depth == 0)
		pthread_setcancelstate(uncancelled.state, NULL);
}

bool handle_enter(const pfq_t *q)
{
	if (!q) {
		failure(NULL, EBADF, "no socket: the pointer is NULL");
		return false;
	}
	handle_begin_uncancelled();
	__atomic_fetch_add(&((pfq_t *)(uintptr_t)q)->users, 1, __ATOMIC_SEQ_CST);
	if (check(q))
		return true;
	handle_leave(q);
	return false;
}

void handle_leave(const pfq_t *q)
{
	__atomic_fetch_sub(&((pfq_t *)(uintptr_t)q)->users, 1, __ATOMIC_SEQ_CST);
	handle_end_uncancelled();
}

/* Tells this thread from others. Not the address of a variable of its own, which a signal handler
 * might be the first to ask for. */
static const void *this_thread(void)
{
	return (const void *)(uintptr_t)pthread_self();
}

bool handle_enter_data(pfq_t *q, enum handle_direction direction)
{
	const void *nobody = NULL;

	if (!q) {
		failure(NULL, EBADF, "no socket: the pointer is NULL");
		return false;
	}
	__atomic_fetch_add(&q->active, 1, __ATOMIC_SEQ_CST);
	if (!check(q))
		goto leave;
	if (handle_ends(q)) {
		failure(q, EBADF, "the socket is not enabled: call pfq_enable()");
		goto leave;
	}
	if (!__atomic_compare_exchange_n(&q->busy[direction], &nobody, this_thread(), false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		failure(q, EBUSY, "another thread is at it: one at a time may %s a socket",
			direction == RECEIVING ? "read" : "send on");
		goto leave;
	}
	return true;

leave:
	__atomic_fetch_sub(&q->active, 1, __ATOMIC_SEQ_CST);
	return false;
}

void handle_leave_data(pfq_t *q, enum handle_direction direction)
{
	__atomic_store_n(&q->busy[direction], NULL, __ATOMIC_RELEASE);
	__atomic_fetch_sub(&q->active, 1, __ATOMIC_SEQ_CST);
}

bool handle_is_interrupted(const pfq_t *q)
{
	return __atomic_load_n(&q->busy[RECEIVING], __ATOMIC_RELAXED) == this_thread() ||
	       __atomic_load_n(&q->busy[SENDING], __ATOMIC_RELAXED) == this_thread();
}

/* The first of several threads that close it does so; the others are told that it is closed. */
static bool begin_to_close(pfq_t *q)
{
	uint32_t open = HANDLE_OPEN;

	if (!check(q))
		return false;
	if (__atomic_compare_exchange_n(&q->state, &open, HANDLE_CLOSING, false, __ATOMIC_SEQ_CST,
					__ATOMIC_SEQ_CST))
		return true;
	failure(q, EBADF, "the socket is closed");
	return false;
}

int pfq_close(pfq_t *q)
{
	int error = errno;
	bool interrupted;

	if (!q)
		return 0;
	if (!begin_to_close(q))
		return -1;
	interrupted = handle_is_interrupted(q);
	closer_take(q);
	if (!interrupted)
		wait_for_end(q);
	errno = error;
	return 0;
}

int handle_control(const pfq_t *q, unsigned int operation, const void *request, size_t request_size,
		   void *reply, size_t reply_size)
{
	struct pfq_error error = { .node = -1 };
	int status;

	if (!handle_enter(q))
		return -1;
	if (reply_size && !reply) {
		handle_leave(q);
		return refusal(q, EINVAL, "no place for the answer: the pointer is NULL");
	}
	status = q->host->control(q, operation, request, request_size, reply, reply_size, &error);
	if (status < 0) {
		error.code = status;
		failure_of(q, &error);
	}
	handle_leave(q);
	return status < 0 ? -1 : 0;
}

int handle_name_device(const pfq_t *q, char *field, const char *device)
{
	if (!device || strlen(device) >= PFQ_DEVICE_NAME)
		return refusal(q, EINVAL, "device: a name has 1 to %d characters",
			       PFQ_DEVICE_NAME - 1);
	memcpy(field, device, strlen(device) + 1);
	return 0;
}
