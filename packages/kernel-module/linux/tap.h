/* SPDX-License-Identifier: GPL-2.0-only */
/* The tap: a device's packets are seen on their way to the host's stack, which still gets them. */
#ifndef PFQ_TAP_H
#define PFQ_TAP_H

#include "net_device.h"

/* Makes device->tap ready to be hooked in. */
void pfq_tap_init(struct pfq_net_device *device);

#endif
