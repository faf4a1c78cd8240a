/* SPDX-License-Identifier: BSD-3-Clause */
#include "handle.h"

static int name_binding(const pfq_t *q, struct pfq_tx_binding *request, const char *device)
{
	struct pfq_error error = { .node = -1 };
	int status;

	if (handle_name_device(q, request->device, device) < 0 || !handle_enter(q))
		return -1;
	status = q->host->check_tx(device, &error);
	handle_leave(q);
	return status < 0 ? failure_of(q, &error) : 0;
}

int pfq_bind_tx(pfq_t *q, const char *device, int queue, int kthread)
{
	struct pfq_tx_binding request = { .queue = queue, .thread = kthread };
	struct pfq_value reply;

	if (name_binding(q, &request, device) < 0)
		return -1;
	if (handle_control(q, PFQ_OP_BIND_TX, &request, sizeof(request), &reply, sizeof(reply)) < 0)
		return -1;
	return (int)reply.value;
}

int pfq_unbind_tx(pfq_t *q)
{
	return handle_control(q, PFQ_OP_UNBIND_TX, NULL, 0, NULL, 0);
}

int pfq_egress_bind(pfq_t *q, const char *device, int queue)
{
	struct pfq_tx_binding request = { .queue = queue, .thread = Q_NO_KTHREAD };

	if (name_binding(q, &request, device) < 0)
		return -1;
	return handle_control(q, PFQ_OP_BIND_EGRESS, &request, sizeof(request), NULL, 0);
}

int pfq_egress_unbind(pfq_t *q)
{
	return handle_control(q, PFQ_OP_UNBIND_EGRESS, NULL, 0, NULL, 0);
}

static int flush(pfq_t *q, int queue)
{
	struct pfq_value request = { .value = (uint64_t)(int64_t)queue };
	struct pfq_value reply;

	if (queue < 0 || queue >= PFQ_MAX_TX_QUEUES)
		return failure(q, EINVAL, "synchronous Tx queue %d: there is none", queue);
	if (handle_control(q, PFQ_OP_FLUSH_TX, &request, sizeof(request), &reply, sizeof(reply)) <
	    0)
		return -1;
	q->tx[queue].pending = 0;
	return reply.value > INT32_MAX ? INT32_MAX : (int)reply.value;
}

int pfq_sync_queue(pfq_t *q, int queue)
{
	int status;

	if (!handle_enter_data(q, SENDING))
		return -1;
	status = flush(q, queue);
	handle_leave_data(q, SENDING);
	return status;
}

/* The engine's tail is read when the last one known leaves no room: its cache line is written all
 * the time. */
static bool is_full(struct tx_writer *tx)
{
	if (tx->head - tx->tail < tx->slot_count)
		return false;
	tx->tail = __atomic_load_n(&tx->shared->tail, __ATOMIC_ACQUIRE);
	return tx->head - tx->tail >= tx->slot_count;
}

struct outgoing {
	const void *octets;
	size_t len;
	size_t copies;
	uint64_t nsec;
};

static int check(const pfq_t *q, const struct outgoing *packet)
{
	if (packet->len < 1 || packet->len > q->xmitlen)
		return failure(q, EMSGSIZE,
			       "a packet of %zu octets: the socket was opened for 1 to %u",
			       packet->len, q->xmitlen);
	if (!packet->octets)
		return failure(q, EINVAL, "no packet: the pointer is NULL");
	if (packet->copies < 1 || packet->copies > PFQ_MAX_COPIES)
		return failure(q, EINVAL, "%zu copies: must be 1 to %d", packet->copies,
			       PFQ_MAX_COPIES);
	return 0;
}

static void write_slot(struct tx_writer *tx, const struct outgoing *packet)
{
	char *slot = tx->slots + (size_t)(tx->head & (tx->slot_count - 1)) * tx->slot_size;
	struct pfq_tx_header *header = (struct pfq_tx_header *)slot;

	header->nsec = packet->nsec;
	header->len = (uint32_t)packet->len;
	header->copies = (uint32_t)packet->copies;
	memcpy(header + 1, packet->octets, packet->len);
	__atomic_store_n(&tx->shared->head, ++tx->head, __ATOMIC_RELEASE);
	tx->pending++;
}

static int put_sync(pfq_t *q, const struct outgoing *packet, unsigned int sync)
{
	struct tx_writer *tx = &q->tx[0];

	if (!tx->shared)
		return failure(q, EINVAL, "no Tx queue: call pfq_bind_tx() before pfq_enable()");
	if (check(q, packet) < 0)
		return -1;
	if (is_full(tx) && flush(q, 0) < 0)
		return -1;
	if (is_full(tx))
		return failure(q, EAGAIN, "the Tx queue is full of packets whose time is to come");
	write_slot(tx, packet);
	if (sync && tx->pending >= sync && flush(q, 0) < 0)
		return -1;
	return (int)packet->len;
}

/* Of the same flow, the same queue. */
static unsigned int hash_of(const struct outgoing *packet)
{
	char frame[78] = { 0 }; /* as much as pfq_symmetric_hash() reads */

	if (packet->len >= sizeof(frame))
		return pfq_symmetric_hash(packet->octets);
	memcpy(frame, packet->octets, packet->len);
	return pfq_symmetric_hash(frame);
}

static struct tx_writer *find_async(pfq_t *q, const struct outgoing *packet, int async)
{
	unsigned int index = (unsigned int)async;

	if (async == Q_ANY_KTHREAD)
		index = pfq_fold(hash_of(packet), q->map.tx_async);
	if (index < q->map.tx_async)
		return &q->async[index];
	if (async == Q_ANY_KTHREAD)
		failure(q, EINVAL,
			"no asynchronous Tx queue: call pfq_bind_tx() with a Tx thread before "
			"pfq_enable()");
	else
		failure(q, EINVAL,
			"no asynchronous Tx queue %d: call pfq_bind_tx() with a Tx thread before "
			"pfq_enable()",
			async);
	return NULL;
}

/* The thread sets `idle` and looks; we write and look. Either it sees the packet or we see that it
 * sleeps. */
static int wake(pfq_t *q, const struct tx_writer *tx)
{
	struct pfq_value request = { .value = (uint64_t)(tx - q->async) };

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&tx->shared->idle, __ATOMIC_RELAXED) ||
	    !__atomic_exchange_n(&tx->shared->idle, 0, __ATOMIC_SEQ_CST))
		return 0;
	return handle_control(q, PFQ_OP_WAKE_TX, &request, sizeof(request), NULL, 0);
}

static int put_async(pfq_t *q, const struct outgoing *packet, int async)
{
	struct tx_writer *tx;

	if (check(q, packet) < 0)
		return -1;
	tx = find_async(q, packet, async);
	if (!tx)
		return -1;
	if (is_full(tx))
		return failure(q, EAGAIN, "asynchronous Tx queue %d is full", (int)(tx - q->async));
	write_slot(tx, packet);
	return wake(q, tx) < 0 ? -1 : (int)packet->len;
}

int pfq_send(pfq_t *q, const void *packet, size_t len, size_t copies, unsigned int sync)
{
	const struct outgoing outgoing = { .octets = packet, .len = len, .copies = copies };
	int status;

	if (!handle_enter_data(q, SENDING))
		return -1;
	status = put_sync(q, &outgoing, sync);
	handle_leave_data(q, SENDING);
	return status;
}

int pfq_send_raw(pfq_t *q, const void *packet, size_t len, uint64_t nsec, size_t copies, int async)
{
	const struct outgoing outgoing = {
		.octets = packet,
		.len = len,
		.copies = copies,
		.nsec = nsec,
	};
	int status;

	if (!handle_enter_data(q, SENDING))
		return -1;
	status = async == Q_NO_KTHREAD ? put_sync(q, &outgoing, 0) : put_async(q, &outgoing, async);
	handle_leave_data(q, SENDING);
	return status;
}

int pfq_send_async(pfq_t *q, const void *packet, size_t len, size_t copies, int async)
{
	return pfq_send_raw(q, packet, len, 0, copies, async < 0 ? Q_ANY_KTHREAD : async);
}

int pfq_async_pending(pfq_t *q, int async)
{
	int pending;

	if (!handle_enter_data(q, SENDING))
		return -1;
	if (async < 0 || (unsigned int)async >= q->map.tx_async)
		pending = failure(q, EINVAL, "no asynchronous Tx queue %d", async);
	else
		pending = (int)(q->async[async].head -
				__atomic_load_n(&q->async[async].shared->tail, __ATOMIC_ACQUIRE));
	handle_leave_data(q, SENDING);
	return pending;
}
