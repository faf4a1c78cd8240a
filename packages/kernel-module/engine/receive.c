/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * The way of a batch: for each group, filters and program decide packet by packet, in bitmaps, who
 * gets what; then each socket that gets something has its slots reserved once, filled in order, and
 * committed; then forwards go out, device by device; then readers that wait are woken.
 */
#include "state.h"

struct delivery {
	struct pfq_engine *engine;
	struct pfq_lane *lane;
	unsigned int lane_index;
	struct pfq_group *group;
	struct pfq_group_lane *counts;
	const struct pfq_view *view;
	struct pfq_packet *packets;
	unsigned int count;
	uint64_t passed;    /* class masks that packets passed to */
	uint64_t forwarded; /* forwarding instructions that were run */
};

static inline void add_packet(struct pfq_batch_bits *bits, unsigned int packet)
{
	bits->words[packet / 64] |= 1ULL << packet % 64;
}

static inline void give(struct pfq_lane *lane, unsigned int member, unsigned int packet)
{
	add_packet(&lane->given[member], packet);
	lane->touched[member / 64] |= 1ULL << member % 64;
}

static bool vlan_passes(const struct pfq_vlan_filter_set *filter, struct pfq_packet *packet)
{
	const struct pfq_headers *headers = pfq_headers(packet);
	unsigned int vid = headers->tci & Q_VLAN_VID_MASK;

	if (!headers->has_vlan)
		return filter->untagged;
	return filter->any_tag || filter->vids.bits[vid / 64] >> vid % 64 & 1;
}

/* Notes who gets the packet. False if nobody does. */
static inline bool place_packet(struct delivery *delivery, const struct pfq_run *run,
				unsigned int packet)
{
	const struct pfq_steering *steering = delivery->view->steering[run->mask];
	struct pfq_lane *lane = delivery->lane;

	if (run->dropped || steering->count == 0)
		return false;
	lane->mark[packet] = run->mark;
	lane->state[packet] = run->state;
	if (run->fanout.kind == PFQ_FANOUT_PASS) {
		add_packet(&lane->passed[run->mask], packet);
		delivery->passed |= 1ULL << run->mask;
	} else if (run->fanout.by_number) {
		give(lane, pfq_steer_by_number(steering, run->fanout.hash), packet);
	} else {
		give(lane, pfq_steer_by_hash(steering, run->fanout.hash), packet);
	}
	return true;
}

static void note_forwards(struct delivery *delivery, uint64_t forwards, unsigned int packet)
{
	delivery->forwarded |= forwards;
	for (; forwards; forwards &= forwards - 1)
		add_packet(&delivery->lane->forwarded[__builtin_ctzll(forwards)], packet);
}

static void run_group(struct delivery *delivery)
{
	const struct pfq_view *view = delivery->view;
	struct pfq_run *run = &delivery->lane->run;
	uint64_t dropped = 0;

	run->lane = delivery->counts;
	for (unsigned int i = 0; i < delivery->count; i++) {
		struct pfq_packet *packet = &delivery->packets[i];

		if ((view->filter && !delivery->engine->ops->filter_run(view->filter, packet)) ||
		    (view->vlan.enabled && !vlan_passes(&view->vlan, packet))) {
			dropped++;
			continue;
		}
		run->packet = packet;
		if (view->program) {
			pfq_run_program(view->program, run);
			if (PFQ_UNLIKELY(run->forwards))
				note_forwards(delivery, run->forwards, i);
		} else {
			run->dropped = 0;
			run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
			run->mark = packet->mark;
			run->state = 0;
			run->mask = 0;
		}
		if (!place_packet(delivery, run, i))
			dropped++;
	}
	delivery->counts->drop += dropped;
}

/* Packets that pass go to every member of the classes. */
static void spread_passed(struct delivery *delivery)
{
	struct pfq_lane *lane = delivery->lane;

	for (uint64_t masks = delivery->passed; masks; masks &= masks - 1) {
		unsigned int mask = (unsigned int)__builtin_ctzll(masks);
		const struct pfq_steering *steering = delivery->view->steering[mask];
		struct pfq_batch_bits *passed = &lane->passed[mask];

		for (uint32_t i = 0; i < steering->count; i++) {
			unsigned int member = steering->members[i];

			for (int word = 0; word < PFQ_BATCH_WORDS; word++)
				lane->given[member].words[word] |= passed->words[word];
			lane->touched[member / 64] |= 1ULL << member % 64;
		}
		memset(passed, 0, sizeof(*passed));
	}
}

static uint32_t count_bits(const struct pfq_batch_bits *bits)
{
	uint32_t count = 0;

	for (int word = 0; word < PFQ_BATCH_WORDS; word++)
		count += pfq_popcount(bits->words[word]);
	return count;
}

static uint32_t gather(struct delivery *delivery, const struct pfq_batch_bits *bits)
{
	uint32_t count = 0;

	for (unsigned int word = 0; word < PFQ_BATCH_WORDS; word++)
		for (uint64_t rest = bits->words[word]; rest; rest &= rest - 1)
			delivery->lane->gathered[count++] =
				&delivery->packets[word * 64 + (unsigned int)__builtin_ctzll(rest)];
	return count;
}

static inline void fill_slot(struct delivery *delivery, const struct pfq_socket *socket,
			     unsigned int index, uint32_t position)
{
	struct pfq_packet *packet = &delivery->packets[index];
	const struct pfq_rx *rx = &socket->rx;
	struct pfq_pkthdr *header = pfq_rx_slot(rx, position);
	uint32_t caplen = packet->caplen < rx->caplen ? packet->caplen : rx->caplen;
	bool stamped = PFQ_READ_ONCE(socket->timestamping);

	header->tstamp.tv.sec = stamped ? packet->sec : 0;
	header->tstamp.tv.nsec = stamped ? packet->nsec : 0;
	header->caplen = caplen;
	header->len = packet->len;
	header->info.ifindex = packet->ifindex;
	header->info.data.mark = delivery->lane->mark[index];
	header->info.data.state = delivery->lane->state[index];
	header->info.vlan.tci = pfq_headers(packet)->tci;
	header->info.queue = packet->queue;
	header->info.gid = (uint16_t)delivery->group->gid;
	header->info.link = packet->link;
	memcpy(header + 1, packet->data, caplen);
	PFQ_STORE_RELEASE(&header->info.commit, pfq_rx_lap(rx, position));
}

/* The first packets that there is room for; the rest is lost. */
static void fill_queue(struct delivery *delivery, struct pfq_socket *socket,
		       const struct pfq_batch_bits *bits)
{
	struct pfq_socket_lane *counts = &delivery->lane->sockets[socket->id];
	uint32_t want = count_bits(bits), position = 0;
	uint32_t room = pfq_rx_reserve(&socket->rx, want, &position);
	uint32_t end = position + room;

	for (unsigned int word = 0; word < PFQ_BATCH_WORDS && position != end; word++)
		for (uint64_t rest = bits->words[word]; rest && position != end; rest &= rest - 1)
			fill_slot(delivery, socket, word * 64 + (unsigned int)__builtin_ctzll(rest),
				  position++);
	counts->recv += room;
	counts->lost += want - room;
	delivery->counts->recv += room;
	delivery->counts->lost += want - room;
}

static void transmit(struct delivery *delivery, struct pfq_socket *socket,
		     struct pfq_device *egress, const struct pfq_batch_bits *bits)
{
	uint32_t count = gather(delivery, bits);
	uint32_t sent = pfq_device_send(egress, delivery->lane_index, socket->egress_queue,
					delivery->lane->gathered, count);

	delivery->counts->recv += count;
	PFQ_ADD(&socket->sent, sent);
	PFQ_ADD(&socket->failed, count - sent);
}

static void deliver(struct delivery *delivery)
{
	struct pfq_lane *lane = delivery->lane;

	for (unsigned int word = 0; word < PFQ_MAX_SOCKETS / 64; word++) {
		for (uint64_t rest = lane->touched[word]; rest; rest &= rest - 1) {
			unsigned int member = word * 64 + (unsigned int)__builtin_ctzll(rest);
			struct pfq_socket *socket = delivery->view->members[member].socket;
			struct pfq_device *egress = PFQ_RCU_DEREFERENCE(socket->egress);

			if (PFQ_UNLIKELY(egress))
				transmit(delivery, socket, egress, &lane->given[member]);
			else
				fill_queue(delivery, socket, &lane->given[member]);
			memset(&lane->given[member], 0, sizeof(lane->given[member]));
		}
	}
}

/* One fence for the batch: what was committed is seen by a reader that goes to sleep after we
 * looked. */
static void wake_readers(struct delivery *delivery)
{
	struct pfq_lane *lane = delivery->lane;

	pfq_full_barrier();
	for (unsigned int word = 0; word < PFQ_MAX_SOCKETS / 64; word++) {
		for (uint64_t rest = lane->touched[word]; rest; rest &= rest - 1) {
			unsigned int member = word * 64 + (unsigned int)__builtin_ctzll(rest);
			struct pfq_socket *socket = delivery->view->members[member].socket;
			uint32_t *waiting = &socket->rx.shared->waiting;

			if (PFQ_READ_ONCE(*waiting) && PFQ_EXCHANGE(waiting, 0))
				delivery->engine->ops->wake(delivery->engine->host, socket->host);
		}
		lane->touched[word] = 0;
	}
}

static void forward(struct delivery *delivery)
{
	for (uint64_t rest = delivery->forwarded; rest; rest &= rest - 1) {
		unsigned int index = (unsigned int)__builtin_ctzll(rest);
		struct pfq_batch_bits *bits = &delivery->lane->forwarded[index];
		uint32_t count = gather(delivery, bits);

		memset(bits, 0, sizeof(*bits));
		delivery->counts->frwd += pfq_device_send(delivery->view->program->devices[index],
							  delivery->lane_index, Q_ANY_QUEUE,
							  delivery->lane->gathered, count);
	}
}

static void receive_group(struct delivery *delivery)
{
	delivery->view = PFQ_RCU_DEREFERENCE(delivery->group->view);
	delivery->counts = &delivery->group->lanes[delivery->lane_index];
	if (PFQ_UNLIKELY(!delivery->view)) {
		delivery->counts->lost += delivery->count;
		return;
	}
	delivery->passed = 0;
	delivery->forwarded = 0;
	run_group(delivery);
	if (delivery->passed)
		spread_passed(delivery);
	deliver(delivery);
	wake_readers(delivery);
	if (delivery->forwarded)
		forward(delivery);
}

/* A lane that nobody uses, the one asked for if possible. -1 if all are taken. */
static int take_lane(struct pfq_engine *engine, unsigned int wanted)
{
	for (unsigned int i = 0; i < engine->lane_count; i++) {
		unsigned int index = (wanted + i) % engine->lane_count;

		if (PFQ_CAS(&engine->lanes[index].busy, 0, 1))
			return (int)index;
	}
	return -1;
}

void pfq_receive(struct pfq_device *device, unsigned int lane, int queue,
		 struct pfq_packet *packets, unsigned int count)
{
	struct pfq_engine *engine = device->engine;
	const struct pfq_device_binding *binding;
	int index = take_lane(engine, lane);
	struct delivery delivery = { .engine = engine, .packets = packets, .count = count };

	if (PFQ_UNLIKELY(index < 0)) {
		PFQ_ADD(&device->lanes[lane % engine->lane_count].lost, count);
		return;
	}
	delivery.lane = &engine->lanes[index];
	delivery.lane_index = (unsigned int)index;
	PFQ_ADD(&device->lanes[index].recv, count);
	for (unsigned int i = 0; i < count; i++)
		packets[i].ifindex = device->ifindex;
	pfq_rcu_read_lock();
	for (binding = PFQ_RCU_DEREFERENCE(device->bindings); binding;
	     binding = PFQ_RCU_DEREFERENCE(binding->next)) {
		if (binding->queue != queue)
			continue;
		delivery.group = binding->group;
		receive_group(&delivery);
	}
	pfq_rcu_read_unlock();
	PFQ_STORE_RELEASE(&delivery.lane->busy, 0);
}

/*
 * A socket may be in several groups of the device, and get a packet from each: so much of its room
 * is counted as each of them may take. A queue that has fewer slots than that is filled when empty.
 */
static unsigned int group_room(const struct pfq_view *view, unsigned int groups, unsigned int room)
{
	for (uint32_t i = 0; i < view->member_count; i++) {
		const struct pfq_rx *rx = &view->members[i].socket->rx;
		unsigned int empty = pfq_rx_room(rx);
		unsigned int share = empty / groups;

		if (share == 0 && empty == rx->slot_count)
			share = 1;
		room = share < room ? share : room;
	}
	return room;
}

/* The view of a binding to this queue, if somebody is in it. */
static const struct pfq_view *view_for(const struct pfq_device_binding *binding, int queue)
{
	const struct pfq_view *view = PFQ_RCU_DEREFERENCE(binding->group->view);

	return binding->queue == queue && view && view->member_count > 0 ? view : NULL;
}

unsigned int pfq_receive_room(struct pfq_device *device, int queue)
{
	const struct pfq_device_binding *first, *binding;
	const struct pfq_view *view;
	unsigned int room = PFQ_BATCH, groups = 0;

	pfq_rcu_read_lock();
	first = PFQ_RCU_DEREFERENCE(device->bindings);
	for (binding = first; binding; binding = PFQ_RCU_DEREFERENCE(binding->next))
		groups += view_for(binding, queue) != NULL;
	for (binding = first; binding && groups; binding = PFQ_RCU_DEREFERENCE(binding->next)) {
		view = view_for(binding, queue);
		room = view ? group_room(view, groups, room) : room;
	}
	pfq_rcu_read_unlock();
	return groups ? room : 0;
}
