/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Groups: who is in them, who may be, and the view that the data path has of them. All calls with
 * the engine's lock held. */
#ifndef PFQ_ENGINE_GROUP_H
#define PFQ_ENGINE_GROUP_H

#include "state.h"

/* Joins group `gid` (Q_ANY_GROUP: a free one), which is made if need be; *joined is the group. */
int pfq_group_join(struct pfq_socket *socket, int gid, uint32_t policy, uint64_t class_mask,
		   struct pfq_group **joined, struct pfq_error *error);

/* Leaves; the group ends with its last member. */
void pfq_group_leave(struct pfq_group *group, struct pfq_socket *socket);

/* Whether packets are taken from the host's own stack for it. All its members are admins then. */
bool pfq_group_diverts(const struct pfq_group *group);

/* Whether it has members who may not configure the network. */
bool pfq_group_has_plain_members(const struct pfq_group *group);

bool pfq_group_has(const struct pfq_group *group, const struct pfq_socket *socket);

/* Publishes to every group of the socket what changed in it. If memory lacks, all keep their views.
 */
int pfq_group_publish_all(struct pfq_socket *socket, struct pfq_error *error);

/*
 * Takes a socket that is not enabled any more out of every group's view. That cannot fail: a group
 * for whose new view memory lacks stops until it gets one.
 */
void pfq_group_withdraw_all(struct pfq_socket *socket);

/*
 * The group takes the program (NULL for none) or the filter over, and gives the old one up. If that
 * fails it keeps the old one, and the new one is gone.
 */
int pfq_group_set_program(struct pfq_group *group, struct pfq_program *program,
			  struct pfq_error *error);
int pfq_group_set_filter(struct pfq_group *group, void *filter, struct pfq_error *error);
int pfq_group_set_vlan(struct pfq_group *group, const struct pfq_vlan_filter_set *vlan,
		       struct pfq_error *error);

uint64_t pfq_group_packets(const struct pfq_group *group);
void pfq_group_read_stats(const struct pfq_group *group, struct pfq_stats *stats);
void pfq_group_read_counters(const struct pfq_group *group, struct pfq_counters *counters);

#endif
