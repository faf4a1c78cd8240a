/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/net/pfq: what there is in the engine of a network namespace. */
#ifndef PFQ_PROC_H
#define PFQ_PROC_H

#include <net/net_namespace.h>

int pfq_proc_init(struct net *net);
void pfq_proc_exit(struct net *net);

#endif
