/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "world.h"

#include "image_builder.h"

static void require(bool condition, const char *what, const struct world *world)
{
	if (condition)
		return;
	printf("not ok world: %s: %s\n", what, world->error.text);
	fflush(stdout);
	abort();
}

void world_begin(struct world *world, unsigned int lanes)
{
	*world = (struct world){ .live = test_alloc_live() };
	world->engine = pfq_engine_create(&quiet_host_ops, &world->host, lanes);
	require(world->engine, "no engine", world);
}

void world_end(struct world *world)
{
	for (int id = 0; id < PFQ_MAX_SOCKETS; id++)
		if (world->engine->sockets[id])
			pfq_socket_destroy(world->engine->sockets[id]);
	require(!world->engine->devices, "a device is left", world);
	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++)
		require(!world->engine->groups[gid], "a group is left", world);
	pfq_engine_destroy(world->engine);
	require(world->host.open == 0, "a device is open", world);
	require(world->host.started == 0, "a device is started", world);
	require(world->host.promiscuous == 0, "a device is promiscuous", world);
	require(test_alloc_live() == world->live, "memory is left", world);
}

struct pfq_socket *world_socket(struct world *world, uint64_t owner)
{
	struct pfq_socket *socket = NULL;
	int status = pfq_socket_create(world->engine, owner, true, NULL, &socket, &world->error);

	require(status == 0, "no socket", world);
	return socket;
}

struct pfq_socket *world_member(struct world *world, int gid, uint64_t class_mask,
				uint32_t rx_slots)
{
	struct pfq_socket *socket = world_socket(world, 1);

	require(configure(world, socket, 128, rx_slots, 128, 4) == 0, "configure", world);
	require(join(world, socket, gid, Q_POLICY_GROUP_SHARED, class_mask) == gid, "join", world);
	require(enable(world, socket) == 0, "enable", world);
	return socket;
}

static int call(struct world *world, struct pfq_socket *socket, unsigned int operation,
		const void *request, size_t request_size, void *reply, size_t reply_size)
{
	return pfq_control(socket, operation, request, request_size, reply, reply_size,
			   &world->error);
}

int configure(struct world *world, struct pfq_socket *socket, uint64_t caplen, uint64_t rx_slots,
	      uint64_t xmitlen, uint64_t tx_slots)
{
	struct pfq_socket_config request = {
		.caplen = caplen,
		.rx_slots = rx_slots,
		.xmitlen = xmitlen,
		.tx_slots = tx_slots,
	};

	return call(world, socket, PFQ_OP_CONFIGURE, &request, sizeof(request), NULL, 0);
}

int set_value(struct world *world, struct pfq_socket *socket, unsigned int operation,
	      uint64_t value)
{
	struct pfq_value request = { .value = value };

	return call(world, socket, operation, &request, sizeof(request), NULL, 0);
}

int enable(struct world *world, struct pfq_socket *socket)
{
	struct pfq_queue_map map;

	return call(world, socket, PFQ_OP_ENABLE, NULL, 0, &map, sizeof(map));
}

int disable(struct world *world, struct pfq_socket *socket)
{
	return call(world, socket, PFQ_OP_DISABLE, NULL, 0, NULL, 0);
}

int join(struct world *world, struct pfq_socket *socket, int gid, uint32_t policy,
	 uint64_t class_mask)
{
	struct pfq_group_join request = { .gid = gid, .policy = policy, .class_mask = class_mask };
	struct pfq_group_id reply;
	int status = call(world, socket, PFQ_OP_JOIN_GROUP, &request, sizeof(request), &reply,
			  sizeof(reply));

	return status ? status : reply.gid;
}

int leave(struct world *world, struct pfq_socket *socket, int gid)
{
	struct pfq_group_id request = { .gid = gid };

	return call(world, socket, PFQ_OP_LEAVE_GROUP, &request, sizeof(request), NULL, 0);
}

static int binding(struct world *world, struct pfq_socket *socket, unsigned int operation, int gid,
		   const char *device, int queue)
{
	struct pfq_binding request = { .gid = gid, .queue = queue };

	memcpy(request.device, device, strlen(device) + 1);
	return call(world, socket, operation, &request, sizeof(request), NULL, 0);
}

int bind_group(struct world *world, struct pfq_socket *socket, int gid, const char *device,
	       int queue)
{
	return binding(world, socket, PFQ_OP_BIND_GROUP, gid, device, queue);
}

int unbind_group(struct world *world, struct pfq_socket *socket, int gid, const char *device,
		 int queue)
{
	return binding(world, socket, PFQ_OP_UNBIND_GROUP, gid, device, queue);
}

static int with_payload(struct world *world, struct pfq_socket *socket, unsigned int operation,
			const void *request, size_t request_size, const void *payload, size_t size)
{
	uint8_t *octets = malloc(request_size + size);
	int status;

	require(octets, "no memory", world);
	memcpy(octets, request, request_size);
	if (size > 0)
		memcpy(octets + request_size, payload, size);
	status = call(world, socket, operation, octets, request_size + size, NULL, 0);
	free(octets);
	return status;
}

int load(struct world *world, struct pfq_socket *socket, int gid, const uint8_t *image, size_t size)
{
	struct pfq_computation request = { .gid = gid };

	return with_payload(world, socket, PFQ_OP_SET_COMPUTATION, &request, sizeof(request), image,
			    size);
}

int set_filter(struct world *world, struct pfq_socket *socket, int gid, uint32_t length)
{
	struct pfq_filter request = { .gid = gid, .count = length ? 1 : 0 };
	uint32_t insn[2] = { 0, length };

	return with_payload(world, socket, PFQ_OP_SET_FILTER, &request, sizeof(request), insn,
			    request.count * sizeof(insn));
}

int set_vlan(struct world *world, struct pfq_socket *socket, unsigned int operation, int gid,
	     int vid, bool on)
{
	struct pfq_vlan_filter request = { .gid = gid, .vid = vid, .on = on };

	return call(world, socket, operation, &request, sizeof(request), NULL, 0);
}

int bind_async(struct world *world, struct pfq_socket *socket, const char *device, int thread)
{
	struct pfq_tx_binding request = { .queue = Q_ANY_QUEUE, .thread = thread };
	struct pfq_value reply;
	int status;

	memcpy(request.device, device, strlen(device) + 1);
	status = call(world, socket, PFQ_OP_BIND_TX, &request, sizeof(request), &reply,
		      sizeof(reply));
	return status ? status : (int)reply.value;
}

int bind_tx(struct world *world, struct pfq_socket *socket, const char *device)
{
	return bind_async(world, socket, device, Q_NO_KTHREAD);
}

int wake_tx(struct world *world, struct pfq_socket *socket, uint64_t queue)
{
	return set_value(world, socket, PFQ_OP_WAKE_TX, queue);
}

struct pfq_tx_queue *tx_shared(struct pfq_socket *socket, uint32_t position)
{
	uint8_t *memory = pfq_socket_memory(socket);

	return (struct pfq_tx_queue *)(memory + socket->map.tx_header) + position;
}

void put_slot(struct pfq_socket *socket, uint32_t position, struct pfq_tx_header header)
{
	struct pfq_tx_queue *shared = tx_shared(socket, position);
	uint8_t *slots = (uint8_t *)pfq_socket_memory(socket) + socket->map.tx_slots +
			 position * socket->map.tx_stride;
	uint32_t slot = shared->head & (shared->slots - 1);

	*(struct pfq_tx_header *)(slots + slot * (size_t)shared->slot_size) = header;
	PFQ_STORE_RELEASE(&shared->head, shared->head + 1);
}

int bind_egress(struct world *world, struct pfq_socket *socket, const char *device)
{
	struct pfq_tx_binding request = { .queue = Q_ANY_QUEUE, .thread = Q_NO_KTHREAD };

	memcpy(request.device, device, strlen(device) + 1);
	return call(world, socket, PFQ_OP_BIND_EGRESS, &request, sizeof(request), NULL, 0);
}

int set_promiscuous(struct world *world, struct pfq_socket *socket, const char *device, bool on)
{
	struct pfq_device_name request = { .value = on };

	memcpy(request.device, device, strlen(device) + 1);
	return call(world, socket, PFQ_OP_SET_PROMISCUOUS, &request, sizeof(request), NULL, 0);
}

int flush_tx(struct world *world, struct pfq_socket *socket, uint64_t queue, uint64_t *sent)
{
	struct pfq_value request = { .value = queue }, reply = { 0 };
	int status = call(world, socket, PFQ_OP_FLUSH_TX, &request, sizeof(request), &reply,
			  sizeof(reply));

	*sent = reply.value;
	return status;
}

struct pfq_stats socket_stats(struct world *world, struct pfq_socket *socket)
{
	struct pfq_stats stats;

	require(call(world, socket, PFQ_OP_GET_STATS, NULL, 0, &stats, sizeof(stats)) == 0,
		"get_stats", world);
	return stats;
}

struct pfq_stats group_stats(struct world *world, struct pfq_socket *socket, int gid)
{
	struct pfq_group_id request = { .gid = gid };
	struct pfq_stats stats;

	require(call(world, socket, PFQ_OP_GET_GROUP_STATS, &request, sizeof(request), &stats,
		     sizeof(stats)) == 0,
		"get_group_stats", world);
	return stats;
}

struct pfq_device_stats device_stats_of(struct world *world, struct pfq_socket *socket,
					const char *device)
{
	struct pfq_device_name request = { 0 };
	struct pfq_device_stats stats;

	memcpy(request.device, device, strlen(device) + 1);
	require(call(world, socket, PFQ_OP_GET_DEVICE_STATS, &request, sizeof(request), &stats,
		     sizeof(stats)) == 0,
		"get_device_stats", world);
	return stats;
}

int load_built(struct world *world, struct pfq_socket *socket, int gid,
	       struct image_builder *builder)
{
	size_t size;
	uint8_t *image = image_end(builder, &size);
	int status = load(world, socket, gid, image, size);

	free(image);
	return status;
}

int load_function(struct world *world, struct pfq_socket *socket, int gid, const char *symbol)
{
	struct image_builder builder = { 0 };

	image_node(&builder, symbol);
	return load_built(world, socket, gid, &builder);
}

const struct pfq_pkthdr *reader_next(struct reader *reader)
{
	const struct pfq_rx *rx = &reader->socket->rx;
	const struct pfq_pkthdr *header = pfq_rx_slot(rx, reader->position);

	if (PFQ_LOAD_ACQUIRE(&header->info.commit) != pfq_rx_lap(rx, reader->position))
		return NULL;
	reader->position++;
	return header;
}

void reader_release(struct reader *reader)
{
	PFQ_STORE_RELEASE(&reader->socket->rx.shared->tail, reader->position);
}

uint32_t reader_drain(struct reader *reader)
{
	uint32_t count = 0;

	while (reader_next(reader))
		count++;
	reader_release(reader);
	return count;
}
