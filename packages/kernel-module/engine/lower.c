/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Lowering works with labels. A label stands for "run this node, then go there if it passes or
 * holds, and there if not"; labels are made on demand, each once, and resolved one by one: to an
 * instruction, or, for a combinator, to another label. Since all references of an image point
 * forward, that ends. A node that is used in several places is shared where the places agree on
 * what comes next.
 */
#include "device.h"
#include "error.h"
#include "hash.h"
#include "octets.h"
#include "program.h"
#include "shortcuts.h"

enum {
	LABEL_NONE, /* no label: something failed */
	LABEL_PASS, /* ends the run */
	LABEL_DROP, /* ends the run */
	LABEL_FIRST,
};

enum label_kind {
	KIND_NODE,
	KIND_INSN, /* an instruction without a node of its own */
};

/* Which header (0 the outermost) and which end functions look at. */
enum end {
	END_BOTH,
	END_SOURCE,
	END_DESTINATION,
};

struct context {
	uint8_t header;
	uint8_t end;
};

struct label {
	/* The key. */
	uint32_t node; /* of an instruction without a node: its opcode */
	uint32_t on_true;
	uint32_t on_false;
	uint16_t
		saved; /* the first free place for a saved fanout; of SAVE and RESTORE, the place */
	uint8_t kind;
	struct context context;
	/* What became of it. */
	bool resolved;
	bool steered; /* a run can come here after a steering function */
	bool steers;
	uint32_t alias;	      /* the label that it turned out to be, or LABEL_NONE */
	uint32_t insn;	      /* index of the instruction, once placed */
	struct pfq_insn body; /* its successors are labels until it is placed */
};

struct lowering {
	struct pfq_engine *engine;
	const struct pfq_checked_image *image;
	struct pfq_program *program;
	struct pfq_error *error;
	struct label *labels;
	uint32_t label_count, label_space;
	uint32_t *buckets;     /* of labels by hash: open addressing, 0 is empty */
	uint32_t bucket_count; /* a power of two, at least twice the labels */
	uint32_t *constant_of; /* offset of a node's constant */
	uint32_t at_node;      /* node being resolved, for messages */
	uint32_t to_host;      /* 1 and the forward that is the host's own stack; 0 if none is */
	int status;
};

static int fail(struct lowering *lowering, int code, const char *text)
{
	lowering->status = pfq_fail_node(lowering->error, code, (int)lowering->at_node,
					 "computation: node %u: %s", lowering->at_node, text);
	return lowering->status;
}

static uint32_t label_hash(const struct label *label)
{
	uint32_t hash = label->node * 0x9e3779b1u;

	hash = (hash ^ label->on_true) * 0x85ebca6bu;
	hash = (hash ^ hash >> 15 ^ label->on_false) * 0xc2b2ae35u;
	hash = (hash ^ hash >> 13 ^ label->saved ^ (uint32_t)label->kind << 16 ^
		(uint32_t)label->context.header << 20 ^ (uint32_t)label->context.end << 24) *
	       0x27d4eb2fu;
	return hash ^ hash >> 16;
}

static bool label_equal(const struct label *a, const struct label *b)
{
	return a->node == b->node && a->on_true == b->on_true && a->on_false == b->on_false &&
	       a->saved == b->saved && a->kind == b->kind &&
	       a->context.header == b->context.header && a->context.end == b->context.end;
}

static void bucket_insert(struct lowering *lowering, uint32_t index)
{
	uint32_t at = label_hash(&lowering->labels[index]);

	while (lowering->buckets[at & (lowering->bucket_count - 1)])
		at++;
	lowering->buckets[at & (lowering->bucket_count - 1)] = index;
}

static int grow(struct lowering *lowering)
{
	uint32_t space = lowering->label_space ? lowering->label_space * 2 : 256;
	struct label *labels;
	uint32_t *buckets;

	if (lowering->label_count >= PFQ_MAX_INSNS)
		return fail(lowering, E2BIG,
			    "the program becomes too large when its parts are worked out");
	labels = pfq_alloc(space * sizeof(*labels));
	buckets = pfq_alloc(space * 2 * sizeof(*buckets));
	if (!labels || !buckets) {
		pfq_free(labels);
		pfq_free(buckets);
		return fail(lowering, ENOMEM, "out of memory");
	}
	if (lowering->labels)
		memcpy(labels, lowering->labels, lowering->label_count * sizeof(*labels));
	pfq_free(lowering->labels);
	pfq_free(lowering->buckets);
	lowering->labels = labels;
	lowering->label_space = space;
	lowering->buckets = buckets;
	lowering->bucket_count = space * 2;
	for (uint32_t i = LABEL_FIRST; i < lowering->label_count; i++)
		bucket_insert(lowering, i);
	return 0;
}

/* The label for this key, made if need be, or LABEL_NONE. */
static uint32_t intern(struct lowering *lowering, const struct label *key)
{
	uint32_t at = label_hash(key), index;

	while ((index = lowering->buckets[at & (lowering->bucket_count - 1)])) {
		if (label_equal(&lowering->labels[index], key))
			return index;
		at++;
	}
	if (lowering->label_count == lowering->label_space && grow(lowering))
		return LABEL_NONE;
	index = lowering->label_count++;
	lowering->labels[index] = *key;
	bucket_insert(lowering, index);
	return index;
}

static uint32_t node_label(struct lowering *lowering, uint64_t node, uint32_t on_true,
			   uint32_t on_false, uint32_t saved, struct context context)
{
	struct label key = {
		.kind = KIND_NODE,
		.node = (uint32_t)node,
		.on_true = on_true,
		.on_false = on_false,
		.saved = (uint16_t)saved,
		.context = context,
	};

	return intern(lowering, &key);
}

static uint32_t insn_label(struct lowering *lowering, enum pfq_opcode opcode, uint32_t next,
			   uint32_t saved)
{
	struct label key = {
		.kind = KIND_INSN,
		.node = opcode,
		.on_true = next,
		.on_false = next,
		.saved = (uint16_t)saved,
		.resolved = true,
		.body = {
			.opcode = (uint8_t)opcode,
			.index = (uint16_t)saved,
			.next = { next, next },
		},
	};

	return intern(lowering, &key);
}

static uint32_t set_pass(struct lowering *lowering, uint32_t next)
{
	return insn_label(lowering, PFQ_INSN_SET_PASS, next, 0);
}

/* Constants. */

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
				   const struct pfq_image_node *node,
				   const struct pfq_symbol *symbol)
{
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

/* The bins of a Bloom filter, rounded up to a power of two. */
static uint32_t bin_count(const struct pfq_image_node *node)
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

static uint32_t constant_size(enum constant kind, const struct pfq_image_node *node)
{
	switch (kind) {
	case CONSTANT_VIDS:
		return sizeof(struct pfq_vlan_set);
	case CONSTANT_PREFIX6:
		return sizeof(struct pfq_prefix6);
	case CONSTANT_BLOOM:
		return (bin_count(node) + 63) / 64 * 8;
	case CONSTANT_TEXT:
		return (text_length(node) + 8) / 8 * 8;
	case CONSTANT_FOREIGN:
		return sizeof(struct pfq_foreign_call);
	default:
		return 0;
	}
}

static uint64_t prefix_mask(unsigned int prefix)
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
	prefix->high_mask = prefix_mask(cidr.prefix);
	prefix->low_mask = prefix_mask(cidr.prefix > 64 ? cidr.prefix - 64u : 0);
}

static void make_vids(const struct pfq_checked_image *image,
		      const struct pfq_image_argument *argument, struct pfq_vlan_set *set)
{
	for (uint32_t i = 0; i < argument->count; i++) {
		uint64_t vid;

		memcpy(&vid, image->data + argument->value + (uint64_t)i * 8, sizeof(vid));
		set->bits[vid / 64] |= 1ULL << vid % 64;
	}
}

static void make_bloom(const struct pfq_checked_image *image, const struct pfq_image_node *node,
		       uint64_t *bits)
{
	const struct pfq_image_argument *addresses = &node->argument[1];
	uint32_t mask = pfq_prefix_mask4((unsigned int)node->argument[2].value);
	uint32_t last = bin_count(node) - 1;

	for (uint32_t i = 0; i < addresses->count; i++) {
		struct pfq_bloom_place place;
		uint64_t address;

		memcpy(&address, image->data + addresses->value + (uint64_t)i * 8, sizeof(address));
		place = pfq_bloom_place((uint32_t)address & mask);
		for (uint32_t hash = 0; hash < PFQ_BLOOM_HASHES; hash++) {
			uint32_t bin = pfq_bloom_bin(&place, hash) & last;

			bits[bin / 64] |= 1ULL << bin % 64;
		}
	}
}

static void make_constant(const struct pfq_checked_image *image, enum constant kind,
			  const struct pfq_image_node *node, void *constant)
{
	switch (kind) {
	case CONSTANT_VIDS:
		return make_vids(image, &node->argument[0], constant);
	case CONSTANT_PREFIX6:
		return make_prefix6(image, node->argument[0].value, constant);
	case CONSTANT_BLOOM:
		return make_bloom(image, node, constant);
	case CONSTANT_TEXT:
		memcpy(constant, pfq_image_text(image, node->argument[0].value), text_length(node));
		return;
	default:
		return;
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

static int make_foreign_call(struct lowering *lowering, const struct pfq_image_node *node,
			     struct pfq_foreign_call *call)
{
	const struct pfq_symbol *symbol = pfq_image_symbol(lowering->image, node);

	call->keeper = pfq_foreign_get(symbol);
	if (!call->keeper)
		return fail(lowering, ENOENT, "its module is being unloaded");
	call->run = symbol->run;
	set_arguments(lowering->image, node, call->arguments);
	call->next = lowering->program->foreign_calls;
	lowering->program->foreign_calls = call;
	return 0;
}

/* Each node's constant is made once, however many instructions come of the node. */
static int place_constants(struct lowering *lowering)
{
	const struct pfq_checked_image *image = lowering->image;
	struct pfq_image_node node;
	uint32_t size = 0, bins = 0;
	uint8_t *constants;

	lowering->constant_of = pfq_alloc(image->node_count * sizeof(uint32_t));
	if (!lowering->constant_of)
		return fail(lowering, ENOMEM, "out of memory");
	for (uint32_t i = 0; i < image->node_count; i++) {
		enum constant kind;

		pfq_image_node(image, i, &node);
		kind = constant_kind(image, &node, pfq_image_symbol(image, &node));
		lowering->at_node = i;
		if (kind == CONSTANT_BLOOM && bin_count(&node) > PFQ_MAX_BINS - bins)
			return fail(lowering, E2BIG,
				    "Bloom filters with more than 2^27 bins in all");
		bins += kind == CONSTANT_BLOOM ? bin_count(&node) : 0;
		lowering->constant_of[i] = size;
		size += constant_size(kind, &node);
	}
	if (size == 0)
		return 0;
	constants = pfq_alloc(size);
	if (!constants)
		return fail(lowering, ENOMEM, "out of memory");
	lowering->program->constants = constants;
	for (uint32_t i = 0; i < image->node_count && !lowering->status; i++) {
		void *constant = constants + lowering->constant_of[i];
		enum constant kind;

		pfq_image_node(image, i, &node);
		kind = constant_kind(image, &node, pfq_image_symbol(image, &node));
		lowering->at_node = i;
		if (kind == CONSTANT_FOREIGN)
			make_foreign_call(lowering, &node, constant);
		else
			make_constant(image, kind, &node, constant);
	}
	return lowering->status;
}

static void set_network(struct lowering *lowering, uint32_t index, uint64_t offset,
			struct pfq_insn *body)
{
	struct pfq_image_cidr cidr;
	uint32_t mask;

	memcpy(&cidr, lowering->image->data + offset, sizeof(cidr));
	body->family = cidr.family;
	if (cidr.family == 6) {
		body->constant = lowering->program->constants + lowering->constant_of[index];
		return;
	}
	mask = (uint32_t)(prefix_mask(cidr.prefix) >> 32);
	body->value = pfq_read32(cidr.address) | (uint64_t)mask << 32;
}

/* What an instruction needs besides numbers: masks and devices. */

static int add_mask(struct lowering *lowering, uint64_t mask, struct pfq_insn *body)
{
	struct pfq_program *program = lowering->program;
	uint32_t index;

	mask &= ~Q_CLASS_CONTROL;
	for (index = 0; index < program->mask_count; index++)
		if (program->masks[index] == mask)
			break;
	if (index == PFQ_MAX_MASKS)
		return fail(lowering, E2BIG, "more than 64 different class masks");
	program->masks[index] = mask;
	if (index == program->mask_count)
		program->mask_count++;
	body->index = (uint16_t)index;
	return 0;
}

static int check_forwards(struct lowering *lowering)
{
	if (lowering->program->device_count == PFQ_MAX_FORWARDS)
		return fail(lowering, E2BIG, "more than 64 forwarding steps");
	return 0;
}

static int add_device(struct lowering *lowering, const char *name, struct pfq_insn *body)
{
	struct pfq_program *program = lowering->program;
	int status = check_forwards(lowering);

	if (status)
		return status;
	status = pfq_device_get(lowering->engine, name, &program->devices[program->device_count],
				lowering->error);
	if (status) {
		if (lowering->error)
			lowering->error->node = (int)lowering->at_node;
		lowering->status = status;
		return status;
	}
	body->index = (uint16_t)program->device_count++;
	return 0;
}

/* The first so many bits of an IPv4 address, and the mask of them in the high half. */
static uint64_t network4(const struct pfq_image_argument *address,
			 const struct pfq_image_argument *prefix)
{
	uint32_t mask = pfq_prefix_mask4((unsigned int)prefix->value);

	return ((uint32_t)address->value & mask) | (uint64_t)mask << 32;
}

static int set_operands(struct lowering *lowering, uint32_t index, const struct pfq_symbol *symbol,
			const struct pfq_image_node *node, struct pfq_insn *body)
{
	const struct pfq_image_argument *argument = node->argument;

	switch ((enum pfq_opcode)body->opcode) {
	case PFQ_INSN_BLOOM:
	case PFQ_INSN_BLOOM_SRC:
	case PFQ_INSN_BLOOM_DST:
		body->constant = lowering->program->constants + lowering->constant_of[index];
		body->value = (bin_count(node) - 1) |
			      (uint64_t)pfq_prefix_mask4((unsigned int)argument[2].value) << 32;
		return 0;
	case PFQ_INSN_LOG_MSG:
		body->constant = lowering->program->constants + lowering->constant_of[index];
		return 0;
	case PFQ_INSN_STEER_FIELD:
		body->value = argument[0].value | argument[1].value << 32;
		return 0;
	case PFQ_INSN_STEER_FIELD_SYMMETRIC:
	case PFQ_INSN_DOUBLE_STEER_FIELD:
		body->value = argument[0].value | argument[1].value << 16 | argument[2].value << 32;
		return 0;
	case PFQ_INSN_STEER_LOCAL_NET:
		body->index = (uint16_t)argument[2].value;
		body->value = network4(&argument[0], &argument[1]);
		return 0;
	case PFQ_INSN_STEER_GTP_USR:
		body->value = network4(&argument[0], &argument[1]);
		return 0;
	default:
		break;
	}
	if (symbol->parameter_count == 0)
		return 0;
	if (symbol->parameter[0].list) {
		body->constant = lowering->program->constants + lowering->constant_of[index];
		return 0;
	}
	switch (symbol->parameter[0].type) {
	case PFQ_ARG_CIDR:
		set_network(lowering, index, node->argument[0].value, body);
		return 0;
	case PFQ_ARG_String:
		return add_device(lowering,
				  pfq_image_text(lowering->image, node->argument[0].value), body);
	default:
		body->value = node->argument[0].value;
		return 0;
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

/* What asks for either end comes down to what asks for one, within src and dst. */
static enum pfq_opcode opcode_at_end(enum pfq_opcode opcode, enum end end)
{
	static const struct {
		enum pfq_opcode of[3]; /* by end */
	} rows[] = {
		{ { PFQ_INSN_HAS_ADDR, PFQ_INSN_HAS_SRC_ADDR, PFQ_INSN_HAS_DST_ADDR } },
		{ { PFQ_INSN_HAS_PORT, PFQ_INSN_HAS_SRC_PORT, PFQ_INSN_HAS_DST_PORT } },
		{ { PFQ_INSN_BLOOM, PFQ_INSN_BLOOM_SRC, PFQ_INSN_BLOOM_DST } },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].of[END_BOTH] == opcode)
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

static void set_opcode(struct label *label, enum pfq_opcode opcode)
{
	opcode = opcode_at_end(opcode, (enum end)label->context.end);
	label->body.opcode = (uint8_t)opcode;
	label->body.header = is_of_packet(opcode) ? 0 : label->context.header;
}

/* An instruction for this node: a predicate, or an action. */
static int resolve_insn(struct lowering *lowering, struct label *label,
			const struct pfq_symbol *symbol, const struct pfq_image_node *node)
{
	int status;

	if (symbol->run) {
		set_opcode(label, PFQ_INSN_FOREIGN);
		label->body.constant =
			lowering->program->constants + lowering->constant_of[label->node];
		return 0;
	}
	set_opcode(label, symbol->opcode);
	if (symbol->opcode == PFQ_INSN_CLASSIFY)
		return add_mask(lowering, node->argument[0].value, &label->body);
	status = set_operands(lowering, label->node, symbol, node, &label->body);
	if (status || !broadcasts(symbol->opcode))
		return status;
	return add_mask(lowering, Q_CLASS_ANY, &label->body);
}

/* A predicate under another name: its own operands, or preset ones. */
static int resolve_alias(struct lowering *lowering, struct label *label,
			 const struct pfq_symbol *symbol, const struct pfq_image_node *node)
{
	const struct pfq_symbol *of = pfq_find_symbol(symbol->of);

	if (of->form == PFQ_FORM_ALIAS) {
		symbol = of;
		of = pfq_find_symbol(of->of);
	}
	set_opcode(label, of->opcode);
	if (symbol->preset_count) {
		label->body.value = (uint64_t)symbol->preset[0];
		return 0;
	}
	return set_operands(lowering, label->node, symbol, node, &label->body);
}

/* A property and the comparison around it are one instruction. */
static int resolve_comparison(struct lowering *lowering, struct label *label,
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
	set_opcode(label, pfq_image_symbol(lowering->image, &property)->opcode);
	label->body.value = node->argument[1].value;
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].name, symbol->name) == 0) {
			label->body.comparison = names[i].comparison;
			return 0;
		}
	}
	return fail(lowering, EINVAL, "no such comparison");
}

/*
 * Combinators: each gives the label that it comes down to. `yes` and `no` are where a predicate
 * goes, or where a function goes when it passes and when it drops. They may make labels, so they do
 * not keep pointers to any.
 */
struct combination {
	const struct pfq_image_node *node;
	uint32_t yes, no;
	uint32_t saved;
	struct context context;
};

typedef uint32_t (*combinator)(struct lowering *lowering, const struct combination *at);

static uint32_t argument(const struct combination *at, unsigned int index)
{
	return (uint32_t)at->node->argument[index].value;
}

static uint32_t combine_not(struct lowering *lowering, const struct combination *at)
{
	return node_label(lowering, argument(at, 0), at->no, at->yes, 0, at->context);
}

static uint32_t combine_and(struct lowering *lowering, const struct combination *at)
{
	uint32_t right = node_label(lowering, argument(at, 1), at->yes, at->no, 0, at->context);

	return right ? node_label(lowering, argument(at, 0), right, at->no, 0, at->context) : 0;
}

static uint32_t combine_or(struct lowering *lowering, const struct combination *at)
{
	uint32_t right = node_label(lowering, argument(at, 1), at->yes, at->no, 0, at->context);

	return right ? node_label(lowering, argument(at, 0), at->yes, right, 0, at->context) : 0;
}

static uint32_t combine_xor(struct lowering *lowering, const struct combination *at)
{
	uint32_t holds = node_label(lowering, argument(at, 1), at->no, at->yes, 0, at->context);
	uint32_t fails = node_label(lowering, argument(at, 1), at->yes, at->no, 0, at->context);

	return holds && fails ? node_label(lowering, argument(at, 0), holds, fails, 0, at->context)
			      : 0;
}

static uint32_t combine_filter(struct lowering *lowering, const struct combination *at)
{
	uint32_t pass = set_pass(lowering, at->yes);

	return pass ? node_label(lowering, argument(at, 0), pass, at->no, 0, at->context) : 0;
}

static uint32_t combine_conditional(struct lowering *lowering, const struct combination *at)
{
	uint32_t consequent =
		node_label(lowering, argument(at, 1), at->yes, at->no, at->saved, at->context);
	uint32_t alternative =
		node_label(lowering, argument(at, 2), at->yes, at->no, at->saved, at->context);

	return consequent && alternative ? node_label(lowering, argument(at, 0), consequent,
						      alternative, 0, at->context)
					 : 0;
}

static uint32_t combine_when(struct lowering *lowering, const struct combination *at)
{
	uint32_t consequent =
		node_label(lowering, argument(at, 1), at->yes, at->no, at->saved, at->context);

	return consequent
		       ? node_label(lowering, argument(at, 0), consequent, at->yes, 0, at->context)
		       : 0;
}

static uint32_t combine_unless(struct lowering *lowering, const struct combination *at)
{
	uint32_t consequent =
		node_label(lowering, argument(at, 1), at->yes, at->no, at->saved, at->context);

	return consequent
		       ? node_label(lowering, argument(at, 0), at->yes, consequent, 0, at->context)
		       : 0;
}

static uint32_t combine_inv(struct lowering *lowering, const struct combination *at)
{
	uint32_t pass = set_pass(lowering, at->yes);

	return pass ? node_label(lowering, argument(at, 0), at->no, pass, at->saved, at->context)
		    : 0;
}

/* From the last alternative to the first. The last one needs the saved fanout no more, so it may
 * use its place. */
static uint32_t combine_par(struct lowering *lowering, const struct combination *at)
{
	uint32_t last = at->node->argument_count - 1;
	uint32_t otherwise;

	if (at->saved >= PFQ_MAX_SAVED) {
		fail(lowering, E2BIG, "alternatives in alternatives, more than 64 deep");
		return 0;
	}
	otherwise =
		node_label(lowering, argument(at, last), at->yes, at->no, at->saved, at->context);
	while (otherwise && last-- > 0) {
		otherwise = insn_label(lowering, PFQ_INSN_RESTORE, otherwise, at->saved);
		if (otherwise)
			otherwise = node_label(lowering, argument(at, last), at->yes, otherwise,
					       at->saved + 1, at->context);
	}
	return otherwise ? insn_label(lowering, PFQ_INSN_SAVE, otherwise, at->saved) : 0;
}

/* Looks at the next header, and afterwards, whatever came of it, at this one again. */
static uint32_t combine_shift(struct lowering *lowering, const struct combination *at)
{
	struct context inner = at->context;
	uint32_t yes, no, body;

	if (inner.header == PFQ_MAX_SHIFT)
		return node_label(lowering, argument(at, 0), at->yes, at->no, at->saved, inner);
	inner.header++;
	yes = insn_label(lowering, PFQ_INSN_LOOK, at->yes, at->context.header);
	no = yes ? insn_label(lowering, PFQ_INSN_LOOK, at->no, at->context.header) : 0;
	body = no ? node_label(lowering, argument(at, 0), yes, no, at->saved, inner) : 0;
	return body ? insn_label(lowering, PFQ_INSN_LOOK, body, inner.header) : 0;
}

static uint32_t at_end(struct lowering *lowering, const struct combination *at, enum end end)
{
	const struct context context = { .header = at->context.header, .end = (uint8_t)end };

	return node_label(lowering, argument(at, 0), at->yes, at->no, at->saved, context);
}

static uint32_t combine_src(struct lowering *lowering, const struct combination *at)
{
	return at_end(lowering, at, END_SOURCE);
}

static uint32_t combine_dst(struct lowering *lowering, const struct combination *at)
{
	return at_end(lowering, at, END_DESTINATION);
}

static uint32_t combine_unit(struct lowering *lowering, const struct combination *at)
{
	(void)lowering;
	return at->yes;
}

static uint32_t combine_drop(struct lowering *lowering, const struct combination *at)
{
	(void)lowering;
	return at->no;
}

/* An instruction that forwards to the device that the node names, and goes on there. */
static uint32_t forward_label(struct lowering *lowering, const struct combination *at,
			      uint32_t next)
{
	struct pfq_insn body;

	if (add_device(lowering, pfq_image_text(lowering->image, at->node->argument[0].value),
		       &body))
		return 0;
	return insn_label(lowering, PFQ_INSN_FORWARD, next, body.index);
}

/* The same at once, that is, as soon as the run is over. */
static uint32_t combine_forward_at_once(struct lowering *lowering, const struct combination *at)
{
	uint32_t label = forward_label(lowering, at, at->yes);

	if (label)
		lowering->program->at_once |= 1ULL << (lowering->program->device_count - 1);
	return label;
}

/* A forward to the device, unless the packet came in there. */
static uint32_t link_label(struct lowering *lowering, uint32_t index, uint32_t next)
{
	struct label key = {
		.kind = KIND_INSN,
		.node = PFQ_INSN_LINK,
		.on_true = next,
		.on_false = next,
		.saved = (uint16_t)index,
		.resolved = true,
		.body = {
			.opcode = PFQ_INSN_LINK,
			.index = (uint16_t)index,
			.next = { next, next },
			.value = (uint32_t)lowering->program->devices[index]->ifindex,
		},
	};

	return intern(lowering, &key);
}

static uint32_t combine_link(struct lowering *lowering, const struct combination *at)
{
	const struct pfq_image_argument *list = &at->node->argument[0];
	const uint8_t *elements = lowering->image->data + list->value;
	uint32_t first = lowering->program->device_count;
	uint32_t label = set_pass(lowering, at->yes);

	for (uint32_t i = 0; i < list->count; i++) {
		struct pfq_image_text text = pfq_image_text_element(elements + i * 8);
		struct pfq_insn body;

		if (add_device(lowering, pfq_image_text(lowering->image, text.offset), &body))
			return 0;
	}
	for (uint32_t left = list->count; left > 0 && label; left--)
		label = link_label(lowering, first + left - 1, label);
	return label;
}

static uint32_t combine_dummy(struct lowering *lowering, const struct combination *at)
{
	return set_pass(lowering, at->yes);
}

/* The same to the host's own stack, which gets a packet once, however often it is asked for. */
static uint32_t host_label(struct lowering *lowering, uint32_t next)
{
	if (!lowering->to_host) {
		if (check_forwards(lowering))
			return 0;
		lowering->to_host = ++lowering->program->device_count;
	}
	return insn_label(lowering, PFQ_INSN_FORWARD, next, lowering->to_host - 1);
}

static uint32_t combine_kernel(struct lowering *lowering, const struct combination *at)
{
	return host_label(lowering, at->yes);
}

static uint32_t combine_detour(struct lowering *lowering, const struct combination *at)
{
	return host_label(lowering, at->no);
}

static uint32_t combine_kernel_if(struct lowering *lowering, const struct combination *at)
{
	uint32_t pass = set_pass(lowering, at->yes);
	uint32_t given = pass ? host_label(lowering, at->yes) : 0;

	return given ? node_label(lowering, argument(at, 0), given, pass, 0, at->context) : 0;
}

static uint32_t combine_detour_if(struct lowering *lowering, const struct combination *at)
{
	uint32_t pass = set_pass(lowering, at->yes);
	uint32_t given = pass ? host_label(lowering, at->no) : 0;

	return given ? node_label(lowering, argument(at, 0), given, pass, 0, at->context) : 0;
}

static uint32_t combine_bridge(struct lowering *lowering, const struct combination *at)
{
	return forward_label(lowering, at, at->no);
}

static uint32_t combine_tee(struct lowering *lowering, const struct combination *at)
{
	uint32_t pass = set_pass(lowering, at->yes);
	uint32_t test =
		pass ? node_label(lowering, argument(at, 1), pass, at->no, 0, at->context) : 0;

	return test ? forward_label(lowering, at, test) : 0;
}

static uint32_t combine_tap(struct lowering *lowering, const struct combination *at)
{
	uint32_t pass = set_pass(lowering, at->yes);
	uint32_t bridge = pass ? forward_label(lowering, at, at->no) : 0;

	return bridge ? node_label(lowering, argument(at, 1), pass, bridge, 0, at->context) : 0;
}

static const struct {
	const char *name;
	combinator combine;
} combinators[] = {
	{ "and", combine_and },
	{ "bridge", combine_bridge },
	{ "conditional", combine_conditional },
	{ "detour", combine_detour },
	{ "detour_if", combine_detour_if },
	{ "drop", combine_drop },
	{ "dst", combine_dst },
	{ "dummy_cidr", combine_dummy },
	{ "dummy_cidrs", combine_dummy },
	{ "dummy_int", combine_dummy },
	{ "dummy_ints", combine_dummy },
	{ "dummy_ip", combine_dummy },
	{ "dummy_ips", combine_dummy },
	{ "dummy_string", combine_dummy },
	{ "dummy_strings", combine_dummy },
	{ "filter", combine_filter },
	{ "forwardIO", combine_forward_at_once },
	{ "inv", combine_inv },
	{ "kernel", combine_kernel },
	{ "kernel_if", combine_kernel_if },
	{ "link", combine_link },
	{ "not", combine_not },
	{ "or", combine_or },
	{ "par", combine_par },
	{ "par3", combine_par },
	{ "par4", combine_par },
	{ "par5", combine_par },
	{ "par6", combine_par },
	{ "par7", combine_par },
	{ "par8", combine_par },
	{ "shift", combine_shift },
	{ "src", combine_src },
	{ "tap", combine_tap },
	{ "tee", combine_tee },
	{ "unit", combine_unit },
	{ "unless", combine_unless },
	{ "when", combine_when },
	{ "xor", combine_xor },
};

static combinator find_combinator(const char *name)
{
	for (unsigned int i = 0; i < sizeof(combinators) / sizeof(combinators[0]); i++)
		if (strcmp(combinators[i].name, name) == 0)
			return combinators[i].combine;
	return NULL;
}

static int resolve(struct lowering *lowering, uint32_t index)
{
	struct label *label = &lowering->labels[index];
	struct pfq_image_node node;
	const struct pfq_symbol *symbol;
	struct combination at = { .node = &node };
	combinator combine;

	label->resolved = true;
	lowering->at_node = label->node;
	pfq_image_node(lowering->image, label->node, &node);
	symbol = pfq_image_symbol(lowering->image, &node);
	at.yes = label->on_true;
	at.no = label->on_false;
	at.saved = label->saved;
	at.context = label->context;
	if (node.next != PFQ_IMAGE_NO_NODE)
		at.yes = node_label(lowering, node.next, at.yes, at.no, at.saved, at.context);
	if (at.yes && symbol->form == PFQ_FORM_FILTER) {
		uint32_t pass = set_pass(lowering, at.yes);

		at.yes = symbol->negated ? at.no : pass;
		at.no = symbol->negated ? pass : at.no;
	}
	if (!at.yes || !at.no)
		return lowering->status;
	label = &lowering->labels[index];
	label->body.next[1] = at.yes;
	label->body.next[0] = at.no;
	label->steers = symbol->steers;
	switch (symbol->form) {
	case PFQ_FORM_PREDICATE:
	case PFQ_FORM_ACTION:
		return resolve_insn(lowering, label, symbol, &node);
	case PFQ_FORM_ALIAS:
	case PFQ_FORM_FILTER:
		return resolve_alias(lowering, label, symbol, &node);
	case PFQ_FORM_COMPARISON:
		return resolve_comparison(lowering, label, symbol, &node);
	default:
		break;
	}
	combine = find_combinator(symbol->name);
	if (!combine)
		return fail(lowering, EINVAL, "a primitive that this engine cannot run there");
	at.yes = combine(lowering, &at);
	if (!at.yes)
		return lowering->status;
	lowering->labels[index].alias = at.yes;
	return 0;
}

/* The label that a label comes down to in the end. */
static uint32_t settle(struct lowering *lowering, uint32_t index)
{
	uint32_t end = index;

	while (lowering->labels[end].alias)
		end = lowering->labels[end].alias;
	while (lowering->labels[index].alias) {
		uint32_t next = lowering->labels[index].alias;

		lowering->labels[index].alias = end;
		index = next;
	}
	return end;
}

/*
 * Marks what a run can reach after it steered. Elsewhere the fanout is still the Pass that it began
 * with, and need not be set or restored. `stack` has room for every label twice.
 */
static bool mark_steered(struct lowering *lowering, uint32_t *stack)
{
	uint32_t depth = 0;
	bool any = false;

	for (uint32_t i = LABEL_FIRST; i < lowering->label_count; i++) {
		struct label *label = &lowering->labels[i];

		if (!label->steers || label->alias)
			continue;
		any = true;
		stack[depth++] = label->body.next[1];
		while (depth > 0) {
			struct label *reached = &lowering->labels[settle(lowering, stack[--depth])];

			if (reached->steered)
				continue;
			reached->steered = true;
			if (reached < &lowering->labels[LABEL_FIRST])
				continue;
			stack[depth++] = reached->body.next[1];
			stack[depth++] = reached->body.next[0];
		}
	}
	return any;
}

/* Whether the instruction would change nothing, in any run. */
static bool is_needless(const struct label *label, bool any_steers)
{
	switch (label->body.opcode) {
	case PFQ_INSN_SET_PASS:
	case PFQ_INSN_RESTORE:
		return !label->steered;
	case PFQ_INSN_SAVE:
		return !any_steers;
	default:
		return false;
	}
}

/* As an alias of its successor, a needless instruction costs later look-ups nothing. */
static void drop_needless(struct lowering *lowering, bool any_steers)
{
	for (uint32_t i = LABEL_FIRST; i < lowering->label_count; i++) {
		struct label *label = &lowering->labels[i];

		if (!label->alias && is_needless(label, any_steers))
			label->alias = label->body.next[1];
	}
}

/* Puts the instructions in the order of a run, the true branch first, so that what runs together
 * lies together. */
static void place_insns(struct lowering *lowering, uint32_t entry, uint32_t *stack)
{
	struct pfq_program *program = lowering->program;
	uint32_t depth = 0;

	drop_needless(lowering, mark_steered(lowering, stack));
	program->insns[PFQ_PASS_AT].opcode = PFQ_INSN_PASS;
	program->insns[PFQ_DROP_AT].opcode = PFQ_INSN_DROP;
	program->insn_count = 2;
	lowering->labels[LABEL_PASS].insn = PFQ_PASS_AT;
	lowering->labels[LABEL_DROP].insn = PFQ_DROP_AT;
	entry = settle(lowering, entry);
	stack[depth++] = entry;
	while (depth > 0) {
		uint32_t index = stack[--depth];
		struct label *label = &lowering->labels[index];

		if (index < LABEL_FIRST || label->insn)
			continue;
		label->body.next[1] = settle(lowering, label->body.next[1]);
		label->body.next[0] = settle(lowering, label->body.next[0]);
		label->insn = program->insn_count++;
		program->insns[label->insn] = label->body;
		stack[depth++] = label->body.next[0];
		stack[depth++] = label->body.next[1];
	}
	program->entry = lowering->labels[entry].insn;
	for (uint32_t i = 2; i < program->insn_count; i++) {
		struct pfq_insn *insn = &program->insns[i];

		insn->next[1] = lowering->labels[insn->next[1]].insn;
		insn->next[0] = lowering->labels[insn->next[0]].insn;
	}
}

static int lower(struct lowering *lowering)
{
	const struct context outermost = { 0 };
	struct pfq_program *program = lowering->program;
	uint32_t entry, *stack;
	int status = place_constants(lowering);

	if (status)
		return status;
	program->masks[0] = Q_CLASS_DEFAULT;
	program->mask_count = 1;
	lowering->label_count = LABEL_FIRST;
	status = grow(lowering);
	if (status)
		return status;
	entry = node_label(lowering, 0, LABEL_PASS, LABEL_DROP, 0, outermost);
	if (!entry)
		return lowering->status;
	for (uint32_t i = LABEL_FIRST; i < lowering->label_count; i++) {
		if (lowering->labels[i].resolved)
			continue;
		status = resolve(lowering, i);
		if (status)
			return status;
	}
	program->insns = pfq_alloc(lowering->label_count * sizeof(*program->insns));
	stack = pfq_alloc((lowering->label_count * 2 + 2) * sizeof(*stack));
	if (!program->insns || !stack) {
		pfq_free(stack);
		return fail(lowering, ENOMEM, "out of memory");
	}
	place_insns(lowering, entry, stack);
	pfq_free(stack);
	return pfq_take_shortcuts(program) ? fail(lowering, ENOMEM, "out of memory") : 0;
}

/* The image, in memory of the program's own, from which all is read from now on. */
static int keep_image(struct lowering *lowering)
{
	const struct pfq_checked_image *image = lowering->image;
	size_t data_offset = (size_t)(image->data - image->octets);
	size_t size = data_offset + image->data_size;
	uint8_t *octets = pfq_alloc(size);

	if (!octets)
		return fail(lowering, ENOMEM, "out of memory");
	memcpy(octets, image->octets, size);
	lowering->program->image = (struct pfq_checked_image){
		.octets = octets,
		.data = octets + data_offset,
		.data_size = image->data_size,
		.node_count = image->node_count,
	};
	lowering->image = &lowering->program->image;
	return 0;
}

int pfq_program_create(struct pfq_engine *engine, const struct pfq_checked_image *image,
		       struct pfq_program **program, struct pfq_error *error)
{
	struct lowering lowering = { .engine = engine, .image = image, .error = error };
	int status;

	lowering.program = pfq_alloc(sizeof(*lowering.program));
	if (!lowering.program)
		return pfq_fail(error, ENOMEM, "computation: out of memory");
	status = keep_image(&lowering);
	status = status ? status : lower(&lowering);
	pfq_free(lowering.labels);
	pfq_free(lowering.buckets);
	pfq_free(lowering.constant_of);
	if (status) {
		pfq_program_destroy(lowering.program);
		return status;
	}
	*program = lowering.program;
	return 0;
}

void pfq_program_destroy(struct pfq_program *program)
{
	if (!program)
		return;
	for (uint32_t i = 0; i < program->device_count; i++)
		if (program->devices[i])
			pfq_device_put(program->devices[i]);
	for (const struct pfq_foreign_call *call = program->foreign_calls; call; call = call->next)
		pfq_foreign_put(call->keeper);
	pfq_free((void *)(uintptr_t)program->image.octets);
	pfq_free(program->constants);
	pfq_free(program->insns);
	pfq_free(program);
}
