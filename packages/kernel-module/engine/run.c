/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "actions.h"
#include "log.h"
#include "predicates.h"
#include "properties.h"

/*
 * From here on the functions of headers look at this header, 0 the outermost. A packet's are read
 * when they are first looked at; those of other packets are what `headers_read` leaves out.
 */
static void look(struct pfq_run *run, unsigned int header)
{
	struct pfq_packet *packet = run->packet;

	if (run->headers_read == 0)
		run->headers[run->headers_read++] = packet->headers;
	for (; run->headers_read <= header; run->headers_read++) {
		const struct pfq_headers *outer = &run->headers[run->headers_read - 1];
		struct pfq_headers *inner = &run->headers[run->headers_read];

		if (run->headers_read < PFQ_MAX_SHIFT)
			pfq_parse_inner(packet, outer, inner);
		else
			pfq_no_headers(outer, inner);
	}
	packet->headers = run->headers[header];
}

static inline bool run_foreign(struct pfq_run *run, const struct pfq_foreign_call *call)
{
	return call->run(run, call->arguments);
}

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
			run->saved_second[insn->index] = run->second_hash;
			ok = true;
			break;
		case PFQ_INSN_RESTORE:
			run->fanout = run->saved[insn->index];
			run->second_hash = run->saved_second[insn->index];
			ok = true;
			break;
		case PFQ_INSN_LOOK:
			look(run, insn->index);
			ok = true;
			break;
		case PFQ_INSN_LINK:
			run->forwards |= (uint64_t)((uint32_t)run->packet->ifindex != insn->value)
					 << insn->index;
			run->fanout.kind = PFQ_FANOUT_PASS;
			ok = true;
			break;
		case PFQ_INSN_FOREIGN:
			ok = run_foreign(run, insn->constant);
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
	run->headers_read = 0;
	run->forwards = 0;
	walk(program, run);
}
