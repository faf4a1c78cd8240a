/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The instructions that nodes are: predicates and actions, their other names, and comparisons. */
#ifndef PFQ_ENGINE_INSTRUCTIONS_H
#define PFQ_ENGINE_INSTRUCTIONS_H

#include "labels.h"

/* Writes the instruction that the label's node is into the label, all but where it goes on. The
 * node is no combinator. */
int pfq_set_insn(struct pfq_lowering *lowering, struct pfq_label *label,
		 const struct pfq_symbol *symbol, const struct pfq_image_node *node);

#endif
