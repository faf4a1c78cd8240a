/* SPDX-License-Identifier: GPL-2.0-only */
/* An open file of /dev/pfq, as the engine's host sees it: who reads, and from which memory. */
#ifndef PFQ_READER_H
#define PFQ_READER_H

#include <linux/eventfd.h>
#include <linux/skbuff.h>
#include <linux/wait.h>

#include "engine.h"

struct pfq_reader {
	struct pfq_socket *socket;
	struct net *net;
	struct pid *owner;
	wait_queue_head_t waiting;
	struct eventfd_ctx *signal;	 /* set once, or never */
	struct pfq_hugepages *offered;	 /* for the next time that the socket is enabled, or NULL */
	struct pfq_hugepages *hugepages; /* in use for the queues, or NULL */
	struct mutex memory_lock;	 /* of `memory` and `offered`; taken within mmap_lock */
	struct pfq_queue_memory *memory; /* if this is where the queues are mapped from, or NULL */
};

int pfq_reader_process(void *host, void *host_socket);

/* Wakes whoever waits for packets. Does not sleep. */
void pfq_reader_wake(void *host, void *host_socket);

#endif
