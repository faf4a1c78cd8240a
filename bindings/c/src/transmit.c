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

	if (queue < 0)
		return failure(q, EINVAL, "Tx queue %d: there is none", queue);
	if (handle_control(q, PFQ_OP_FLUSH_TX, &request, sizeof(request), &reply, sizeof(reply)) <
	    0)
		return -1;
	if (queue == 0)
		q->tx.pending = 0;
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

static bool is_full(const struct tx_writer *tx)
{
	return tx->head - __atomic_load_n(&tx->shared->tail, __ATOMIC_ACQUIRE) >= tx->slot_count;
}

static void write_slot(struct tx_writer *tx, const void *packet, size_t len, size_t copies)
{
	char *slot = tx->slots + (size_t)(tx->head & (tx->slot_count - 1)) * tx->slot_size;
	struct pfq_tx_header *header = (struct pfq_tx_header *)slot;

	header->nsec = 0;
	header->len = (uint32_t)len;
	header->copies = (uint32_t)copies;
	memcpy(header + 1, packet, len);
	__atomic_store_n(&tx->shared->head, ++tx->head, __ATOMIC_RELEASE);
	tx->pending++;
}

static int send_packet(pfq_t *q, const void *packet, size_t len, size_t copies, unsigned int sync)
{
	struct tx_writer *tx = &q->tx;

	if (!tx->shared)
		return failure(q, EINVAL, "no Tx queue: call pfq_bind_tx() before pfq_enable()");
	if (len < 1 || len > tx->xmitlen)
		return failure(q, EMSGSIZE,
			       "a packet of %zu octets: the socket was opened for 1 to %u", len,
			       tx->xmitlen);
	if (copies < 1 || copies > PFQ_MAX_COPIES)
		return failure(q, EINVAL, "%zu copies: must be 1 to %d", copies, PFQ_MAX_COPIES);
	if (is_full(tx) && flush(q, 0) < 0)
		return -1;
	write_slot(tx, packet, len, copies);
	if (sync && tx->pending >= sync && flush(q, 0) < 0)
		return -1;
	return (int)len;
}

int pfq_send(pfq_t *q, const void *packet, size_t len, size_t copies, unsigned int sync)
{
	int status;

	if (!handle_enter_data(q, SENDING))
		return -1;
	status = send_packet(q, packet, len, copies, sync);
	handle_leave_data(q, SENDING);
	return status;
}
