/* SPDX-License-Identifier: GPL-2.0-only */
/* From a socket buffer to the engine: what the tap and the diversion of a device have in common. */
#ifndef PFQ_CAPTURE_H
#define PFQ_CAPTURE_H

#include "net_device.h"

#include <linux/if_vlan.h>

/* A packet on its way through the engine, and what its program asked for. */
struct pfq_captured {
	struct pfq_packet packet;
	bool to_host;
	uint32_t mark;	       /* with which the host gets it */
	bool taken;	       /* by the device that it was sent on to */
	struct sk_buff *owned; /* what may be taken; NULL: copies alone */
};

/* The time that a driver keeps with itself, until it is asked for; 0 if it cannot be asked. */
ktime_t pfq_capture_kept_time(struct sk_buff *skb);

static inline ktime_t pfq_capture_hardware_time(struct sk_buff *skb)
{
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP_NETDEV))
		return pfq_capture_kept_time(skb);
	return skb_hwtstamps(skb)->hwtstamp;
}

static inline void pfq_capture_set_time(struct pfq_packet *packet, struct sk_buff *skb)
{
	ktime_t known = pfq_capture_hardware_time(skb) ?: skb_tstamp_cond(skb, false);
	struct timespec64 time;

	if (unlikely(known))
		time = ktime_to_timespec64(known);
	else
		ktime_get_real_ts64(&time);
	packet->sec = (uint32_t)time.tv_sec;
	packet->nsec = (uint32_t)time.tv_nsec;
}

/* By which a packet came, or leaves. */
static inline unsigned int pfq_capture_queue(const struct sk_buff *skb)
{
	if (unlikely(skb->pkt_type == PACKET_OUTGOING))
		return skb_get_queue_mapping(skb);
	return skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) : 0;
}

static __always_inline void pfq_capture_describe(struct pfq_net_device *device, struct sk_buff *skb,
						 const uint8_t *octets, uint32_t caplen,
						 struct pfq_captured *captured)
{
	captured->packet = (struct pfq_packet){
		.data = octets,
		.caplen = caplen,
		.len = skb->len,
		.mark = skb->mark,
		.hash = skb->hash,
		.has_hash = skb->hash && !skb->sw_hash,
		.link = device->link,
		.queue = pfq_capture_queue(skb),
		.handle = skb,
	};
	captured->to_host = false;
	pfq_capture_set_time(&captured->packet, skb);
}

/* The rare cases; false if memory lacks. */
bool pfq_capture_pieces(struct pfq_net_device *device, struct sk_buff *skb,
			struct pfq_captured *captured);
bool pfq_capture_tagged(struct pfq_net_device *device, struct sk_buff *skb,
			struct pfq_captured *captured);

static __always_inline bool pfq_capture_untagged(struct pfq_net_device *device, struct sk_buff *skb,
						 struct pfq_captured *captured)
{
	if (unlikely(skb_is_nonlinear(skb)))
		return pfq_capture_pieces(device, skb, captured);
	pfq_capture_describe(device, skb, skb->data, skb->len, captured);
	pfq_receive_one(device->device, smp_processor_id(), &captured->packet);
	return true;
}

/*
 * Gives a packet to the engine from its link header on, its VLAN tag in its place; its data is then
 * put back to where the stack expects it. Called in softirq context, or with softirqs off. False if
 * memory lacks, which is counted.
 */
static __always_inline bool pfq_capture(struct pfq_net_device *device, struct sk_buff *skb,
					const struct net_device *dev, struct pfq_captured *captured)
{
	unsigned int header = dev_has_header(dev) ? skb->data - skb_mac_header(skb) : 0;
	bool done;

	skb->data -= header;
	skb->len += header;
	if (unlikely(skb_vlan_tag_present(skb) && device->link == PFQ_LINK_ETHERNET))
		done = pfq_capture_tagged(device, skb, captured);
	else
		done = pfq_capture_untagged(device, skb, captured);
	if (captured->taken)
		return true;
	skb->data += header;
	skb->len -= header;
	if (unlikely(!done))
		atomic64_inc(&device->lost);
	return done;
}

/* Memory for packets that are in pieces. */
int pfq_capture_init(void);
void pfq_capture_exit(void);

#endif
