// SPDX-License-Identifier: GPL-2.0-only
#include "packet_pool.h"
#include "parameters.h"

#include <linux/if_vlan.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#define HEADROOM 128
#define ROOM	 (SKB_WITH_OVERHEAD(2048) - HEADROOM)

/* A ring, since drivers are done with packets in the order in which they got them. */
struct pool {
	struct sk_buff **skbs; /* NULL where there was none yet */
	unsigned int next;
};

static DEFINE_PER_CPU(struct pool, pools);

bool pfq_packet_pool_serves(const struct net_device *dev, unsigned int length)
{
	return pfq_parameters->skb_tx_pool &&
	       (dev->priv_flags & (IFF_TX_SKB_SHARING | IFF_NO_QUEUE)) == IFF_TX_SKB_SHARING &&
	       LL_RESERVED_SPACE(dev) <= HEADROOM && length + dev->needed_tailroom <= ROOM;
}

/* Nobody else has it, nor a clone of it, and nothing was added to it. */
static bool is_free(const struct sk_buff *skb)
{
	if (refcount_read(&skb->users) != 1)
		return false;
	smp_rmb(); /* after what the driver did before it let go */
	return !skb_cloned(skb) && !skb_is_nonlinear(skb);
}

/* Takes out what the driver has left in it. */
static void make_empty(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_clear_hash(skb);
	__vlan_hwaccel_clear_tag(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	memset(skb_shinfo(skb), 0, offsetof(struct skb_shared_info, dataref));
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	skb->transport_header = (typeof(skb->transport_header))~0U;
	skb->data = skb->head + HEADROOM;
	skb_reset_tail_pointer(skb);
	skb->len = 0;
}

/* One that is not free is its holders' alone from now on. */
static struct sk_buff *replace(struct sk_buff **place)
{
	kfree_skb(*place);
	WRITE_ONCE(*place, alloc_skb(HEADROOM + ROOM, GFP_ATOMIC | __GFP_NOWARN));
	return *place;
}

struct sk_buff *pfq_packet_pool_take(void)
{
	struct pool *pool = this_cpu_ptr(&pools);
	struct sk_buff **place = &pool->skbs[pool->next];
	struct sk_buff *skb = *place;

	pool->next = pool->next + 1 < pfq_parameters->skb_tx_pool ? pool->next + 1 : 0;
	if (!skb || !is_free(skb)) {
		skb = replace(place);
		if (!skb)
			return NULL;
	}
	make_empty(skb);
	return skb_get(skb);
}

/* While the CPU goes on taking some. */
static unsigned int count_buffers(const struct pool *pool)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < pfq_parameters->skb_tx_pool; i++)
		count += READ_ONCE(pool->skbs[i]) != NULL;
	return count;
}

void pfq_packet_pool_print(unsigned int cpu, const struct pfq_text *text)
{
	size_t octets = pfq_parameters->skb_tx_pool * sizeof(struct sk_buff *);
	unsigned int count;

	if (!octets || !cpu_possible(cpu))
		return;
	count = count_buffers(&per_cpu(pools, cpu));
	octets += count * SKB_TRUESIZE(HEADROOM + ROOM);
	pfq_print(text, "%6s %12zu %10lu %8s %12s %9s %8u %12lu %4u\n", "-", octets, PAGE_SIZE, "-",
		  "-", "-", count, (unsigned long)ROOM, cpu);
}

static void empty_pool(struct pool *pool)
{
	for (unsigned int i = 0; pool->skbs && i < pfq_parameters->skb_tx_pool; i++)
		kfree_skb(pool->skbs[i]);
	kvfree(pool->skbs);
}

void pfq_packet_pool_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) empty_pool(&per_cpu(pools, cpu));
}

int pfq_packet_pool_init(void)
{
	size_t size = pfq_parameters->skb_tx_pool * sizeof(struct sk_buff *);
	int cpu;

	for_each_possible_cpu(cpu)
	{
		if (!size)
			break;
		per_cpu(pools, cpu).skbs = kvzalloc_node(size, GFP_KERNEL, cpu_to_node(cpu));
		if (!per_cpu(pools, cpu).skbs) {
			pfq_packet_pool_exit();
			return -ENOMEM;
		}
	}
	return 0;
}
