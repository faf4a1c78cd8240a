/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "constants.h"

#include "hash.h"
#include "octets.h"

/* What a node has for a constant: of its first argument, or of the list after that one. */
enum constant {
	CONSTANT_NONE,
	CONSTANT_VIDS,
	CONSTANT_PREFIX6,
	CONSTANT_BLOOM,
	CONSTANT_TEXT,
	CONSTANT_FOREIGN,
};

static enum constant constant_kind(const struct pfq_checked_image *image,
				   const struct pfq_image_node *node)
{
	const struct pfq_symbol *symbol = pfq_image_symbol(image, node);
	const struct pfq_parameter *parameter = symbol->parameter;

	if (symbol->run)
		return CONSTANT_FOREIGN;
	if (symbol->opcode == PFQ_INSN_LOG_MSG)
		return CONSTANT_TEXT;
	if (symbol->parameter_count < 1 || symbol->form == PFQ_FORM_CONTROL)
		return CONSTANT_NONE;
	if (parameter[0].list && parameter[0].type == PFQ_ARG_Int)
		return CONSTANT_VIDS;
	if (parameter[1].list && parameter[1].type == PFQ_ARG_IPv4)
		return CONSTANT_BLOOM;
	if (parameter[0].type == PFQ_ARG_CIDR && image->data[node->argument[0].value] == 6)
		return CONSTANT_PREFIX6;
	return CONSTANT_NONE;
}

uint32_t pfq_bin_count(const struct pfq_image_node *node)
{
	uint32_t bins = 1;

	while (bins < node->argument[0].value)
		bins *= 2;
	return bins;
}

/* The octets of a text that are written; a NUL follows them. */
static uint32_t text_length(const struct pfq_image_node *node)
{
	uint32_t length = node->argument[0].count;

	return length < PFQ_LOG_TEXT ? length : PFQ_LOG_TEXT;
}

/* A multiple of 8, so that the next one is aligned. */
static uint32_t constant_size(enum constant kind, const struct pfq_image_node *node)
{
	switch (kind) {
	case CONSTANT_VIDS:
		return sizeof(struct pfq_vlan_set);
	case CONSTANT_PREFIX6:
		return sizeof(struct pfq_prefix6);
	case CONSTANT_BLOOM:
		return (pfq_bin_count(node) + 63) / 64 * 8;
	case CONSTANT_TEXT:
		return (text_length(node) + 8) / 8 * 8;
	case CONSTANT_FOREIGN:
		return sizeof(struct pfq_foreign_call);
	default:
		return 0;
	}
}

/* The first so many bits of half an IPv6 address. */
static uint64_t half_mask(unsigned int prefix)
{
	if (prefix == 0)
		return 0;
	return prefix >= 64 ? ~0ULL : ~0ULL << (64 - prefix);
}

static void make_prefix6(const struct pfq_checked_image *image, uint64_t offset,
			 struct pfq_prefix6 *prefix)
{
	struct pfq_image_cidr cidr;

	memcpy(&cidr, image->data + offset, sizeof(cidr));
	prefix->high = pfq_read64(cidr.address);
	prefix->low = pfq_read64(cidr.address + 8);
	prefix->high_mask = half_mask(cidr.prefix);
	prefix->low_mask = half_mask(cidr.prefix > 64 ? cidr.prefix - 64u : 0);
}

/* An element of a list of integers or IPv4 addresses, which may be unaligned. */
static uint64_t element(const struct pfq_checked_image *image,
			const struct pfq_image_argument *list, uint32_t index)
{
	uint64_t value;

	memcpy(&value, image->data + list->value + (uint64_t)index * 8, sizeof(value));
	return value;
}

static void make_vids(const struct pfq_checked_image *image, const struct pfq_image_argument *vids,
		      struct pfq_vlan_set *set)
{
	for (uint32_t i = 0; i < vids->count; i++) {
		uint64_t vid = element(image, vids, i);

		set->bits[vid / 64] |= 1ULL << vid % 64;
	}
}

static void make_bloom(const struct pfq_checked_image *image, const struct pfq_image_node *node,
		       uint64_t *bits)
{
	const struct pfq_image_argument *addresses = &node->argument[1];
	uint32_t mask = pfq_prefix_mask4((unsigned int)node->argument[2].value);
	uint32_t last = pfq_bin_count(node) - 1;

	for (uint32_t i = 0; i < addresses->count; i++) {
		uint32_t address = (uint32_t)element(image, addresses, i);
		struct pfq_bloom_place place = pfq_bloom_place(address & mask);

		for (uint32_t hash = 0; hash < PFQ_BLOOM_HASHES; hash++) {
			uint32_t bin = pfq_bloom_bin(&place, hash) & last;

			bits[bin / 64] |= 1ULL << bin % 64;
		}
	}
}

/* The arguments point into the image, which the program keeps. */
static void set_arguments(const struct pfq_checked_image *image, const struct pfq_image_node *node,
			  struct pfq_argument *arguments)
{
	for (uint32_t i = 0; i < node->argument_count; i++) {
		const struct pfq_image_argument *argument = &node->argument[i];
		bool in_data = argument->flags & PFQ_IMAGE_LIST ||
			       argument->type == PFQ_ARG_String || argument->type == PFQ_ARG_CIDR;

		arguments[i] = (struct pfq_argument){
			.value = in_data ? 0 : argument->value,
			.data = in_data ? image->data + argument->value : NULL,
			.count = argument->count,
		};
	}
}

static int make_foreign_call(struct pfq_lowering *lowering, const struct pfq_image_node *node,
			     struct pfq_foreign_call *call)
{
	const struct pfq_symbol *symbol = pfq_image_symbol(lowering->image, node);

	call->keeper = pfq_foreign_get(symbol);
	if (!call->keeper)
		return pfq_lowering_fail(lowering, ENOENT, "its module is being unloaded");
	call->run = symbol->run;
	set_arguments(lowering->image, node, call->arguments);
	call->next = lowering->program->foreign_calls;
	lowering->program->foreign_calls = call;
	return 0;
}

static int make_constant(struct pfq_lowering *lowering, const struct pfq_image_node *node,
			 void *constant)
{
	const struct pfq_checked_image *image = lowering->image;

	switch (constant_kind(image, node)) {
	case CONSTANT_VIDS:
		make_vids(image, &node->argument[0], constant);
		return 0;
	case CONSTANT_PREFIX6:
		make_prefix6(image, node->argument[0].value, constant);
		return 0;
	case CONSTANT_BLOOM:
		make_bloom(image, node, constant);
		return 0;
	case CONSTANT_TEXT:
		memcpy(constant, pfq_image_text(image, node->argument[0].value), text_length(node));
		return 0;
	case CONSTANT_FOREIGN:
		return make_foreign_call(lowering, node, constant);
	default:
		return 0;
	}
}

/* Where each node's constant will be; the size of all of them. */
static int lay_out(struct pfq_lowering *lowering, uint32_t *size)
{
	const struct pfq_checked_image *image = lowering->image;
	uint32_t bins = 0;

	for (uint32_t i = 0; i < image->node_count; i++) {
		struct pfq_image_node node;
		enum constant kind;

		pfq_image_node(image, i, &node);
		kind = constant_kind(image, &node);
		lowering->at_node = i;
		if (kind == CONSTANT_BLOOM && pfq_bin_count(&node) > PFQ_MAX_BINS - bins)
			return pfq_lowering_fail(lowering, E2BIG,
						 "Bloom filters with more than 2^27 bins in all");
		bins += kind == CONSTANT_BLOOM ? pfq_bin_count(&node) : 0;
		lowering->constant_of[i] = *size;
		*size += constant_size(kind, &node);
	}
	return 0;
}

int pfq_place_constants(struct pfq_lowering *lowering)
{
	const struct pfq_checked_image *image = lowering->image;
	uint8_t *constants;
	uint32_t size = 0;

	lowering->constant_of = pfq_alloc(image->node_count * sizeof(uint32_t));
	if (!lowering->constant_of)
		return pfq_lowering_fail(lowering, ENOMEM, "out of memory");
	if (lay_out(lowering, &size) || size == 0)
		return lowering->status;
	constants = pfq_alloc(size);
	if (!constants)
		return pfq_lowering_fail(lowering, ENOMEM, "out of memory");
	lowering->program->constants = constants;
	for (uint32_t i = 0; i < image->node_count && !lowering->status; i++) {
		struct pfq_image_node node;

		pfq_image_node(image, i, &node);
		lowering->at_node = i;
		make_constant(lowering, &node, constants + lowering->constant_of[i]);
	}
	return lowering->status;
}
