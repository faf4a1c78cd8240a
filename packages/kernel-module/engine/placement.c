/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "placement.h"

/* The label that a label comes down to in the end. */
static uint32_t settle(struct pfq_lowering *lowering, uint32_t index)
{
	uint32_t end = index;

	while (lowering->labels[end].alias)
		end = lowering->labels[end].alias;
	while (lowering->labels[index].alias) {
		uint32_t next = lowering->labels[index].alias;

		lowering->labels[index].alias = end;
		index = next;
	}
	return end;
}

/*
 * Marks what a run can reach after it steered, and gives whether any does. Elsewhere the fanout is
 * still the Pass that it began with, and need not be set or restored.
 */
static bool mark_steered(struct pfq_lowering *lowering, uint32_t *stack)
{
	uint32_t depth = 0;
	bool any = false;

	for (uint32_t i = PFQ_LABEL_FIRST; i < lowering->label_count; i++) {
		const struct pfq_label *label = &lowering->labels[i];

		if (!label->steers || label->alias)
			continue;
		any = true;
		stack[depth++] = label->body.next[1];
		while (depth > 0) {
			uint32_t index = settle(lowering, stack[--depth]);
			struct pfq_label *reached = &lowering->labels[index];

			if (index < PFQ_LABEL_FIRST || reached->steered)
				continue;
			reached->steered = true;
			stack[depth++] = reached->body.next[1];
			stack[depth++] = reached->body.next[0];
		}
	}
	return any;
}

/* Whether the instruction would change nothing, in any run. */
static bool is_needless(const struct pfq_label *label, bool any_steers)
{
	switch (label->body.opcode) {
	case PFQ_INSN_SET_PASS:
	case PFQ_INSN_RESTORE:
		return !label->steered;
	case PFQ_INSN_SAVE:
		return !any_steers;
	default:
		return false;
	}
}

/* As an alias of its successor, a needless instruction costs later look-ups nothing. */
static void drop_needless(struct pfq_lowering *lowering, bool any_steers)
{
	for (uint32_t i = PFQ_LABEL_FIRST; i < lowering->label_count; i++) {
		struct pfq_label *label = &lowering->labels[i];

		if (!label->alias && is_needless(label, any_steers))
			label->alias = label->body.next[1];
	}
}

/* In the order of a run, the true branch first, so that what runs together lies together. */
static void place_from(struct pfq_lowering *lowering, uint32_t entry, uint32_t *stack)
{
	struct pfq_program *program = lowering->program;
	uint32_t depth = 0;

	stack[depth++] = entry;
	while (depth > 0) {
		uint32_t index = stack[--depth];
		struct pfq_label *label = &lowering->labels[index];

		if (index < PFQ_LABEL_FIRST || label->insn)
			continue;
		label->body.next[1] = settle(lowering, label->body.next[1]);
		label->body.next[0] = settle(lowering, label->body.next[0]);
		label->insn = program->insn_count++;
		program->insns[label->insn] = label->body;
		stack[depth++] = label->body.next[0];
		stack[depth++] = label->body.next[1];
	}
}

static void place(struct pfq_lowering *lowering, uint32_t entry, uint32_t *stack)
{
	struct pfq_program *program = lowering->program;

	drop_needless(lowering, mark_steered(lowering, stack));
	program->insns[PFQ_PASS_AT].opcode = PFQ_INSN_PASS;
	program->insns[PFQ_DROP_AT].opcode = PFQ_INSN_DROP;
	program->insn_count = PFQ_ENDS;
	lowering->labels[PFQ_LABEL_PASS].insn = PFQ_PASS_AT;
	lowering->labels[PFQ_LABEL_DROP].insn = PFQ_DROP_AT;
	entry = settle(lowering, entry);
	place_from(lowering, entry, stack);
	program->entry = lowering->labels[entry].insn;
	for (uint32_t i = PFQ_ENDS; i < program->insn_count; i++) {
		struct pfq_insn *insn = &program->insns[i];

		insn->next[1] = lowering->labels[insn->next[1]].insn;
		insn->next[0] = lowering->labels[insn->next[0]].insn;
	}
}

int pfq_place_insns(struct pfq_lowering *lowering, uint32_t entry)
{
	struct pfq_program *program = lowering->program;
	uint32_t *stack; /* room for each label twice */

	program->insns = pfq_alloc(lowering->label_count * sizeof(*program->insns));
	stack = pfq_alloc((lowering->label_count * 2 + 2) * sizeof(*stack));
	if (!program->insns || !stack) {
		pfq_free(stack);
		return pfq_lowering_fail(lowering, ENOMEM, "out of memory");
	}
	place(lowering, entry, stack);
	pfq_free(stack);
	return 0;
}
