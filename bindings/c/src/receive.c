/* SPDX-License-Identifier: BSD-3-Clause */
/* The consumer of an Rx queue; docs/queues.md has the protocol. */
#include "handle.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define NSEC 1000000000LL

/* Above that (73 years) a time to wait is taken for one without end. In microseconds. */
#define LONGEST_WAIT (INT64_MAX / 4000)

static struct pfq_pkthdr *slot_at(const struct rx_reader *rx, uint32_t position)
{
	return (struct pfq_pkthdr *)(rx->slots +
				     (size_t)(position & (rx->slot_count - 1)) * rx->slot_size);
}

static uint32_t lap_of(const struct rx_reader *rx, uint32_t position)
{
	return (position >> rx->shift) + 1;
}

static bool is_ready(const struct rx_reader *rx, uint32_t position)
{
	return __atomic_load_n(&slot_at(rx, position)->info.commit, __ATOMIC_ACQUIRE) ==
	       lap_of(rx, position);
}

/* How many packets are there from the position on, in one piece. */
static uint32_t count_ready(const struct rx_reader *rx)
{
	uint32_t limit = rx->slot_count - (rx->position & (rx->slot_count - 1));
	uint32_t count = 0;

	if (limit > PFQ_READ_BATCH)
		limit = PFQ_READ_BATCH;
	while (count < limit && is_ready(rx, rx->position + count))
		count++;
	return count;
}

/* The slots before the position are the producers' again. */
static void release(struct rx_reader *rx)
{
	__atomic_store_n(&rx->shared->tail, rx->position, __ATOMIC_RELEASE);
}

static void drain(pfq_t *q)
{
	eventfd_t count;

	handle_begin_uncancelled();
	(void)!eventfd_read(q->wake.fd, &count);
	handle_end_uncancelled();
}

/*
 * Asks for a wake-up, then looks once more: a producer that committed before it saw the wish is
 * seen here, and one that commits later sees the wish. Gives true, and takes the wish back, if
 * there is a packet.
 */
static bool arm(struct rx_reader *rx)
{
	__atomic_store_n(&rx->shared->waiting, 1, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!is_ready(rx, rx->position))
		return false;
	__atomic_store_n(&rx->shared->waiting, 0, __ATOMIC_RELAXED);
	return true;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NSEC + time.tv_nsec;
}

/* When a wait that begins now is over: INT64_MAX for one without end. */
static int64_t end_of_wait(long int microseconds)
{
	if (microseconds < 0 || microseconds > LONGEST_WAIT)
		return INT64_MAX;
	return now() + microseconds * 1000LL;
}

/* A thread that is cancelled leaves the socket to others. */
static void leave_cancelled(void *socket)
{
	pfq_t *q = socket;

	__atomic_store_n(&q->rx.shared->waiting, 0, __ATOMIC_RELAXED);
	handle_leave_data(q, RECEIVING);
}

/* The one place where a thread that receives can be cancelled. */
static int sleep_until_woken(pfq_t *q, const struct timespec *timeout)
{
	struct pollfd fd = { .fd = q->wake.fd, .events = POLLIN };
	int status;

	pthread_cleanup_push(leave_cancelled, q);
	status = ppoll(&fd, 1, timeout, NULL);
	pthread_cleanup_pop(0);
	return status;
}

/* Sleeps until there is a packet (1), time is up or a signal came (0), or the socket ends (-1). */
static int wait_for_packet(pfq_t *q, long int microseconds)
{
	int64_t end = end_of_wait(microseconds);
	int status = 0;

	while (!handle_ends(q)) {
		int64_t left = end == INT64_MAX ? NSEC : end - now();
		struct timespec timeout = { .tv_sec = left / NSEC, .tv_nsec = left % NSEC };

		if (arm(&q->rx))
			return 1;
		if (left <= 0)
			break;
		status = sleep_until_woken(q, &timeout);
		if (status > 0)
			drain(q);
		else if (status < 0)
			break;
	}
	__atomic_store_n(&q->rx.shared->waiting, 0, __ATOMIC_RELAXED);
	if (handle_ends(q))
		return failure(q, EBADF, "the socket was disabled or closed while it was read");
	return is_ready(&q->rx, q->rx.position);
}

/* For programs that wait on the descriptor by themselves: it is readable if there is more, and else
 * will be. */
static void signal_more(pfq_t *q)
{
	if (!arm(&q->rx))
		return;
	handle_begin_uncancelled();
	pfq_wake(&q->wake);
	handle_end_uncancelled();
}

/* The ready packets, once there is one. 0 in *count if there is none in time. */
static int find_packets(pfq_t *q, long int microseconds, uint32_t *count)
{
	int status;

	*count = count_ready(&q->rx);
	if (*count || !microseconds)
		return 0;
	status = wait_for_packet(q, microseconds);
	if (status > 0)
		*count = count_ready(&q->rx);
	return status < 0 ? -1 : 0;
}

static bool has_place(const pfq_t *q, const void *place)
{
	if (!place)
		failure(q, EINVAL, "no place for the batch: the pointer is NULL");
	return place;
}

static int take_batch(pfq_t *q, struct pfq_net_queue *nq, long int microseconds)
{
	struct rx_reader *rx = &q->rx;
	uint32_t count;

	if (!has_place(q, nq))
		return -1;
	if (handle_signals(q))
		drain(q);
	release(rx);
	if (find_packets(q, microseconds, &count) < 0)
		return -1;
	*nq = (struct pfq_net_queue){
		.queue = (char *)slot_at(rx, rx->position),
		.len = count,
		.slot_size = rx->slot_size,
		.index = lap_of(rx, rx->position),
	};
	rx->position += count;
	return (int)count;
}

int pfq_read(pfq_t *q, struct pfq_net_queue *nq, long int microseconds)
{
	int count;

	if (!handle_enter_data(q, RECEIVING))
		return -1;
	count = take_batch(q, nq, microseconds);
	if (handle_signals(q) && count >= 0)
		signal_more(q);
	handle_leave_data(q, RECEIVING);
	return count;
}

/* Keeps what fits, and leaves the rest in the queue. */
static int copy_batch(pfq_t *q, void *buf, size_t len, struct pfq_net_queue *nq)
{
	size_t fits = len / nq->slot_size;
	size_t kept = nq->len < fits ? nq->len : fits;

	memcpy(buf, nq->queue, kept * nq->slot_size);
	q->rx.position -= (uint32_t)(nq->len - kept);
	release(&q->rx);
	nq->queue = buf;
	nq->len = kept;
	return (int)kept;
}

static int check_buffer(const pfq_t *q, const void *buf, size_t len)
{
	if (!has_place(q, buf))
		return -1;
	if ((uintptr_t)buf % _Alignof(struct pfq_pkthdr))
		return failure(q, EINVAL, "a buffer at %p: must be aligned to %zu octets", buf,
			       _Alignof(struct pfq_pkthdr));
	if (len < q->rx.slot_size)
		return failure(q, EINVAL, "a buffer of %zu octets: a slot has %u", len,
			       q->rx.slot_size);
	return 0;
}

int pfq_recv(pfq_t *q, void *buf, size_t len, struct pfq_net_queue *nq, long int microseconds)
{
	int count;

	if (!handle_enter_data(q, RECEIVING))
		return -1;
	count = check_buffer(q, buf, len);
	if (count == 0)
		count = take_batch(q, nq, microseconds);
	if (count > 0)
		count = copy_batch(q, buf, len, nq);
	if (handle_signals(q) && count >= 0)
		signal_more(q);
	handle_leave_data(q, RECEIVING);
	return count;
}

/* The handler may do as it likes, and close the socket: so it runs outside, and is not called any
 * more after that. */
int pfq_dispatch(pfq_t *q, pfq_handler_t handler, long int microseconds, char *user)
{
	struct pfq_net_queue nq;
	uint32_t epoch = q ? __atomic_load_n(&q->epoch, __ATOMIC_SEQ_CST) : 0;
	int called = 0;
	int count;

	if (!handler)
		return refusal(q, EINVAL, "no function to call: the pointer is NULL");
	count = pfq_read(q, &nq, microseconds);
	if (count <= 0)
		return count;
	for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
	     it = pfq_net_queue_next(&nq, it)) {
		handler(user, pfq_pkt_header(it), pfq_pkt_data(it));
		called++;
		if (__atomic_load_n(&q->epoch, __ATOMIC_SEQ_CST) != epoch)
			break;
	}
	return called;
}

int pfq_poll(pfq_t *q, long int microseconds)
{
	int status = 1;

	if (!handle_enter_data(q, RECEIVING))
		return -1;
	if (!is_ready(&q->rx, q->rx.position))
		status = microseconds ? wait_for_packet(q, microseconds) : 0;
	if (handle_signals(q) && status >= 0)
		signal_more(q);
	handle_leave_data(q, RECEIVING);
	return status;
}

int pfq_arm(pfq_t *q)
{
	int ready;

	if (!handle_enter_data(q, RECEIVING))
		return -1;
	__atomic_store_n(&q->signals, false, __ATOMIC_RELAXED);
	ready = arm(&q->rx);
	handle_leave_data(q, RECEIVING);
	return ready;
}

int pfq_disarm(pfq_t *q)
{
	if (!handle_enter_data(q, RECEIVING))
		return -1;
	__atomic_store_n(&q->rx.shared->waiting, 0, __ATOMIC_RELAXED);
	drain(q);
	handle_leave_data(q, RECEIVING);
	return 0;
}

int pfq_get_fd(pfq_t *q)
{
	int fd;

	if (!handle_enter(q))
		return -1;
	fd = q->wake.fd;
	__atomic_store_n(&q->signals, true, __ATOMIC_RELAXED);
	/* What came before the program asked is told at once. */
	pfq_wake(&q->wake);
	handle_leave(q);
	return fd;
}
