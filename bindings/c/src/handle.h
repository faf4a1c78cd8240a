/* SPDX-License-Identifier: BSD-3-Clause */
/* What a pfq_t is, and how calls on it are kept apart from its end. */
#ifndef PFQ_SRC_HANDLE_H
#define PFQ_SRC_HANDLE_H

#include <pfq/pfq.h>

#include "host.h"

enum handle_direction {
	RECEIVING,
	SENDING,
};

enum handle_state {
	HANDLE_CLOSED,
	HANDLE_OPEN,
	HANDLE_CLOSING,
};

/* The consumer's side of the Rx queue. */
struct rx_reader {
	struct pfq_rx_queue *shared;
	char *slots;
	uint32_t slot_count;
	uint32_t slot_size;
	uint32_t shift;	   /* log2 of slot_count */
	uint32_t position; /* next packet to read, free-running; the slots before it are those of
			      the last batch */
};

/* The producer's side of a Tx queue. */
struct tx_writer {
	struct pfq_tx_queue *shared; /* NULL: there is none */
	char *slots;
	uint32_t slot_count;
	uint32_t slot_size;
	uint32_t head;	  /* next slot to fill, free-running */
	uint32_t tail;	  /* the engine's, as it was read last */
	uint32_t pending; /* filled since the last flush */
};

/*
 * How a socket reaches its engine: in this process, or in the kernel. open() and close() are the
 * first and the last of a handle; prepare() comes before a socket is enabled; map() gives the
 * queues of a socket that was just enabled, unmap() takes them back when it was disabled. They give
 * 0, or a negative errno and the reason.
 */
struct handle_host {
	const char *name;
	int (*open)(pfq_t *q, struct pfq_error *error);
	void (*close)(pfq_t *q);
	int (*control)(const pfq_t *q, unsigned int operation, const void *request,
		       size_t request_size, void *reply, size_t reply_size,
		       struct pfq_error *error);
	void (*prepare)(pfq_t *q);
	void *(*map)(pfq_t *q, struct pfq_error *error);
	void (*unmap)(pfq_t *q);
	int (*check_tx)(const char *device, struct pfq_error *error);
};

extern const struct handle_host user_host;
extern const struct handle_host kernel_host;

/*
 * Handles are never given back to the allocator: closed ones wait in a line for their next use, so
 * that a call on a closed socket finds one that says so.
 */
struct pfq_handle {
	struct pfq_wake wake; /* first: what the engine wakes */
	uint32_t state;	      /* enum handle_state */
	uint32_t users;	      /* control calls under way */
	uint32_t active;      /* receiving and sending calls under way */
	const void *busy[2];  /* by direction: the thread in such a call, or NULL */
	uint32_t enabled;
	uint32_t epoch; /* how often it was disabled */
	bool signals;	/* pfq_get_fd() was called, pfq_arm() was not */
	unsigned int
		generation; /* of the process that opened it: how many fork()s from the first */
	const struct handle_host *host;
	struct pfq_socket *socket; /* of the user host */
	int fd;			   /* of the kernel host */
	void *hugepages;	   /* that the kernel host was given for the queues, or NULL */
	size_t hugepages_size;
	void *memory;	      /* the queues of an enabled socket */
	pthread_mutex_t lock; /* enabling and disabling */
	struct rx_reader rx;
	struct tx_writer tx[PFQ_MAX_TX_QUEUES];	   /* the synchronous ones */
	struct tx_writer async[PFQ_MAX_TX_QUEUES]; /* those that threads send */
	uint32_t xmitlen;
	struct pfq_queue_map map;
	struct pfq_error error;	 /* the last one; guarded by the lock in failure.c */
	struct pfq_handle *next; /* of those that are to be closed, or in the line of closed ones */
};

/* A closed handle, with its lock and eventfd, or NULL. */
struct pfq_handle *handle_take(struct pfq_error *error);
void handle_give_back(struct pfq_handle *q);

/*
 * Around what must not be left half-way, as a lock would stay held: the thread can be cancelled
 * (pthread_cancel) only when it is through. May be nested.
 */
void handle_begin_uncancelled(void);
void handle_end_uncancelled(void);

/*
 * Around every control call: enter gives false, and notes the error, if the socket is closed or not
 * ours. Between the two it cannot go away.
 */
bool handle_enter(const pfq_t *q);
void handle_leave(const pfq_t *q);

/*
 * Around receiving and sending: between the two the queues cannot go away. False if the socket is
 * not enabled or another thread is at it.
 */
bool handle_enter_data(pfq_t *q, enum handle_direction direction);
void handle_leave_data(pfq_t *q, enum handle_direction direction);

/* Whether this thread is between the two, and this a handler of a signal that interrupted it there.
 */
bool handle_is_interrupted(const pfq_t *q);

/* Gives back what a socket holds that is HANDLE_CLOSING, when all calls on it have ended. */
void handle_end(pfq_t *q);

/* Whether a thread between enter_data and leave_data is to leave: the socket is about to be
 * disabled or closed. */
static inline bool handle_ends(const pfq_t *q)
{
	return !__atomic_load_n(&q->enabled, __ATOMIC_SEQ_CST) ||
	       __atomic_load_n(&q->state, __ATOMIC_SEQ_CST) != HANDLE_OPEN;
}

/* Whether the descriptor is to be readable while there are packets, without being armed. */
static inline bool handle_signals(const pfq_t *q)
{
	return __atomic_load_n(&q->signals, __ATOMIC_RELAXED);
}

/* A control call: 0, or -1 with the error noted. Sizes of 0 go with NULL. */
int handle_control(const pfq_t *q, unsigned int operation, const void *request, size_t request_size,
		   void *reply, size_t reply_size);

/* Puts the name of a device into a request, where it has PFQ_DEVICE_NAME octets. Gives 0, or -1
 * with the error noted. */
int handle_name_device(const pfq_t *q, char *field, const char *device);

/* Notes the error of a socket (NULL: of an open) for pfq_error(). Gives -1. */
int failure(const pfq_t *q, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int failure_of(const pfq_t *q, const struct pfq_error *error);

/* The same for a bad argument, outside of enter and leave: of a closed socket, it is that it is
 * closed. */
int refusal(const pfq_t *q, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Of the errors of sockets; whoever forks holds it meanwhile. */
extern pthread_mutex_t failure_lock;

/* Forgets a socket's error, when the handle is opened again. */
void failure_clear(pfq_t *q);

#endif
