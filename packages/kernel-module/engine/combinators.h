/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Combinators: nodes that say how others hang together, and the forwarding ones, which are more
 * than one instruction. None is there any more at run time.
 */
#ifndef PFQ_ENGINE_COMBINATORS_H
#define PFQ_ENGINE_COMBINATORS_H

#include "labels.h"

/* A combinator's node in its place. */
struct pfq_combination {
	const struct pfq_image_node *node;
	uint32_t yes, no; /* the labels where a predicate goes, or where a function goes when it
			     passes and when it drops */
	uint32_t saved;	  /* the first free place for a saved fanout */
	struct pfq_context context;
};

/* Gives the label that the node comes down to, or PFQ_LABEL_NONE if something failed. */
typedef uint32_t pfq_combinator(struct pfq_lowering *lowering, const struct pfq_combination *at);

/* NULL if the symbol is none. */
pfq_combinator *pfq_find_combinator(const struct pfq_symbol *symbol);

#endif
