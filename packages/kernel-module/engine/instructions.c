/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "instructions.h"

#include "operands.h"

/* What asks for either end comes down to what asks for one, within src and dst. */
static enum pfq_opcode opcode_at_end(enum pfq_opcode opcode, enum pfq_end end)
{
	static const struct {
		enum pfq_opcode of[3]; /* by end */
	} rows[] = {
		{ { PFQ_INSN_HAS_ADDR, PFQ_INSN_HAS_SRC_ADDR, PFQ_INSN_HAS_DST_ADDR } },
		{ { PFQ_INSN_HAS_PORT, PFQ_INSN_HAS_SRC_PORT, PFQ_INSN_HAS_DST_PORT } },
		{ { PFQ_INSN_BLOOM, PFQ_INSN_BLOOM_SRC, PFQ_INSN_BLOOM_DST } },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].of[PFQ_END_BOTH] == opcode)
			return rows[i].of[end];
	return opcode;
}

/* Whether what the instruction asks for is the packet's, whichever header the run looks at. */
static bool is_of_packet(enum pfq_opcode opcode)
{
	switch (opcode) {
	case PFQ_INSN_FOREIGN:
	case PFQ_INSN_GET_MARK:
	case PFQ_INSN_GET_STATE:
	case PFQ_INSN_HAS_MARK:
	case PFQ_INSN_HAS_STATE:
	case PFQ_INSN_HAS_VID:
	case PFQ_INSN_HAS_VLAN:
	case PFQ_INSN_IS_BROADCAST:
	case PFQ_INSN_IS_MULTICAST:
	case PFQ_INSN_PKT_LEN:
	case PFQ_INSN_VLAN_ID:
		return true;
	default:
		return false;
	}
}

static void set_opcode(struct pfq_label *label, enum pfq_opcode opcode)
{
	opcode = opcode_at_end(opcode, (enum pfq_end)label->context.end);
	label->body.opcode = (uint8_t)opcode;
	label->body.header = is_of_packet(opcode) ? 0 : label->context.header;
}

/* A predicate or an action under its own name. */
static int set_own(struct pfq_lowering *lowering, struct pfq_label *label,
		   const struct pfq_symbol *symbol, const struct pfq_image_node *node)
{
	label->steers = symbol->steers;
	set_opcode(label, symbol->run ? PFQ_INSN_FOREIGN : (enum pfq_opcode)symbol->opcode);
	return pfq_set_operands(lowering, label->node, symbol, node, &label->body);
}

/* A predicate under another name: its own operands, or preset ones. */
static int set_alias(struct pfq_lowering *lowering, struct pfq_label *label,
		     const struct pfq_symbol *symbol, const struct pfq_image_node *node)
{
	const struct pfq_symbol *of = pfq_find_symbol(symbol->of);

	if (of->form == PFQ_FORM_ALIAS) {
		symbol = of;
		of = pfq_find_symbol(of->of);
	}
	set_opcode(label, (enum pfq_opcode)of->opcode);
	if (symbol->preset_count) {
		label->body.value = (uint64_t)symbol->preset[0];
		return 0;
	}
	return pfq_set_operands(lowering, label->node, symbol, node, &label->body);
}

/* A property and the comparison around it are one instruction. */
static int set_comparison(struct pfq_lowering *lowering, struct pfq_label *label,
			  const struct pfq_symbol *symbol, const struct pfq_image_node *node)
{
	static const struct {
		const char *name;
		enum pfq_comparison comparison;
	} names[] = {
		{ "less", PFQ_LESS },	    { "less_eq", PFQ_LESS_EQ },
		{ "greater", PFQ_GREATER }, { "greater_eq", PFQ_GREATER_EQ },
		{ "equal", PFQ_EQUAL },	    { "not_equal", PFQ_NOT_EQUAL },
		{ "any_bit", PFQ_ANY_BIT }, { "all_bit", PFQ_ALL_BIT },
	};
	struct pfq_image_node property;

	pfq_image_node(lowering->image, (uint32_t)node->argument[0].value, &property);
	set_opcode(label, (enum pfq_opcode)pfq_image_symbol(lowering->image, &property)->opcode);
	label->body.value = node->argument[1].value;
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].name, symbol->name) == 0) {
			label->body.comparison = names[i].comparison;
			return 0;
		}
	}
	return pfq_lowering_fail(lowering, EINVAL, "no such comparison");
}

int pfq_set_insn(struct pfq_lowering *lowering, struct pfq_label *label,
		 const struct pfq_symbol *symbol, const struct pfq_image_node *node)
{
	switch ((enum pfq_form)symbol->form) {
	case PFQ_FORM_PREDICATE:
	case PFQ_FORM_ACTION:
		return set_own(lowering, label, symbol, node);
	case PFQ_FORM_ALIAS:
	case PFQ_FORM_FILTER:
		return set_alias(lowering, label, symbol, node);
	case PFQ_FORM_COMPARISON:
		return set_comparison(lowering, label, symbol, node);
	default:
		return pfq_lowering_fail(lowering, EINVAL,
					 "a primitive that this engine cannot run there");
	}
}
