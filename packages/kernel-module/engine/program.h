/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * A program: a computation lowered to instructions, each with two successors, one for "holds" or
 * "passes", one for "does not hold" or "drops". Combinators are worked out on the way; what is left
 * is predicates, comparisons and actions, in a graph without cycles, so that a run is a walk
 * without look-up, stack or loop.
 */
#ifndef PFQ_ENGINE_PROGRAM_H
#define PFQ_ENGINE_PROGRAM_H

#include "engine.h"
#include "image.h"

struct pfq_device;
struct pfq_engine;

enum {
	PFQ_MAX_INSNS = 1 << 18,
	PFQ_MAX_FORWARDS = 64,	/* places of a program that forward */
	PFQ_MAX_MASKS = 64,	/* different class masks in a program */
	PFQ_MAX_SAVED = 64,	/* alternatives in alternatives */
	PFQ_MAX_BINS = 1 << 27, /* of the Bloom filters of a program */
	PFQ_LOG_TEXT = 200,	/* octets of a text for the log */
	PFQ_MAX_SHIFT = 5,	/* headers within headers: the last one is always absent */
};

enum pfq_comparison {
	PFQ_LESS,
	PFQ_LESS_EQ,
	PFQ_GREATER,
	PFQ_GREATER_EQ,
	PFQ_EQUAL,
	PFQ_NOT_EQUAL,
	PFQ_ANY_BIT,
	PFQ_ALL_BIT,
};

/* Where the two ends of every program are; they are never run. */
enum {
	PFQ_PASS_AT,
	PFQ_DROP_AT,
	PFQ_ENDS, /* how many there are */
};

struct pfq_insn {
	uint8_t opcode;
	uint8_t comparison; /* of a property */
	uint16_t index;	    /* into the masks, the devices, the saved fanouts, or the headers; or a
			       second prefix */
	uint32_t next[2];   /* where it goes on: [1] if it holds or passes, [0] if not */
	uint8_t family;	    /* of a network: 4 or 6 */
	bool last;	    /* whatever it gives, the run ends */
	uint8_t more;	    /* so many instructions after this one ask the same of other values */
	uint8_t header;	    /* which one it asks: 0 the outermost */
	/*
	 * An integer. Of an IPv4 network, the address in the low half and the mask in the high one;
	 * of a Bloom filter the last bin, and the mask of the addresses; of fields of the packet
	 * two offsets of 16 bits, and the size.
	 */
	uint64_t value;
	const void *constant; /* a struct pfq_prefix6, a struct pfq_foreign_call, or the bits of a
				 set */
};

struct pfq_prefix6 {
	uint64_t high, low;
	uint64_t high_mask, low_mask;
};

struct pfq_vlan_set {
	uint64_t bits[64];
};

/* A primitive of a third party with its arguments. */
struct pfq_foreign_call {
	pfq_foreign_function *run;
	void *keeper;		       /* of the function */
	struct pfq_foreign_call *next; /* of the program's */
	struct pfq_argument arguments[PFQ_MAX_ARGUMENTS];
};

struct pfq_program {
	struct pfq_insn *insns;
	uint32_t insn_count; /* of the program for any packet, which comes first */
	uint32_t entry;
	uint32_t entries[PFQ_SHAPES]; /* by the shape of the packet */
	uint8_t *constants;
	struct pfq_foreign_call *foreign_calls;
	struct pfq_checked_image image; /* what it was made of: for people who ask */
	uint32_t mask_count;		/* masks[0] is that of class 0, with which a run starts */
	uint32_t device_count;
	uint64_t at_once; /* forwards that do not wait for the end of the batch */
	uint64_t masks[PFQ_MAX_MASKS];
	struct pfq_device *devices[PFQ_MAX_FORWARDS]; /* by forward: a reference, or NULL for the
							 host's own stack */
};

/* Lowers a checked image. Devices that it names are opened. */
int pfq_program_create(struct pfq_engine *engine, const struct pfq_checked_image *image,
		       struct pfq_program **program, struct pfq_error *error);

void pfq_program_destroy(struct pfq_program *program);

#endif
