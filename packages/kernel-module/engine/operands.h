/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Operands: what an instruction takes from the arguments of its node. */
#ifndef PFQ_ENGINE_OPERANDS_H
#define PFQ_ENGINE_OPERANDS_H

#include "lowering.h"

/* Sets those of an instruction with this opcode. `index` is the node's, and `symbol` says what its
 * arguments are. */
int pfq_set_operands(struct pfq_lowering *lowering, uint32_t index, const struct pfq_symbol *symbol,
		     const struct pfq_image_node *node, struct pfq_insn *insn);

#endif
