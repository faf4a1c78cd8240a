/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Shapes: what is known of a packet as soon as its headers have been read. A program is lowered for
 * each of them, so that a run does not ask for what its packet's shape tells.
 */
#ifndef PFQ_ENGINE_SHAPES_H
#define PFQ_ENGINE_SHAPES_H

#include "program.h"

enum pfq_answer {
	PFQ_ANSWER_NO,
	PFQ_ANSWER_YES,
	PFQ_ANSWER_UNKNOWN,
};

/* What an instruction that asks gives for every packet of this shape. */
enum pfq_answer pfq_shape_answer(enum pfq_shape shape, const struct pfq_insn *insn);

#endif
