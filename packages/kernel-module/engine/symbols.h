/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The table of primitives, as the loader sees it. Its rows are generated from
 * packages/abi/src/primitives.ts. */
#ifndef PFQ_ENGINE_SYMBOLS_H
#define PFQ_ENGINE_SYMBOLS_H

#include "generated/opcodes.h"
#include "platform.h"

enum pfq_form {
	PFQ_FORM_PREDICATE,
	PFQ_FORM_PROPERTY,
	PFQ_FORM_ACTION,
	PFQ_FORM_ALIAS,
	PFQ_FORM_FILTER,
	PFQ_FORM_LOGIC,
	PFQ_FORM_COMPARISON,
	PFQ_FORM_CONTROL,
};

enum pfq_kind {
	PFQ_KIND_NONE,
	PFQ_KIND_FUNCTION,
	PFQ_KIND_PREDICATE,
	PFQ_KIND_PROPERTY,
};

struct pfq_parameter {
	const char *name;
	uint8_t type; /* PFQ_ARG_* */
	uint8_t kind; /* of a function: what it must be */
	bool list;
	bool ranged;
	int64_t min, max;
};

struct pfq_run;

/* An argument of a primitive of a third party. */
struct pfq_argument {
	uint64_t value;	  /* an integer, an IPv4 or a MAC address, as in an image */
	const void *data; /* a text with its NUL; a struct pfq_image_cidr; the u64 of a list, which
			     may be unaligned */
	uint32_t count;	  /* octets of a text, elements of a list */
};

/* Of a predicate: whether it holds; of an action: whether the packet goes on. Must not sleep. */
typedef bool pfq_foreign_function(struct pfq_run *run, const struct pfq_argument *arguments);

struct pfq_symbol {
	const char *name;
	const char *of; /* of an alias or a filter: the predicate behind it */
	uint8_t form;
	uint8_t kind;		   /* what it is itself */
	uint8_t opcode;		   /* of forms that run */
	pfq_foreign_function *run; /* of a third party's: what PFQ_INSN_FOREIGN calls */
	uint8_t parameter_count;
	uint8_t preset_count;
	bool negated;
	bool steers;
	int64_t preset[1];
	struct pfq_parameter parameter[PFQ_MAX_ARGUMENTS];
};

extern const struct pfq_symbol pfq_symbols[];
extern const unsigned int pfq_symbol_count;

const struct pfq_symbol *pfq_find_symbol(const char *name);

#endif
