/* SPDX-License-Identifier: GPL-2.0-only */
/* The tap: a device's packets are seen on their way to the host's stack, which still gets them. */
#ifndef PFQ_TAP_H
#define PFQ_TAP_H

#include "net_device.h"

/* Makes device->tap ready to be hooked in. */
void pfq_tap_init(struct pfq_net_device *device);

/* Memory for packets that are in pieces. */
int pfq_tap_buffers_init(void);
void pfq_tap_buffers_exit(void);

#endif
