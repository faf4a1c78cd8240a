/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "device.h"

#include "error.h"
#include "state.h"

/* The first of this name in the list that begins with `device`. */
static struct pfq_device *find_named(struct pfq_device *device, const char *name)
{
	while (device && strcmp(device->name, name) != 0)
		device = device->next;
	return device;
}

static bool is_stale(const struct pfq_device *device)
{
	const struct pfq_host_ops *ops = device->engine->ops;

	return ops->device_is_stale && ops->device_is_stale(device->host);
}

/* What the name stands for now. */
static struct pfq_device *find_current(struct pfq_engine *engine, const char *name)
{
	struct pfq_device *device = find_named(engine->devices, name);

	while (device && is_stale(device))
		device = find_named(device->next, name);
	return device;
}

struct pfq_device *pfq_device_find(struct pfq_engine *engine, const char *name)
{
	struct pfq_device *device = find_current(engine, name);

	return device ? device : find_named(engine->devices, name);
}

int pfq_device_get(struct pfq_engine *engine, const char *name, struct pfq_device **result,
		   struct pfq_error *error)
{
	struct pfq_device *device = find_current(engine, name);
	size_t length = strlen(name);
	int status;

	if (device) {
		device->references++;
		*result = device;
		return 0;
	}
	if (length == 0 || length >= PFQ_DEVICE_NAME)
		return pfq_fail(error, EINVAL,
				"device: a name has 1 to %d characters, this one has %zu",
				PFQ_DEVICE_NAME - 1, length);
	device = pfq_alloc(sizeof(*device));
	if (!device)
		return pfq_fail(error, ENOMEM, "%s: out of memory", name);
	device->lanes = pfq_alloc(engine->lane_count * sizeof(*device->lanes));
	if (!device->lanes) {
		pfq_free(device);
		return pfq_fail(error, ENOMEM, "%s: out of memory", name);
	}
	device->engine = engine;
	device->references = 1;
	memcpy(device->name, name, length + 1);
	status = engine->ops->device_open(engine->host, device, device->name, &device->host,
					  &device->ifindex, error);
	if (status) {
		pfq_free(device->lanes);
		pfq_free(device);
		return status;
	}
	device->next = engine->devices;
	engine->devices = device;
	*result = device;
	return 0;
}

void pfq_device_put(struct pfq_device *device)
{
	struct pfq_device **link = &device->engine->devices;

	if (--device->references > 0)
		return;
	while (*link != device)
		link = &(*link)->next;
	*link = device->next;
	pfq_totals_add_device(&device->engine->ended, device);
	device->engine->ops->device_close(device->engine->host, device->host);
	pfq_free(device->lanes);
	pfq_free(device);
}

bool pfq_device_diverts(const char *name)
{
	return strncmp(name, PFQ_DIVERT_PREFIX, strlen(PFQ_DIVERT_PREFIX)) == 0;
}

static uint32_t bound_to_queue(const struct pfq_device *device, int queue)
{
	uint32_t count = 0;

	for (const struct pfq_device_binding *each = device->bindings; each; each = each->next)
		count += each->queue == queue;
	return count;
}

/* The link that points to the binding, or NULL. */
static struct pfq_device_binding **find_binding(struct pfq_device *device, int queue,
						const struct pfq_group *group)
{
	for (struct pfq_device_binding **link = &device->bindings; *link; link = &(*link)->next)
		if ((*link)->queue == queue && (*link)->group == group)
			return link;
	return NULL;
}

static void remove_binding(struct pfq_device_binding **link)
{
	struct pfq_device_binding *binding = *link;

	PFQ_RCU_ASSIGN(*link, binding->next);
	pfq_rcu_synchronize();
	pfq_free(binding);
}

/* A group that is fed by all queues and by one of them would get packets twice. */
static bool overlaps(const struct pfq_device *device, int queue, const struct pfq_group *group)
{
	for (const struct pfq_device_binding *each = device->bindings; each; each = each->next)
		if (each->group == group &&
		    (each->queue == queue || each->queue == Q_ANY_QUEUE || queue == Q_ANY_QUEUE))
			return true;
	return false;
}

static bool is_same_name_bound(const struct pfq_device *device, int queue,
			       const struct pfq_group *group)
{
	struct pfq_device *each = find_named(device->engine->devices, device->name);

	while (each && !overlaps(each, queue, group))
		each = find_named(each->next, device->name);
	return each;
}

/* The device keeps one reference for each of its bindings: the caller's, on success. */
int pfq_device_bind(struct pfq_device *device, int queue, struct pfq_group *group,
		    struct pfq_error *error)
{
	const struct pfq_host_ops *ops = device->engine->ops;
	bool first = bound_to_queue(device, queue) == 0;
	struct pfq_device_binding *binding;
	int status;

	if (overlaps(device, queue, group))
		return pfq_fail(error, EEXIST, "%s: bound to this group already", device->name);
	if (is_same_name_bound(device, queue, group))
		return pfq_fail(
			error, EEXIST,
			"%s: the interface that this group is bound to was removed or renamed: unbind it first",
			device->name);
	binding = pfq_alloc(sizeof(*binding));
	if (!binding)
		return pfq_fail(error, ENOMEM, "%s: out of memory", device->name);
	*binding = (struct pfq_device_binding){
		.next = device->bindings,
		.group = group,
		.queue = queue,
	};
	PFQ_RCU_ASSIGN(device->bindings, binding);
	if (!first)
		return 0;
	status = ops->device_start(device->engine->host, device->host, queue, error);
	if (status)
		remove_binding(&device->bindings);
	return status;
}

int pfq_device_unbind(struct pfq_device *device, int queue, struct pfq_group *group,
		      struct pfq_error *error)
{
	struct pfq_device_binding **link = find_binding(device, queue, group);

	if (!link)
		return pfq_fail(error, ENOENT, "%s: not bound to this group", device->name);
	if (bound_to_queue(device, queue) == 1)
		device->engine->ops->device_stop(device->engine->host, device->host, queue);
	remove_binding(link);
	PFQ_TRACE(unbind, device->engine->host, group->gid, device->name, queue);
	pfq_device_put(device);
	return 0;
}

struct pfq_device *pfq_device_find_bound(struct pfq_engine *engine, const char *name, int queue,
					 const struct pfq_group *group)
{
	struct pfq_device *device = find_named(engine->devices, name);

	while (device && !find_binding(device, queue, group))
		device = find_named(device->next, name);
	return device;
}

static struct pfq_device_binding *binding_of(const struct pfq_device *device,
					     const struct pfq_group *group)
{
	struct pfq_device_binding *binding = device->bindings;

	while (binding && binding->group != group)
		binding = binding->next;
	return binding;
}

bool pfq_device_feeds(const struct pfq_device *device, const struct pfq_group *group)
{
	return binding_of(device, group);
}

void pfq_device_unbind_all(struct pfq_engine *engine, struct pfq_group *group)
{
	struct pfq_device *device = engine->devices, *next;

	for (; device; device = next) {
		struct pfq_device_binding *binding;

		next = device->next;
		device->references++;
		while ((binding = binding_of(device, group)))
			pfq_device_unbind(device, binding->queue, group, NULL);
		pfq_device_put(device);
	}
}

uint32_t pfq_device_send(struct pfq_device *device, unsigned int lane, int queue,
			 const struct pfq_packet *const *packets, uint32_t count)
{
	struct pfq_device_lane *counts = &device->lanes[lane % device->engine->lane_count];
	uint32_t sent = device->engine->ops->device_send(device->engine->host, device->host, queue,
							 packets, count);

	PFQ_ADD(&counts->sent, sent);
	PFQ_ADD(&counts->fail, count - sent);
	if (PFQ_UNLIKELY(sent < count))
		PFQ_TRACE(tx_failed, device->engine->host, device->name, count - sent);
	return sent;
}

bool pfq_device_has_address(const struct pfq_device *device, uint32_t address)
{
	const struct pfq_host_ops *ops = device->engine->ops;

	return ops->device_has_address && ops->device_has_address(device->host, address);
}

void pfq_device_read_stats(struct pfq_device *device, struct pfq_device_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->ifindex = device->ifindex;
	device->engine->ops->device_stats(device->engine->host, device->host, stats);
	for (unsigned int i = 0; i < device->engine->lane_count; i++) {
		const struct pfq_device_lane *lane = &device->lanes[i];

		stats->recv += PFQ_READ_ONCE(lane->recv);
		stats->lost += PFQ_READ_ONCE(lane->lost);
		stats->sent += PFQ_READ_ONCE(lane->sent);
		stats->fail += PFQ_READ_ONCE(lane->fail);
	}
}
