/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "tx_queue.h"

#include "error.h"
#include "socket.h"

/* A thread that has sent looks for more for so long before it sleeps, and one that waits for the
 * time of a packet is awake so long before. */
#define LINGER_NSEC 10000
#define AWAKE_NSEC  60000

/* It looks at the clock again after so long, since that may be set. */
#define NAP_NSEC 1000000000ULL

/* A round, which is one read-side section, goes on in the next one after so long. */
#define ROUND_NSEC 100000

/* A queue of which nothing goes out rests: at first for as long as it has taken, then longer each
 * time, up to this. */
#define MAX_REST_NSEC 10000000

void pfq_tx_thread_init(struct pfq_tx_thread *thread)
{
	pfq_mutex_init(&thread->lock);
}

void pfq_tx_thread_destroy(struct pfq_tx_thread *thread)
{
	pfq_mutex_destroy(&thread->lock);
}

static const struct pfq_tx_header *slot_at(const struct pfq_tx *tx, uint32_t position)
{
	return (const struct pfq_tx_header *)(tx->slots +
					      (size_t)(position & (tx->slot_count - 1)) *
						      tx->slot_size);
}

/* Slots to be sent. The head is the process's: one that makes no sense is an empty queue. */
static uint32_t pending(const struct pfq_tx *tx)
{
	uint32_t count = PFQ_LOAD_ACQUIRE(&tx->shared->head) - tx->tail;

	return count <= tx->slot_count ? count : 0;
}

/* What a slot asks for, read once, since its owner may change it at any time. False if it is no
 * packet. */
static bool read_slot(const struct pfq_tx *tx, const struct pfq_tx_header *slot, uint32_t *length,
		      uint32_t *copies)
{
	*length = PFQ_READ_ONCE(slot->len);
	*copies = PFQ_READ_ONCE(slot->copies);
	return *length > 0 && *length <= tx->xmitlen && *copies > 0 && *copies <= PFQ_MAX_COPIES;
}

/* What became of the packets that a round has looked at. */
struct round {
	uint32_t count; /* in the list of the batch */
	uint32_t slots; /* looked at */
	uint32_t discarded;
	uint64_t due; /* the time of the packet that is next, if it has not come; else 0 */
};

/* Begins with the slot at the tail: false if its time has not come. */
static bool begin_slot(struct pfq_tx *tx, const struct pfq_tx_header *slot, struct round *round)
{
	uint64_t time = PFQ_READ_ONCE(slot->nsec);

	if (time && time > pfq_now()) {
		round->due = time;
		return false;
	}
	if (!read_slot(tx, slot, &tx->length, &tx->copies)) {
		tx->copies = 0;
		tx->tail++;
		round->discarded++;
	}
	return true;
}

/* Puts the packets that are due into the batch, up to what it holds. */
static void fill_batch(struct pfq_tx *tx, struct pfq_tx_batch *batch, uint32_t slots,
		       struct round *round)
{
	while (round->slots < slots && round->slots < PFQ_TX_BATCH && round->count < PFQ_TX_BATCH) {
		const struct pfq_tx_header *slot = slot_at(tx, tx->tail);
		struct pfq_packet *packet = &batch->packets[round->slots];

		if (!tx->copies && !begin_slot(tx, slot, round))
			break;
		round->slots++;
		if (!tx->copies)
			continue;
		packet->data = (const uint8_t *)(slot + 1);
		packet->caplen = tx->length;
		packet->len = tx->length;
		while (tx->copies > 0 && round->count < PFQ_TX_BATCH) {
			batch->list[round->count++] = packet;
			tx->copies--;
		}
		tx->tail += !tx->copies;
	}
}

/* Sends up to a batch; gives how many packets went out. */
static uint32_t send_batch(struct pfq_tx *tx, struct pfq_tx_batch *batch, uint32_t slots,
			   struct round *round)
{
	struct pfq_socket *socket = tx->socket;
	uint32_t sent = 0;

	*round = (struct round){ 0 };
	fill_batch(tx, batch, slots, round);
	if (round->count)
		sent = pfq_device_send(tx->device, (unsigned int)socket->id, tx->queue, batch->list,
				       round->count);
	PFQ_ADD(&socket->sent, sent);
	if (PFQ_UNLIKELY(sent < round->count))
		PFQ_ADD(&socket->failed, round->count - sent);
	if (PFQ_UNLIKELY(round->discarded))
		PFQ_ADD(&socket->discarded, round->discarded);
	PFQ_STORE_RELEASE(&tx->shared->tail, tx->tail);
	return sent;
}

/* -- Threads */

/* How long until a time; 0 if it has come or is near. */
static uint64_t sleep_until(uint64_t time, uint64_t now)
{
	if (time <= now + AWAKE_NSEC)
		return 0;
	return time - now < NAP_NSEC ? time - now - AWAKE_NSEC : NAP_NSEC;
}

/* All differences of times are unsigned: a clock that was set back makes them large, and what they
 * wait for is over. */
static uint64_t rest_left(const struct pfq_tx *tx, uint64_t now)
{
	uint64_t rested = now - tx->rest_since;

	return rested < tx->rest ? tx->rest - rested : 0;
}

static void begin_rest(struct pfq_tx *tx, uint64_t now, uint64_t taken)
{
	uint64_t rest = 2 * tx->rest + taken;

	tx->rest = taken < MAX_REST_NSEC && rest < MAX_REST_NSEC ? rest : MAX_REST_NSEC;
	tx->rest_since = now;
}

/* Sends a batch of the queue; gives how long the thread may sleep as far as this queue goes. */
static uint64_t serve(struct pfq_tx_thread *thread, struct pfq_tx *tx)
{
	uint64_t begin = thread->now, rest = rest_left(tx, begin);
	uint32_t slots = pending(tx);
	struct round round;
	uint32_t sent;

	tx->empty = !slots;
	if (!slots)
		return PFQ_TX_ASLEEP;
	if (rest)
		return rest;
	sent = send_batch(tx, &thread->batch, slots, &round);
	thread->now = pfq_now();
	if (PFQ_UNLIKELY(round.count && !sent))
		begin_rest(tx, thread->now, thread->now - begin);
	else
		tx->rest = 0;
	return round.due && !round.slots ? sleep_until(round.due, thread->now) : 0;
}

/*
 * The producer's order the other way round: first the wish to be woken, then the look. Of the
 * shared words, only the head of a queue that was found empty can keep the thread awake, and what
 * it holds is then sent.
 */
static bool may_sleep(struct pfq_tx *first)
{
	struct pfq_tx *tx;

	for (tx = first; tx; tx = PFQ_RCU_DEREFERENCE(tx->next))
		if (tx->empty && !PFQ_READ_ONCE(tx->shared->idle))
			PFQ_WRITE_ONCE(tx->shared->idle, 1);
	pfq_full_barrier();
	for (tx = first; tx; tx = PFQ_RCU_DEREFERENCE(tx->next))
		if (tx->empty && pending(tx))
			return false;
	return true;
}

/* Queues come and go between rounds: one may be passed over once, or be served once more. */
static struct pfq_tx *queue_at(struct pfq_tx *first, uint32_t position)
{
	struct pfq_tx *tx = first;

	for (; tx && position > 0; position--)
		tx = PFQ_RCU_DEREFERENCE(tx->next);
	return tx;
}

/* Up to the last queue, or as long as a round may take: 0 then. */
static uint64_t serve_from(struct pfq_tx_thread *thread, struct pfq_tx *tx)
{
	uint64_t begin = thread->now, sleep = PFQ_TX_ASLEEP;

	for (; tx; tx = PFQ_RCU_DEREFERENCE(tx->next)) {
		uint64_t each = serve(thread, tx);

		sleep = each < sleep ? each : sleep;
		thread->position++;
		if (thread->now - begin >= ROUND_NSEC)
			return 0;
	}
	thread->position = 0;
	return sleep;
}

static uint64_t serve_all(struct pfq_tx_thread *thread, struct pfq_tx *first)
{
	bool all = thread->position == 0;
	uint64_t sleep;

	thread->now = pfq_now();
	sleep = serve_from(thread, queue_at(first, thread->position));
	if (!all || !sleep) {
		thread->idle_since = 0;
		return 0;
	}
	if (!thread->idle_since)
		thread->idle_since = thread->now;
	return thread->now - thread->idle_since >= LINGER_NSEC && may_sleep(first) ? sleep : 0;
}

uint64_t pfq_tx_round(struct pfq_tx_thread *thread)
{
	struct pfq_tx *first;
	uint64_t sleep;

	pfq_rcu_read_lock();
	first = PFQ_RCU_DEREFERENCE(thread->first);
	sleep = first ? serve_all(thread, first) : PFQ_TX_ASLEEP;
	pfq_rcu_read_unlock();
	return sleep;
}

static void link_queue(struct pfq_tx_thread *thread, struct pfq_tx *tx)
{
	struct pfq_tx **first = &thread->first;

	pfq_mutex_lock(&thread->lock);
	tx->next = *first;
	PFQ_RCU_ASSIGN(*first, tx);
	pfq_mutex_unlock(&thread->lock);
}

/* The thread has let go of the queue only after a grace period. */
static void unlink_queue(struct pfq_tx *tx)
{
	struct pfq_tx_thread *thread = tx->thread;
	struct pfq_tx **link = &thread->first;

	pfq_mutex_lock(&thread->lock);
	while (*link != tx)
		link = &(*link)->next;
	PFQ_RCU_ASSIGN(*link, tx->next);
	pfq_mutex_unlock(&thread->lock);
}

/* -- The queues of a socket: the synchronous ones are the first PFQ_MAX_TX_QUEUES of the array */

static uint32_t *count_of(struct pfq_socket *socket, bool async)
{
	return async ? &socket->map.tx_async : &socket->map.tx_queues;
}

static struct pfq_tx *queue_of(struct pfq_socket *socket, bool async, uint64_t index)
{
	return &socket->tx[index + (async ? PFQ_MAX_TX_QUEUES : 0)];
}

static struct pfq_tx *check_bound(struct pfq_socket *socket, bool async, uint64_t index,
				  struct pfq_error *error)
{
	if (index < PFQ_MAX_TX_QUEUES && queue_of(socket, async, index)->shared)
		return queue_of(socket, async, index);
	pfq_fail(error, EINVAL, "socket %d: no %s Tx queue %llu: bind it, then enable the socket",
		 socket->id, async ? "asynchronous" : "synchronous", (unsigned long long)index);
	return NULL;
}

static int check_bind(struct pfq_socket *socket, bool async, struct pfq_error *error)
{
	if (socket->enabled)
		return pfq_fail(error, EBUSY, "socket %d: enabled: bind its Tx queues before",
				socket->id);
	if (*count_of(socket, async) == PFQ_MAX_TX_QUEUES)
		return pfq_fail(error, ENOSPC, "socket %d: has %d %s Tx queues already", socket->id,
				PFQ_MAX_TX_QUEUES, async ? "asynchronous" : "synchronous");
	return 0;
}

int pfq_tx_bind(struct pfq_socket *socket, const char *name, int queue, int thread,
		struct pfq_error *error)
{
	struct pfq_engine *engine = socket->engine;
	bool async = thread != Q_NO_KTHREAD;
	struct pfq_tx tx = { .socket = socket, .queue = queue };
	int status = check_bind(socket, async, error);

	if (status)
		return status;
	status = pfq_device_get(engine, name, &tx.device, error);
	if (status)
		return status;
	if (async) {
		status = engine->ops->tx_thread_get(engine->host, thread, &tx.thread, error);
		if (status) {
			pfq_device_put(tx.device);
			return status;
		}
	}
	pfq_mutex_lock(&socket->tx_lock);
	*queue_of(socket, async, *count_of(socket, async)) = tx;
	pfq_mutex_unlock(&socket->tx_lock);
	return (int)(*count_of(socket, async))++;
}

static void unbind(struct pfq_tx *tx)
{
	struct pfq_engine *engine = tx->socket->engine;

	if (tx->thread)
		engine->ops->tx_thread_put(engine->host, tx->thread);
	pfq_device_put(tx->device);
}

void pfq_tx_unbind_all(struct pfq_socket *socket)
{
	while (socket->map.tx_async > 0)
		unbind(queue_of(socket, true, --socket->map.tx_async));
	while (socket->map.tx_queues > 0)
		unbind(queue_of(socket, false, --socket->map.tx_queues));
}

static void lay_out(struct pfq_socket *socket, struct pfq_tx *tx, uint32_t position)
{
	uint8_t *memory = socket->memory;

	tx->shared = (struct pfq_tx_queue *)(memory + socket->map.tx_header) + position;
	tx->slots = memory + socket->map.tx_slots + socket->map.tx_stride * position;
	tx->slot_count = socket->tx_slots;
	tx->slot_size = pfq_socket_tx_slot_size(socket);
	tx->xmitlen = socket->xmitlen;
	tx->tail = 0;
	tx->copies = 0;
	tx->rest = 0;
	tx->shared->slots = tx->slot_count;
	tx->shared->slot_size = tx->slot_size;
	tx->shared->idle = 1;
}

void pfq_tx_start(struct pfq_socket *socket)
{
	uint32_t position = 0;

	pfq_mutex_lock(&socket->tx_lock);
	PFQ_WRITE_ONCE(socket->tx_stops, false);
	for (uint32_t i = 0; i < socket->map.tx_queues; i++)
		lay_out(socket, queue_of(socket, false, i), position++);
	for (uint32_t i = 0; i < socket->map.tx_async; i++) {
		struct pfq_tx *tx = queue_of(socket, true, i);

		lay_out(socket, tx, position++);
		link_queue(tx->thread, tx);
	}
	pfq_mutex_unlock(&socket->tx_lock);
}

/* What is left in a queue counts as often as it was to be sent. */
static void discard_rest(struct pfq_tx *tx)
{
	uint64_t discarded = tx->copies;
	uint32_t length, copies;

	if (tx->copies)
		tx->tail++;
	for (uint32_t left = pending(tx); left > 0; left--, tx->tail++) {
		discarded += read_slot(tx, slot_at(tx, tx->tail), &length, &copies) ? copies : 1;
		if (left % 1024 == 0)
			pfq_interrupted();
	}
	PFQ_ADD(&tx->socket->discarded, discarded);
	tx->shared = NULL;
}

void pfq_tx_stop(struct pfq_socket *socket)
{
	PFQ_WRITE_ONCE(socket->tx_stops, true);
	pfq_mutex_lock(&socket->tx_lock);
	for (uint32_t i = 0; i < socket->map.tx_async; i++)
		unlink_queue(queue_of(socket, true, i));
	if (socket->map.tx_async)
		pfq_rcu_synchronize();
	for (uint32_t i = 0; i < socket->map.tx_async; i++)
		discard_rest(queue_of(socket, true, i));
	for (uint32_t i = 0; i < socket->map.tx_queues; i++)
		discard_rest(queue_of(socket, false, i));
	pfq_mutex_unlock(&socket->tx_lock);
}

int pfq_tx_flush(struct pfq_socket *socket, uint64_t index, uint64_t *sent, struct pfq_error *error)
{
	struct pfq_tx *tx = check_bound(socket, false, index, error);
	struct round round = { 0 };
	uint32_t end;

	if (!tx)
		return -EINVAL;
	end = PFQ_LOAD_ACQUIRE(&tx->shared->head);
	if (end - tx->tail > tx->slot_count)
		return pfq_fail(error, EINVAL,
				"socket %d: the head of Tx queue %llu is out of place", socket->id,
				(unsigned long long)index);
	while (end != tx->tail && !round.due && !PFQ_READ_ONCE(socket->tx_stops) &&
	       !pfq_interrupted())
		*sent += send_batch(tx, &socket->batch, end - tx->tail, &round);
	return 0;
}

int pfq_tx_wake(struct pfq_socket *socket, uint64_t index, struct pfq_error *error)
{
	struct pfq_engine *engine = socket->engine;
	struct pfq_tx *tx = check_bound(socket, true, index, error);

	if (!tx)
		return -EINVAL;
	engine->ops->tx_thread_wake(engine->host, tx->thread);
	return 0;
}
