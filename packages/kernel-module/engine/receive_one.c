/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * The way of a packet that comes alone: that of a batch (receive.c) without the tables by which
 * many packets find their many sockets. What is rare is a function of its own, so that the rest
 * keeps what it needs in registers.
 */
#include "delivery.h"

static __attribute__((__noinline__)) void transmit(struct pfq_device *egress, unsigned int lane,
						   struct pfq_group_lane *counts,
						   struct pfq_socket *socket,
						   const struct pfq_packet *packet)
{
	uint32_t sent = pfq_device_send(egress, lane, socket->egress_queue, &packet, 1);

	pfq_count(&counts->recv, 1);
	PFQ_ADD(&socket->sent, sent);
	PFQ_ADD(&socket->failed, 1 - sent);
}

static void give_to_host(struct pfq_device *device, struct pfq_group_lane *counts,
			 const struct pfq_packet *packet, uint32_t mark)
{
	struct pfq_engine *engine = device->engine;

	if (engine->ops->to_host)
		engine->ops->to_host(engine->host, device->host, &packet, &mark, 1);
	pfq_count(&counts->kern, 1);
}

static __attribute__((__noinline__)) void forward(struct pfq_device *device,
						  const struct pfq_view *view, unsigned int lane,
						  struct pfq_group_lane *counts,
						  struct pfq_packet *packet, uint64_t forwards,
						  uint32_t mark, bool last)
{
	const struct pfq_packet *list = packet;

	for (; forwards; forwards &= forwards - 1) {
		struct pfq_device *egress = view->program->devices[__builtin_ctzll(forwards)];

		packet->last_use = last && !(forwards & (forwards - 1));
		if (egress)
			pfq_count(&counts->frwd,
				  pfq_device_send(egress, lane, Q_ANY_QUEUE, &list, 1));
		else
			give_to_host(device, counts, packet, mark);
	}
}

static inline void wake_reader(struct pfq_engine *engine, struct pfq_socket *socket)
{
	uint32_t *waiting = &socket->rx.shared->waiting;

	pfq_full_barrier();
	if (PFQ_UNLIKELY(PFQ_READ_ONCE(*waiting)) && PFQ_EXCHANGE(waiting, 0))
		engine->ops->wake(engine->host, socket->host);
}

static inline void give(struct pfq_engine *engine, unsigned int lane, struct pfq_group_lane *counts,
			struct pfq_socket *socket, struct pfq_packet *packet,
			struct pfq_slot_info info)
{
	struct pfq_socket_lane *own = &engine->lanes[lane].sockets[socket->id];
	struct pfq_device *egress = PFQ_RCU_DEREFERENCE(socket->egress);
	uint32_t position;

	if (PFQ_UNLIKELY(egress)) {
		transmit(egress, lane, counts, socket, packet);
		return;
	}
	if (PFQ_UNLIKELY(!pfq_rx_reserve_one(&socket->rx, &position))) {
		pfq_count(&own->lost, 1);
		pfq_count(&counts->lost, 1);
		PFQ_TRACE(lost, engine->host, socket->id, info.gid, 1);
		return;
	}
	pfq_count(&own->recv, 1);
	pfq_count(&counts->recv, 1);
	info.caplen = socket->rx.caplen;
	info.lap = pfq_rx_lap(&socket->rx, position);
	info.timestamping = PFQ_READ_ONCE(socket->timestamping);
	pfq_fill_slot(pfq_rx_slot(&socket->rx, position), packet, info);
	wake_reader(engine, socket);
}

/* What becomes of a packet: how many members get it, and what with. */
struct verdict {
	const uint16_t *members;
	uint32_t count;
	uint32_t mark;
	uint32_t state;
	uint64_t forwards;
};

/* All members of the classes, or the one or two that the packet is steered to, which are put there.
 */
static inline struct verdict judge(const struct pfq_view *view, const struct pfq_run *run,
				   uint16_t chosen[2])
{
	const struct pfq_steering *steering = view->steering[run->mask];
	struct verdict verdict = {
		.members = steering->members,
		.count = run->dropped ? 0 : steering->count,
		.mark = run->mark,
		.state = run->state,
		.forwards = run->forwards,
	};

	if (verdict.count < 2 || run->fanout.kind == PFQ_FANOUT_PASS)
		return verdict;
	verdict.members = chosen;
	verdict.count = 1;
	if (PFQ_LIKELY(run->fanout.kind == PFQ_FANOUT_STEER)) {
		chosen[0] = pfq_steer_by_hash(steering, run->fanout.hash);
	} else if (run->fanout.kind == PFQ_FANOUT_STEER_NUMBER) {
		chosen[0] = pfq_steer_by_number(steering, run->fanout.hash);
	} else {
		chosen[0] = pfq_steer_by_hash(steering, run->fanout.hash);
		chosen[1] = pfq_steer_by_hash(steering, run->second_hash);
		verdict.count = chosen[0] == chosen[1] ? 1 : 2;
	}
	return verdict;
}

static inline struct verdict pass(const struct pfq_view *view, const struct pfq_packet *packet)
{
	return (struct verdict){
		.members = view->steering[0]->members,
		.count = view->steering[0]->count,
		.mark = packet->mark,
	};
}

/* The lane's run is done with before anything is given away: that may come back at once. `last`: no
 * other group gets the packet after this one. */
static inline void receive_group(struct pfq_device *device, unsigned int lane,
				 struct pfq_group *group, struct pfq_packet *packet, bool last)
{
	struct pfq_engine *engine = device->engine;
	struct pfq_group_lane *counts = &group->lanes[lane];
	const struct pfq_view *view = PFQ_RCU_DEREFERENCE(group->view);
	struct verdict verdict;
	uint16_t chosen[2];

	pfq_count(&counts->packets, 1);
	if (PFQ_UNLIKELY(!view)) {
		pfq_count(&counts->lost, 1);
		return;
	}
	if (!pfq_filters_pass(engine, view, packet)) {
		pfq_count(&counts->drop, 1);
		return;
	}
	if (view->program) {
		struct pfq_run *run = &engine->lanes[lane].run;

		run->packet = packet;
		run->lane = counts;
		run->device = device;
		pfq_run_program(view->program, run);
		verdict = judge(view, run, chosen);
	} else {
		verdict = pass(view, packet);
	}
	if (verdict.count == 0)
		pfq_count(&counts->drop, 1);
	for (uint32_t i = 0; i < verdict.count; i++)
		give(engine, lane, counts, view->members[verdict.members[i]].socket, packet,
		     (struct pfq_slot_info){
			     .mark = verdict.mark,
			     .state = verdict.state,
			     .gid = group->gid,
		     });
	if (PFQ_UNLIKELY(verdict.forwards))
		forward(device, view, lane, counts, packet, verdict.forwards, verdict.mark, last);
}

void pfq_receive_one(struct pfq_device *device, unsigned int lane, struct pfq_packet *packet)
{
	const struct pfq_device_binding *binding;
	uint64_t fed = 0;

	packet->ifindex = device->ifindex;
	for (binding = PFQ_RCU_DEREFERENCE(device->bindings); binding;
	     binding = PFQ_RCU_DEREFERENCE(binding->next)) {
		if (binding->queue != Q_ANY_QUEUE && binding->queue != packet->queue)
			continue;
		fed = 1;
		receive_group(device, lane, binding->group, packet, !binding->next);
	}
	pfq_count(&device->lanes[lane].recv, fed);
}

bool pfq_device_is_read(const struct pfq_device *device, unsigned int queue)
{
	const struct pfq_device_binding *binding;

	for (binding = PFQ_RCU_DEREFERENCE(device->bindings); binding;
	     binding = PFQ_RCU_DEREFERENCE(binding->next)) {
		const struct pfq_view *view = PFQ_RCU_DEREFERENCE(binding->group->view);

		if ((binding->queue == Q_ANY_QUEUE || binding->queue == (int)queue) && view &&
		    view->member_count > 0)
			return true;
	}
	return false;
}
