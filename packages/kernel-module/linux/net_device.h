/* SPDX-License-Identifier: GPL-2.0-only */
/* Net devices that the engine uses, by their name in a namespace. */
#ifndef PFQ_NET_DEVICE_H
#define PFQ_NET_DEVICE_H

#include <linux/netdevice.h>

#include "engine.h"

struct pfq_net_device {
	struct list_head list;
	struct net *net;
	struct pfq_device *device;    /* the engine's */
	struct net_device __rcu *dev; /* NULL once it was unregistered */
	netdevice_tracker tracker;
	bool diverted; /* not tapped */
	struct packet_type tap;
	unsigned int started; /* bindings to all queues, and to each; hooked in while not 0 */
	unsigned int promiscuous;
	uint16_t link;
	bool renamed;	     /* since it was opened */
	atomic64_t lost;     /* packets that memory lacked for */
	char name[IFNAMSIZ]; /* the interface's today; the engine has the one it was opened by */
};

/* What struct pfq_host_ops asks for. */
int pfq_net_device_open(void *host, struct pfq_device *device, const char *name, void **host_device,
			int *ifindex, struct pfq_error *error);
void pfq_net_device_close(void *host, void *host_device);
bool pfq_net_device_is_stale(void *host_device);
int pfq_net_device_start(void *host, void *host_device, int queue, struct pfq_error *error);
void pfq_net_device_stop(void *host, void *host_device, int queue);
int pfq_net_device_promiscuous(void *host, void *host_device, bool on, struct pfq_error *error);
void pfq_net_device_stats(void *host, void *host_device, struct pfq_device_stats *stats);

bool pfq_net_device_has_address(void *host_device, uint32_t address);

int pfq_net_device_init(void);
void pfq_net_device_exit(void);

#endif
