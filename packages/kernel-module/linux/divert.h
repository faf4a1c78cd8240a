/* SPDX-License-Identifier: GPL-2.0-only */
/* Diversion: a device's packets are taken before the host's stack, which gets what programs give
 * it.
 */
#ifndef PFQ_DIVERT_H
#define PFQ_DIVERT_H

#include "net_device.h"

/* With rtnl held. Nothing comes in when unhook() returns. */
int pfq_divert_hook(struct pfq_net_device *device, struct net_device *dev, struct pfq_error *error);
void pfq_divert_unhook(struct net_device *dev);

/* What struct pfq_host_ops asks for. The host has a tap's packets already. */
void pfq_to_host(void *host, void *host_device, const struct pfq_packet *const *packets,
		 const uint32_t *marks, unsigned int count);

#endif
