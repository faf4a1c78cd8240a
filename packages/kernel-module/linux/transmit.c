// SPDX-License-Identifier: GPL-2.0-only
/* Packets go straight to the driver: no queueing discipline, and no tap of the device. Who gets
 * them next has taps of its own: the host itself by lo, the device below a VLAN, a bridge, a
 * macsec.
 */
#include "transmit.h"
#include "capture.h"
#include "compat.h"
#include "packet_pool.h"
#include "parameters.h"
#include "tx_queue.h"

#include <linux/delay.h>
#include <linux/if_vlan.h>
#include <net/dst.h>

/* How long a driver whose queue is full is given before it is tried again. */
#define RETRY_USEC 10

/* Where packets go: a device and its hardware queue. */
struct way {
	struct net_device *dev;
	struct netdev_queue *txq;
	u16 queue;
	bool within; /* another transmission, which holds the lock of its own queue */
};

struct outgoing {
	unsigned int count;
	struct sk_buff *skbs[PFQ_TX_BATCH]; /* each a packet, or the segments of one */
};

/* Devices without a link header say nothing of what is in the packet; its first octet does. */
static __be16 protocol_of(const struct sk_buff *skb)
{
	if (skb->dev->header_ops && skb->dev->header_ops->parse_protocol)
		return dev_parse_header_protocol(skb);
	switch (skb->data[0] >> 4) {
	case 4:
		return htons(ETH_P_IP);
	case 6:
		return htons(ETH_P_IPV6);
	default:
		return 0;
	}
}

static void set_headers(struct sk_buff *skb, struct net_device *dev)
{
	skb->dev = dev;
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, dev_has_header(dev) ? dev->hard_header_len : 0);
	skb->protocol = protocol_of(skb);
}

static struct sk_buff *take_skb(const struct net_device *dev, unsigned int length)
{
	unsigned int headroom = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;

	if (pfq_packet_pool_serves(dev, length))
		return pfq_packet_pool_take();
	skb = alloc_skb(headroom + length + dev->needed_tailroom, GFP_ATOMIC | __GFP_NOWARN);
	if (skb)
		skb_reserve(skb, headroom);
	return skb;
}

/* A packet of a Tx queue. Its process may still write to it: what counts is what was copied. */
static struct sk_buff *make_skb(const struct pfq_packet *packet, struct net_device *dev)
{
	struct sk_buff *skb;

	if (packet->caplen > dev->mtu + dev->hard_header_len + VLAN_HLEN)
		return NULL;
	skb = take_skb(dev, packet->caplen);
	if (!skb)
		return NULL;
	skb_put_data(skb, packet->data, packet->caplen);
	set_headers(skb, dev);
	if (dev_validate_header(dev, skb->data, skb->len))
		return skb;
	kfree_skb(skb);
	return NULL;
}

/*
 * How often PFQ has sent a received packet on is kept in a field of it that has no meaning for a
 * packet that is not in a tunnel, and that virtual devices leave alone: so a circle of them comes
 * to an end. What else is found there is an EtherType or an IP protocol, and never between the two.
 */
#define HOPS_TAG  0x0500
#define HOPS_MASK 0x000f
#define MAX_HOPS  8

static bool count_hop(struct sk_buff *skb)
{
	u16 hops = ntohs(skb->inner_protocol) ^ HOPS_TAG;

	if (hops > HOPS_MASK)
		hops = 0;
	skb_set_inner_protocol(skb, htons(HOPS_TAG | (hops + 1)));
	return hops < MAX_HOPS;
}

static bool count_hops(struct sk_buff *skbs)
{
	bool allowed = true;

	for (; skbs; skbs = skbs->next)
		allowed &= count_hop(skbs);
	return allowed;
}

/* What the device was to do with a packet in a tunnel is done here: then the tunnel has no meaning
 * any more. Gives segments, or NULL if memory lacks. */
static struct sk_buff *finish_tunnel(struct sk_buff *skb)
{
	struct sk_buff *segments = skb_is_gso(skb) ? skb_gso_segment(skb, NETIF_F_SG) : NULL;
	bool done = !IS_ERR(segments);

	if (done && segments) {
		consume_skb(skb);
		skb = segments;
	}
	for (struct sk_buff *each = skb; each && done; each = each->next) {
		done = each->ip_summed != CHECKSUM_PARTIAL || !skb_checksum_help(each);
		each->encapsulation = 0;
	}
	if (done)
		return skb;
	kfree_skb_list(skb);
	return NULL;
}

/* Gives the packet, its segments, or NULL. What has gone to a device with a queue, to hardware,
 * does not come back as it was. */
static struct sk_buff *limit_hops(struct sk_buff *skb, const struct net_device *dev)
{
	if (skb->encapsulation && !(dev->priv_flags & IFF_NO_QUEUE))
		return skb;
	if (skb->encapsulation)
		skb = finish_tunnel(skb);
	if (!skb || count_hops(skb))
		return skb;
	kfree_skb_list(skb);
	return NULL;
}

static bool suits_every_device(const struct sk_buff *skb)
{
	return !skb->next && !skb_is_nonlinear(skb) && !skb_is_gso(skb) &&
	       skb->ip_summed != CHECKSUM_PARTIAL && !skb_vlan_tag_present(skb);
}

/* A received packet goes on as it came; what its device cannot do with it is done here, as to cut a
 * packet into segments, or to compute its checksum. */
static struct sk_buff *prepare(struct sk_buff *skb, struct net_device *dev)
{
	bool again = false;

	skb_clear_tstamp(skb);
	skb_forward_csum(skb);
	skb_dst_drop(skb);
	skb_reset_mac_header(skb);
	skb->dev = dev;
	if (skb_warn_if_lro(skb) || !is_skb_forwardable(dev, skb)) {
		kfree_skb(skb);
		return NULL;
	}
	skb = limit_hops(skb, dev);
	if (!skb || suits_every_device(skb))
		return skb;
	return validate_xmit_skb_list(skb, dev, &again);
}

/* The packet itself, if nobody else is to have it; else a clone. */
static struct sk_buff *take(const struct pfq_packet *packet)
{
	struct pfq_captured *captured = container_of(packet, struct pfq_captured, packet);
	struct sk_buff *skb = packet->handle;

	if (!packet->last_use || captured->owned != skb || captured->to_host)
		return skb_clone(skb, GFP_ATOMIC);
	captured->owned = NULL;
	captured->taken = true;
	skb_orphan(skb);
	return skb;
}

static void add_packets(struct outgoing *outgoing, struct net_device *dev,
			const struct pfq_packet *const *packets, unsigned int count)
{
	outgoing->count = 0;
	for (unsigned int i = 0; i < count; i++) {
		struct sk_buff *skb = make_skb(packets[i], dev);

		if (skb)
			outgoing->skbs[outgoing->count++] = skb;
	}
}

/* Hands over a packet, segment by segment. Gives true when the driver has taken it; what it has not
 * is left in *packet. */
static bool hand_over(const struct way *way, struct sk_buff **packet, bool more)
{
	while (*packet) {
		struct sk_buff *skb = *packet, *next = skb->next;

		if (netif_xmit_frozen_or_drv_stopped(way->txq))
			return false;
		skb_mark_not_on_list(skb);
		skb_set_queue_mapping(skb, way->queue);
		if (!dev_xmit_complete(netdev_start_xmit(skb, way->dev, way->txq, more || next))) {
			skb->next = next;
			return false;
		}
		*packet = next;
	}
	return true;
}

/* Gives the number of the first packet that the driver would not take; so do the next three. */
static unsigned int hand_over_locked(const struct way *way, struct sk_buff **packets,
				     unsigned int first, unsigned int count)
{
	dev_xmit_recursion_inc();
	while (first < count && hand_over(way, &packets[first], first + 1 < count))
		first++;
	dev_xmit_recursion_dec();
	return first;
}

static unsigned int hand_over_from(const struct way *way, struct sk_buff **packets,
				   unsigned int first, unsigned int count)
{
	HARD_TX_LOCK(way->dev, way->txq, smp_processor_id());
	first = hand_over_locked(way, packets, first, count);
	HARD_TX_UNLOCK(way->dev, way->txq);
	return first;
}

/*
 * Whoever holds the lock of a queue must not wait for that of another: its holder may be waiting
 * for the first one. A virtual device waits all the same, for the one below it: so one CPU at a
 * time sends from there.
 */
static unsigned int hand_over_within(const struct way *way, struct sk_buff **packets,
				     unsigned int first, unsigned int count)
{
	static unsigned long taken;

	if (!HARD_TX_TRYLOCK(way->dev, way->txq))
		return first;
	if (!test_and_set_bit_lock(0, &taken)) {
		first = hand_over_locked(way, packets, first, count);
		clear_bit_unlock(0, &taken);
	}
	HARD_TX_UNLOCK(way->dev, way->txq);
	return first;
}

static unsigned int try_to_hand_over(const struct way *way, struct sk_buff **packets,
				     unsigned int first, unsigned int count)
{
	return way->within ? hand_over_within(way, packets, first, count)
			   : hand_over_from(way, packets, first, count);
}

/* Lets the driver clean up, on this CPU, too. Not where packets are received: there is no time. */
static void wait_for_driver(bool may_wait)
{
	if (!may_wait)
		return;
	local_bh_enable();
	udelay(RETRY_USEC);
	local_bh_disable();
}

static unsigned int hand_over_all(const struct way *way, struct sk_buff **packets,
				  unsigned int count, bool may_wait)
{
	unsigned int sent = try_to_hand_over(way, packets, 0, count);

	for (unsigned int i = 0; sent < count && i < pfq_parameters->tx_retry; i++) {
		wait_for_driver(may_wait);
		sent = try_to_hand_over(way, packets, sent, count);
	}
	for (unsigned int i = sent; i < count; i++)
		kfree_skb_list(packets[i]);
	return sent;
}

static void find_way(struct way *way, struct net_device *dev, int queue)
{
	way->dev = dev;
	way->queue = (queue >= 0 ? queue : smp_processor_id()) % dev->real_num_tx_queues;
	way->txq = netdev_get_tx_queue(dev, way->queue);
	way->within = false;
}

/* The tap sees what the host sends just before the driver does. */
static bool is_being_sent(const struct pfq_packet *packet)
{
	const struct sk_buff *skb = packet->handle;

	return skb->pkt_type == PACKET_OUTGOING;
}

/* With softirqs off, as where packets are received. */
static noinline unsigned int forward(struct net_device *dev, int queue,
				     const struct pfq_packet *packet)
{
	bool within = is_being_sent(packet);
	struct sk_buff *skb;
	struct way way;

	if (dev_xmit_recursion())
		return 0;
	skb = take(packet);
	skb = skb ? prepare(skb, dev) : NULL;
	if (!skb)
		return 0;
	find_way(&way, dev, queue);
	way.within = within;
	return hand_over_all(&way, &skb, 1, false);
}

static noinline unsigned int send(struct net_device *dev, int queue,
				  const struct pfq_packet *const *packets, unsigned int count)
{
	bool may_wait = !in_interrupt();
	struct outgoing outgoing;
	unsigned int sent = 0;
	struct way way;

	local_bh_disable();
	find_way(&way, dev, queue);
	for (unsigned int i = 0; i < count && !dev_xmit_recursion();) {
		unsigned int batch = min(count - i, pfq_parameters->xmit_batch), taken;

		add_packets(&outgoing, dev, packets + i, batch);
		taken = hand_over_all(&way, outgoing.skbs, outgoing.count, may_wait);
		may_wait &= taken == outgoing.count; /* not in vain again */
		sent += taken;
		i += batch;
	}
	local_bh_enable();
	return sent;
}

/* A device is running before its driver has opened it, and up until its driver has closed it. */
static bool takes_packets(const struct net_device *dev)
{
	return netif_running(dev) && READ_ONCE(dev->flags) & IFF_UP && netif_carrier_ok(dev);
}

/* Packets with a handle were received: all of a batch, or none. */
unsigned int pfq_transmit(void *host, void *host_device, int queue,
			  const struct pfq_packet *const *packets, unsigned int count)
{
	struct pfq_net_device *device = host_device;
	struct net_device *dev;
	unsigned int sent = 0;

	rcu_read_lock();
	dev = rcu_dereference(device->dev);
	if (!dev || !takes_packets(dev))
		goto unlock;
	if (!packets[0]->handle)
		sent = send(dev, queue, packets, count);
	else
		for (unsigned int i = 0; i < count; i++)
			sent += forward(dev, queue, packets[i]);
unlock:
	rcu_read_unlock();
	return sent;
}
