// SPDX-License-Identifier: GPL-2.0-only
/* Packets go straight to the driver: no queueing discipline, and no tap, so that none is captured
 * again. */
#include "transmit.h"
#include "net_device.h"

#include <linux/if_vlan.h>
#include <net/dst.h>

/* A packet of a Tx queue. Its process may still write to it: what counts is what was copied. */
static struct sk_buff *make_skb(const struct pfq_packet *packet, struct net_device *dev)
{
	unsigned int headroom = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;

	if (packet->caplen > dev->mtu + dev->hard_header_len + VLAN_HLEN)
		return NULL;
	skb = alloc_skb(headroom + packet->caplen + dev->needed_tailroom,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_put_data(skb, packet->data, packet->caplen);
	if (!dev_validate_header(dev, skb->data, skb->len)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

/* A received packet goes on as it came, checksum and segmentation included. */
static struct sk_buff *clone_skb(struct sk_buff *received)
{
	struct sk_buff *skb = skb_clone(received, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_clear_tstamp(skb);
	skb_forward_csum(skb);
	skb_dst_drop(skb);
	return skb;
}

static bool send(const struct pfq_packet *packet, struct net_device *dev, u16 queue)
{
	struct sk_buff *skb = packet->handle ? clone_skb(packet->handle) : make_skb(packet, dev);

	if (!skb)
		return false;
	skb->dev = dev;
	skb_reset_mac_header(skb);
	skb->protocol = dev_parse_header_protocol(skb);
	skb_set_network_header(skb, dev->hard_header_len);
	if (!is_skb_forwardable(dev, skb)) {
		kfree_skb(skb);
		return false;
	}
	return dev_direct_xmit(skb, queue) == NETDEV_TX_OK;
}

unsigned int pfq_transmit(void *host, void *host_device, int queue,
			  const struct pfq_packet *const *packets, unsigned int count)
{
	struct pfq_net_device *device = host_device;
	struct net_device *dev;
	unsigned int sent = 0;

	rcu_read_lock();
	dev = rcu_dereference(device->dev);
	if (dev && netif_running(dev)) {
		unsigned int chosen = queue >= 0 ? queue : raw_smp_processor_id();

		for (unsigned int i = 0; i < count; i++)
			sent += send(packets[i], dev, chosen % dev->real_num_tx_queues);
	}
	rcu_read_unlock();
	return sent;
}
