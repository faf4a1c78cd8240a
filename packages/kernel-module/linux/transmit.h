/* SPDX-License-Identifier: GPL-2.0-only */
/* Sending: from the Tx queues of sockets, and of packets that a program forwards. */
#ifndef PFQ_TRANSMIT_H
#define PFQ_TRANSMIT_H

#include "engine.h"

unsigned int pfq_transmit(void *host, void *host_device, int queue,
			  const struct pfq_packet *const *packets, unsigned int count);

#endif
