/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "lowering.h"

#include "combinators.h"
#include "constants.h"
#include "error.h"
#include "instructions.h"
#include "labels.h"
#include "placement.h"
#include "shortcuts.h"

int pfq_lowering_fail(struct pfq_lowering *lowering, int code, const char *text)
{
	lowering->status = pfq_fail_node(lowering->error, code, (int)lowering->at_node,
					 "computation: node %u: %s", lowering->at_node, text);
	return lowering->status;
}

/* The image, in memory of the program's own, from which all is read from now on. */
static int keep_image(struct pfq_lowering *lowering)
{
	const struct pfq_checked_image *image = lowering->image;
	size_t data_offset = (size_t)(image->data - image->octets);
	size_t size = data_offset + image->data_size;
	uint8_t *octets = pfq_alloc(size);

	if (!octets)
		return pfq_lowering_fail(lowering, ENOMEM, "out of memory");
	memcpy(octets, image->octets, size);
	lowering->program->image = (struct pfq_checked_image){
		.octets = octets,
		.data = octets + data_offset,
		.data_size = image->data_size,
		.node_count = image->node_count,
	};
	lowering->image = &lowering->program->image;
	return 0;
}

/* Makes a node's label an instruction, or, of a combinator, an alias. */
static int resolve(struct pfq_lowering *lowering, uint32_t index)
{
	const struct pfq_label key = lowering->labels[index];
	struct pfq_image_node node;
	const struct pfq_symbol *symbol;
	struct pfq_combination at = {
		.node = &node,
		.yes = key.on_true,
		.no = key.on_false,
		.saved = key.saved,
		.context = key.context,
	};
	pfq_combinator *combine;

	lowering->labels[index].resolved = true;
	lowering->at_node = key.node;
	pfq_image_node(lowering->image, key.node, &node);
	symbol = pfq_image_symbol(lowering->image, &node);
	if (node.next != PFQ_IMAGE_NO_NODE)
		at.yes = pfq_node_label(lowering, node.next, at.yes, at.no, at.saved, at.context);
	if (symbol->form == PFQ_FORM_FILTER) {
		uint32_t pass = pfq_pass_label(lowering, at.yes);

		at.yes = symbol->negated ? at.no : pass;
		at.no = symbol->negated ? pass : at.no;
	}
	if (lowering->status)
		return lowering->status;
	combine = pfq_find_combinator(symbol);
	if (combine) {
		uint32_t alias = combine(lowering, &at);

		lowering->labels[index].alias = alias;
		return lowering->status;
	}
	lowering->labels[index].body.next[1] = at.yes;
	lowering->labels[index].body.next[0] = at.no;
	return pfq_set_insn(lowering, &lowering->labels[index], symbol, &node);
}

static int lower(struct pfq_lowering *lowering)
{
	const struct pfq_context outermost = { 0 };
	struct pfq_program *program = lowering->program;
	uint32_t entry;
	int status = keep_image(lowering);

	status = status ? status : pfq_place_constants(lowering);
	status = status ? status : pfq_labels_begin(lowering);
	if (status)
		return status;
	program->masks[0] = Q_CLASS_DEFAULT;
	program->mask_count = 1;
	entry = pfq_node_label(lowering, 0, PFQ_LABEL_PASS, PFQ_LABEL_DROP, 0, outermost);
	for (uint32_t i = PFQ_LABEL_FIRST; i < lowering->label_count && !status; i++)
		if (!lowering->labels[i].resolved)
			status = resolve(lowering, i);
	status = status ? status : pfq_place_insns(lowering, entry);
	if (!status && pfq_take_shortcuts(program))
		status = pfq_lowering_fail(lowering, ENOMEM, "out of memory");
	return status;
}

int pfq_lower(struct pfq_engine *engine, const struct pfq_checked_image *image,
	      struct pfq_program *program, struct pfq_error *error)
{
	struct pfq_lowering lowering = {
		.engine = engine,
		.image = image,
		.program = program,
		.error = error,
	};
	int status = lower(&lowering);

	pfq_labels_end(&lowering);
	pfq_free(lowering.constant_of);
	return status;
}
