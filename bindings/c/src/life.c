/* SPDX-License-Identifier: BSD-3-Clause */
#include "handle.h"

#include "error.h"

#include <sys/mman.h>
#include <time.h>

static int open_with(pfq_t *q, const struct handle_host *host, struct pfq_error *error)
{
	q->host = host;
	return host->open(q, error);
}

static int open_any(pfq_t *q, struct pfq_error *error)
{
	int status = open_with(q, &kernel_host, error);

	return status == 0 || status == -ENOSPC ? status : open_with(q, &user_host, error);
}

/* The host that PFQ_HOST names; else the kernel's, and the user host where that one is not for us.
 * A kernel host without room is an error: half of a program's sockets elsewhere would be no help.
 */
static int open_host(pfq_t *q, struct pfq_error *error)
{
	const char *name = getenv("PFQ_HOST");

	if (!name || !*name)
		return open_any(q, error);
	if (strcmp(name, kernel_host.name) == 0)
		return open_with(q, &kernel_host, error);
	if (strcmp(name, user_host.name) == 0)
		return open_with(q, &user_host, error);
	return pfq_fail(error, EINVAL, "PFQ_HOST=%.60s: must be kernel or user", name);
}

static int configure(pfq_t *q, const struct pfq_socket_config *config, struct pfq_error *error)
{
	return q->host->control(q, PFQ_OP_CONFIGURE, config, sizeof(*config), NULL, 0, error);
}

static pfq_t *open_socket(const struct pfq_socket_config *config, struct pfq_error *error)
{
	pfq_t *q = handle_take(error);

	if (!q)
		return NULL;
	if (open_host(q, error) < 0)
		goto give_back;
	if (configure(q, config, error) < 0)
		goto close_host;
	__atomic_store_n(&q->state, HANDLE_OPEN, __ATOMIC_SEQ_CST);
	return q;

close_host:
	q->host->close(q);
give_back:
	handle_give_back(q);
	return NULL;
}

pfq_t *pfq_open_nogroup(size_t caplen, size_t rx_slots, size_t xmitlen, size_t tx_slots)
{
	struct pfq_socket_config config = {
		.caplen = caplen,
		.rx_slots = rx_slots,
		.xmitlen = xmitlen,
		.tx_slots = tx_slots,
	};
	struct pfq_error error = { .code = -EINVAL, .node = -1 };
	pfq_t *q;

	handle_begin_uncancelled();
	q = open_socket(&config, &error);
	handle_end_uncancelled();
	if (!q)
		failure_of(NULL, &error);
	return q;
}

pfq_t *pfq_open_group(uint64_t class_mask, int policy, size_t caplen, size_t rx_slots,
		      size_t xmitlen, size_t tx_slots)
{
	pfq_t *q = pfq_open_nogroup(caplen, rx_slots, xmitlen, tx_slots);
	int error;

	if (!q)
		return NULL;
	if (pfq_join_group(q, Q_ANY_GROUP, class_mask, policy) < 0) {
		error = errno;
		failure(NULL, error, "%s", pfq_error(q));
		pfq_close(q);
		errno = error;
		return NULL;
	}
	return q;
}

pfq_t *pfq_open(size_t caplen, size_t rx_slots, size_t xmitlen, size_t tx_slots)
{
	return pfq_open_group(Q_CLASS_DEFAULT, Q_POLICY_GROUP_PRIVATE, caplen, rx_slots, xmitlen,
			      tx_slots);
}

static struct tx_writer tx_writer(const pfq_t *q, uint32_t position)
{
	char *memory = q->memory;
	struct pfq_tx_queue *tx = (struct pfq_tx_queue *)(memory + q->map.tx_header) + position;

	return (struct tx_writer){
		.shared = tx,
		.slots = memory + q->map.tx_slots + q->map.tx_stride * position,
		.slot_count = tx->slots,
		.slot_size = tx->slot_size,
	};
}

static void use_queues(pfq_t *q)
{
	char *memory = q->memory;
	struct pfq_rx_queue *rx = (struct pfq_rx_queue *)(memory + q->map.rx_header);
	struct pfq_socket_info info = { .xmitlen = 0 };

	q->rx = (struct rx_reader){
		.shared = rx,
		.slots = memory + q->map.rx_slots,
		.slot_count = rx->slots,
		.slot_size = rx->slot_size,
		.shift = (uint32_t)__builtin_ctz(rx->slots),
	};
	memset(q->tx, 0, sizeof(q->tx));
	memset(q->async, 0, sizeof(q->async));
	for (uint32_t i = 0; i < q->map.tx_queues; i++)
		q->tx[i] = tx_writer(q, i);
	for (uint32_t i = 0; i < q->map.tx_async; i++)
		q->async[i] = tx_writer(q, q->map.tx_queues + i);
	q->host->control(q, PFQ_OP_GET_INFO, NULL, 0, &info, sizeof(info), NULL);
	q->xmitlen = (uint32_t)info.xmitlen;
}

static int enable(pfq_t *q)
{
	struct pfq_error error = { .code = -EINVAL, .node = -1 };
	struct pfq_queue_map map;

	/* What an enabled socket has is in use: this one is refused, and loses nothing. */
	if (!q->enabled)
		q->host->prepare(q);
	if (handle_control(q, PFQ_OP_ENABLE, NULL, 0, &map, sizeof(map)) < 0)
		return -1;
	q->map = map;
	q->memory = q->host->map(q, &error);
	if (!q->memory) {
		q->host->control(q, PFQ_OP_DISABLE, NULL, 0, NULL, 0, NULL);
		return failure_of(q, &error);
	}
	use_queues(q);
	__atomic_store_n(&q->enabled, 1, __ATOMIC_SEQ_CST);
	/* The next read arms the descriptor; so that there is one, it is readable now. */
	if (handle_signals(q))
		pfq_wake(&q->wake);
	return 0;
}

int pfq_enable(pfq_t *q)
{
	int status;

	if (!handle_enter(q))
		return -1;
	pthread_mutex_lock(&q->lock);
	status = enable(q);
	pthread_mutex_unlock(&q->lock);
	handle_leave(q);
	return status;
}

/* Waits until *count is 0; wakes readers that sleep, so that they see that they are to leave. */
static void wait_for_none(pfq_t *q, const uint32_t *count)
{
	const struct timespec moment = { .tv_nsec = 50000 };

	while (__atomic_load_n(count, __ATOMIC_SEQ_CST)) {
		pfq_wake(&q->wake);
		nanosleep(&moment, NULL);
	}
}

static void disable(pfq_t *q)
{
	if (!q->enabled)
		return;
	__atomic_store_n(&q->enabled, 0, __ATOMIC_SEQ_CST);
	wait_for_none(q, &q->active);
	__atomic_fetch_add(&q->epoch, 1, __ATOMIC_SEQ_CST);
	q->host->control(q, PFQ_OP_DISABLE, NULL, 0, NULL, 0, NULL);
	q->host->unmap(q);
	q->memory = NULL;
}

int pfq_disable(pfq_t *q)
{
	int status = -1;

	if (!handle_enter(q))
		return -1;
	if (handle_is_interrupted(q)) {
		failure(q, EDEADLK,
			"this thread is in a call on the socket: disable it when that has ended");
	} else {
		pthread_mutex_lock(&q->lock);
		disable(q);
		pthread_mutex_unlock(&q->lock);
		status = 0;
	}
	handle_leave(q);
	return status;
}

void handle_end(pfq_t *q)
{
	pthread_mutex_lock(&q->lock);
	disable(q);
	pthread_mutex_unlock(&q->lock);
	wait_for_none(q, &q->users);
	q->host->close(q);
	handle_give_back(q);
}

const char *pfq_host(const pfq_t *q)
{
	const char *name;

	if (!handle_enter(q))
		return NULL;
	name = q->host->name;
	handle_leave(q);
	return name;
}
