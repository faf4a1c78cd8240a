/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "actions.h"
#include "predicates.h"
#include "properties.h"

void pfq_run_program(const struct pfq_program *program, struct pfq_run *run)
{
	const struct pfq_insn *insns = program->insns;
	const struct pfq_insn *insn = insns + program->entry;

	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
	run->mark = run->packet->mark;
	run->state = 0;
	run->mask = 0;
	run->forwards = 0;
	for (;;) {
		uint64_t value = 0;
		bool ok;

		switch ((enum pfq_opcode)insn->opcode) {
		case PFQ_INSN_PASS:
			return;
		case PFQ_INSN_DROP:
			run->fanout.kind = PFQ_FANOUT_DROP;
			return;
		case PFQ_INSN_SET_PASS:
			run->fanout.kind = PFQ_FANOUT_PASS;
			ok = true;
			break;
		case PFQ_INSN_SAVE:
			run->saved[insn->index] = run->fanout;
			ok = true;
			break;
		case PFQ_INSN_RESTORE:
			run->fanout = run->saved[insn->index];
			ok = true;
			break;
#include "generated/dispatch.inc"
		default:
			__builtin_unreachable();
		}
		insn = insns + (ok ? insn->on_true : insn->on_false);
	}
}
