// SPDX-License-Identifier: GPL-2.0-only
#include "tap.h"
#include "parameters.h"

#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/percpu.h>

/* As much as is captured of a packet in pieces: the longest IP packet, with headers of its link. */
#define BUFFER_SIZE (65536 + 64)

/* A CPU's place to put the pieces together. It is in use while a packet is on its way: if that is
 * sent, and received again there and then, the second one needs a place of its own. */
struct buffer {
	uint8_t *octets;
	bool busy;
};

static DEFINE_PER_CPU(struct buffer, buffers);

/* The octets in one piece, or NULL if memory lacks. */
static uint8_t *gather(const struct sk_buff *skb, uint32_t length)
{
	struct buffer *buffer = this_cpu_ptr(&buffers);
	uint8_t *octets =
		buffer->busy ? kmalloc(length, GFP_ATOMIC | __GFP_NOWARN) : buffer->octets;

	if (!octets || skb_copy_bits(skb, 0, octets, length))
		return NULL;
	if (octets == buffer->octets)
		buffer->busy = true;
	return octets;
}

static void release(const uint8_t *octets)
{
	struct buffer *buffer = this_cpu_ptr(&buffers);

	if (octets == buffer->octets)
		buffer->busy = false;
	else
		kfree(octets);
}

static inline void set_time(struct pfq_packet *packet, struct sk_buff *skb)
{
	ktime_t known = skb_hwtstamps(skb)->hwtstamp ?: skb_tstamp_cond(skb, false);
	struct timespec64 time;

	if (unlikely(known))
		time = ktime_to_timespec64(known);
	else
		ktime_get_real_ts64(&time);
	packet->sec = (uint32_t)time.tv_sec;
	packet->nsec = (uint32_t)time.tv_nsec;
}

static __always_inline void feed(struct pfq_net_device *device, struct sk_buff *skb,
				 const uint8_t *data, uint32_t caplen)
{
	struct pfq_packet packet = {
		.data = data,
		.caplen = caplen,
		.len = skb->len,
		.mark = skb->mark,
		.hash = skb->hash,
		.has_hash = skb->hash && !skb->sw_hash,
		.link = device->link,
		.queue = skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) : 0,
		.handle = skb,
	};

	set_time(&packet, skb);
	pfq_receive_one(device->device, smp_processor_id(), &packet);
}

/* False if memory lacks. */
static noinline bool receive_pieces(struct pfq_net_device *device, struct sk_buff *skb)
{
	uint32_t caplen = min_t(uint32_t, skb->len, BUFFER_SIZE);
	const uint8_t *octets = gather(skb, caplen);

	if (!octets)
		return false;
	feed(device, skb, octets, caplen);
	release(octets);
	return true;
}

/* A packet whose tag the device took out: a clone gets it back. */
static noinline bool receive_tagged(struct pfq_net_device *device, struct sk_buff *skb)
{
	struct sk_buff *clone = skb_clone(skb, GFP_ATOMIC);
	bool done = true;

	if (clone)
		clone = __vlan_hwaccel_push_inside(clone);
	if (!clone)
		return false;
	if (skb_is_nonlinear(clone))
		done = receive_pieces(device, clone);
	else
		feed(device, clone, clone->data, clone->len);
	consume_skb(clone);
	return done;
}

/* A packet from its link header on, which goes to the engine with its VLAN tag in place. */
static __always_inline void receive(struct pfq_net_device *device, struct sk_buff *skb)
{
	bool done = true;

	if (unlikely(skb_vlan_tag_present(skb) && device->link == PFQ_LINK_ETHERNET))
		done = receive_tagged(device, skb);
	else if (unlikely(skb_is_nonlinear(skb)))
		done = receive_pieces(device, skb);
	else
		feed(device, skb, skb->data, skb->len);
	if (unlikely(!done))
		atomic64_inc(&device->lost);
}

/* Gives up a reference that is seldom the last one. */
static inline void put_skb(struct sk_buff *skb)
{
	if (likely(!skb_unref(skb)))
		return;
	refcount_set(&skb->users, 1);
	consume_skb(skb);
}

/*
 * Called in softirq context, or with softirqs off. The skb is shared with the other taps, which
 * have their turn before or after: its data is put back to where they expect it.
 */
static int tap_receive(struct sk_buff *skb, struct net_device *dev, struct packet_type *tap,
		       struct net_device *orig_dev)
{
	unsigned int header = 0;

	/* A copy of an outgoing multicast packet for the host itself. */
	if (likely(skb->pkt_type != PACKET_LOOPBACK)) {
		if (dev_has_header(dev))
			header = skb->data - skb_mac_header(skb);
		skb->data -= header;
		skb->len += header;
		receive(container_of(tap, struct pfq_net_device, tap), skb);
		skb->data += header;
		skb->len -= header;
	}
	put_skb(skb);
	return 0;
}

void pfq_tap_init(struct pfq_net_device *device)
{
	device->tap.type = htons(ETH_P_ALL);
	device->tap.func = tap_receive;
	device->tap.ignore_outgoing = !pfq_parameters->capture_outgoing;
}

void pfq_tap_buffers_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) kvfree(per_cpu(buffers, cpu).octets);
}

int pfq_tap_buffers_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
	{
		uint8_t *octets = kvmalloc_node(BUFFER_SIZE, GFP_KERNEL, cpu_to_node(cpu));

		if (!octets) {
			pfq_tap_buffers_exit();
			return -ENOMEM;
		}
		per_cpu(buffers, cpu).octets = octets;
	}
	return 0;
}
