/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Tx queues. A synchronous one is sent by a call of its socket; an asynchronous one by a Tx thread,
 * which serves the queues of many sockets in turn. A host that has Tx threads embeds a struct
 * pfq_tx_thread in each and calls pfq_tx_round() on it, again and again.
 */
#ifndef PFQ_ENGINE_TX_QUEUE_H
#define PFQ_ENGINE_TX_QUEUE_H

#include "engine.h"

enum {
	PFQ_TX_QUEUES = 2 * PFQ_MAX_TX_QUEUES, /* of a socket, of both kinds */
	PFQ_TX_BATCH = 64,		       /* packets that a device is given at once */
};

struct pfq_tx {
	struct pfq_socket *socket;
	struct pfq_device *device;
	struct pfq_tx_thread *thread; /* NULL: synchronous */
	struct pfq_tx *next;	      /* of the thread's; by RCU */
	int queue;
	struct pfq_tx_queue *shared; /* NULL while the socket is not enabled */
	uint8_t *slots;
	uint32_t slot_count;
	uint32_t slot_size;
	uint32_t xmitlen;
	uint32_t tail; /* next slot to be sent, free-running */
	uint32_t
		copies; /* of the slot at the tail that are still to be sent; 0: it has not begun */
	uint32_t length; /* of that slot */
	bool empty;	 /* when its thread last looked */
	uint64_t rest_since;
	uint64_t rest; /* so long its thread passes it over from then on, since nothing went out */
};

/* What is on its way to a device. */
struct pfq_tx_batch {
	struct pfq_packet packets[PFQ_TX_BATCH];
	const struct pfq_packet *list[PFQ_TX_BATCH]; /* a packet as often as it has copies */
};

struct pfq_tx_thread {
	struct pfq_mutex lock; /* of those that change the list of its queues */
	struct pfq_tx *first;  /* by RCU */
	uint64_t now;	       /* the clock, when it last looked */
	uint64_t idle_since;   /* since when there is nothing to send; 0: it has just sent */
	uint32_t position;     /* of the queue that the next round begins with */
	struct pfq_tx_batch batch;
};

void pfq_tx_thread_init(struct pfq_tx_thread *thread);
void pfq_tx_thread_destroy(struct pfq_tx_thread *thread);

#define PFQ_TX_ASLEEP UINT64_MAX

/*
 * Sends a batch of each queue of the thread, as far as they are due; where that takes long, of the
 * first ones, and of the others at the next call. Gives for how many nanoseconds the thread may
 * sleep then: 0 for not at all, PFQ_TX_ASLEEP until it is woken. Who fills an empty
 * queue after this was said wakes it (tx_thread_wake of struct pfq_host_ops).
 */
uint64_t pfq_tx_round(struct pfq_tx_thread *thread);

/* The engine's part of a socket's life; with its lock held. */
int pfq_tx_bind(struct pfq_socket *socket, const char *device, int queue, int thread,
		struct pfq_error *error);
void pfq_tx_unbind_all(struct pfq_socket *socket);

/* Lays out the queues of a socket that is enabled, and hands the asynchronous ones to their
 * threads. */
void pfq_tx_start(struct pfq_socket *socket);

/* Ends a flush after its batch, and takes all back from the threads; what is left in a queue is
 * discarded, and counted. */
void pfq_tx_stop(struct pfq_socket *socket);

/* Sends what is in a synchronous queue and due; *sent is the number of packets that went out. With
 * the socket's Tx lock held, as the other. */
int pfq_tx_flush(struct pfq_socket *socket, uint64_t index, uint64_t *sent,
		 struct pfq_error *error);
int pfq_tx_wake(struct pfq_socket *socket, uint64_t index, struct pfq_error *error);

#endif
