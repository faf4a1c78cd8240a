/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Lowering: from a checked image to the instructions of a program. In the order of the work:
 * constants.h makes what does not fit into instructions; labels.h has a label for each node in its
 * place, which combinators.h or instructions.h resolves; placement.h writes the program down, and
 * shortcuts.h makes it shorter. This is what they have in common.
 */
#ifndef PFQ_ENGINE_LOWERING_H
#define PFQ_ENGINE_LOWERING_H

#include "program.h"

struct pfq_label;

struct pfq_lowering {
	struct pfq_engine *engine;
	const struct pfq_checked_image *image;
	struct pfq_program *program;
	struct pfq_error *error;
	int status;	       /* of the first failure; 0 so far */
	uint32_t at_node;      /* what is worked at, for messages */
	uint32_t *constant_of; /* by node: the offset of its constant in the program's */
	uint32_t to_host;      /* 1 and the forward that is the host's own stack; 0 if none is */
	struct pfq_label *labels;
	uint32_t label_count, label_space;
	uint32_t *buckets;     /* of labels by hash: open addressing, 0 is empty */
	uint32_t bucket_count; /* a power of two, at least twice the labels */
};

/* Notes that lowering fails at this node, and gives the negative errno. */
int pfq_lowering_fail(struct pfq_lowering *lowering, int code, const char *text);

/*
 * Makes the program, which is empty, out of the image, and keeps a copy of the image in it. A
 * negative errno leaves a program that is good for pfq_program_destroy() alone.
 */
int pfq_lower(struct pfq_engine *engine, const struct pfq_checked_image *image,
	      struct pfq_program *program, struct pfq_error *error);

#endif
