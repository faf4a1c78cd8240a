/* SPDX-License-Identifier: BSD-3-Clause */
#include "handle.h"

#include <linux/filter.h>

/* A request and what follows it, in one piece. */
static int control_with_payload(pfq_t *q, unsigned int operation, const void *request,
				size_t request_size, const void *payload, size_t size)
{
	char *message = pfq_alloc(request_size + size);
	int status;

	if (!message)
		return failure(q, ENOMEM, "no memory for %zu octets", request_size + size);
	memcpy(message, request, request_size);
	if (size)
		memcpy(message + request_size, payload, size);
	status = handle_control(q, operation, message, request_size + size, NULL, 0);
	pfq_free(message);
	return status;
}

int pfq_set_group_computation(pfq_t *q, int gid, const void *image, size_t size)
{
	struct pfq_computation request = { .gid = gid };

	if (size > PFQ_IMAGE_MAX_SIZE)
		return refusal(q, EINVAL, "computation: an image of %zu octets, must be at most %d",
			       size, PFQ_IMAGE_MAX_SIZE);
	if (size && !image)
		return refusal(q, EINVAL, "computation: no image: the pointer is NULL");
	return control_with_payload(q, PFQ_OP_SET_COMPUTATION, &request, sizeof(request), image,
				    size);
}

int pfq_group_fprog(pfq_t *q, int gid, const struct sock_fprog *program)
{
	struct pfq_filter request = { .gid = gid };

	if (!program || !program->filter || !program->len)
		return refusal(q, EINVAL, "filter: it has no instructions");
	request.count = program->len;
	return control_with_payload(q, PFQ_OP_SET_FILTER, &request, sizeof(request),
				    program->filter, program->len * sizeof(*program->filter));
}

int pfq_group_fprog_fd(pfq_t *q, int gid, int fd)
{
	struct pfq_filter_program request = { .gid = gid, .fd = fd };

	return handle_control(q, PFQ_OP_SET_FILTER_PROGRAM, &request, sizeof(request), NULL, 0);
}

int pfq_group_fprog_reset(pfq_t *q, int gid)
{
	struct pfq_filter request = { .gid = gid };

	return control_with_payload(q, PFQ_OP_SET_FILTER, &request, sizeof(request), NULL, 0);
}

int pfq_vlan_filters_enable(pfq_t *q, int gid, int on)
{
	struct pfq_vlan_filter request = { .gid = gid, .on = on != 0 };

	return handle_control(q, PFQ_OP_ENABLE_VLAN_FILTER, &request, sizeof(request), NULL, 0);
}

int pfq_vlan_set_filter(pfq_t *q, int gid, int vid)
{
	struct pfq_vlan_filter request = { .gid = gid, .vid = vid, .on = 1 };

	return handle_control(q, PFQ_OP_SET_VLAN_FILTER, &request, sizeof(request), NULL, 0);
}

int pfq_vlan_reset_filter(pfq_t *q, int gid, int vid)
{
	struct pfq_vlan_filter request = { .gid = gid, .vid = vid };

	return handle_control(q, PFQ_OP_SET_VLAN_FILTER, &request, sizeof(request), NULL, 0);
}
