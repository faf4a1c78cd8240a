/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "combinators.h"

#include "device.h"
#include "forwards.h"

static uint32_t argument(const struct pfq_combination *at, unsigned int index)
{
	return (uint32_t)at->node->argument[index].value;
}

/* An argument that is a predicate, with where it goes if it holds and if not. */
static uint32_t predicate(struct pfq_lowering *lowering, const struct pfq_combination *at,
			  unsigned int index, uint32_t yes, uint32_t no)
{
	return pfq_node_label(lowering, argument(at, index), yes, no, 0, at->context);
}

/* An argument that is a function, with where it goes when it passes and when it drops. */
static uint32_t function(struct pfq_lowering *lowering, const struct pfq_combination *at,
			 unsigned int index, uint32_t yes, uint32_t no)
{
	return pfq_node_label(lowering, argument(at, index), yes, no, at->saved, at->context);
}

static uint32_t combine_not(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return predicate(lowering, at, 0, at->no, at->yes);
}

static uint32_t combine_and(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t right = predicate(lowering, at, 1, at->yes, at->no);

	return predicate(lowering, at, 0, right, at->no);
}

static uint32_t combine_or(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t right = predicate(lowering, at, 1, at->yes, at->no);

	return predicate(lowering, at, 0, at->yes, right);
}

static uint32_t combine_xor(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t holds = predicate(lowering, at, 1, at->no, at->yes);
	uint32_t fails = predicate(lowering, at, 1, at->yes, at->no);

	return predicate(lowering, at, 0, holds, fails);
}

static uint32_t combine_filter(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return predicate(lowering, at, 0, pfq_pass_label(lowering, at->yes), at->no);
}

static uint32_t combine_conditional(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t consequent = function(lowering, at, 1, at->yes, at->no);
	uint32_t alternative = function(lowering, at, 2, at->yes, at->no);

	return predicate(lowering, at, 0, consequent, alternative);
}

static uint32_t combine_when(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t consequent = function(lowering, at, 1, at->yes, at->no);

	return predicate(lowering, at, 0, consequent, at->yes);
}

static uint32_t combine_unless(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t consequent = function(lowering, at, 1, at->yes, at->no);

	return predicate(lowering, at, 0, at->yes, consequent);
}

static uint32_t combine_inv(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return function(lowering, at, 0, at->no, pfq_pass_label(lowering, at->yes));
}

/* From the last alternative to the first. The last one needs the saved fanout no more, so it may
 * use its place. */
static uint32_t combine_par(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t last = at->node->argument_count - 1;
	uint32_t otherwise;

	if (at->saved >= PFQ_MAX_SAVED) {
		pfq_lowering_fail(lowering, E2BIG,
				  "alternatives in alternatives, more than 64 deep");
		return PFQ_LABEL_NONE;
	}
	otherwise = function(lowering, at, last, at->yes, at->no);
	while (last-- > 0) {
		otherwise = pfq_insn_label(lowering, PFQ_INSN_RESTORE, otherwise, at->saved);
		otherwise = pfq_node_label(lowering, argument(at, last), at->yes, otherwise,
					   at->saved + 1, at->context);
	}
	return pfq_insn_label(lowering, PFQ_INSN_SAVE, otherwise, at->saved);
}

/* Looks at the next header, and afterwards, whatever came of it, at this one again. */
static uint32_t combine_shift(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	struct pfq_context inner = at->context;
	uint32_t yes, no, body;

	if (inner.header == PFQ_MAX_SHIFT)
		return function(lowering, at, 0, at->yes, at->no);
	inner.header++;
	yes = pfq_insn_label(lowering, PFQ_INSN_LOOK, at->yes, at->context.header);
	no = pfq_insn_label(lowering, PFQ_INSN_LOOK, at->no, at->context.header);
	body = pfq_node_label(lowering, argument(at, 0), yes, no, at->saved, inner);
	return pfq_insn_label(lowering, PFQ_INSN_LOOK, body, inner.header);
}

static uint32_t at_end(struct pfq_lowering *lowering, const struct pfq_combination *at,
		       enum pfq_end end)
{
	const struct pfq_context context = { .header = at->context.header, .end = (uint8_t)end };

	return pfq_node_label(lowering, argument(at, 0), at->yes, at->no, at->saved, context);
}

static uint32_t combine_src(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return at_end(lowering, at, PFQ_END_SOURCE);
}

static uint32_t combine_dst(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return at_end(lowering, at, PFQ_END_DESTINATION);
}

static uint32_t combine_unit(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	(void)lowering;
	return at->yes;
}

static uint32_t combine_drop(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	(void)lowering;
	return at->no;
}

static uint32_t combine_dummy(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return pfq_pass_label(lowering, at->yes);
}

/* An instruction that forwards, and goes on at `next`; a negative forward is one that failed. */
static uint32_t forward_label(struct pfq_lowering *lowering, int forward, uint32_t next)
{
	if (forward < 0)
		return PFQ_LABEL_NONE;
	return pfq_insn_label(lowering, PFQ_INSN_FORWARD, next, (uint32_t)forward);
}

/* To the device that the node names. */
static uint32_t device_label(struct pfq_lowering *lowering, const struct pfq_combination *at,
			     uint32_t next)
{
	const char *name = pfq_image_text(lowering->image, argument(at, 0));

	return forward_label(lowering, pfq_forward_to_device(lowering, name), next);
}

static uint32_t host_label(struct pfq_lowering *lowering, uint32_t next)
{
	return forward_label(lowering, pfq_forward_to_host(lowering), next);
}

/* To a device of `link`, unless the packet came in there. */
static uint32_t link_label(struct pfq_lowering *lowering, uint32_t forward, uint32_t next)
{
	uint32_t label = pfq_insn_label(lowering, PFQ_INSN_LINK, next, forward);

	if (label != PFQ_LABEL_NONE)
		lowering->labels[label].body.value =
			(uint32_t)lowering->program->devices[forward]->ifindex;
	return label;
}

/* Forwards as soon as the run is over. */
static uint32_t combine_forward_at_once(struct pfq_lowering *lowering,
					const struct pfq_combination *at)
{
	uint32_t label = device_label(lowering, at, at->yes);

	if (label != PFQ_LABEL_NONE)
		lowering->program->at_once |= 1ULL << lowering->labels[label].body.index;
	return label;
}

static uint32_t combine_link(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	const struct pfq_image_argument *list = &at->node->argument[0];
	const uint8_t *elements = lowering->image->data + list->value;
	uint32_t first = lowering->program->device_count;
	uint32_t label = pfq_pass_label(lowering, at->yes);

	for (uint32_t i = 0; i < list->count; i++) {
		struct pfq_image_text text = pfq_image_text_element(elements + i * 8);
		const char *name = pfq_image_text(lowering->image, text.offset);

		if (pfq_forward_to_device(lowering, name) < 0)
			return PFQ_LABEL_NONE;
	}
	for (uint32_t left = list->count; left > 0; left--)
		label = link_label(lowering, first + left - 1, label);
	return label;
}

static uint32_t combine_kernel(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return host_label(lowering, at->yes);
}

static uint32_t combine_detour(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return host_label(lowering, at->no);
}

/* What the predicate chooses goes to the host, and on at `next`; the rest passes. */
static uint32_t host_if(struct pfq_lowering *lowering, const struct pfq_combination *at,
			uint32_t next)
{
	uint32_t pass = pfq_pass_label(lowering, at->yes);

	return predicate(lowering, at, 0, host_label(lowering, next), pass);
}

static uint32_t combine_kernel_if(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return host_if(lowering, at, at->yes);
}

static uint32_t combine_detour_if(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return host_if(lowering, at, at->no);
}

static uint32_t combine_bridge(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	return device_label(lowering, at, at->no);
}

static uint32_t combine_tee(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t pass = pfq_pass_label(lowering, at->yes);

	return device_label(lowering, at, predicate(lowering, at, 1, pass, at->no));
}

static uint32_t combine_tap(struct pfq_lowering *lowering, const struct pfq_combination *at)
{
	uint32_t pass = pfq_pass_label(lowering, at->yes);

	return predicate(lowering, at, 1, pass, device_label(lowering, at, at->no));
}

static const struct {
	const char *name;
	pfq_combinator *combine;
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

pfq_combinator *pfq_find_combinator(const struct pfq_symbol *symbol)
{
	if (symbol->form != PFQ_FORM_LOGIC && symbol->form != PFQ_FORM_CONTROL)
		return NULL;
	for (unsigned int i = 0; i < sizeof(combinators) / sizeof(combinators[0]); i++)
		if (strcmp(combinators[i].name, symbol->name) == 0)
			return combinators[i].combine;
	return NULL;
}
