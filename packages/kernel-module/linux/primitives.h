/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Primitives of a third party: predicates and actions of a kernel module of its own, which programs
 * use by name. examples/kernel-module has one. A row is like those of the engine's own table:
 *
 *	static const struct pfq_symbol rows[] = { {
 *		.name = "longer_than",
 *		.form = PFQ_FORM_PREDICATE,	   or PFQ_FORM_ACTION
 *		.kind = PFQ_KIND_PREDICATE,	   or PFQ_KIND_FUNCTION
 *		.run = longer_than,
 *		.parameter_count = 1,
 *		.parameter = { { .name = "octets", .type = PFQ_ARG_Word32 } },
 *	} };
 *
 * Parameters are integers, IPv4 and MAC addresses, texts, networks, and lists of integers. An image
 * that names the primitive is checked against them before run() sees an argument. run() finds the
 * packet, its mark and its state in struct pfq_run; it is called in softirq context, on many CPUs
 * at once.
 */
#ifndef PFQ_PRIMITIVES_H
#define PFQ_PRIMITIVES_H

#include "run.h"
#include "symbols.h"

#include <linux/list.h>
#include <linux/module.h>

struct pfq_primitives {
	struct module *owner; /* THIS_MODULE */
	const struct pfq_symbol *rows;
	unsigned int count;
	struct list_head list; /* PFQ's own */
};

/*
 * From here on programs of all namespaces may use them. A program that does keeps the module from
 * being unloaded. -EEXIST if a name is taken, -EINVAL if a row makes no sense; the log says which.
 */
int pfq_register_primitives(struct pfq_primitives *primitives);

/* When the module is unloaded. */
void pfq_unregister_primitives(struct pfq_primitives *primitives);

#endif
