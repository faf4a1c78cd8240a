/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "forwards.h"

#include "device.h"

static int check_room(struct pfq_lowering *lowering)
{
	if (!lowering->status && lowering->program->device_count == PFQ_MAX_FORWARDS)
		return pfq_lowering_fail(lowering, E2BIG, "more than 64 forwarding steps");
	return lowering->status;
}

int pfq_forward_to_device(struct pfq_lowering *lowering, const char *name)
{
	struct pfq_program *program = lowering->program;

	if (check_room(lowering))
		return lowering->status;
	lowering->status = pfq_device_get(
		lowering->engine, name, &program->devices[program->device_count], lowering->error);
	if (lowering->status) {
		if (lowering->error)
			lowering->error->node = (int)lowering->at_node;
		return lowering->status;
	}
	return (int)program->device_count++;
}

int pfq_forward_to_host(struct pfq_lowering *lowering)
{
	if (!lowering->to_host) {
		if (check_room(lowering))
			return lowering->status;
		lowering->to_host = ++lowering->program->device_count;
	}
	return (int)lowering->to_host - 1;
}
