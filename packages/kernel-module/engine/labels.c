/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "labels.h"

static uint32_t label_hash(const struct pfq_label *label)
{
	uint32_t hash = label->node * 0x9e3779b1u;

	hash = (hash ^ label->on_true) * 0x85ebca6bu;
	hash = (hash ^ hash >> 15 ^ label->on_false) * 0xc2b2ae35u;
	hash = (hash ^ hash >> 13 ^ label->saved ^ (uint32_t)label->without_node << 16 ^
		(uint32_t)label->context.header << 20 ^ (uint32_t)label->context.end << 24) *
	       0x27d4eb2fu;
	return hash ^ hash >> 16;
}

static bool label_equal(const struct pfq_label *a, const struct pfq_label *b)
{
	return a->node == b->node && a->on_true == b->on_true && a->on_false == b->on_false &&
	       a->saved == b->saved && a->without_node == b->without_node &&
	       a->context.header == b->context.header && a->context.end == b->context.end;
}

static void bucket_insert(struct pfq_lowering *lowering, uint32_t index)
{
	uint32_t at = label_hash(&lowering->labels[index]);

	while (lowering->buckets[at & (lowering->bucket_count - 1)])
		at++;
	lowering->buckets[at & (lowering->bucket_count - 1)] = index;
}

static int grow(struct pfq_lowering *lowering)
{
	uint32_t space = lowering->label_space ? lowering->label_space * 2 : 256;
	struct pfq_label *labels;
	uint32_t *buckets;

	if (lowering->label_count >= PFQ_MAX_INSNS)
		return pfq_lowering_fail(
			lowering, E2BIG,
			"the program becomes too large when its parts are worked out");
	labels = pfq_alloc(space * sizeof(*labels));
	buckets = pfq_alloc(space * 2 * sizeof(*buckets));
	if (!labels || !buckets) {
		pfq_free(labels);
		pfq_free(buckets);
		return pfq_lowering_fail(lowering, ENOMEM, "out of memory");
	}
	if (lowering->labels)
		memcpy(labels, lowering->labels, lowering->label_count * sizeof(*labels));
	pfq_labels_end(lowering);
	lowering->labels = labels;
	lowering->label_space = space;
	lowering->buckets = buckets;
	lowering->bucket_count = space * 2;
	for (uint32_t i = PFQ_LABEL_FIRST; i < lowering->label_count; i++)
		bucket_insert(lowering, i);
	return 0;
}

int pfq_labels_begin(struct pfq_lowering *lowering)
{
	lowering->label_count = PFQ_LABEL_FIRST;
	return grow(lowering);
}

void pfq_labels_end(struct pfq_lowering *lowering)
{
	pfq_free(lowering->labels);
	pfq_free(lowering->buckets);
}

static uint32_t intern(struct pfq_lowering *lowering, const struct pfq_label *key)
{
	uint32_t at = label_hash(key), index;

	if (key->on_true == PFQ_LABEL_NONE || key->on_false == PFQ_LABEL_NONE)
		return PFQ_LABEL_NONE;
	while ((index = lowering->buckets[at & (lowering->bucket_count - 1)])) {
		if (label_equal(&lowering->labels[index], key))
			return index;
		at++;
	}
	if (lowering->label_count == lowering->label_space && grow(lowering))
		return PFQ_LABEL_NONE;
	index = lowering->label_count++;
	lowering->labels[index] = *key;
	bucket_insert(lowering, index);
	return index;
}

uint32_t pfq_node_label(struct pfq_lowering *lowering, uint64_t node, uint32_t on_true,
			uint32_t on_false, uint32_t saved, struct pfq_context context)
{
	struct pfq_label key = {
		.node = (uint32_t)node,
		.on_true = on_true,
		.on_false = on_false,
		.saved = (uint16_t)saved,
		.context = context,
	};

	return intern(lowering, &key);
}

uint32_t pfq_insn_label(struct pfq_lowering *lowering, enum pfq_opcode opcode, uint32_t next,
			uint32_t index)
{
	struct pfq_label key = {
		.without_node = true,
		.node = opcode,
		.on_true = next,
		.on_false = next,
		.saved = (uint16_t)index,
		.resolved = true,
		.body = {
			.opcode = (uint8_t)opcode,
			.index = (uint16_t)index,
			.next = { next, next },
		},
	};

	return intern(lowering, &key);
}

uint32_t pfq_pass_label(struct pfq_lowering *lowering, uint32_t next)
{
	return pfq_insn_label(lowering, PFQ_INSN_SET_PASS, next, 0);
}
