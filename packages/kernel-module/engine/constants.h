/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Constants: what an instruction asks of that does not fit into it. Sets of VLAN ids, networks of
 * IPv6, Bloom filters, texts, and calls of third parties' primitives.
 */
#ifndef PFQ_ENGINE_CONSTANTS_H
#define PFQ_ENGINE_CONSTANTS_H

#include "lowering.h"

/* Each node's constant is made once, however many instructions come of the node. */
int pfq_place_constants(struct pfq_lowering *lowering);

static inline const void *pfq_constant_of(const struct pfq_lowering *lowering, uint32_t node)
{
	return lowering->program->constants + lowering->constant_of[node];
}

/* The bins of a node's Bloom filter, rounded up to a power of two. */
uint32_t pfq_bin_count(const struct pfq_image_node *node);

#endif
