/* SPDX-License-Identifier: BSD-3-Clause */
/* Captures from a network interface, or from one of its queues: a TPACKET_V3 ring and a thread that
 * empties it. */
#ifndef PFQ_HOST_LIVE_RING_H
#define PFQ_HOST_LIVE_RING_H

#include "interface.h"

struct live_ring;

/* Begins to capture; every packet goes to pfq_receive(device, ..., queue, ...). */
int live_ring_start(struct pfq_device *device, const char *name, const struct interface *interface,
		    int queue, struct live_ring **ring, struct pfq_error *error);

/* Ends it: what is in the ring is handed on first. Gives how many packets the ring has lost in all.
 */
uint64_t live_ring_stop(struct live_ring *ring);

/* How many packets the ring has lost so far. */
uint64_t live_ring_lost(struct live_ring *ring);

/* Whether the capture has failed, and why (`text` is of PFQ_ERROR_TEXT octets, and left alone if
 * not). */
bool live_ring_failed(struct live_ring *ring, char *text);

/* Lets go of the sockets, in the child of a fork(). */
void live_ring_after_fork(struct live_ring *ring);

#endif
