// SPDX-License-Identifier: GPL-2.0-only
#include "divert.h"
#include "capture.h"
#include "device.h"
#include "error.h"

#include <linux/rtnetlink.h>

/* The stack gets the packet back, or nobody does, unless the last who it was sent on to has it. */
static rx_handler_result_t give_back(struct sk_buff *skb, const struct pfq_captured *captured)
{
	if (captured->taken)
		return RX_HANDLER_CONSUMED;
	if (captured->to_host) {
		skb->mark = captured->mark;
		return RX_HANDLER_PASS;
	}
	consume_skb(skb);
	return RX_HANDLER_CONSUMED;
}

/* Taps have had the packet, and VLAN interfaces of the device theirs. */
static rx_handler_result_t divert_receive(struct sk_buff **pskb)
{
	struct net_device *dev = (*pskb)->dev;
	struct pfq_net_device *device = rcu_dereference(dev->rx_handler_data);
	struct pfq_captured captured = { .to_host = false };
	struct sk_buff *skb = *pskb;

	if (skb->pkt_type == PACKET_LOOPBACK ||
	    !pfq_device_is_read(device->device, pfq_capture_queue(skb)))
		return RX_HANDLER_PASS;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb) {
		atomic64_inc(&device->lost);
		return RX_HANDLER_CONSUMED;
	}
	*pskb = skb;
	captured.owned = skb;
	pfq_capture(device, skb, dev, &captured);
	return give_back(skb, &captured);
}

void pfq_to_host(void *host, void *host_device, const struct pfq_packet *const *packets,
		 const uint32_t *marks, unsigned int count)
{
	struct pfq_net_device *device = host_device;

	if (!device->diverted)
		return;
	for (unsigned int i = 0; i < count; i++) {
		struct pfq_captured *captured =
			container_of(packets[i], struct pfq_captured, packet);

		captured->to_host = true;
		captured->mark = marks[i];
	}
}

int pfq_divert_hook(struct pfq_net_device *device, struct net_device *dev, struct pfq_error *error)
{
	int status = netdev_rx_handler_register(dev, divert_receive, device);

	if (status == -EBUSY)
		return pfq_fail(
			error, EBUSY,
			"%s: the packets of %s are taken already, by a bridge, a bond, a macvlan or "
			"the like: take it out there, or bind %s",
			device->device->name, dev->name, dev->name);
	if (status)
		return pfq_fail(error, -status, "%s: packets of %s cannot be taken: bind %s",
				device->device->name, dev->name, dev->name);
	return 0;
}

void pfq_divert_unhook(struct net_device *dev)
{
	netdev_rx_handler_unregister(dev);
}
