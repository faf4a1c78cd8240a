// SPDX-License-Identifier: GPL-2.0-only
#include "tap.h"
#include "capture.h"
#include "parameters.h"

/* Gives up a reference that is seldom the last one. */
static inline void put_skb(struct sk_buff *skb)
{
	if (likely(!skb_unref(skb)))
		return;
	refcount_set(&skb->users, 1);
	consume_skb(skb);
}

/* The skb is shared with the other taps, which have their turn before or after. */
static int tap_receive(struct sk_buff *skb, struct net_device *dev, struct packet_type *tap,
		       struct net_device *orig_dev)
{
	struct pfq_captured captured;

	captured.taken = false;
	captured.owned = NULL;
	/* not a copy of an outgoing multicast packet for the host itself */
	if (likely(skb->pkt_type != PACKET_LOOPBACK))
		pfq_capture(container_of(tap, struct pfq_net_device, tap), skb, dev, &captured);
	put_skb(skb);
	return 0;
}

void pfq_tap_init(struct pfq_net_device *device)
{
	device->tap.type = htons(ETH_P_ALL);
	device->tap.func = tap_receive;
	device->tap.ignore_outgoing = !pfq_parameters->capture_outgoing;
}
