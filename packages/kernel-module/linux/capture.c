// SPDX-License-Identifier: GPL-2.0-only
#include "capture.h"
#include "parameters.h"

#include <linux/if_vlan.h>
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

ktime_t pfq_capture_kept_time(struct sk_buff *skb)
{
	struct net_device *dev = dev_get_by_napi_id(skb_napi_id(skb));

	if (!dev || !dev->netdev_ops->ndo_get_tstamp)
		return 0;
	return netdev_get_tstamp(dev, skb_hwtstamps(skb), false);
}

static void release(const uint8_t *octets)
{
	struct buffer *buffer = this_cpu_ptr(&buffers);

	if (octets == buffer->octets)
		buffer->busy = false;
	else
		kfree(octets);
}

/* The octets in one piece, or NULL if memory lacks. */
static uint8_t *gather(const struct sk_buff *skb, uint32_t length)
{
	struct buffer *buffer = this_cpu_ptr(&buffers);
	uint8_t *octets =
		buffer->busy ? kmalloc(length, GFP_ATOMIC | __GFP_NOWARN) : buffer->octets;

	if (!octets)
		return NULL;
	if (octets == buffer->octets)
		buffer->busy = true;
	if (!skb_copy_bits(skb, 0, octets, length))
		return octets;
	release(octets);
	return NULL;
}

bool pfq_capture_pieces(struct pfq_net_device *device, struct sk_buff *skb,
			struct pfq_captured *captured)
{
	uint32_t caplen = min_t(uint32_t, skb->len, BUFFER_SIZE);
	const uint8_t *octets = gather(skb, caplen);

	if (!octets)
		return false;
	pfq_capture_describe(device, skb, octets, caplen, captured);
	pfq_receive_one(device->device, smp_processor_id(), &captured->packet);
	release(octets);
	return true;
}

/* A clone gets the tag back. */
static bool capture_clone(struct pfq_net_device *device, struct sk_buff *skb,
			  struct pfq_captured *captured)
{
	struct sk_buff *clone = skb_clone(skb, GFP_ATOMIC);
	bool done;

	if (clone)
		clone = __vlan_hwaccel_push_inside(clone);
	if (!clone)
		return false;
	done = pfq_capture_untagged(device, clone, captured);
	consume_skb(clone);
	return done;
}

/* The tag stays out: only the headers have it. The packet may be gone once it was received. */
static bool capture_without_tag(struct pfq_net_device *device, struct sk_buff *skb,
				struct pfq_captured *captured)
{
	uint32_t caplen = min_t(uint32_t, skb->len, BUFFER_SIZE);
	bool gathered = skb_is_nonlinear(skb);
	const uint8_t *octets = gathered ? gather(skb, caplen) : skb->data;

	if (!octets)
		return false;
	if (!gathered)
		caplen = skb->len;
	pfq_capture_describe(device, skb, octets, caplen, captured);
	pfq_put_tag(&captured->packet, skb_vlan_tag_get(skb));
	pfq_receive_one(device->device, smp_processor_id(), &captured->packet);
	if (gathered)
		release(octets);
	return true;
}

bool pfq_capture_tagged(struct pfq_net_device *device, struct sk_buff *skb,
			struct pfq_captured *captured)
{
	return pfq_parameters->vlan_untag ? capture_without_tag(device, skb, captured)
					  : capture_clone(device, skb, captured);
}

void pfq_capture_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) kvfree(per_cpu(buffers, cpu).octets);
}

int pfq_capture_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
	{
		uint8_t *octets = kvmalloc_node(BUFFER_SIZE, GFP_KERNEL, cpu_to_node(cpu));

		if (!octets) {
			pfq_capture_exit();
			return -ENOMEM;
		}
		per_cpu(buffers, cpu).octets = octets;
	}
	return 0;
}
