/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Placement: from labels to instructions one after the other. */
#ifndef PFQ_ENGINE_PLACEMENT_H
#define PFQ_ENGINE_PLACEMENT_H

#include "labels.h"

/*
 * Writes what can be reached from the label into the program, without the instructions that would
 * change nothing. All labels have been resolved.
 */
int pfq_place_insns(struct pfq_lowering *lowering, uint32_t entry);

#endif
