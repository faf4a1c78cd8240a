/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Lowering: what a run does, and that programs made to be expensive end quickly. */
#include "harness.h"
#include "image_builder.h"
#include "packets.h"
#include "world.h"

#include <time.h>

/* What comes of a program, on a packet of TCP to port 80 unless told otherwise. */
struct outcome {
	int status;
	struct pfq_fanout fanout;
	uint32_t mark, state;
	uint64_t class_mask;
	int forwards;
	uint64_t counters[8];
	uint32_t insn_count;
	struct pfq_error error;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void run_once(const struct pfq_program *program, struct outcome *outcome)
{
	struct octets octets = { 0 };
	struct pfq_packet packet;
	struct pfq_group_lane *lane = pfq_alloc(sizeof(*lane));
	struct pfq_run run = { .packet = &packet, .lane = lane };

	put_ethernet(&octets, 0x0800);
	put_ip4(&octets, 6, 5, 0, 0x0a000001, 0x0a000002);
	put_tcp(&octets, 1000, 80);
	packet = packet_of(&octets);
	packet.mark = 5;
	pfq_run_program(program, &run);
	outcome->fanout = run.fanout;
	if (run.dropped)
		outcome->fanout.kind = PFQ_FANOUT_DROP;
	outcome->mark = run.mark;
	outcome->state = run.state;
	outcome->class_mask = program->masks[run.mask];
	outcome->forwards = __builtin_popcountll(run.forwards);
	outcome->insn_count = program->insn_count;
	memcpy(outcome->counters, lane->counters, sizeof(outcome->counters));
	pfq_free(lane);
}

static struct outcome outcome_of(struct image_builder *builder)
{
	struct outcome outcome = { 0 };
	struct pfq_checked_image image;
	struct pfq_program *program = NULL;
	struct world world;
	size_t size;
	uint8_t *octets = image_end(builder, &size);

	world_begin(&world, 1);
	outcome.status = pfq_check_image(octets, size, &image, &outcome.error);
	if (!outcome.status)
		outcome.status = pfq_program_create(world.engine, &image, &program, &outcome.error);
	if (!outcome.status)
		run_once(program, &outcome);
	pfq_program_destroy(program);
	world_end(&world);
	free(octets);
	return outcome;
}

static uint32_t counter(struct image_builder *builder, int number)
{
	return image_node_integer(builder, "inc", PFQ_ARG_Int, number);
}

static void functions_run_one_after_another(void)
{
	struct image_builder builder = { 0 };
	struct outcome outcome;

	image_node(&builder, "tcp");
	image_next(&builder, 0, 1);
	image_node_integer(&builder, "mark", PFQ_ARG_Word32, 7);
	image_next(&builder, 1, 2);
	image_node_integer(&builder, "put_state", PFQ_ARG_Word32, 9);
	image_next(&builder, 2, 3);
	image_node(&builder, "steer_flow");
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.status, 0);
	CHECK_EQUAL(outcome.fanout.kind, PFQ_FANOUT_STEER);
	CHECK_EQUAL(outcome.mark, 7);
	CHECK_EQUAL(outcome.state, 9);
	CHECK_EQUAL(outcome.class_mask, 1);
}

static void a_drop_ends_the_run_and_what_was_done_stands(void)
{
	struct image_builder builder = { 0 };
	struct outcome outcome;

	counter(&builder, 1);
	image_next(&builder, 0, 1);
	image_node(&builder, "udp");
	image_next(&builder, 1, 2);
	counter(&builder, 2);
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.fanout.kind, PFQ_FANOUT_DROP);
	CHECK_EQUAL(outcome.counters[1], 1);
	CHECK_EQUAL(outcome.counters[2], 0);
}

/* par (steer_flow >-> drop) (inc 1) >-> inc 2, after steer_to 3 or not */
static struct outcome alternatives(bool steered_before)
{
	struct image_builder builder = { 0 };
	uint32_t first = steered_before ? 1 : 0;

	if (steered_before) {
		image_node_integer(&builder, "steer_to", PFQ_ARG_Int, 3);
		image_next(&builder, 0, 1);
	}
	image_node(&builder, "par");
	image_function(&builder, first + 1);
	image_function(&builder, first + 3);
	image_next(&builder, first, first + 4);
	image_node(&builder, "steer_flow");
	image_next(&builder, first + 1, first + 2);
	image_node(&builder, "drop");
	counter(&builder, 1);
	counter(&builder, 2);
	return outcome_of(&builder);
}

static void an_alternative_starts_with_the_fanout_from_before(void)
{
	struct outcome outcome = alternatives(false);

	CHECK_EQUAL(outcome.fanout.kind, PFQ_FANOUT_PASS);
	CHECK_EQUAL(outcome.counters[1], 1);
	CHECK_EQUAL(outcome.counters[2], 1);
	outcome = alternatives(true);
	CHECK_EQUAL(outcome.fanout.kind, PFQ_FANOUT_STEER_NUMBER);
	CHECK_EQUAL(outcome.fanout.hash, 3);
}

/* steer_to 3 >-> par (par (steer_to 4 >-> drop) (steer_to 5 >-> drop)) unit */
static void alternatives_in_alternatives_keep_their_fanouts_apart(void)
{
	struct image_builder builder = { 0 };
	struct outcome outcome;

	image_node_integer(&builder, "steer_to", PFQ_ARG_Int, 3);
	image_next(&builder, 0, 1);
	image_node(&builder, "par");
	image_function(&builder, 2);
	image_function(&builder, 6);
	image_node(&builder, "par");
	image_function(&builder, 3);
	image_function(&builder, 4);
	image_node_integer(&builder, "steer_to", PFQ_ARG_Int, 4);
	image_next(&builder, 3, 5);
	image_node_integer(&builder, "steer_to", PFQ_ARG_Int, 5);
	image_next(&builder, 4, 5);
	image_node(&builder, "drop");
	image_node(&builder, "unit");
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.fanout.kind, PFQ_FANOUT_STEER_NUMBER);
	CHECK_EQUAL(outcome.fanout.hash, 3);
}

/* steer_to 3 >-> par drop (par (steer_to 4 >-> drop) unit): the last one shares its place. */
static void the_last_alternative_may_have_alternatives_of_its_own(void)
{
	struct image_builder builder = { 0 };
	struct outcome outcome;

	image_node_integer(&builder, "steer_to", PFQ_ARG_Int, 3);
	image_next(&builder, 0, 1);
	image_node(&builder, "par3");
	image_function(&builder, 6);
	image_function(&builder, 2);
	image_function(&builder, 2);
	image_node(&builder, "par");
	image_function(&builder, 3);
	image_function(&builder, 4);
	image_node_integer(&builder, "steer_to", PFQ_ARG_Int, 4);
	image_next(&builder, 3, 6);
	image_node(&builder, "unit");
	image_next(&builder, 4, 5);
	counter(&builder, 1);
	image_node(&builder, "drop");
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.fanout.hash, 3);
	CHECK_EQUAL(outcome.counters[1], 1);
}

static void inv_passes_where_its_function_drops(void)
{
	struct image_builder builder = { 0 };
	struct outcome outcome;

	image_node(&builder, "steer_flow");
	image_next(&builder, 0, 1);
	image_node(&builder, "inv");
	image_function(&builder, 2);
	image_next(&builder, 1, 3);
	image_node(&builder, "udp");
	counter(&builder, 1);
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.fanout.kind, PFQ_FANOUT_PASS);
	CHECK_EQUAL(outcome.counters[1], 1);
}

static void a_filter_after_steering_passes_to_all(void)
{
	struct image_builder builder = { 0 };
	struct outcome outcome;

	image_node(&builder, "steer_flow");
	image_next(&builder, 0, 1);
	image_node(&builder, "tcp");
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.fanout.kind, PFQ_FANOUT_PASS);
}

static void when_leaves_the_fanout_where_it_does_not_run(void)
{
	for (int holds = 0; holds < 2; holds++) {
		struct image_builder builder = { 0 };
		struct outcome outcome;

		image_node(&builder, "steer_flow");
		image_next(&builder, 0, 1);
		image_node(&builder, holds ? "when" : "unless");
		image_function(&builder, 2);
		image_function(&builder, 3);
		image_node(&builder, "is_udp");
		image_node(&builder, "ip");
		outcome = outcome_of(&builder);
		CHECK_EQUAL(outcome.fanout.kind, holds ? PFQ_FANOUT_STEER : PFQ_FANOUT_PASS);
	}
}

static void logic_is_worked_out(void)
{
	static const struct {
		const char *combinator, *left, *right;
		bool passes;
	} cases[] = {
		{ "and", "is_ip", "is_tcp", true },  { "and", "is_ip", "is_udp", false },
		{ "and", "is_udp", "is_ip", false }, { "or", "is_udp", "is_tcp", true },
		{ "or", "is_tcp", "is_udp", true },  { "or", "is_udp", "is_ip6", false },
		{ "xor", "is_ip", "is_tcp", false }, { "xor", "is_ip", "is_udp", true },
		{ "xor", "is_udp", "is_ip", true },  { "xor", "is_udp", "is_ip6", false },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned int negated = 0; negated < 2; negated++) {
			struct image_builder builder = { 0 };
			struct outcome outcome;

			image_node(&builder, "filter");
			image_function(&builder, 1);
			if (negated) {
				image_node(&builder, "not");
				image_function(&builder, 2);
			}
			image_node(&builder, cases[i].combinator);
			image_function(&builder, 2 + negated);
			image_function(&builder, 3 + negated);
			image_node(&builder, cases[i].left);
			image_node(&builder, cases[i].right);
			outcome = outcome_of(&builder);
			CHECK_EQUAL(outcome.fanout.kind,
				    cases[i].passes != negated ? PFQ_FANOUT_PASS : PFQ_FANOUT_DROP);
		}
	}
}

static void a_comparison_with_an_absent_property_is_false(void)
{
	static const char *const comparisons[] = { "equal", "not_equal", "less", "greater" };

	for (unsigned int i = 0; i < 4; i++) {
		struct image_builder builder = { 0 };

		image_node(&builder, "filter");
		image_function(&builder, 1);
		image_node(&builder, comparisons[i]);
		image_function(&builder, 2);
		image_integer(&builder, PFQ_ARG_Word64, 5);
		image_node(&builder, "udp_len");
		CHECK_EQUAL(outcome_of(&builder).fanout.kind, PFQ_FANOUT_DROP);
	}
}

static void each_forwarding_step_that_is_run_is_noted(void)
{
	static const struct {
		const char *symbol;
		const char *predicate;
		int forwards, fanout;
	} cases[] = {
		{ "forward", NULL, 1, PFQ_FANOUT_PASS }, { "bridge", NULL, 1, PFQ_FANOUT_DROP },
		{ "tee", "is_tcp", 1, PFQ_FANOUT_PASS }, { "tee", "is_udp", 1, PFQ_FANOUT_DROP },
		{ "tap", "is_tcp", 0, PFQ_FANOUT_PASS }, { "tap", "is_udp", 1, PFQ_FANOUT_DROP },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image_builder builder = { 0 };
		struct outcome outcome;

		image_node(&builder, cases[i].symbol);
		image_string(&builder, "d0");
		if (cases[i].predicate) {
			image_function(&builder, 1);
			image_node(&builder, cases[i].predicate);
		}
		outcome = outcome_of(&builder);
		CHECK_EQUAL(outcome.forwards, cases[i].forwards);
		CHECK_EQUAL(outcome.fanout.kind, cases[i].fanout);
	}
}

static void a_device_that_there_is_not_is_an_error_at_its_node(void)
{
	struct image_builder builder = { 0 };
	struct outcome outcome;

	image_node(&builder, "forward");
	image_string(&builder, "d0");
	image_next(&builder, 0, 1);
	image_node(&builder, "forward");
	image_string(&builder, "eth99");
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.status, -ENODEV);
	CHECK_EQUAL(outcome.error.node, 1);
	CHECK(strstr(outcome.error.text, "eth99"));
}

static void more_than_64_forwards_or_masks_are_refused(void)
{
	for (int count = 64; count <= 65; count++) {
		struct image_builder builder = { 0 };

		for (int i = 0; i < count; i++) {
			image_node(&builder, "forward");
			image_string(&builder, "d1");
			if (i + 1 < count)
				image_next(&builder, (uint32_t)i, (uint32_t)i + 1);
		}
		CHECK_EQUAL(outcome_of(&builder).status, count > 64 ? -E2BIG : 0);
		for (int i = 0; i < count; i++) {
			image_node_integer(&builder, "classify", PFQ_ARG_Int, i + 1);
			if (i + 1 < count)
				image_next(&builder, (uint32_t)i, (uint32_t)i + 1);
		}
		CHECK_EQUAL(outcome_of(&builder).status, count > 64 ? -E2BIG : 0);
	}
}

static void needless_instructions_are_left_out(void)
{
	struct image_builder builder = { 0 };

	static const char *const filters[] = { "ip", "tcp", "flow" };

	for (uint32_t i = 0; i < 3; i++) {
		image_node(&builder, filters[i]);
		image_next(&builder, i, i + 1);
	}
	image_node(&builder, "steer_flow");
	CHECK_EQUAL(outcome_of(&builder).insn_count, 2 + 4);
}

/* A chain of so many functions, each of which has the rest as its argument or as its next. */
static struct outcome nested(const char *symbol, uint32_t count, bool predicate)
{
	struct image_builder builder = { 0 };

	if (predicate) {
		image_node(&builder, "filter");
		image_function(&builder, 1);
	}
	while (builder.node_count < count - 1) {
		const struct pfq_symbol *of = pfq_find_symbol(symbol);
		uint32_t node = image_node(&builder, symbol);

		for (unsigned int i = 0; i < of->parameter_count; i++)
			image_function(&builder, node + 1);
		if (!predicate && !of->parameter_count)
			image_next(&builder, node, node + 1);
	}
	image_node(&builder, predicate ? "is_tcp" : "tcp");
	return outcome_of(&builder);
}

static void the_longest_programs_end_quickly(void)
{
	static const struct {
		const char *symbol;
		bool predicate;
		int status;
	} cases[] = {
		{ "tcp", false, 0 },	   { "unit", false, 0 },    { "steer_flow", false, 0 },
		{ "inv", false, 0 },	   { "not", true, 0 },	    { "and", true, -E2BIG },
		{ "or", true, -E2BIG },	   { "xor", true, -E2BIG }, { "par", false, -E2BIG },
		{ "par8", false, -E2BIG },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double start = seconds(), took;
		struct outcome outcome =
			nested(cases[i].symbol, PFQ_IMAGE_MAX_NODES, cases[i].predicate);

		took = seconds() - start;
		if (took > 10) /* with sanitizers, on a busy machine: it takes 0.3 */
			FAIL("%s takes %.1f s", cases[i].symbol, took);
		if (outcome.status != cases[i].status &&
		    !(outcome.status == -E2BIG && outcome.error.text[0]))
			FAIL("%s gives %d: %s", cases[i].symbol, outcome.status,
			     outcome.error.text);
		if (outcome.status != cases[i].status)
			FAIL("%s gives %d", cases[i].symbol, outcome.status);
	}
}

/* inv (par tcp (inv (par tcp ...))): the needless instructions of each level pile up. */
static void a_pile_of_needless_instructions_is_walked_once(void)
{
	struct image_builder builder = { 0 };
	double start = seconds();
	struct outcome outcome;

	for (uint32_t level = 0; level < 20000; level++) {
		image_node(&builder, "inv");
		image_function(&builder, level * 3 + 1);
		image_node(&builder, "unless");
		image_function(&builder, level * 3 + 2);
		image_function(&builder, level * 3 + 3);
		image_node(&builder, "is_udp");
	}
	image_node(&builder, "tcp");
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.status, 0);
	CHECK(seconds() - start < 10);
}

/* tcp >-> if pkt_len < 0 then CHAIN else if pkt_len < 1 then CHAIN ..., and CHAIN is tcp >-> tcp
 * ... */
static void many_ways_into_a_long_chain_of_known_answers_end_quickly(void)
{
	enum { WAYS = 16000, CHAIN = 33000 };
	struct image_builder builder = { 0 };
	double start = seconds();
	struct outcome outcome;

	image_node(&builder, "tcp");
	image_next(&builder, 0, 1);
	for (uint32_t way = 0; way < WAYS; way++) {
		image_node(&builder, "conditional");
		image_function(&builder, builder.node_count);
		image_function(&builder, 2 + 2 * WAYS);
		image_function(&builder, way + 1 < WAYS ? builder.node_count + 1 : 2 + 2 * WAYS);
		image_node(&builder, "less");
		image_function(&builder, 1 + 2 * WAYS);
		image_integer(&builder, PFQ_ARG_Word64, way);
	}
	image_node(&builder, "pkt_len");
	for (uint32_t i = 0; i < CHAIN; i++) {
		uint32_t node = image_node(&builder, "tcp");

		if (i + 1 < CHAIN)
			image_next(&builder, node, node + 1);
	}
	outcome = outcome_of(&builder);
	CHECK_EQUAL(outcome.status, 0);
	CHECK(seconds() - start < 5);
}

int main(void)
{
	run_test("functions run one after another", functions_run_one_after_another);
	run_test("a drop ends the run, and what was done stands",
		 a_drop_ends_the_run_and_what_was_done_stands);
	run_test("an alternative starts with the fanout from before",
		 an_alternative_starts_with_the_fanout_from_before);
	run_test("alternatives in alternatives keep their fanouts apart",
		 alternatives_in_alternatives_keep_their_fanouts_apart);
	run_test("the last alternative may have alternatives of its own",
		 the_last_alternative_may_have_alternatives_of_its_own);
	run_test("inv passes where its function drops", inv_passes_where_its_function_drops);
	run_test("a filter after steering passes to all", a_filter_after_steering_passes_to_all);
	run_test("when leaves the fanout where it does not run",
		 when_leaves_the_fanout_where_it_does_not_run);
	run_test("not, and, or, xor are worked out", logic_is_worked_out);
	run_test("a comparison with an absent property is false",
		 a_comparison_with_an_absent_property_is_false);
	run_test("each forwarding step that is run is noted",
		 each_forwarding_step_that_is_run_is_noted);
	run_test("a device that there is not is an error at its node",
		 a_device_that_there_is_not_is_an_error_at_its_node);
	run_test("more than 64 forwarding steps or class masks are refused",
		 more_than_64_forwards_or_masks_are_refused);
	run_test("needless instructions are left out", needless_instructions_are_left_out);
	run_test("the longest programs end quickly", the_longest_programs_end_quickly);
	run_test("a pile of needless instructions is walked once",
		 a_pile_of_needless_instructions_is_walked_once);
	run_test("many ways into a long chain of known answers end quickly",
		 many_ways_into_a_long_chain_of_known_answers_end_quickly);
	return harness.failures > 0;
}
