/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "program.h"

#include "device.h"
#include "error.h"
#include "lowering.h"

int pfq_program_create(struct pfq_engine *engine, const struct pfq_checked_image *image,
		       struct pfq_program **program, struct pfq_error *error)
{
	struct pfq_program *made = pfq_alloc(sizeof(*made));
	int status;

	if (!made)
		return pfq_fail(error, ENOMEM, "computation: out of memory");
	status = pfq_lower(engine, image, made, error);
	if (status)
		pfq_program_destroy(made);
	else
		*program = made;
	return status;
}

void pfq_program_destroy(struct pfq_program *program)
{
	if (!program)
		return;
	for (uint32_t i = 0; i < program->device_count; i++)
		if (program->devices[i])
			pfq_device_put(program->devices[i]);
	for (const struct pfq_foreign_call *call = program->foreign_calls; call; call = call->next)
		pfq_foreign_put(call->keeper);
	pfq_free((void *)(uintptr_t)program->image.octets);
	pfq_free(program->constants);
	pfq_free(program->insns);
	pfq_free(program);
}
