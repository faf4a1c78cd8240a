/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "group.h"

#include "error.h"

static void view_destroy(struct pfq_view *view)
{
	if (!view)
		return;
	for (uint32_t i = 0; i < view->mask_count; i++)
		pfq_steering_destroy(view->steering[i]);
	pfq_free(view);
}

static struct pfq_steering *steering_for(const struct pfq_view *view, uint64_t mask)
{
	struct pfq_candidate *candidates =
		pfq_alloc((view->member_count + 1) * sizeof(*candidates));
	struct pfq_steering *steering;
	uint32_t count = 0;

	if (!candidates)
		return NULL;
	for (uint32_t i = 0; i < view->member_count; i++) {
		const struct pfq_member *member = &view->members[i];

		if (member->class_mask & mask)
			candidates[count++] = (struct pfq_candidate){
				.id = (uint32_t)member->socket->id,
				.weight = member->socket->weight,
				.member = (uint16_t)i,
			};
	}
	steering = pfq_steering_create(candidates, count);
	pfq_free(candidates);
	return steering;
}

static struct pfq_view *view_create(const struct pfq_group *group)
{
	struct pfq_view *view = pfq_alloc(sizeof(*view));
	uint32_t mask_count = group->program ? group->program->mask_count : 1;

	if (!view)
		return NULL;
	view->program = group->program;
	view->filter = group->filter;
	view->vlan = group->vlan;
	for (uint32_t i = 0; i < group->member_count; i++)
		if (group->members[i].socket->enabled)
			view->members[view->member_count++] = group->members[i];
	for (; view->mask_count < mask_count; view->mask_count++) {
		uint64_t mask =
			group->program ? group->program->masks[view->mask_count] : Q_CLASS_DEFAULT;

		view->steering[view->mask_count] = steering_for(view, mask);
		if (!view->steering[view->mask_count]) {
			view_destroy(view);
			return NULL;
		}
	}
	return view;
}

static void replace_view(struct pfq_group *group, struct pfq_view *view)
{
	struct pfq_view *old = group->view;

	PFQ_RCU_ASSIGN(group->view, view);
	pfq_rcu_synchronize();
	view_destroy(old);
}

/* After a change: a new view, and nobody reads the old one any more. Without memory that one stays.
 */
static int publish(struct pfq_group *group, struct pfq_error *error)
{
	struct pfq_view *view = view_create(group);

	if (!view)
		return pfq_fail(error, ENOMEM, "group %d: out of memory", group->gid);
	replace_view(group, view);
	return 0;
}

static bool is_member(const struct pfq_member *members, uint32_t count,
		      const struct pfq_socket *socket)
{
	for (uint32_t i = 0; i < count; i++)
		if (members[i].socket == socket)
			return true;
	return false;
}

/* After a socket was disabled or left: a view without it, or none. */
static void withdraw(struct pfq_group *group, const struct pfq_socket *socket)
{
	const struct pfq_view *view = group->view;

	if (view && !is_member(view->members, view->member_count, socket))
		return;
	if (publish(group, NULL))
		replace_view(group, NULL);
}

/* All new views are made before the first is published, so that nothing is left half done. */
int pfq_group_publish_all(struct pfq_socket *socket, struct pfq_error *error)
{
	struct pfq_group *const *groups = socket->engine->groups;
	int status = 0;

	for (int gid = 0; gid < PFQ_MAX_GROUPS && !status; gid++) {
		if (!groups[gid] || !pfq_group_has(groups[gid], socket))
			continue;
		groups[gid]->prepared = view_create(groups[gid]);
		if (!groups[gid]->prepared)
			status = pfq_fail(error, ENOMEM, "group %d: out of memory", gid);
	}
	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++) {
		struct pfq_view *view = groups[gid] ? groups[gid]->prepared : NULL;

		if (!view)
			continue;
		groups[gid]->prepared = NULL;
		if (status)
			view_destroy(view);
		else
			replace_view(groups[gid], view);
	}
	return status;
}

void pfq_group_withdraw_all(struct pfq_socket *socket)
{
	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++) {
		struct pfq_group *group = socket->engine->groups[gid];

		if (group && pfq_group_has(group, socket))
			withdraw(group, socket);
	}
}

bool pfq_group_has(const struct pfq_group *group, const struct pfq_socket *socket)
{
	return is_member(group->members, group->member_count, socket);
}

static int group_create(struct pfq_socket *socket, int gid, uint32_t policy,
			struct pfq_error *error)
{
	struct pfq_engine *engine = socket->engine;
	struct pfq_group *group = pfq_alloc(sizeof(*group));

	if (!group)
		return pfq_fail(error, ENOMEM, "group %d: out of memory", gid);
	group->lanes = pfq_alloc(engine->lane_count * sizeof(*group->lanes));
	if (!group->lanes) {
		pfq_free(group);
		return pfq_fail(error, ENOMEM, "group %d: out of memory", gid);
	}
	for (unsigned int i = 0; i < engine->lane_count; i++)
		group->lanes[i].gid = gid;
	group->engine = engine;
	group->gid = gid;
	group->policy = policy;
	group->owner = socket->owner;
	engine->groups[gid] = group;
	return 0;
}

static void group_destroy(struct pfq_group *group)
{
	pfq_device_unbind_all(group->engine, group);
	pfq_totals_add_group(&group->engine->ended, group);
	group->engine->groups[group->gid] = NULL;
	view_destroy(group->view);
	pfq_program_destroy(group->program);
	if (group->filter)
		group->engine->ops->filter_free(group->engine->host, group->filter);
	pfq_free(group->lanes);
	pfq_free(group);
}

bool pfq_group_diverts(const struct pfq_group *group)
{
	for (const struct pfq_device *device = group->engine->devices; device;
	     device = device->next)
		if (pfq_device_diverts(device->name) && pfq_device_feeds(device, group))
			return true;
	return false;
}

bool pfq_group_has_plain_members(const struct pfq_group *group)
{
	for (uint32_t i = 0; i < group->member_count; i++)
		if (!group->members[i].socket->admin)
			return true;
	return false;
}

/* Whether the group lets the socket in. */
static int check_join(const struct pfq_group *group, const struct pfq_socket *socket,
		      uint32_t policy, struct pfq_error *error)
{
	if (group->policy == Q_POLICY_GROUP_PRIVATE)
		return pfq_fail(error, EPERM, "group %d: private to the socket that made it",
				group->gid);
	if (group->policy == Q_POLICY_GROUP_RESTRICTED && group->owner != socket->owner)
		return pfq_fail(error, EPERM, "group %d: restricted to the process that made it",
				group->gid);
	if (group->policy != policy)
		return pfq_fail(error, EPERM, "group %d: its policy is %s: join it with that one",
				group->gid,
				group->policy == Q_POLICY_GROUP_SHARED ? "shared" : "restricted");
	if (!socket->admin && pfq_group_diverts(group))
		return pfq_fail(
			error, EPERM,
			"group %d: takes packets from the host: joining it needs CAP_NET_ADMIN",
			group->gid);
	return 0;
}

static int find_free(const struct pfq_engine *engine, struct pfq_error *error)
{
	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++)
		if (!engine->groups[gid])
			return gid;
	return pfq_fail(error, ENOSPC, "all %d groups are in use", PFQ_MAX_GROUPS);
}

static void insert_member(struct pfq_group *group, struct pfq_socket *socket, uint64_t class_mask)
{
	uint32_t at = group->member_count++;

	for (; at > 0 && group->members[at - 1].socket->id > socket->id; at--)
		group->members[at] = group->members[at - 1];
	group->members[at] = (struct pfq_member){ .socket = socket, .class_mask = class_mask };
}

int pfq_group_join(struct pfq_socket *socket, int gid, uint32_t policy, uint64_t class_mask,
		   struct pfq_group **joined, struct pfq_error *error)
{
	struct pfq_engine *engine = socket->engine;
	int status;

	if (gid == Q_ANY_GROUP) {
		gid = find_free(engine, error);
		if (gid < 0)
			return gid;
	}
	if (gid < 0 || gid >= PFQ_MAX_GROUPS)
		return pfq_fail(error, EINVAL, "group %d: must be 0 to %d, or -1 for a free one",
				gid, PFQ_MAX_GROUPS - 1);
	if (policy < Q_POLICY_GROUP_PRIVATE || policy > Q_POLICY_GROUP_SHARED)
		return pfq_fail(error, EINVAL, "group %d: no such policy: %u", gid, policy);
	if (class_mask == 0)
		return pfq_fail(error, EINVAL, "group %d: a class mask of 0 gets nothing", gid);
	if (!engine->groups[gid]) {
		status = group_create(socket, gid, policy, error);
		if (status)
			return status;
	} else if (pfq_group_has(engine->groups[gid], socket)) {
		return pfq_fail(error, EEXIST, "group %d: joined already", gid);
	} else {
		status = check_join(engine->groups[gid], socket, policy, error);
		if (status)
			return status;
	}
	*joined = engine->groups[gid];
	insert_member(*joined, socket, class_mask);
	PFQ_TRACE(group_join, engine->host, socket->id, gid);
	status = publish(*joined, error);
	if (status)
		pfq_group_leave(*joined, socket);
	return status;
}

void pfq_group_leave(struct pfq_group *group, struct pfq_socket *socket)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < group->member_count; i++)
		if (group->members[i].socket != socket)
			group->members[kept++] = group->members[i];
	group->member_count = kept;
	PFQ_TRACE(group_leave, group->engine->host, socket->id, group->gid);
	if (kept > 0)
		withdraw(group, socket);
	else
		group_destroy(group);
}

int pfq_group_set_program(struct pfq_group *group, struct pfq_program *program,
			  struct pfq_error *error)
{
	struct pfq_program *old = group->program;
	int status;

	group->program = program;
	status = publish(group, error);
	if (status)
		group->program = old;
	else
		PFQ_TRACE(computation, group->engine->host, group->gid,
			  program ? program->image.node_count : 0,
			  program ? program->insn_count : 0);
	pfq_program_destroy(status ? program : old);
	return status;
}

static void trace_filters(const struct pfq_group *group)
{
	PFQ_TRACE(filter, group->engine->host, group->gid, group->filter != NULL,
		  group->vlan.enabled);
	(void)group; /* for hosts that trace nothing */
}

int pfq_group_set_filter(struct pfq_group *group, void *filter, struct pfq_error *error)
{
	void *old = group->filter, *unused = old;
	int status;

	group->filter = filter;
	status = publish(group, error);
	if (status) {
		group->filter = old;
		unused = filter;
	} else {
		trace_filters(group);
	}
	if (unused)
		group->engine->ops->filter_free(group->engine->host, unused);
	return status;
}

int pfq_group_set_vlan(struct pfq_group *group, const struct pfq_vlan_filter_set *vlan,
		       struct pfq_error *error)
{
	struct pfq_vlan_filter_set old = group->vlan;
	int status;

	group->vlan = *vlan;
	status = publish(group, error);
	if (status)
		group->vlan = old;
	else
		trace_filters(group);
	return status;
}

/* What devices brought, each packet counted once. */
uint64_t pfq_group_packets(const struct pfq_group *group)
{
	uint64_t packets = 0;

	for (unsigned int i = 0; i < group->engine->lane_count; i++)
		packets += PFQ_READ_ONCE(group->lanes[i].packets);
	return packets;
}

void pfq_group_read_stats(const struct pfq_group *group, struct pfq_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	for (unsigned int i = 0; i < group->engine->lane_count; i++) {
		const struct pfq_group_lane *lane = &group->lanes[i];

		stats->recv += PFQ_READ_ONCE(lane->recv);
		stats->lost += PFQ_READ_ONCE(lane->lost);
		stats->drop += PFQ_READ_ONCE(lane->drop);
		stats->frwd += PFQ_READ_ONCE(lane->frwd);
		stats->kern += PFQ_READ_ONCE(lane->kern);
	}
}

void pfq_group_read_counters(const struct pfq_group *group, struct pfq_counters *counters)
{
	memset(counters, 0, sizeof(*counters));
	for (unsigned int i = 0; i < group->engine->lane_count; i++)
		for (int n = 0; n < PFQ_GROUP_COUNTERS; n++)
			counters->counter[n] += PFQ_READ_ONCE(group->lanes[i].counters[n]);
}
