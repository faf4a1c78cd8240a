/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The one dispatch of control operations: sizes and access are checked by the table, the rest by
 * each handler. */
#include "error.h"
#include "group.h"
#include "image.h"
#include "socket.h"

enum pfq_access {
	PFQ_ACCESS_SOCKET,
	PFQ_ACCESS_MEMBER,
	PFQ_ACCESS_ADMIN,
};

struct pfq_call {
	struct pfq_socket *socket;
	struct pfq_engine *engine;
	struct pfq_group *group; /* of operations for members */
	const void *request;
	const void *payload;
	size_t payload_size;
	void *reply;
	struct pfq_error *error;
};

struct pfq_operation_row {
	const char *name;
	int (*handler)(struct pfq_call *call);
	size_t request_size;
	size_t reply_size;
	bool payload;
	bool per_socket; /* takes the socket's Tx lock, not the engine's */
	enum pfq_access access;
};

static int check_name(const char *name, size_t size, struct pfq_error *error)
{
	for (size_t i = 0; i < size; i++)
		if (name[i] == 0)
			return i > 0 ? 0 : pfq_fail(error, EINVAL, "device: its name is empty");
	return pfq_fail(error, EINVAL, "device: its name has no end");
}

static int check_queue_index(int queue, struct pfq_error *error)
{
	return queue >= Q_ANY_QUEUE && queue < 65536
		       ? 0
		       : pfq_fail(error, EINVAL, "queue %d: must be 0 to 65535, or -1 for all",
				  queue);
}

static int pfq_op_get_info(struct pfq_call *call)
{
	struct pfq_socket *socket = call->socket;
	struct pfq_socket_info *info = call->reply;

	*info = (struct pfq_socket_info){
		.caplen = socket->caplen,
		.rx_slots = socket->rx_slots,
		.xmitlen = socket->xmitlen,
		.tx_slots = socket->tx_slots,
		.rx_slot_size = pfq_socket_rx_slot_size(socket),
		.tx_slot_size = pfq_socket_tx_slot_size(socket),
		.id = socket->id,
		.gid = -1,
		.weight = socket->weight,
		.enabled = socket->enabled,
		.timestamping = socket->timestamping,
	};
	for (int gid = 0; gid < PFQ_MAX_GROUPS && info->gid < 0; gid++)
		if (call->engine->groups[gid] && pfq_group_has(call->engine->groups[gid], socket))
			info->gid = gid;
	return 0;
}

static int pfq_op_configure(struct pfq_call *call)
{
	return pfq_socket_configure(call->socket, call->request, call->error);
}

static int pfq_op_set_weight(struct pfq_call *call)
{
	const struct pfq_value *weight = call->request;
	struct pfq_socket *socket = call->socket;
	uint32_t old;
	int status;

	if (weight->value < 1 || weight->value > PFQ_MAX_WEIGHT)
		return pfq_fail(call->error, EINVAL, "weight %llu: must be 1 to %d",
				(unsigned long long)weight->value, PFQ_MAX_WEIGHT);
	old = socket->weight;
	socket->weight = (uint32_t)weight->value;
	status = pfq_group_publish_all(socket, call->error);
	if (status)
		socket->weight = old;
	return status;
}

static int pfq_op_set_timestamping(struct pfq_call *call)
{
	const struct pfq_value *on = call->request;

	PFQ_WRITE_ONCE(call->socket->timestamping, on->value != 0);
	return 0;
}

static int pfq_op_enable(struct pfq_call *call)
{
	int status = pfq_socket_enable(call->socket, call->error);

	if (!status)
		*(struct pfq_queue_map *)call->reply = call->socket->map;
	return status;
}

static int pfq_op_plan_queues(struct pfq_call *call)
{
	pfq_socket_plan(call->socket, call->reply);
	return 0;
}

static int pfq_op_disable(struct pfq_call *call)
{
	pfq_socket_disable(call->socket);
	return 0;
}

static int pfq_op_join_group(struct pfq_call *call)
{
	const struct pfq_group_join *request = call->request;
	struct pfq_group_id *reply = call->reply;
	struct pfq_group *group;
	int status = pfq_group_join(call->socket, request->gid, request->policy,
				    request->class_mask, &group, call->error);

	if (!status)
		*reply = (struct pfq_group_id){ .gid = group->gid };
	return status;
}

static int pfq_op_leave_group(struct pfq_call *call)
{
	pfq_group_leave(call->group, call->socket);
	return 0;
}

static int pfq_op_get_groups(struct pfq_call *call)
{
	struct pfq_group_mask *reply = call->reply;

	memset(reply, 0, sizeof(*reply));
	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++)
		if (call->engine->groups[gid] &&
		    pfq_group_has(call->engine->groups[gid], call->socket))
			reply->mask[gid / 64] |= 1ULL << gid % 64;
	return 0;
}

/* Whoever is in a group may change what becomes of its packets. */
static int check_divert(const struct pfq_call *call, const char *device)
{
	if (!pfq_device_diverts(device))
		return 0;
	if (!call->socket->admin)
		return pfq_fail(call->error, EPERM,
				"%s: taking packets from the host needs CAP_NET_ADMIN", device);
	if (pfq_group_has_plain_members(call->group))
		return pfq_fail(
			call->error, EPERM,
			"%s: group %d has members without CAP_NET_ADMIN, and would take packets from the host: bind another group",
			device, call->group->gid);
	return 0;
}

static int pfq_op_bind_group(struct pfq_call *call)
{
	const struct pfq_binding *request = call->request;
	struct pfq_device *device;
	int status = check_name(request->device, sizeof(request->device), call->error);

	status = status ? status : check_queue_index(request->queue, call->error);
	status = status ? status : check_divert(call, request->device);
	status = status ? status
			: pfq_device_get(call->engine, request->device, &device, call->error);
	if (status)
		return status;
	status = pfq_device_bind(device, request->queue, call->group, call->error);
	if (status)
		pfq_device_put(device);
	else
		PFQ_TRACE(bind, call->engine->host, call->group->gid, request->device,
			  request->queue);
	return status;
}

static int pfq_op_unbind_group(struct pfq_call *call)
{
	const struct pfq_binding *request = call->request;
	struct pfq_device *device;
	int status = check_name(request->device, sizeof(request->device), call->error);

	if (status)
		return status;
	device = pfq_device_find_bound(call->engine, request->device, request->queue, call->group);
	if (!device)
		return pfq_fail(call->error, ENOENT, "%s: not bound to this group",
				request->device);
	return pfq_device_unbind(device, request->queue, call->group, call->error);
}

/* What primitives there are does not change meanwhile. */
static int create_program(struct pfq_call *call, struct pfq_program **program)
{
	struct pfq_checked_image image;
	int status;

	pfq_foreign_lock();
	status = pfq_check_image(call->payload, call->payload_size, &image, call->error);
	if (!status)
		status = pfq_program_create(call->engine, &image, program, call->error);
	pfq_foreign_unlock();
	return status;
}

static int pfq_op_set_computation(struct pfq_call *call)
{
	struct pfq_program *program = NULL;
	int status = call->payload_size > 0 ? create_program(call, &program) : 0;

	if (status)
		return status;
	if (program && program->device_count > 0 && !call->socket->admin) {
		pfq_program_destroy(program);
		return pfq_fail(
			call->error, EPERM,
			"group %d: a computation that sends to devices or to the host's stack needs CAP_NET_ADMIN",
			call->group->gid);
	}
	return pfq_group_set_program(call->group, program, call->error);
}

static int pfq_op_set_filter(struct pfq_call *call)
{
	const struct pfq_filter *request = call->request;
	const size_t insn_size = 8;
	void *filter = NULL;
	int status;

	if (request->count > PFQ_MAX_FILTER_INSNS)
		return pfq_fail(call->error, EINVAL, "filter: %u instructions, must be at most %d",
				request->count, PFQ_MAX_FILTER_INSNS);
	if (call->payload_size != request->count * insn_size)
		return pfq_fail(call->error, EINVAL, "filter: %u instructions are not %zu octets",
				request->count, call->payload_size);
	if (request->count > 0) {
		status = call->engine->ops->filter_prepare(call->engine->host, call->payload,
							   request->count, &filter, call->error);
		if (status)
			return status;
	}
	return pfq_group_set_filter(call->group, filter, call->error);
}

static int pfq_op_set_filter_program(struct pfq_call *call)
{
	const struct pfq_filter_program *request = call->request;
	void *filter;
	int status = call->engine->ops->filter_get(call->engine->host, request->fd, &filter,
						   call->error);

	return status ? status : pfq_group_set_filter(call->group, filter, call->error);
}

static int pfq_op_enable_vlan_filter(struct pfq_call *call)
{
	const struct pfq_vlan_filter *request = call->request;

	return pfq_group_set_vlan(call->group,
				  &(struct pfq_vlan_filter_set){ .enabled = request->on != 0 },
				  call->error);
}

static int pfq_op_set_vlan_filter(struct pfq_call *call)
{
	const struct pfq_vlan_filter *request = call->request;
	struct pfq_vlan_filter_set filter = call->group->vlan;
	bool on = request->on != 0;

	if (!filter.enabled)
		return pfq_fail(call->error, EINVAL, "group %d: switch its VLAN filter on first",
				call->group->gid);
	if (request->vid < Q_VLAN_ANYTAG || request->vid >= Q_VLAN_VID_MASK)
		return pfq_fail(call->error, EINVAL, "VLAN id %d: must be 0 to %d, or -1 for any",
				request->vid, Q_VLAN_VID_MASK - 1);
	if (request->vid == Q_VLAN_ANYTAG)
		filter.any_tag = on;
	else if (request->vid == Q_VLAN_UNTAG)
		filter.untagged = on;
	else if (on)
		filter.vids.bits[request->vid / 64] |= 1ULL << request->vid % 64;
	else
		filter.vids.bits[request->vid / 64] &= ~(1ULL << request->vid % 64);
	return pfq_group_set_vlan(call->group, &filter, call->error);
}

static int pfq_op_get_stats(struct pfq_call *call)
{
	pfq_socket_read_stats(call->socket, call->reply);
	return 0;
}

static int pfq_op_get_group_stats(struct pfq_call *call)
{
	pfq_group_read_stats(call->group, call->reply);
	return 0;
}

static int pfq_op_get_group_counters(struct pfq_call *call)
{
	pfq_group_read_counters(call->group, call->reply);
	return 0;
}

static int pfq_op_get_device(struct pfq_call *call)
{
	const struct pfq_device_name *request = call->request;
	struct pfq_value *reply = call->reply;
	struct pfq_device *device;
	int status = check_name(request->device, sizeof(request->device), call->error);

	status = status ? status
			: pfq_device_get(call->engine, request->device, &device, call->error);
	if (status)
		return status;
	reply->value = (uint64_t)device->ifindex;
	pfq_device_put(device);
	return 0;
}

static int pfq_op_set_promiscuous(struct pfq_call *call)
{
	const struct pfq_device_name *request = call->request;
	int status = check_name(request->device, sizeof(request->device), call->error);

	return status ? status
		      : pfq_socket_promiscuous(call->socket, request->device, request->value != 0,
					       call->error);
}

static int pfq_op_get_device_stats(struct pfq_call *call)
{
	const struct pfq_device_name *request = call->request;
	struct pfq_device *device;
	int status = check_name(request->device, sizeof(request->device), call->error);

	if (status)
		return status;
	device = pfq_device_find(call->engine, request->device);
	if (!device)
		return pfq_fail(call->error, ENOENT, "%s: not in use", request->device);
	pfq_device_read_stats(device, call->reply);
	return 0;
}

static int pfq_op_bind_tx(struct pfq_call *call)
{
	const struct pfq_tx_binding *request = call->request;
	struct pfq_value *reply = call->reply;
	int status = check_name(request->device, sizeof(request->device), call->error);

	status = status ? status : check_queue_index(request->queue, call->error);
	if (status)
		return status;
	status = pfq_tx_bind(call->socket, request->device, request->queue, request->thread,
			     call->error);
	if (status < 0)
		return status;
	reply->value = (uint64_t)status;
	return 0;
}

static int pfq_op_unbind_tx(struct pfq_call *call)
{
	if (call->socket->enabled)
		return pfq_fail(call->error, EBUSY,
				"socket %d: enabled: disable it to unbind its Tx queues",
				call->socket->id);
	pfq_tx_unbind_all(call->socket);
	return 0;
}

static int pfq_op_flush_tx(struct pfq_call *call)
{
	const struct pfq_value *request = call->request;
	struct pfq_value *reply = call->reply;

	return pfq_tx_flush(call->socket, request->value, &reply->value, call->error);
}

static int pfq_op_wake_tx(struct pfq_call *call)
{
	const struct pfq_value *request = call->request;

	return pfq_tx_wake(call->socket, request->value, call->error);
}

static int pfq_op_bind_egress(struct pfq_call *call)
{
	const struct pfq_tx_binding *request = call->request;
	int status = check_name(request->device, sizeof(request->device), call->error);

	status = status ? status : check_queue_index(request->queue, call->error);
	return status ? status
		      : pfq_socket_bind_egress(call->socket, request->device, request->queue,
					       call->error);
}

static int pfq_op_unbind_egress(struct pfq_call *call)
{
	pfq_socket_unbind_egress(call->socket);
	return 0;
}

#include "generated/operations.inc"

/* The group that a request begins with, if the socket is a member of it. */
static int find_group(struct pfq_call *call)
{
	int32_t gid;

	memcpy(&gid, call->request, sizeof(gid));
	if (gid < 0 || gid >= PFQ_MAX_GROUPS || !call->engine->groups[gid])
		return pfq_fail(call->error, ENOENT, "group %d: there is none", gid);
	call->group = call->engine->groups[gid];
	if (!pfq_group_has(call->group, call->socket))
		return pfq_fail(call->error, EPERM,
				"group %d: socket %d is no member: join it first", gid,
				call->socket->id);
	return 0;
}

static int check_access(struct pfq_call *call, const struct pfq_operation_row *row)
{
	switch (row->access) {
	case PFQ_ACCESS_MEMBER:
		return find_group(call);
	case PFQ_ACCESS_ADMIN:
		return call->socket->admin
			       ? 0
			       : pfq_fail(call->error, EPERM, "%s: needs CAP_NET_ADMIN", row->name);
	case PFQ_ACCESS_SOCKET:
		break;
	}
	return 0;
}

int pfq_control(struct pfq_socket *socket, unsigned int operation, const void *request,
		size_t request_size, void *reply, size_t reply_size, struct pfq_error *error)
{
	const struct pfq_operation_row *row;
	struct pfq_mutex *lock;
	struct pfq_call call = {
		.socket = socket,
		.engine = socket->engine,
		.request = request,
		.reply = reply,
		.error = error,
	};
	int status;

	if (operation >= sizeof(pfq_operations) / sizeof(pfq_operations[0]) ||
	    !pfq_operations[operation].handler)
		return pfq_fail(error, ENOTTY, "control operation %u: there is none", operation);
	row = &pfq_operations[operation];
	if (row->payload ? request_size < row->request_size : request_size != row->request_size)
		return pfq_fail(error, EINVAL, "%s: a request of %zu octets, must be %zu",
				row->name, request_size, row->request_size);
	if (reply_size != row->reply_size)
		return pfq_fail(error, EINVAL, "%s: room for a reply of %zu octets, must be %zu",
				row->name, reply_size, row->reply_size);
	if (row->payload) {
		call.payload = (const uint8_t *)request + row->request_size;
		call.payload_size = request_size - row->request_size;
	}
	if (reply)
		memset(reply, 0, reply_size);
	lock = row->per_socket ? &socket->tx_lock : &socket->engine->lock;
	pfq_mutex_lock(lock);
	status = check_access(&call, row);
	if (!status)
		status = row->handler(&call);
	pfq_mutex_unlock(lock);
	return status;
}
