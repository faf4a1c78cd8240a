/* SPDX-License-Identifier: BSD-3-Clause */
#include "handle.h"

int pfq_join_group(pfq_t *q, int gid, uint64_t class_mask, int policy)
{
	struct pfq_group_join request = {
		.gid = gid,
		.policy = (uint32_t)policy,
		.class_mask = class_mask,
	};
	struct pfq_group_id reply;

	if (handle_control(q, PFQ_OP_JOIN_GROUP, &request, sizeof(request), &reply, sizeof(reply)) <
	    0)
		return -1;
	return reply.gid;
}

int pfq_leave_group(pfq_t *q, int gid)
{
	struct pfq_group_id request = { .gid = gid };

	return handle_control(q, PFQ_OP_LEAVE_GROUP, &request, sizeof(request), NULL, 0);
}

int pfq_get_groups(const pfq_t *q, struct pfq_group_mask *groups)
{
	return handle_control(q, PFQ_OP_GET_GROUPS, NULL, 0, groups, sizeof(*groups));
}

int pfq_groups_mask(const pfq_t *q, unsigned long *mask)
{
	struct pfq_group_mask groups;

	if (pfq_get_groups(q, mask ? &groups : NULL) < 0)
		return -1;
	*mask = (unsigned long)groups.mask[0];
	return 0;
}

static int bind_group(pfq_t *q, unsigned int operation, int gid, const char *device, int queue)
{
	struct pfq_binding request = { .gid = gid, .queue = queue };

	if (handle_name_device(q, request.device, device) < 0)
		return -1;
	return handle_control(q, operation, &request, sizeof(request), NULL, 0);
}

int pfq_bind_group(pfq_t *q, int gid, const char *device, int queue)
{
	return bind_group(q, PFQ_OP_BIND_GROUP, gid, device, queue);
}

int pfq_unbind_group(pfq_t *q, int gid, const char *device, int queue)
{
	return bind_group(q, PFQ_OP_UNBIND_GROUP, gid, device, queue);
}

int pfq_bind(pfq_t *q, const char *device, int queue)
{
	int gid = pfq_group_id(q);

	return gid < 0 ? -1 : pfq_bind_group(q, gid, device, queue);
}

int pfq_unbind(pfq_t *q, const char *device, int queue)
{
	int gid = pfq_group_id(q);

	return gid < 0 ? -1 : pfq_unbind_group(q, gid, device, queue);
}
