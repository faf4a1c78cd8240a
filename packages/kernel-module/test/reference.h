/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Runs an image node by node, as docs/packet-model.md says, without lowering it: only predicates
 * and actions, one at a time, are the engine's. So it tells whether lowering keeps the meaning.
 */
#ifndef PFQ_TEST_REFERENCE_H
#define PFQ_TEST_REFERENCE_H

#include "../engine/run.h"

struct reference {
	struct pfq_engine *engine;
	struct pfq_packet packet;
	struct pfq_group_lane lane;
	/* The outcome. */
	bool passes;
	struct pfq_fanout fanout;
	uint32_t second_hash;
	uint64_t class_mask;
	uint32_t mark, state;
	int forwards;
	bool for_host;
	/* For itself. */
	struct pfq_checked_image image;
	uint8_t *copy; /* of the image, in which the first node is replaced */
	size_t size;
	uint32_t names;	    /* offset of those that were added to its data */
	unsigned int end;   /* within src (1) or dst (2) */
	unsigned int depth; /* of shift */
	uint32_t steps;
	bool failed;
};

/* False if it is not told here: the image asks for too much, or for what is not there. */
bool reference_run(struct reference *reference, const uint8_t *octets, size_t size);

#endif
