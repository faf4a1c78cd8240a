/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Socket buffers that are used again and again, so many to a CPU as the parameter skb_tx_pool says.
 * The pool keeps a reference to each: one to which no driver has another is free. They are for
 * drivers of hardware that bear a buffer to which somebody else has a reference:
 * IFF_TX_SKB_SHARING, which many virtual devices have by mistake, and not IFF_NO_QUEUE, which those
 * have. Called with softirqs off.
 */
#ifndef PFQ_PACKET_POOL_H
#define PFQ_PACKET_POOL_H

#include "text.h"

#include <linux/netdevice.h>
#include <linux/skbuff.h>

/* Whether packets of this length for the device may come from the pool. */
bool pfq_packet_pool_serves(const struct net_device *dev, unsigned int length);

/* A row of the table of memory (report.c): what is kept for a CPU, if anything is. */
void pfq_packet_pool_print(unsigned int cpu, const struct pfq_text *text);

/* An empty one, with a reference for the caller, or NULL if memory lacks. */
struct sk_buff *pfq_packet_pool_take(void);

int pfq_packet_pool_init(void);
void pfq_packet_pool_exit(void);

#endif
