/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * The way of a batch: for each group, filters and program decide packet by packet who gets it; then
 * each socket that gets something has its slots reserved, all at once; then the packets are copied,
 * in order; then forwards go out, device by device, and what is for the host's stack; then readers
 * that wait are woken. Reserving comes before all copying, since an atomic operation waits for the
 * stores before it, and those of a copy take long: its slots are seldom in the cache.
 */
#include "delivery.h"

/*
 * So many slots ahead of the one that is being filled, its queue is fetched into the cache. With
 * many sockets each gets few packets of a batch, and none of their queues is one that the hardware
 * follows; with one, the hardware alone comes late on a busy machine.
 */
#define SLOTS_AHEAD 8

struct delivery {
	struct pfq_engine *engine;
	struct pfq_device *device;
	struct pfq_lane *lane;
	unsigned int lane_index;
	struct pfq_group *group;
	struct pfq_group_lane *counts;
	const struct pfq_view *view;
	struct pfq_packet *packets;
	unsigned int count;
	uint64_t passed;    /* class masks that packets passed to */
	uint64_t forwarded; /* forwarding instructions that were run */
	uint64_t recv; /* packets that slots have been reserved for, and that are not counted yet */
};

static inline void add_packet(struct pfq_batch_bits *bits, unsigned int packet)
{
	bits->words[packet / 64] |= 1ULL << packet % 64;
}

static inline void touch(struct pfq_lane *lane, unsigned int member)
{
	lane->touched[member / 64] |= 1ULL << member % 64;
}

static inline void give(struct pfq_lane *lane, unsigned int member, unsigned int packet)
{
	lane->target[packet] = (uint16_t)member;
	lane->given[member]++;
	touch(lane, member);
}

static void give_two(struct pfq_lane *lane, unsigned int first, unsigned int second,
		     unsigned int packet)
{
	give(lane, first, packet);
	if (second == first)
		return;
	lane->target[packet] = (uint16_t)(PFQ_TARGET_TWO | first);
	lane->second[packet] = (uint16_t)second;
	lane->given[second]++;
	touch(lane, second);
}

/* Notes who gets the packet. False if nobody does. */
static inline bool place_packet(struct delivery *delivery, const struct pfq_run *run,
				unsigned int packet)
{
	const struct pfq_steering *steering = delivery->view->steering[run->mask];
	struct pfq_lane *lane = delivery->lane;

	if (run->dropped || steering->count == 0) {
		lane->target[packet] = PFQ_TARGET_NONE;
		return false;
	}
	lane->mark[packet] = run->mark;
	lane->state[packet] = run->state;
	if (steering->count == 1) {
		give(lane, steering->members[0], packet);
	} else if (run->fanout.kind == PFQ_FANOUT_PASS) {
		lane->target[packet] = (uint16_t)(PFQ_TARGET_PASS | run->mask);
		lane->passed[run->mask]++;
		delivery->passed |= 1ULL << run->mask;
	} else if (PFQ_LIKELY(run->fanout.kind == PFQ_FANOUT_STEER)) {
		give(lane, pfq_steer_by_hash(steering, run->fanout.hash), packet);
	} else if (run->fanout.kind == PFQ_FANOUT_STEER_NUMBER) {
		give(lane, pfq_steer_by_number(steering, run->fanout.hash), packet);
	} else {
		give_two(lane, pfq_steer_by_hash(steering, run->fanout.hash),
			 pfq_steer_by_hash(steering, run->second_hash), packet);
	}
	return true;
}

/* What is sent may be received on this very lane, which takes the run for itself. */
static void forward_at_once(struct delivery *delivery, uint64_t forwards,
			    const struct pfq_packet *packet)
{
	for (; forwards; forwards &= forwards - 1) {
		struct pfq_device *egress =
			delivery->view->program->devices[__builtin_ctzll(forwards)];

		pfq_count(&delivery->counts->frwd,
			  pfq_device_send(egress, delivery->lane_index, Q_ANY_QUEUE, &packet, 1));
	}
	delivery->lane->run.lane = delivery->counts;
	delivery->lane->run.device = delivery->device;
}

static void note_forwards(struct delivery *delivery, uint64_t forwards, uint32_t mark,
			  unsigned int packet)
{
	uint64_t at_once = forwards & delivery->view->program->at_once;
	uint64_t later = forwards & ~at_once;

	delivery->forwarded |= later;
	for (uint64_t rest = later; rest; rest &= rest - 1)
		add_packet(&delivery->lane->forwarded[__builtin_ctzll(rest)], packet);
	delivery->lane->mark[packet] = mark;
	if (at_once)
		forward_at_once(delivery, at_once, &delivery->packets[packet]);
}

static void run_group(struct delivery *delivery)
{
	const struct pfq_view *view = delivery->view;
	struct pfq_run *run = &delivery->lane->run;
	uint64_t dropped = 0;

	run->lane = delivery->counts;
	run->device = delivery->device;
	for (unsigned int i = 0; i < delivery->count; i++) {
		struct pfq_packet *packet = &delivery->packets[i];

		if (!pfq_filters_pass(delivery->engine, view, packet)) {
			delivery->lane->target[i] = PFQ_TARGET_NONE;
			dropped++;
			continue;
		}
		run->packet = packet;
		pfq_run_view(view, run);
		if (!place_packet(delivery, run, i))
			dropped++;
		if (PFQ_UNLIKELY(run->forwards))
			note_forwards(delivery, run->forwards, run->mark, i);
	}
	pfq_count(&delivery->counts->drop, dropped);
}

/* Packets that pass go to every member of the classes. */
static void spread_passed(struct delivery *delivery)
{
	struct pfq_lane *lane = delivery->lane;

	for (uint64_t masks = delivery->passed; masks; masks &= masks - 1) {
		unsigned int mask = (unsigned int)__builtin_ctzll(masks);
		const struct pfq_steering *steering = delivery->view->steering[mask];

		for (uint32_t i = 0; i < steering->count; i++) {
			lane->given[steering->members[i]] += lane->passed[mask];
			touch(lane, steering->members[i]);
		}
		lane->passed[mask] = 0;
	}
}

static bool is_among(const struct pfq_steering *steering, unsigned int member)
{
	for (uint32_t i = 0; i < steering->count; i++)
		if (steering->members[i] == member)
			return true;
	return false;
}

static bool is_for(const struct delivery *delivery, unsigned int packet, unsigned int member)
{
	unsigned int target = delivery->lane->target[packet];

	if (target == PFQ_TARGET_NONE || target < PFQ_TARGET_PASS)
		return target == member;
	if (target >= PFQ_TARGET_TWO)
		return (target & ~PFQ_TARGET_TWO) == member ||
		       delivery->lane->second[packet] == member;
	return is_among(delivery->view->steering[target & ~PFQ_TARGET_PASS], member);
}

/* Sends what the member is given to the device that it stands for. */
static void transmit(struct delivery *delivery, unsigned int member, struct pfq_device *egress)
{
	struct pfq_socket *socket = delivery->view->members[member].socket;
	struct pfq_lane *lane = delivery->lane;
	uint32_t count = 0, sent;

	for (unsigned int i = 0; i < delivery->count; i++)
		if (is_for(delivery, i, member))
			lane->gathered[count++] = &delivery->packets[i];
	sent = pfq_device_send(egress, delivery->lane_index, socket->egress_queue, lane->gathered,
			       count);
	pfq_count(&delivery->counts->recv, count);
	PFQ_ADD(&socket->sent, sent);
	PFQ_ADD(&socket->failed, count - sent);
}

static void prepare(struct delivery *delivery, unsigned int member, struct pfq_socket *socket)
{
	struct pfq_cursor *cursor = &delivery->lane->cursors[member];

	PFQ_PREFETCH_WRITE(&socket->rx.head);
	PFQ_PREFETCH_WRITE(&delivery->lane->sockets[socket->id]);
	cursor->socket = socket;
	cursor->slots = socket->rx.slots;
	cursor->slot_mask = socket->rx.slot_count - 1;
	cursor->slot_size = socket->rx.slot_size;
	cursor->slot_shift = (uint8_t)socket->rx.slot_shift;
	cursor->caplen = socket->rx.caplen;
	cursor->timestamping = PFQ_READ_ONCE(socket->timestamping);
	cursor->left = delivery->lane->given[member];
	delivery->lane->given[member] = 0;
}

/* Takes slots for the first packets that there is room for; the rest is lost. */
static void reserve(struct delivery *delivery, struct pfq_cursor *cursor)
{
	struct pfq_socket_lane *counts = &delivery->lane->sockets[cursor->socket->id];
	uint32_t want = cursor->left;
	uint32_t room = pfq_rx_reserve(&cursor->socket->rx, want, &cursor->position);

	cursor->left = room;
	pfq_count(&counts->recv, room);
	delivery->recv += room;
	if (PFQ_UNLIKELY(room < want)) {
		pfq_count(&counts->lost, want - room);
		pfq_count(&delivery->counts->lost, want - room);
		PFQ_TRACE(lost, delivery->engine->host, cursor->socket->id, delivery->group->gid,
			  want - room);
	}
}

/* First what can be fetched side by side, then the atomic operations, which wait for one another.
 */
static void reserve_all(struct delivery *delivery)
{
	struct pfq_lane *lane = delivery->lane;

	for (unsigned int word = 0; word < PFQ_MAX_SOCKETS / 64; word++) {
		for (uint64_t rest = lane->touched[word]; rest; rest &= rest - 1) {
			unsigned int member = word * 64 + (unsigned int)__builtin_ctzll(rest);
			struct pfq_socket *socket = delivery->view->members[member].socket;
			struct pfq_device *egress = PFQ_RCU_DEREFERENCE(socket->egress);

			prepare(delivery, member, socket);
			if (PFQ_UNLIKELY(egress)) {
				lane->cursors[member].left = 0;
				transmit(delivery, member, egress);
			}
		}
	}
	for (unsigned int word = 0; word < PFQ_MAX_SOCKETS / 64; word++)
		for (uint64_t rest = lane->touched[word]; rest; rest &= rest - 1)
			reserve(delivery,
				&lane->cursors[word * 64 + (unsigned int)__builtin_ctzll(rest)]);
	pfq_count(&delivery->counts->recv, delivery->recv);
	delivery->recv = 0;
}

static inline struct pfq_pkthdr *cursor_slot(const struct pfq_cursor *cursor, uint32_t position)
{
	return (struct pfq_pkthdr *)(cursor->slots +
				     (size_t)(position & cursor->slot_mask) * cursor->slot_size);
}

static inline void copy_packet(struct delivery *delivery, struct pfq_cursor *cursor,
			       unsigned int index)
{
	if (cursor->left == 0)
		return;
	PFQ_PREFETCH_WRITE(cursor_slot(cursor, cursor->position + SLOTS_AHEAD));
	PFQ_PREFETCH_WRITE((uint8_t *)cursor_slot(cursor, cursor->position + SLOTS_AHEAD) + 64);
	pfq_fill_slot(cursor_slot(cursor, cursor->position), &delivery->packets[index],
		      (struct pfq_slot_info){
			      .caplen = cursor->caplen,
			      .mark = delivery->lane->mark[index],
			      .state = delivery->lane->state[index],
			      .lap = (cursor->position >> cursor->slot_shift) + 1,
			      .gid = delivery->group->gid,
			      .timestamping = cursor->timestamping,
		      });
	cursor->position++;
	cursor->left--;
}

static void copy_all(struct delivery *delivery)
{
	struct pfq_lane *lane = delivery->lane;

	for (unsigned int i = 0; i < delivery->count; i++) {
		unsigned int target = lane->target[i];
		const struct pfq_steering *steering;

		if (PFQ_LIKELY(target < PFQ_TARGET_PASS)) {
			copy_packet(delivery, &lane->cursors[target], i);
			continue;
		}
		if (target == PFQ_TARGET_NONE)
			continue;
		if (target >= PFQ_TARGET_TWO) {
			copy_packet(delivery, &lane->cursors[target & ~PFQ_TARGET_TWO], i);
			copy_packet(delivery, &lane->cursors[lane->second[i]], i);
			continue;
		}
		steering = delivery->view->steering[target & ~PFQ_TARGET_PASS];
		for (uint32_t member = 0; member < steering->count; member++)
			copy_packet(delivery, &lane->cursors[steering->members[member]], i);
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
			struct pfq_socket *socket = lane->cursors[member].socket;
			uint32_t *waiting = &socket->rx.shared->waiting;

			if (PFQ_READ_ONCE(*waiting) && PFQ_EXCHANGE(waiting, 0))
				delivery->engine->ops->wake(delivery->engine->host, socket->host);
		}
		lane->touched[word] = 0;
	}
}

static uint32_t gather(struct delivery *delivery, const struct pfq_batch_bits *bits)
{
	struct pfq_lane *lane = delivery->lane;
	uint32_t count = 0;

	for (unsigned int word = 0; word < PFQ_BATCH_WORDS; word++) {
		for (uint64_t rest = bits->words[word]; rest; rest &= rest - 1) {
			unsigned int packet = word * 64 + (unsigned int)__builtin_ctzll(rest);

			lane->gathered[count] = &delivery->packets[packet];
			lane->gathered_mark[count++] = lane->mark[packet];
		}
	}
	return count;
}

static void give_to_host(struct delivery *delivery, uint32_t count)
{
	const struct pfq_host_ops *ops = delivery->engine->ops;

	if (ops->to_host)
		ops->to_host(delivery->engine->host, delivery->device->host,
			     delivery->lane->gathered, delivery->lane->gathered_mark, count);
	pfq_count(&delivery->counts->kern, count);
}

static void forward(struct delivery *delivery)
{
	for (uint64_t rest = delivery->forwarded; rest; rest &= rest - 1) {
		unsigned int index = (unsigned int)__builtin_ctzll(rest);
		struct pfq_device *egress = delivery->view->program->devices[index];
		struct pfq_batch_bits *bits = &delivery->lane->forwarded[index];
		uint32_t count = gather(delivery, bits), sent;

		memset(bits, 0, sizeof(*bits));
		if (!egress) {
			give_to_host(delivery, count);
			continue;
		}
		sent = pfq_device_send(egress, delivery->lane_index, Q_ANY_QUEUE,
				       delivery->lane->gathered, count);
		pfq_count(&delivery->counts->frwd, sent);
	}
}

static void receive_group(struct delivery *delivery)
{
	delivery->view = PFQ_RCU_DEREFERENCE(delivery->group->view);
	delivery->counts = &delivery->group->lanes[delivery->lane_index];
	pfq_count(&delivery->counts->packets, delivery->count);
	if (PFQ_UNLIKELY(!delivery->view)) {
		pfq_count(&delivery->counts->lost, delivery->count);
		return;
	}
	delivery->passed = 0;
	delivery->forwarded = 0;
	run_group(delivery);
	if (delivery->passed)
		spread_passed(delivery);
	reserve_all(delivery);
	copy_all(delivery);
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
	struct delivery delivery = {
		.engine = engine,
		.device = device,
		.packets = packets,
		.count = count,
	};

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
