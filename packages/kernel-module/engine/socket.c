/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "socket.h"

#include "error.h"
#include "group.h"

static uint32_t align(uint32_t size, uint32_t to)
{
	return (size + to - 1) & ~(to - 1);
}

uint32_t pfq_socket_rx_slot_size(const struct pfq_socket *socket)
{
	return align((uint32_t)sizeof(struct pfq_pkthdr) + socket->caplen, PFQ_SLOT_ALIGN);
}

uint32_t pfq_socket_tx_slot_size(const struct pfq_socket *socket)
{
	return align((uint32_t)sizeof(struct pfq_tx_header) + socket->xmitlen, PFQ_SLOT_ALIGN);
}

static uint32_t power_of_two(uint64_t value)
{
	uint32_t power = 1;

	while (power < value)
		power <<= 1;
	return power;
}

/* Slots and octets of a queue, each bounded and together. */
static int check_queue(const char *name, uint64_t slots, uint64_t octets, uint32_t header,
		       struct pfq_error *error)
{
	uint64_t size;

	if (octets < 1 || octets > PFQ_MAX_CAPLEN)
		return pfq_fail(error, EINVAL, "%s: %llu octets of a packet, must be 1 to %d", name,
				(unsigned long long)octets, PFQ_MAX_CAPLEN);
	if (slots < 1 || slots > PFQ_MAX_SLOTS)
		return pfq_fail(error, EINVAL, "%s: %llu slots, must be 1 to %d", name,
				(unsigned long long)slots, PFQ_MAX_SLOTS);
	size = (uint64_t)power_of_two(slots) * align((uint32_t)octets + header, PFQ_SLOT_ALIGN);
	if (size > PFQ_MAX_QUEUE_SIZE)
		return pfq_fail(error, EINVAL,
				"%s: %llu slots for %llu octets make %llu MiB, must be at most %d",
				name, (unsigned long long)slots, (unsigned long long)octets,
				(unsigned long long)(size + (1 << 20) - 1) >> 20,
				PFQ_MAX_QUEUE_SIZE >> 20);
	return 0;
}

int pfq_socket_configure(struct pfq_socket *socket, const struct pfq_socket_config *config,
			 struct pfq_error *error)
{
	int status;

	if (socket->enabled)
		return pfq_fail(error, EBUSY, "socket %d: enabled: disable it to change its sizes",
				socket->id);
	status = check_queue("rx queue", config->rx_slots, config->caplen,
			     sizeof(struct pfq_pkthdr), error);
	if (status)
		return status;
	status = check_queue("tx queue", config->tx_slots, config->xmitlen,
			     sizeof(struct pfq_tx_header), error);
	if (status)
		return status;
	socket->caplen = (uint32_t)config->caplen;
	socket->rx_slots = power_of_two(config->rx_slots);
	socket->xmitlen = (uint32_t)config->xmitlen;
	socket->tx_slots = power_of_two(config->tx_slots);
	return 0;
}

/* Headers first, then the Rx slots, then those of each bound Tx queue, all page by page. */
void pfq_socket_plan(const struct pfq_socket *socket, struct pfq_queue_map *map)
{
	const uint64_t page = 4096;
	uint64_t rx = (uint64_t)socket->rx_slots * pfq_socket_rx_slot_size(socket);
	uint64_t tx = (uint64_t)socket->tx_slots * pfq_socket_tx_slot_size(socket);

	*map = socket->map;
	map->rx_header = 0;
	map->tx_header = sizeof(struct pfq_rx_queue);
	map->rx_slots = page;
	map->tx_slots = map->rx_slots + ((rx + page - 1) & ~(page - 1));
	map->tx_stride = (tx + page - 1) & ~(page - 1);
	map->size = map->tx_slots + map->tx_stride * (map->tx_queues + map->tx_async);
}

static void lay_out_rx(struct pfq_socket *socket)
{
	uint8_t *memory = socket->memory;
	struct pfq_rx *rx = &socket->rx;

	*rx = (struct pfq_rx){
		.shared = (struct pfq_rx_queue *)(memory + socket->map.rx_header),
		.slots = memory + socket->map.rx_slots,
		.slot_count = socket->rx_slots,
		.slot_size = pfq_socket_rx_slot_size(socket),
		.slot_shift = (uint32_t)__builtin_ctz(socket->rx_slots),
		.caplen = socket->caplen,
	};
	rx->shared->slots = rx->slot_count;
	rx->shared->slot_size = rx->slot_size;
	rx->shared->caplen = rx->caplen;
}

static void free_memory(struct pfq_socket *socket)
{
	struct pfq_engine *engine = socket->engine;

	pfq_mutex_lock(&socket->rx_lock);
	socket->rx = (struct pfq_rx){ 0 };
	pfq_mutex_unlock(&socket->rx_lock);
	pfq_tx_stop(socket);
	engine->ops->queue_free(engine->host, socket, socket->memory, socket->memory_size);
	socket->memory = NULL;
}

int pfq_socket_enable(struct pfq_socket *socket, struct pfq_error *error)
{
	struct pfq_engine *engine = socket->engine;
	size_t page = 0;
	int status;

	if (socket->enabled)
		return pfq_fail(error, EBUSY, "socket %d: enabled already", socket->id);
	if (pfq_socket_rx_slot_size(socket) > engine->max_slot_size)
		return pfq_fail(
			error, EINVAL,
			"socket %d: %u octets of a packet make slots of %u, must be at most %u (pfq.ko's parameter max_slot_size)",
			socket->id, socket->caplen, pfq_socket_rx_slot_size(socket),
			engine->max_slot_size);
	pfq_socket_plan(socket, &socket->map);
	socket->memory_size = (size_t)socket->map.size;
	if (socket->memory_size != socket->map.size)
		return pfq_fail(
			error, ENOMEM,
			"socket %d: queues of %llu MiB are more than there are addresses for",
			socket->id, (unsigned long long)(socket->map.size >> 20));
	status = engine->ops->queue_alloc(engine->host, socket, socket->memory_size,
					  &socket->memory, &page, error);
	if (status)
		return status;
	socket->map.hugepage = page;
	pfq_mutex_lock(&socket->rx_lock);
	lay_out_rx(socket);
	pfq_mutex_unlock(&socket->rx_lock);
	pfq_tx_start(socket);
	socket->enabled = true;
	status = pfq_group_publish_all(socket, error);
	if (status)
		pfq_socket_disable(socket);
	return status;
}

void pfq_socket_disable(struct pfq_socket *socket)
{
	if (!socket->enabled)
		return;
	socket->enabled = false;
	pfq_group_withdraw_all(socket);
	free_memory(socket);
}

int pfq_socket_bind_egress(struct pfq_socket *socket, const char *name, int queue,
			   struct pfq_error *error)
{
	struct pfq_device *device;
	int status;

	if (socket->egress)
		return pfq_fail(error, EBUSY, "socket %d: stands for %s already", socket->id,
				socket->egress->name);
	status = pfq_device_get(socket->engine, name, &device, error);
	if (status)
		return status;
	socket->egress_queue = queue;
	PFQ_RCU_ASSIGN(socket->egress, device);
	return 0;
}

void pfq_socket_unbind_egress(struct pfq_socket *socket)
{
	struct pfq_device *device = socket->egress;

	if (!device)
		return;
	PFQ_RCU_ASSIGN(socket->egress, NULL);
	pfq_rcu_synchronize();
	pfq_device_put(device);
}

static bool is_promiscuous(const struct pfq_socket *socket, const struct pfq_device *device)
{
	for (uint32_t i = 0; i < socket->promiscuous_count; i++)
		if (socket->promiscuous[i] == device)
			return true;
	return false;
}

static void promiscuous_off(struct pfq_socket *socket, uint32_t index)
{
	struct pfq_device *device = socket->promiscuous[index];

	socket->engine->ops->device_promiscuous(socket->engine->host, device->host, false, NULL);
	socket->promiscuous[index] = socket->promiscuous[--socket->promiscuous_count];
	pfq_device_put(device);
}

/* Those of this name, stale ones included. */
static void promiscuous_off_named(struct pfq_socket *socket, const char *name)
{
	for (uint32_t i = socket->promiscuous_count; i-- > 0;)
		if (strcmp(socket->promiscuous[i]->name, name) == 0)
			promiscuous_off(socket, i);
}

/* Takes the reference over, on success. */
static int promiscuous_on(struct pfq_socket *socket, struct pfq_device *device,
			  struct pfq_error *error)
{
	struct pfq_engine *engine = socket->engine;
	int status;

	if (socket->promiscuous_count ==
	    sizeof(socket->promiscuous) / sizeof(socket->promiscuous[0]))
		return pfq_fail(error, ENOSPC, "socket %d: promiscuous on %u devices already",
				socket->id, socket->promiscuous_count);
	status = engine->ops->device_promiscuous(engine->host, device->host, true, error);
	if (!status)
		socket->promiscuous[socket->promiscuous_count++] = device;
	return status;
}

int pfq_socket_promiscuous(struct pfq_socket *socket, const char *name, bool on,
			   struct pfq_error *error)
{
	struct pfq_device *device;
	int status;

	if (!on) {
		promiscuous_off_named(socket, name);
		return 0;
	}
	status = pfq_device_get(socket->engine, name, &device, error);
	if (status)
		return status;
	if (is_promiscuous(socket, device)) {
		pfq_device_put(device);
		return 0;
	}
	status = promiscuous_on(socket, device, error);
	if (status)
		pfq_device_put(device);
	return status;
}

void pfq_socket_read_stats(const struct pfq_socket *socket, struct pfq_stats *stats)
{
	*stats = (struct pfq_stats){
		.sent = PFQ_READ_ONCE(socket->sent),
		.disc = PFQ_READ_ONCE(socket->discarded),
		.fail = PFQ_READ_ONCE(socket->failed),
	};
	for (unsigned int i = 0; i < socket->engine->lane_count; i++) {
		stats->recv += PFQ_READ_ONCE(socket->engine->lanes[i].sockets[socket->id].recv);
		stats->lost += PFQ_READ_ONCE(socket->engine->lanes[i].sockets[socket->id].lost);
	}
}

int pfq_socket_create(struct pfq_engine *engine, uint64_t owner, bool admin, void *host_socket,
		      struct pfq_socket **result, struct pfq_error *error)
{
	struct pfq_socket *socket = pfq_alloc(sizeof(*socket));
	int id = 0, status = 0;

	if (!socket)
		return pfq_fail(error, ENOMEM, "socket: out of memory");
	pfq_mutex_lock(&engine->lock);
	while (id < engine->max_sockets && engine->sockets[id])
		id++;
	if (id == engine->max_sockets) {
		status = pfq_fail(error, ENOSPC, "all %d sockets are in use: close one", id);
		pfq_free(socket);
		goto unlock;
	}
	socket->engine = engine;
	socket->host = host_socket;
	socket->owner = owner;
	socket->id = id;
	socket->admin = admin;
	socket->timestamping = true;
	socket->weight = 1;
	socket->caplen = 128;
	socket->rx_slots = 8192;
	socket->xmitlen = 1514;
	socket->tx_slots = 1024;
	for (unsigned int i = 0; i < engine->lane_count; i++)
		engine->lanes[i].sockets[id] = (struct pfq_socket_lane){ 0 };
	pfq_mutex_init(&socket->rx_lock);
	pfq_mutex_init(&socket->tx_lock);
	engine->sockets[id] = socket;
	PFQ_TRACE(socket_open, engine->host, id);
	*result = socket;
unlock:
	pfq_mutex_unlock(&engine->lock);
	return status;
}

void pfq_socket_destroy(struct pfq_socket *socket)
{
	struct pfq_engine *engine = socket->engine;

	pfq_mutex_lock(&engine->lock);
	pfq_socket_disable(socket);
	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++)
		if (engine->groups[gid] && pfq_group_has(engine->groups[gid], socket))
			pfq_group_leave(engine->groups[gid], socket);
	pfq_socket_unbind_egress(socket);
	pfq_tx_unbind_all(socket);
	while (socket->promiscuous_count > 0)
		promiscuous_off(socket, 0);
	pfq_totals_add_socket(&engine->ended, socket);
	engine->sockets[socket->id] = NULL;
	PFQ_TRACE(socket_close, engine->host, socket->id);
	pfq_mutex_unlock(&engine->lock);
	pfq_mutex_destroy(&socket->tx_lock);
	pfq_mutex_destroy(&socket->rx_lock);
	pfq_free(socket);
}

void *pfq_socket_memory(const struct pfq_socket *socket)
{
	return socket->memory;
}

void *pfq_socket_host(const struct pfq_socket *socket)
{
	return socket->host;
}

/* The reader's own order: the wish first, then the look. */
bool pfq_socket_readable(struct pfq_socket *socket)
{
	struct pfq_rx *rx = &socket->rx;
	bool readable = false;

	pfq_mutex_lock(&socket->rx_lock);
	if (rx->shared) {
		PFQ_WRITE_ONCE(rx->shared->waiting, 1);
		pfq_full_barrier();
		readable = PFQ_READ_ONCE(rx->head) != PFQ_READ_ONCE(rx->shared->tail);
	}
	pfq_mutex_unlock(&socket->rx_lock);
	return readable;
}
