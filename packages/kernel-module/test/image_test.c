/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The image validator: nothing that lowering relies on is taken on trust. */
#include "harness.h"
#include "image_builder.h"

static const uint8_t network4[] = { 10, 0, 0, 0 };
static const uint8_t network6[16] = { 0x20, 0x01, 0x0d, 0xb8 };
static const int64_t vids[] = { 1, 2, 4095 };

enum {
	NODE_CONDITIONAL,
	NODE_PREDICATE,
	NODE_ADDR,
	NODE_ADDR6,
	NODE_VLANS,
	NODE_FORWARD,
	NODE_STEER,
	NODE_UNUSED,
	NODE_COUNT,
};

/* if has_port 80 then addr 10/8 >-> addr 2001:db8::/32 >-> vlans else forward d0 >-> steer_flow */
static uint8_t *build(size_t *size)
{
	struct image_builder builder = { 0 };

	image_node(&builder, "conditional");
	image_function(&builder, NODE_PREDICATE);
	image_function(&builder, NODE_ADDR);
	image_function(&builder, NODE_FORWARD);
	image_node_integer(&builder, "has_port", PFQ_ARG_Word16, 80);
	image_node(&builder, "addr");
	image_network(&builder, 4, network4, 8);
	image_next(&builder, NODE_ADDR, NODE_ADDR6);
	image_node(&builder, "addr");
	image_network(&builder, 6, network6, 32);
	image_next(&builder, NODE_ADDR6, NODE_VLANS);
	image_node(&builder, "vlan_id_filter");
	image_integers(&builder, PFQ_ARG_Int, vids, 3);
	image_node(&builder, "forward");
	image_string(&builder, "d0");
	image_next(&builder, NODE_FORWARD, NODE_STEER);
	image_node(&builder, "steer_flow");
	image_node_integer(&builder, "inc", PFQ_ARG_Int, 3);
	return image_end(&builder, size);
}

static int check(const uint8_t *octets, size_t size, struct pfq_error *error)
{
	struct pfq_checked_image image;

	*error = (struct pfq_error){ .node = -2 };
	return pfq_check_image(octets, size, &image, error);
}

/* Refused, with a message of one line that says something. */
static void must_refuse(const uint8_t *octets, size_t size, const char *what)
{
	struct pfq_error error;

	if (check(octets, size, &error) != -EINVAL)
		FAIL("%s: is taken", what);
	if (error.code != -EINVAL || strlen(error.text) < 10 || strchr(error.text, '\n'))
		FAIL("%s: the message is \"%s\"", what, error.text);
	if (error.node < -1 || error.node >= NODE_COUNT)
		FAIL("%s: the node is %d", what, error.node);
}

static void a_good_image_is_taken(void)
{
	struct pfq_error error;
	size_t size;
	uint8_t *octets = build(&size);
	int status = check(octets, size, &error);

	free(octets);
	if (status)
		FAIL("%s", error.text);
}

static void an_image_with_any_octet_changed_is_refused(void)
{
	size_t size;
	uint8_t *octets = build(&size);

	for (size_t at = 0; at < size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			octets[at] ^= 1 << bit;
			must_refuse(octets, size, "a changed octet");
			octets[at] ^= 1 << bit;
		}
		octets[at] = ~octets[at];
		must_refuse(octets, size, "an inverted octet");
		octets[at] = ~octets[at];
	}
	free(octets);
}

static void an_image_cut_anywhere_is_refused(void)
{
	size_t size;
	uint8_t *octets = build(&size);

	for (size_t length = 0; length < size; length++) {
		uint8_t *copy = malloc(length ? length : 1);

		CHECK(copy);
		memcpy(copy, octets, length);
		must_refuse(copy, length, "a part");
		image_seal(copy, length);
		must_refuse(copy, length, "a sealed part");
		if (length >= sizeof(struct pfq_image)) {
			uint32_t says = (uint32_t)length;

			memcpy(copy + offsetof(struct pfq_image, size), &says, sizeof(says));
			image_seal(copy, length);
			must_refuse(copy, length, "a part that says its own length");
		}
		free(copy);
	}
	free(octets);
}

/* Puts a value in place of the octets there, with the checksum right, and back. */
static void must_refuse_with(uint8_t *octets, size_t size, size_t at, uint64_t value,
			     size_t octet_count, const char *what)
{
	uint8_t kept[8];

	memcpy(kept, octets + at, octet_count);
	if (memcmp(kept, &value, octet_count) == 0)
		return;
	memcpy(octets + at, &value, octet_count);
	image_seal(octets, size);
	must_refuse(octets, size, what);
	memcpy(octets + at, kept, octet_count);
	image_seal(octets, size);
}

static const uint64_t odd[] = {
	0,	    1,		2,	    7,		8,	    9,		255,
	256,	    1000,	65535,	    65536,	0x7fffffff, 0x80000000, 0xfffffffe,
	0xffffffff, 1ULL << 32, 1ULL << 62, 1ULL << 63, ~0ULL,	    ~1ULL,	~7ULL,
};

static void each_field_of_the_header_is_checked(void)
{
	static const struct {
		size_t at, octets;
	} fields[] = {
		{ offsetof(struct pfq_image, magic), 4 },
		{ offsetof(struct pfq_image, version), 2 },
		{ offsetof(struct pfq_image, primitives), 2 },
		{ offsetof(struct pfq_image, size), 4 },
		{ offsetof(struct pfq_image, node_count), 4 },
		{ offsetof(struct pfq_image, data_offset), 4 },
		{ offsetof(struct pfq_image, data_size), 4 },
		{ offsetof(struct pfq_image, entry), 4 },
		{ offsetof(struct pfq_image, reserved), 8 },
	};
	size_t size;
	uint8_t *octets = build(&size);

	for (unsigned int i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		for (unsigned int n = 0; n < sizeof(odd) / sizeof(odd[0]); n++)
			must_refuse_with(octets, size, fields[i].at, odd[n], fields[i].octets,
					 "a header");
	free(octets);
}

static size_t node_at(unsigned int node)
{
	return sizeof(struct pfq_image) + node * sizeof(struct pfq_image_node);
}

static size_t argument_at(unsigned int node, unsigned int argument)
{
	return node_at(node) + offsetof(struct pfq_image_node, argument) +
	       argument * sizeof(struct pfq_image_argument);
}

static void each_field_of_a_node_is_checked(void)
{
	size_t size;
	uint8_t *octets = build(&size);

	for (unsigned int node = 0; node < NODE_COUNT; node++) {
		struct pfq_image_node was;

		memcpy(&was, octets + node_at(node), sizeof(was));
		for (unsigned int n = 0; n < sizeof(odd) / sizeof(odd[0]); n++) {
			uint64_t value = odd[n];
			size_t at = node_at(node);

			/* A symbol that ends where another does may be a primitive's, too. */
			if ((uint32_t)value > 300)
				must_refuse_with(octets, size, at, value, 4, "a symbol");
			if (value <= node || (uint32_t)value >= NODE_COUNT)
				if ((uint32_t)value != PFQ_IMAGE_NO_NODE)
					must_refuse_with(octets, size, at + 4, value, 4, "a next");
			must_refuse_with(octets, size, at + 8, value, 4, "an argument count");
			must_refuse_with(octets, size, at + 12, value, 4, "a reserved field");
		}
		for (unsigned int i = 0; i < PFQ_MAX_ARGUMENTS; i++) {
			size_t at = argument_at(node, i);

			for (unsigned int n = 0; n < sizeof(odd) / sizeof(odd[0]); n++) {
				must_refuse_with(octets, size, at, odd[n], 2, "a type");
				must_refuse_with(octets, size, at + 2, odd[n], 2, "flags");
				if ((uint32_t)odd[n] > 3) /* a list may be shorter */
					must_refuse_with(octets, size, at + 4, odd[n], 4,
							 "a count");
				if (i >= was.argument_count || odd[n] > 0xffffffff)
					must_refuse_with(octets, size, at + 8, odd[n], 8,
							 "a value");
			}
		}
	}
	free(octets);
}

static void a_reference_goes_forward_to_a_node_of_its_kind(void)
{
	static const struct {
		unsigned int node, argument, target;
	} wrong[] = {
		{ NODE_CONDITIONAL, 0, NODE_CONDITIONAL }, /* itself */
		{ NODE_CONDITIONAL, 0, NODE_ADDR },	   /* a function for a predicate */
		{ NODE_CONDITIONAL, 1, NODE_PREDICATE },   /* a predicate for a function */
		{ NODE_CONDITIONAL, 2, NODE_COUNT },	   /* none */
	};
	size_t size;
	uint8_t *octets = build(&size);

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		must_refuse_with(octets, size, argument_at(wrong[i].node, wrong[i].argument) + 8,
				 wrong[i].target, 8, "a reference");
	for (unsigned int target = 0; target <= NODE_ADDR6; target++)
		must_refuse_with(octets, size, node_at(NODE_ADDR6) + 4, target, 4, "backward");
	must_refuse_with(octets, size, node_at(NODE_PREDICATE) + 4, NODE_STEER, 4,
			 "after a predicate");
	must_refuse_with(octets, size, node_at(NODE_CONDITIONAL) + 4, NODE_PREDICATE, 4,
			 "a predicate next");
	free(octets);
}

static void what_is_no_primitive_is_named_wherever_it_is_referred_to(void)
{
	struct image_builder builder = { 0 };
	struct pfq_error error;
	uint8_t *octets;
	size_t size;

	image_node(&builder, "filter");
	image_function(&builder, 1);
	image_node(&builder, "stranger");
	octets = image_end(&builder, &size);
	CHECK(check(octets, size, &error) == -EINVAL);
	free(octets);
	if (error.node != 1 || !strstr(error.text, "this engine has no primitive stranger"))
		FAIL("node %d: %s", error.node, error.text);
}

static void a_network_has_no_host_bits_and_no_prefix_beyond_its_family(void)
{
	size_t size;
	uint8_t *octets = build(&size);
	struct pfq_image header;
	uint64_t v4, v6;

	memcpy(&header, octets, sizeof(header));
	memcpy(&v4, octets + argument_at(NODE_ADDR, 0) + 8, sizeof(v4));
	memcpy(&v6, octets + argument_at(NODE_ADDR6, 0) + 8, sizeof(v6));
	v4 += header.data_offset;
	v6 += header.data_offset;
	for (unsigned int family = 0; family < 256; family++)
		if (family != 4 && family != 6)
			must_refuse_with(octets, size, v4, family, 1, "a family");
	for (unsigned int prefix = 0; prefix < 256; prefix++) {
		if (prefix < 7 || prefix > 32)
			must_refuse_with(octets, size, v4 + 1, prefix, 1, "an IPv4 prefix");
		if (prefix < 29 || prefix > 128)
			must_refuse_with(octets, size, v6 + 1, prefix, 1, "an IPv6 prefix");
	}
	for (unsigned int i = 2; i < 8; i++)
		must_refuse_with(octets, size, v4 + i, 1, 1, "a reserved octet");
	for (unsigned int i = 9; i < 24; i++)
		must_refuse_with(octets, size, v4 + i, 1, 1, "a host bit");
	for (unsigned int i = 12; i < 24; i++)
		must_refuse_with(octets, size, v6 + i, 1, 1, "a host bit of IPv6");
	free(octets);
}

static void integers_fit_their_types_and_ranges(void)
{
	static const struct {
		const char *symbol;
		uint16_t type;
		int64_t value;
		bool good;
	} cases[] = {
		{ "port", PFQ_ARG_Word16, 0, true },
		{ "port", PFQ_ARG_Word16, 65535, true },
		{ "port", PFQ_ARG_Word16, 65536, false },
		{ "port", PFQ_ARG_Word16, -1, false },
		{ "port", PFQ_ARG_Word32, 80, false },
		{ "l4_proto", PFQ_ARG_Word8, 255, true },
		{ "l4_proto", PFQ_ARG_Word8, 256, false },
		{ "mark", PFQ_ARG_Word32, 0xffffffff, true },
		{ "mark", PFQ_ARG_Word32, 0x100000000, false },
		{ "inc", PFQ_ARG_Int, 63, true },
		{ "inc", PFQ_ARG_Int, 64, false },
		{ "inc", PFQ_ARG_Int, -1, false },
		{ "classify", PFQ_ARG_Int, INT32_MIN, true },
		{ "classify", PFQ_ARG_Int, (int64_t)INT32_MIN - 1, false },
		{ "classify", PFQ_ARG_Int, (int64_t)INT32_MAX + 1, false },
		{ "steer_to", PFQ_ARG_Int, -1, true },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image_builder builder = { 0 };
		struct pfq_error error;
		uint8_t *octets;
		size_t size;
		int status;

		image_node_integer(&builder, cases[i].symbol, cases[i].type, cases[i].value);
		octets = image_end(&builder, &size);
		status = check(octets, size, &error);
		free(octets);
		if ((status == 0) != cases[i].good)
			FAIL("%s %lld gives %d", cases[i].symbol, (long long)cases[i].value,
			     status);
	}
}

static void elements_of_a_list_are_checked_each(void)
{
	static const int64_t bad[][3] = { { 1, 2, 4096 }, { -1, 2, 3 }, { 1, INT64_MIN, 3 } };

	for (unsigned int i = 0; i < 3; i++) {
		struct image_builder builder = { 0 };
		uint8_t *octets;
		size_t size;

		image_node(&builder, "vlan_id_filter");
		image_integers(&builder, PFQ_ARG_Int, bad[i], 3);
		octets = image_end(&builder, &size);
		must_refuse(octets, size, "a list");
		free(octets);
	}
}

static void an_unknown_primitive_is_named_and_an_unprintable_one_is_not(void)
{
	static const char *const symbols[] = { "is_quic", "", "a\nb", "a\033b", "IS_TCP" };
	struct pfq_error error;

	for (unsigned int i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		struct image_builder builder = { 0 };
		uint8_t *octets;
		size_t size;

		image_node(&builder, symbols[i]);
		octets = image_end(&builder, &size);
		must_refuse(octets, size, "a symbol");
		check(octets, size, &error);
		CHECK_EQUAL(strstr(error.text, "is_quic") != NULL, i == 0);
		CHECK_EQUAL(error.node, 0);
		free(octets);
	}
}

static void an_image_does_not_begin_with_a_predicate(void)
{
	struct image_builder builder = { 0 };
	uint8_t *octets;
	size_t size;

	image_node(&builder, "is_tcp");
	octets = image_end(&builder, &size);
	must_refuse(octets, size, "a predicate");
	free(octets);
}

static void text_has_no_zero_and_an_end(void)
{
	size_t size;
	uint8_t *octets = build(&size);
	struct pfq_image header;
	uint64_t text;

	memcpy(&header, octets, sizeof(header));
	memcpy(&text, octets + argument_at(NODE_FORWARD, 0) + 8, sizeof(text));
	text += header.data_offset;
	must_refuse_with(octets, size, text, 0, 1, "text with a zero in it");
	must_refuse_with(octets, size, text + 2, 'x', 1, "text without an end");
	free(octets);
}

static void work_on_an_image_is_bounded(void)
{
	struct image_builder builder = { 0 };
	static int64_t many[200000];
	static char text[5000];
	uint8_t *octets;
	size_t size;

	/* All nodes share one list: each is checked, so together they must not be many. */
	image_node(&builder, "vlan_id_filter");
	image_integers(&builder, PFQ_ARG_Int, many, 200000);
	for (unsigned int i = 0; i < 40; i++) {
		image_node(&builder, "vlan_id_filter");
		builder.nodes[i + 1] = builder.nodes[0];
	}
	octets = image_end(&builder, &size);
	{
		struct pfq_error error;

		CHECK_EQUAL(check(octets, size, &error), -EINVAL);
		CHECK(strstr(error.text, "too long"));
	}
	free(octets);
	memset(text, 'x', sizeof(text) - 1);
	image_node(&builder, "forward");
	image_string(&builder, text);
	octets = image_end(&builder, &size);
	must_refuse(octets, size, "a long text");
	free(octets);
}

int main(void)
{
	run_test("a good image is taken", a_good_image_is_taken);
	run_test("an image with any octet changed is refused",
		 an_image_with_any_octet_changed_is_refused);
	run_test("an image cut anywhere is refused", an_image_cut_anywhere_is_refused);
	run_test("each field of the header is checked", each_field_of_the_header_is_checked);
	run_test("each field of a node is checked", each_field_of_a_node_is_checked);
	run_test("a reference goes forward, to a node of its kind",
		 a_reference_goes_forward_to_a_node_of_its_kind);
	run_test("a network has no host bits, and no prefix beyond its family",
		 a_network_has_no_host_bits_and_no_prefix_beyond_its_family);
	run_test("integers fit their types and ranges", integers_fit_their_types_and_ranges);
	run_test("elements of a list are checked each", elements_of_a_list_are_checked_each);
	run_test("an unknown primitive is named, and an unprintable one is not",
		 an_unknown_primitive_is_named_and_an_unprintable_one_is_not);
	run_test("what is no primitive is named wherever it is referred to",
		 what_is_no_primitive_is_named_wherever_it_is_referred_to);
	run_test("an image does not begin with a predicate",
		 an_image_does_not_begin_with_a_predicate);
	run_test("text has no zero in it, and an end", text_has_no_zero_and_an_end);
	run_test("work on an image is bounded", work_on_an_image_is_bounded);
	return harness.failures > 0;
}
