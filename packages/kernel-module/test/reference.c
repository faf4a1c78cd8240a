/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "reference.h"

#include "image_builder.h"
#include "../engine/tunnel.h"

enum {
	MAX_NODES = 40,
	MAX_STEPS = 300,
};

static bool is(const struct pfq_symbol *symbol, const char *name)
{
	return strcmp(symbol->name, name) == 0;
}

/* What comes of a symbol within src (1) and dst (2). */
static const char *const at_end[][3] = {
	{ "has_addr", "has_src_addr", "has_dst_addr" },
	{ "has_port", "has_src_port", "has_dst_port" },
	{ "bloom", "bloom_src", "bloom_dst" },
	{ "addr", "src_addr", "dst_addr" },
	{ "port", "src_port", "dst_port" },
	{ "bloom_filter", "bloom_src_filter", "bloom_dst_filter" },
};

enum {
	END_ROWS = sizeof(at_end) / sizeof(at_end[0]),
	NAME_LENGTH = 24,
};

/* The copy has all these names behind the image's own data. */
static uint32_t symbol_at_end(const struct reference *reference, const struct pfq_image_node *node)
{
	const struct pfq_symbol *symbol = pfq_image_symbol(&reference->image, node);

	for (uint32_t i = 0; reference->end && i < END_ROWS; i++)
		if (is(symbol, at_end[i][0]))
			return reference->names + (1 + i * 2 + reference->end - 1) * NAME_LENGTH;
	return node->symbol;
}

/* Runs one node alone: an action, or a filter of a predicate. */
static struct pfq_run run_alone(struct reference *reference, const struct pfq_image_node *node,
				uint64_t *class_mask)
{
	struct pfq_run run = { .packet = &reference->packet, .lane = &reference->lane };
	struct pfq_image_node alone = *node;
	struct pfq_checked_image image;
	struct pfq_program *program;

	alone.next = PFQ_IMAGE_NO_NODE;
	if (node->symbol < reference->names)
		alone.symbol = symbol_at_end(reference, node);
	memcpy(reference->copy + sizeof(struct pfq_image), &alone, sizeof(alone));
	image_seal(reference->copy, reference->size);
	reference->packet.mark = reference->mark;
	if (pfq_check_image(reference->copy, reference->size, &image, NULL) ||
	    pfq_program_create(reference->engine, &image, &program, NULL)) {
		reference->failed = true;
		return run;
	}
	pfq_run_program(program, &run);
	*class_mask = program->masks[run.mask];
	pfq_program_destroy(program);
	return run;
}

static bool holds(struct reference *reference, uint64_t index);

static bool holds_alone(struct reference *reference, uint64_t index)
{
	struct pfq_image_node filter = {
		.symbol = reference->names,
		.argument_count = 1,
		.argument = { { .type = PFQ_ARG_Fun, .value = index } },
	};
	uint8_t *place = reference->copy + sizeof(struct pfq_image) + index * sizeof(filter);
	struct pfq_image_node asked;
	uint64_t class_mask;
	bool holds;

	/* The first node is the one that is replaced: it cannot refer to itself. */
	pfq_image_node(&reference->image, (uint32_t)index, &asked);
	asked.symbol = symbol_at_end(reference, &asked);
	memcpy(place, &asked, sizeof(asked));
	holds = !run_alone(reference, &filter, &class_mask).dropped;
	pfq_image_node(&reference->image, (uint32_t)index, &asked);
	memcpy(place, &asked, sizeof(asked));
	return holds;
}

static bool holds(struct reference *reference, uint64_t index)
{
	struct pfq_image_node node;
	const struct pfq_symbol *symbol;

	pfq_image_node(&reference->image, (uint32_t)index, &node);
	symbol = pfq_image_symbol(&reference->image, &node);
	if (reference->failed || ++reference->steps > MAX_STEPS) {
		reference->failed = true;
		return false;
	}
	if (is(symbol, "not"))
		return !holds(reference, node.argument[0].value);
	if (is(symbol, "and"))
		return holds(reference, node.argument[0].value) &&
		       holds(reference, node.argument[1].value);
	if (is(symbol, "or"))
		return holds(reference, node.argument[0].value) ||
		       holds(reference, node.argument[1].value);
	if (is(symbol, "xor"))
		return holds(reference, node.argument[0].value) !=
		       holds(reference, node.argument[1].value);
	if (is(symbol, "has_state"))
		return reference->state == node.argument[0].value;
	if (symbol->form == PFQ_FORM_COMPARISON) {
		struct pfq_image_node property;

		pfq_image_node(&reference->image, (uint32_t)node.argument[0].value, &property);
		if (is(pfq_image_symbol(&reference->image, &property), "get_state"))
			reference->failed = true;
	}
	return holds_alone(reference, index);
}

static bool passes(struct reference *reference, uint64_t index);

static bool set_pass(struct reference *reference, bool pass)
{
	if (pass)
		reference->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
	return pass;
}

static bool first_that_passes(struct reference *reference, const struct pfq_image_node *node)
{
	struct pfq_fanout before = reference->fanout;
	uint32_t second_hash = reference->second_hash;

	for (uint32_t i = 0; i < node->argument_count; i++) {
		reference->fanout = before;
		reference->second_hash = second_hash;
		if (passes(reference, node->argument[i].value))
			return true;
	}
	return false;
}

static bool acts(struct reference *reference, const struct pfq_symbol *symbol,
		 const struct pfq_image_node *node)
{
	uint64_t class_mask = 0;
	struct pfq_run run;

	run = run_alone(reference, node, &class_mask);
	if (run.dropped)
		return false;
	if (is(symbol, "inc") || is(symbol, "dec"))
		return true;
	if (is(symbol, "mark")) {
		reference->mark = run.mark;
		return true;
	}
	if (is(symbol, "put_state")) {
		reference->state = run.state;
		return true;
	}
	reference->fanout = run.fanout;
	reference->second_hash = run.second_hash;
	if (run.fanout.kind == PFQ_FANOUT_PASS)
		reference->class_mask = class_mask;
	return true;
}

static bool passes_inside(struct reference *reference, uint64_t index)
{
	struct pfq_headers outer = *pfq_headers(&reference->packet);
	bool pass;

	if (++reference->depth < PFQ_MAX_SHIFT)
		pfq_parse_inner(&reference->packet, &outer, &reference->packet.headers);
	else
		pfq_no_headers(&outer, &reference->packet.headers);
	pass = passes(reference, index);
	reference->depth--;
	reference->packet.headers = outer;
	return pass;
}

static bool passes_alone(struct reference *reference, const struct pfq_symbol *symbol,
			 const struct pfq_image_node *node, uint64_t index)
{
	const struct pfq_image_argument *argument = node->argument;
	uint64_t class_mask;

	if (symbol->form == PFQ_FORM_FILTER)
		return set_pass(reference, !run_alone(reference, node, &class_mask).dropped);
	if (is(symbol, "unit"))
		return true;
	if (is(symbol, "drop"))
		return false;
	if (is(symbol, "filter"))
		return set_pass(reference, holds(reference, argument[0].value));
	if (is(symbol, "conditional"))
		return passes(reference, holds(reference, argument[0].value) ? argument[1].value
									     : argument[2].value);
	if (is(symbol, "when"))
		return !holds(reference, argument[0].value) || passes(reference, argument[1].value);
	if (is(symbol, "unless"))
		return holds(reference, argument[0].value) || passes(reference, argument[1].value);
	if (is(symbol, "inv"))
		return set_pass(reference, !passes(reference, argument[0].value));
	if (strncmp(symbol->name, "par", 3) == 0)
		return first_that_passes(reference, node);
	if (is(symbol, "forward")) {
		reference->forwards++;
		return set_pass(reference, true);
	}
	if (is(symbol, "forwardIO")) {
		reference->forwards++;
		return set_pass(reference, true);
	}
	if (is(symbol, "link")) {
		reference->forwards += (int)argument[0].count;
		return set_pass(reference, true);
	}
	if (strncmp(symbol->name, "dummy_", 6) == 0)
		return set_pass(reference, true);
	if (strncmp(symbol->name, "log_", 4) == 0 || is(symbol, "trace"))
		return true;
	if (is(symbol, "bridge")) {
		reference->forwards++;
		return false;
	}
	if (is(symbol, "tee")) {
		reference->forwards++;
		return set_pass(reference, holds(reference, argument[1].value));
	}
	if (is(symbol, "tap")) {
		bool pass = holds(reference, argument[1].value);

		reference->forwards += !pass;
		return set_pass(reference, pass);
	}
	if (is(symbol, "shift"))
		return passes_inside(reference, argument[0].value);
	if (is(symbol, "src") || is(symbol, "dst")) {
		unsigned int before = reference->end;
		bool pass;

		reference->end = is(symbol, "src") ? 1 : 2;
		pass = passes(reference, argument[0].value);
		reference->end = before;
		return pass;
	}
	if (is(symbol, "kernel") || is(symbol, "detour")) {
		reference->for_host = true;
		return set_pass(reference, is(symbol, "kernel"));
	}
	if (is(symbol, "kernel_if")) {
		reference->for_host |= holds(reference, argument[0].value);
		return set_pass(reference, true);
	}
	if (is(symbol, "detour_if")) {
		bool detour = holds(reference, argument[0].value);

		reference->for_host |= detour;
		return set_pass(reference, !detour);
	}
	(void)index;
	return acts(reference, symbol, node);
}

static bool passes(struct reference *reference, uint64_t index)
{
	for (;;) {
		struct pfq_image_node node;
		const struct pfq_symbol *symbol;

		pfq_image_node(&reference->image, (uint32_t)index, &node);
		symbol = pfq_image_symbol(&reference->image, &node);
		if (reference->failed || ++reference->steps > MAX_STEPS) {
			reference->failed = true;
			return false;
		}
		if (!passes_alone(reference, symbol, &node, index))
			return false;
		if (node.next == PFQ_IMAGE_NO_NODE)
			return true;
		index = node.next;
	}
}

/* The image, with "filter" and the names of what looks at one end behind its data. */
static void make_copy(struct reference *reference, const uint8_t *octets, size_t size)
{
	struct pfq_image header;

	char names[1 + END_ROWS * 2][NAME_LENGTH] = { "filter" };

	for (uint32_t i = 0; i < END_ROWS * 2; i++)
		snprintf(names[1 + i], NAME_LENGTH, "%s", at_end[i / 2][1 + i % 2]);
	reference->size = size + sizeof(names);
	reference->copy = malloc(reference->size);
	if (!reference->copy)
		abort();
	memcpy(reference->copy, octets, size);
	memcpy(reference->copy + size, names, sizeof(names));
	memcpy(&header, octets, sizeof(header));
	reference->names = header.data_size;
	header.size = (uint32_t)reference->size;
	header.data_size += (uint32_t)sizeof(names);
	memcpy(reference->copy, &header, sizeof(header));
}

bool reference_run(struct reference *reference, const uint8_t *octets, size_t size)
{
	if (pfq_check_image(octets, size, &reference->image, NULL) ||
	    reference->image.node_count > MAX_NODES)
		return false;
	make_copy(reference, octets, size);
	reference->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
	reference->class_mask = Q_CLASS_DEFAULT;
	reference->mark = reference->packet.mark;
	reference->passes = passes(reference, 0);
	free(reference->copy);
	return !reference->failed;
}
