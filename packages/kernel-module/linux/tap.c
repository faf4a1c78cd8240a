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

static void set_time(struct pfq_packet *packet, struct sk_buff *skb)
{
	ktime_t hardware = skb_hwtstamps(skb)->hwtstamp;
	struct timespec64 time = ktime_to_timespec64(hardware ?: skb_tstamp_cond(skb, true));

	packet->sec = (uint32_t)time.tv_sec;
	packet->nsec = (uint32_t)time.tv_nsec;
}

static void feed(struct pfq_net_device *device, struct pfq_packet *packet)
{
	unsigned int lane = smp_processor_id();

	if (READ_ONCE(device->all))
		pfq_receive(device->device, lane, Q_ANY_QUEUE, packet, 1);
	if (packet->queue < device->queue_count && test_bit(packet->queue, device->queues))
		pfq_receive(device->device, lane, packet->queue, packet, 1);
}

/* A packet from its link header on, with its VLAN tag in place. False if memory lacks. */
static bool receive(struct pfq_net_device *device, struct sk_buff *skb)
{
	bool in_pieces = skb_is_nonlinear(skb);
	struct pfq_packet packet = {
		.caplen = in_pieces ? min_t(uint32_t, skb->len, BUFFER_SIZE) : skb->len,
		.len = skb->len,
		.mark = skb->mark,
		.hash = skb->hash,
		.has_hash = skb->hash && !skb->sw_hash,
		.link = device->link,
		.queue = skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) : 0,
		.handle = skb,
	};

	packet.data = in_pieces ? gather(skb, packet.caplen) : skb->data;
	if (!packet.data)
		return false;
	set_time(&packet, skb);
	feed(device, &packet);
	if (in_pieces)
		release(packet.data);
	return true;
}

/* The same for one whose tag the device took out: a clone gets it back. */
static bool receive_tagged(struct pfq_net_device *device, struct sk_buff *skb)
{
	struct sk_buff *clone = skb_clone(skb, GFP_ATOMIC);
	bool done;

	if (clone)
		clone = __vlan_hwaccel_push_inside(clone);
	if (!clone)
		return false;
	done = receive(device, clone);
	consume_skb(clone);
	return done;
}

/*
 * Called in softirq context, or with softirqs off. The skb is shared with the other taps, which
 * have their turn before or after: its data is put back to where they expect it.
 */
static int tap_receive(struct sk_buff *skb, struct net_device *dev, struct packet_type *tap,
		       struct net_device *orig_dev)
{
	struct pfq_net_device *device = container_of(tap, struct pfq_net_device, tap);
	unsigned char *data = skb->data;
	unsigned int length = skb->len;
	bool done;

	/* A copy of an outgoing multicast packet for the host itself. */
	if (skb->pkt_type == PACKET_LOOPBACK)
		goto out;
	if (dev_has_header(dev) && skb_mac_header_was_set(skb))
		skb_push(skb, skb->data - skb_mac_header(skb));
	if (skb_vlan_tag_present(skb) && device->link == PFQ_LINK_ETHERNET)
		done = receive_tagged(device, skb);
	else
		done = receive(device, skb);
	if (!done)
		atomic64_inc(&device->lost);
	skb->data = data;
	skb->len = length;
out:
	consume_skb(skb);
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
