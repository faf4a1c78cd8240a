/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "actions.h"
#include "predicates.h"
#include "properties.h"

/*
 * A walk from instruction to instruction, until it comes to one of the two ends.
 *
 * After the last one, the end is read from a table by the outcome, not reached by a branch:
 * outcomes are as mixed as traffic is, and a branch guessed wrong costs as much as several
 * instructions. On the way it is a branch that lets the processor go on with the next instruction
 * before the outcome is known. (PFQ_LIKELY says that it may not become a conditional move, not that
 * it holds more often.)
 */
static void walk(const struct pfq_program *program, struct pfq_run *run)
{
	uint32_t at = program->entries[run->packet->headers.shape];

	while (at > PFQ_DROP_AT) {
		const struct pfq_insn *insn = program->insns + at;
		uint64_t value = 0;
		bool ok;

		switch ((enum pfq_opcode)insn->opcode) {
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
		if (insn->last) {
			at = insn->next[ok];
			break;
		}
		if (PFQ_LIKELY(ok))
			at = insn->next[1];
		else
			at = insn->next[0];
	}
	run->dropped = at; /* PFQ_PASS_AT is 0 */
}

void pfq_run_program(const struct pfq_program *program, struct pfq_run *run)
{
	struct pfq_packet *packet = run->packet;

	pfq_headers(packet);
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
	run->mark = packet->mark;
	run->state = 0;
	run->mask = 0;
	run->forwards = 0;
	walk(program, run);
}
