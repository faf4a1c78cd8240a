/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* A device: where packets come from and go to. It lives while a binding, a program or a socket uses
 * it. */
#ifndef PFQ_ENGINE_DEVICE_H
#define PFQ_ENGINE_DEVICE_H

#include "engine.h"

#define PFQ_DIVERT_PREFIX "divert:"

struct pfq_group;

struct pfq_device_lane {
	uint64_t recv;
	uint64_t lost;
	uint64_t sent;
	uint64_t fail;
} __attribute__((aligned(64)));

/* A group that the device feeds. Entries are linked in and out by RCU. */
struct pfq_device_binding {
	struct pfq_device_binding *next;
	struct pfq_group *group;
	int queue;
};

struct pfq_device {
	struct pfq_engine *engine;
	struct pfq_device *next;
	struct pfq_device_binding *bindings; /* by RCU */
	struct pfq_device_lane *lanes;
	void *host;
	int ifindex;
	uint32_t references;
	char name[PFQ_DEVICE_NAME];
};

/* All but sending: with the engine's lock held. */
int pfq_device_get(struct pfq_engine *engine, const char *name, struct pfq_device **device,
		   struct pfq_error *error);
void pfq_device_put(struct pfq_device *device);

/* The device of this name if there is one, without a reference; a stale one if there is no other.
 */
struct pfq_device *pfq_device_find(struct pfq_engine *engine, const char *name);

int pfq_device_bind(struct pfq_device *device, int queue, struct pfq_group *group,
		    struct pfq_error *error);
int pfq_device_unbind(struct pfq_device *device, int queue, struct pfq_group *group,
		      struct pfq_error *error);

/* Whether the device is bound to the group, or a queue of it. */
bool pfq_device_feeds(const struct pfq_device *device, const struct pfq_group *group);

/* The device of this name, stale or not, whose queue is bound to the group, or NULL. */
struct pfq_device *pfq_device_find_bound(struct pfq_engine *engine, const char *name, int queue,
					 const struct pfq_group *group);

/* Unbinds the group from every device. */
void pfq_device_unbind_all(struct pfq_engine *engine, struct pfq_group *group);

/* Whether packets that come by a device of this name are taken away from the host's own stack. */
bool pfq_device_diverts(const char *name);

/* Sends, and counts in the device; gives how many went out. */
uint32_t pfq_device_send(struct pfq_device *device, unsigned int lane, int queue,
			 const struct pfq_packet *const *packets, uint32_t count);

/* Whether it is an IPv4 address of the device; never sleeps. */
bool pfq_device_has_address(const struct pfq_device *device, uint32_t address);

void pfq_device_read_stats(struct pfq_device *device, struct pfq_device_stats *stats);

#endif
