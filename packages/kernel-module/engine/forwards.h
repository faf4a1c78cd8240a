/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The forwards of a program: each a device, or the host's own stack, to which a run may give its
 * packet. */
#ifndef PFQ_ENGINE_FORWARDS_H
#define PFQ_ENGINE_FORWARDS_H

#include "lowering.h"

/* Both give the index of a forward, or a negative errno. Once lowering failed they make none. */

/* A forward of its own to the device, which the program opens. */
int pfq_forward_to_device(struct pfq_lowering *lowering, const char *name);

/* The forward to the host's own stack: one for all of the program, since the host gets a packet
 * once, however often it is asked for. */
int pfq_forward_to_host(struct pfq_lowering *lowering);

#endif
