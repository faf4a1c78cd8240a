/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "operands.h"

#include "constants.h"
#include "forwards.h"
#include "octets.h"

/* The first so many bits of an IPv4 address, and the mask of them in the high half. */
static uint64_t network4(uint64_t address, uint64_t prefix)
{
	uint32_t mask = pfq_prefix_mask4((unsigned int)prefix);

	return ((uint32_t)address & mask) | (uint64_t)mask << 32;
}

static void set_network(const struct pfq_lowering *lowering, uint32_t index, uint64_t offset,
			struct pfq_insn *insn)
{
	struct pfq_image_cidr cidr;

	memcpy(&cidr, lowering->image->data + offset, sizeof(cidr));
	insn->family = cidr.family;
	if (cidr.family == 6)
		insn->constant = pfq_constant_of(lowering, index);
	else
		insn->value = network4(pfq_read32(cidr.address), cidr.prefix);
}

static int set_mask(struct pfq_lowering *lowering, uint64_t mask, struct pfq_insn *insn)
{
	struct pfq_program *program = lowering->program;
	uint32_t index = 0;

	mask &= ~Q_CLASS_CONTROL;
	while (index < program->mask_count && program->masks[index] != mask)
		index++;
	if (index == PFQ_MAX_MASKS)
		return pfq_lowering_fail(lowering, E2BIG, "more than 64 different class masks");
	program->masks[index] = mask;
	if (index == program->mask_count)
		program->mask_count++;
	insn->index = (uint16_t)index;
	return 0;
}

static int set_device(struct pfq_lowering *lowering, uint64_t offset, struct pfq_insn *insn)
{
	int forward = pfq_forward_to_device(lowering, pfq_image_text(lowering->image, offset));

	if (forward < 0)
		return forward;
	insn->index = (uint16_t)forward;
	return 0;
}

/* Where nothing in an opcode is special, the type of the first argument says what it becomes. */
static int set_by_type(struct pfq_lowering *lowering, uint32_t index,
		       const struct pfq_symbol *symbol, const struct pfq_image_node *node,
		       struct pfq_insn *insn)
{
	uint64_t value = node->argument[0].value;

	if (symbol->parameter_count == 0)
		return 0;
	if (symbol->parameter[0].list) {
		insn->constant = pfq_constant_of(lowering, index);
		return 0;
	}
	switch (symbol->parameter[0].type) {
	case PFQ_ARG_CIDR:
		set_network(lowering, index, value, insn);
		return 0;
	case PFQ_ARG_String:
		return set_device(lowering, value, insn);
	default:
		insn->value = value;
		return 0;
	}
}

static int set_by_opcode(struct pfq_lowering *lowering, uint32_t index,
			 const struct pfq_symbol *symbol, const struct pfq_image_node *node,
			 struct pfq_insn *insn)
{
	const struct pfq_image_argument *argument = node->argument;

	switch ((enum pfq_opcode)insn->opcode) {
	case PFQ_INSN_BLOOM:
	case PFQ_INSN_BLOOM_SRC:
	case PFQ_INSN_BLOOM_DST:
		insn->constant = pfq_constant_of(lowering, index);
		insn->value = (pfq_bin_count(node) - 1) |
			      (uint64_t)pfq_prefix_mask4((unsigned int)argument[2].value) << 32;
		return 0;
	case PFQ_INSN_FOREIGN:
	case PFQ_INSN_LOG_MSG:
		insn->constant = pfq_constant_of(lowering, index);
		return 0;
	case PFQ_INSN_CLASSIFY:
		return set_mask(lowering, argument[0].value, insn);
	case PFQ_INSN_STEER_FIELD:
		insn->value = argument[0].value | argument[1].value << 32;
		return 0;
	case PFQ_INSN_STEER_FIELD_SYMMETRIC:
	case PFQ_INSN_DOUBLE_STEER_FIELD:
		insn->value = argument[0].value | argument[1].value << 16 | argument[2].value << 32;
		return 0;
	case PFQ_INSN_STEER_LOCAL_NET:
		insn->index = (uint16_t)argument[2].value;
		insn->value = network4(argument[0].value, argument[1].value);
		return 0;
	case PFQ_INSN_STEER_GTP_USR:
		insn->value = network4(argument[0].value, argument[1].value);
		return 0;
	default:
		return set_by_type(lowering, index, symbol, node, insn);
	}
}

/* Whether the instruction may pass a packet to all classes. */
static bool broadcasts(enum pfq_opcode opcode)
{
	switch (opcode) {
	case PFQ_INSN_BROADCAST:
	case PFQ_INSN_DOUBLE_STEER_IP:
	case PFQ_INSN_DOUBLE_STEER_MAC:
	case PFQ_INSN_STEER_GTP_USR:
	case PFQ_INSN_STEER_LINK:
	case PFQ_INSN_STEER_LOCAL_LINK:
	case PFQ_INSN_STEER_P2P:
	case PFQ_INSN_STEER_VOIP:
		return true;
	default:
		return false;
	}
}

int pfq_set_operands(struct pfq_lowering *lowering, uint32_t index, const struct pfq_symbol *symbol,
		     const struct pfq_image_node *node, struct pfq_insn *insn)
{
	int status = set_by_opcode(lowering, index, symbol, node, insn);

	if (status || !broadcasts((enum pfq_opcode)insn->opcode))
		return status;
	return set_mask(lowering, Q_CLASS_ANY, insn);
}
