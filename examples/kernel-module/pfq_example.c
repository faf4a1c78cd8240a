// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two primitives of a module of one's own: longer_than asks for packets of more octets than its
 * argument, add_to_mark adds its argument to the mark. A program that has both, for @pfq/core,
 *after declarePrimitive() of @pfq/lang has been told of them:
 *
 *	group.setComputation({ nodes: [
 *		{ symbol: "filter", arguments: [{ type: "Fun", value: 1 }], next: 2 },
 *		{ symbol: "longer_than", arguments: [{ type: "Word32", value: 200 }], next: null },
 *		{ symbol: "add_to_mark", arguments: [{ type: "Word32", value: 7 }], next: null },
 *	] })
 */
#include "primitives.h"

static bool longer_than(struct pfq_run *run, const struct pfq_argument *arguments)
{
	return run->packet->len > arguments[0].value;
}

static bool add_to_mark(struct pfq_run *run, const struct pfq_argument *arguments)
{
	run->mark += arguments[0].value;
	return true;
}

static const struct pfq_symbol rows[] = {
	{
		.name = "longer_than",
		.form = PFQ_FORM_PREDICATE,
		.kind = PFQ_KIND_PREDICATE,
		.run = longer_than,
		.parameter_count = 1,
		.parameter = { { .name = "octets", .type = PFQ_ARG_Word32 } },
	},
	{
		.name = "add_to_mark",
		.form = PFQ_FORM_ACTION,
		.kind = PFQ_KIND_FUNCTION,
		.run = add_to_mark,
		.parameter_count = 1,
		.parameter = { { .name = "number",
				 .type = PFQ_ARG_Word32,
				 .ranged = true,
				 .min = 1,
				 .max = 1000 } },
	},
};

static struct pfq_primitives primitives = {
	.owner = THIS_MODULE,
	.rows = rows,
	.count = ARRAY_SIZE(rows),
};

static int __init example_init(void)
{
	return pfq_register_primitives(&primitives);
}

static void __exit example_exit(void)
{
	pfq_unregister_primitives(&primitives);
}

module_init(example_init);
module_exit(example_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("PFQ: primitives of a third party");
