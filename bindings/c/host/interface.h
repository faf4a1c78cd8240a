/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel tells of a network interface. */
#ifndef PFQ_HOST_INTERFACE_H
#define PFQ_HOST_INTERFACE_H

#include "platform.h"

struct interface {
	int ifindex;
	bool up;
	uint16_t link;	    /* PFQ_LINK_* */
	bool has_flow_hash; /* the hardware computes one, and gives it */
	bool stamps_all;    /* the hardware is set to stamp every packet that it receives */
};

/* Looks an interface up by name: -ENODEV if there is none, -EOPNOTSUPP for a link type that PFQ
 * cannot read. */
int interface_look_up(const char *name, struct interface *interface, struct pfq_error *error);

/* How many receive queues the interface has; 1 where the kernel does not tell. */
unsigned int interface_rx_queues(int ifindex);

#endif
