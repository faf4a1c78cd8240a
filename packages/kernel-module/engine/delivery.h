/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* What receive.c does with each packet of a batch, and receive_one.c with its only one. */
#ifndef PFQ_ENGINE_DELIVERY_H
#define PFQ_ENGINE_DELIVERY_H

#include "state.h"

/* A counter of this lane, which others read at any time. */
static inline void pfq_count(uint64_t *counter, uint64_t more)
{
	PFQ_WRITE_ONCE(*counter, *counter + more);
}

static inline bool pfq_vlan_passes(const struct pfq_vlan_filter_set *filter,
				   struct pfq_packet *packet)
{
	const struct pfq_headers *headers = pfq_headers(packet);
	unsigned int vid = headers->tci & Q_VLAN_VID_MASK;

	if (!headers->has_vlan)
		return filter->untagged;
	return filter->any_tag || filter->vids.bits[vid / 64] >> vid % 64 & 1;
}

/* Whether the group's filters let the packet through. */
static inline bool pfq_filters_pass(const struct pfq_engine *engine, const struct pfq_view *view,
				    struct pfq_packet *packet)
{
	return (!view->filter || engine->ops->filter_run(view->filter, packet)) &&
	       (!view->vlan.enabled || pfq_vlan_passes(&view->vlan, packet));
}

/* Runs the group's program on run->packet; where there is none, everything passes. */
static inline void pfq_run_view(const struct pfq_view *view, struct pfq_run *run)
{
	if (view->program) {
		pfq_run_program(view->program, run);
		return;
	}
	run->dropped = 0;
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
	run->mark = run->packet->mark;
	run->state = 0;
	run->mask = 0;
	run->forwards = 0;
}

/* What a slot says of its packet, besides its octets. */
struct pfq_slot_info {
	uint32_t caplen; /* the most octets that the slot takes */
	uint32_t mark;
	uint32_t state;
	uint32_t lap;
	int gid;
	bool timestamping;
};

static inline void pfq_fill_slot(struct pfq_pkthdr *header, struct pfq_packet *packet,
				 struct pfq_slot_info info)
{
	uint32_t caplen = packet->caplen < info.caplen ? packet->caplen : info.caplen;

	header->tstamp.tv.sec = info.timestamping ? packet->sec : 0;
	header->tstamp.tv.nsec = info.timestamping ? packet->nsec : 0;
	header->caplen = caplen;
	header->len = packet->len;
	header->info.ifindex = packet->ifindex;
	header->info.data.mark = info.mark;
	header->info.data.state = info.state;
	header->info.vlan.tci = pfq_tci(packet);
	header->info.queue = packet->queue;
	header->info.gid = (uint16_t)info.gid;
	header->info.link = packet->link;
	pfq_copy(header + 1, packet->data, caplen);
	PFQ_STORE_RELEASE(&header->info.commit, info.lap);
}

#endif
