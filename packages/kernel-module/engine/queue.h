/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * The Rx queue of a socket: any number of producers, one consumer. A producer reserves slots by
 * moving the head, which is the engine's own, fills them, and commits each by writing into it the
 * lap of the ring that it belongs to. Of what the consumer writes, the engine reads two words: the
 * tail, which it only compares (a tail that makes no sense is a full queue), and the wish to be
 * woken. docs/queues.md has the whole protocol.
 */
#ifndef PFQ_ENGINE_QUEUE_H
#define PFQ_ENGINE_QUEUE_H

#include "engine.h"

struct pfq_rx {
	struct pfq_rx_queue *shared;
	uint8_t *slots;
	uint32_t slot_count;
	uint32_t slot_size;
	uint32_t slot_shift; /* log2 of slot_count */
	uint32_t caplen;
	uint32_t head; /* next slot to be reserved, free-running */
	uint32_t tail; /* the consumer's, as it was read last */
};

/* Slots that are free between a tail and a head. A tail that makes no sense is a full queue. */
static inline uint32_t pfq_rx_free(const struct pfq_rx *rx, uint32_t head, uint32_t tail)
{
	uint32_t used = head - tail;

	return used <= rx->slot_count ? rx->slot_count - used : 0;
}

static inline uint32_t pfq_rx_room(const struct pfq_rx *rx)
{
	return pfq_rx_free(rx, PFQ_READ_ONCE(rx->head), PFQ_LOAD_ACQUIRE(&rx->shared->tail));
}

/*
 * Reserves up to `want` slots from *position on, and gives how many there were. The consumer's tail
 * is read when the last one known leaves too little room: it is in a cache line that the consumer
 * writes.
 */
static inline uint32_t pfq_rx_reserve(struct pfq_rx *rx, uint32_t want, uint32_t *position)
{
	for (;;) {
		uint32_t head = PFQ_READ_ONCE(rx->head);
		uint32_t room = pfq_rx_free(rx, head, PFQ_LOAD_ACQUIRE(&rx->tail));
		uint32_t count;

		if (PFQ_UNLIKELY(room < want)) {
			uint32_t tail = PFQ_LOAD_ACQUIRE(&rx->shared->tail);

			room = pfq_rx_free(rx, head, tail);
			PFQ_STORE_RELEASE(&rx->tail, tail);
		}
		count = want < room ? want : room;
		if (count == 0 && PFQ_READ_ONCE(rx->head) == head)
			return 0;
		if (PFQ_LIKELY(PFQ_CAS(&rx->head, head, head + count))) {
			*position = head;
			return count;
		}
	}
}

/* The same for one slot. */
static inline bool pfq_rx_reserve_one(struct pfq_rx *rx, uint32_t *position)
{
	for (;;) {
		uint32_t head = PFQ_READ_ONCE(rx->head);

		if (PFQ_UNLIKELY(head - PFQ_LOAD_ACQUIRE(&rx->tail) >= rx->slot_count)) {
			uint32_t tail = PFQ_LOAD_ACQUIRE(&rx->shared->tail);

			PFQ_STORE_RELEASE(&rx->tail, tail);
			if (head - tail >= rx->slot_count && PFQ_READ_ONCE(rx->head) == head)
				return false;
		}
		if (PFQ_LIKELY(PFQ_CAS(&rx->head, head, head + 1))) {
			*position = head;
			return true;
		}
	}
}

static inline struct pfq_pkthdr *pfq_rx_slot(const struct pfq_rx *rx, uint32_t position)
{
	return (struct pfq_pkthdr *)(rx->slots +
				     (size_t)(position & (rx->slot_count - 1)) * rx->slot_size);
}

static inline uint32_t pfq_rx_lap(const struct pfq_rx *rx, uint32_t position)
{
	return (position >> rx->slot_shift) + 1;
}

#endif
