/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Labels. One stands for "run this node, then go there if it passes or holds, and there if not";
 * labels are made on demand, each once, and resolved one by one: to an instruction, or, for a
 * combinator, to another label. Since all references of an image point forward, that ends. A node
 * that is used in several places is shared where the places agree on what comes next.
 */
#ifndef PFQ_ENGINE_LABELS_H
#define PFQ_ENGINE_LABELS_H

#include "lowering.h"

enum {
	PFQ_LABEL_NONE, /* no label: something failed */
	PFQ_LABEL_PASS, /* ends the run */
	PFQ_LABEL_DROP, /* ends the run */
	PFQ_LABEL_FIRST,
};

/* Which header (0 the outermost) and which end functions look at. */
enum pfq_end {
	PFQ_END_BOTH,
	PFQ_END_SOURCE,
	PFQ_END_DESTINATION,
};

struct pfq_context {
	uint8_t header;
	uint8_t end;
};

struct pfq_label {
	/* The key. */
	uint32_t node; /* of an instruction without one, its opcode */
	uint32_t on_true;
	uint32_t on_false;
	uint16_t saved; /* the first free place for a saved fanout; of an instruction, its index */
	bool without_node; /* an instruction that no node is */
	struct pfq_context context;
	/* What became of it. */
	bool resolved;
	bool steered; /* a run can come here after a steering function */
	bool steers;
	uint32_t alias;	      /* the label that it turned out to be, or PFQ_LABEL_NONE */
	uint32_t insn;	      /* index of the instruction, once placed */
	struct pfq_insn body; /* its successors are labels until it is placed */
};

int pfq_labels_begin(struct pfq_lowering *lowering);
void pfq_labels_end(struct pfq_lowering *lowering);

/*
 * These give the label, made if need be, or PFQ_LABEL_NONE: when something failed, or where one of
 * the successors is none, so that who makes several of them may look at the last one alone. They
 * move the labels: no pointer to one outlives them.
 */

/* A node whose functions may save fanouts from the place `saved` on. */
uint32_t pfq_node_label(struct pfq_lowering *lowering, uint64_t node, uint32_t on_true,
			uint32_t on_false, uint32_t saved, struct pfq_context context);

/* An instruction that no node is, which goes on at `next` in any case. */
uint32_t pfq_insn_label(struct pfq_lowering *lowering, enum pfq_opcode opcode, uint32_t next,
			uint32_t index);

/* One that makes the fanout Pass. */
uint32_t pfq_pass_label(struct pfq_lowering *lowering, uint32_t next);

#endif
