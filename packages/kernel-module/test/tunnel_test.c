/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Headers within headers: what is found, and what programs see of it. */
#include "harness.h"
#include "image_builder.h"
#include "packets.h"
#include "world.h"

#include "../engine/tunnel.h"

static void put_outer4(struct octets *octets, unsigned int protocol)
{
	put_ethernet(octets, 0x0800);
	put_ip4(octets, protocol, 5, 0, 0x01010101, 0x02020202);
}

static void put_outer6(struct octets *octets, unsigned int protocol)
{
	put_ethernet(octets, 0x86dd);
	put_ip6(octets, 60, 1, 2);
	put_extension(octets, protocol, 8);
}

static void put_inner4(struct octets *octets)
{
	put_ip4(octets, 17, 5, 0, 0x0a000001, 0x0a000002);
	put_udp(octets, 1000, 53);
}

static void put_inner6(struct octets *octets)
{
	put_ip6(octets, 17, 7, 8);
	put_udp(octets, 1000, 53);
}

static void ip4_in_ip4(struct octets *octets)
{
	put_outer4(octets, 4);
	put_inner4(octets);
}

static void ip6_in_ip4(struct octets *octets)
{
	put_outer4(octets, 41);
	put_inner6(octets);
}

static void ip4_in_ip6(struct octets *octets)
{
	put_outer6(octets, 4);
	put_inner4(octets);
}

static void ip6_in_ip6(struct octets *octets)
{
	put_outer6(octets, 41);
	put_inner6(octets);
}

static void gre(struct octets *octets)
{
	put_outer4(octets, 47);
	put16(octets, 0);
	put16(octets, 0x0800);
	put_inner4(octets);
}

static void gre_with_all_fields(struct octets *octets)
{
	put_outer4(octets, 47);
	put16(octets, 0xb000);
	put16(octets, 0x86dd);
	put_zeros(octets, 12);
	put_inner6(octets);
}

static void ethernet_in_gre(struct octets *octets)
{
	put_outer6(octets, 47);
	put16(octets, 0x2000);
	put16(octets, 0x6558);
	put_zeros(octets, 4);
	put_ethernet(octets, 0x0800);
	put_inner4(octets);
}

static void vxlan(struct octets *octets)
{
	put_outer4(octets, 17);
	put_udp(octets, 40000, 4789);
	put32(octets, 0x08000000);
	put32(octets, 42 << 8);
	put_ethernet(octets, 0x8100);
	put16(octets, 7);
	put16(octets, 0x0800);
	put_inner4(octets);
}

static void gtp(struct octets *octets)
{
	put_outer4(octets, 17);
	put_udp(octets, 2152, 2152);
	put32(octets, 0x30ff0020);
	put32(octets, 99);
	put_inner4(octets);
}

/* Two extension headers, of 4 and of 8 octets. */
static void gtp_with_extensions(struct octets *octets)
{
	put_outer6(octets, 17);
	put_udp(octets, 40000, 2152);
	put32(octets, 0x36ff0020);
	put32(octets, 99);
	put32(octets, 0x00010085);
	put32(octets, 0x010000c0);
	put32(octets, 0x02000000);
	put32(octets, 0x00000000);
	put_inner6(octets);
}

static const struct {
	const char *name;
	void (*put)(struct octets *octets);
	unsigned int version;
} tunnels[] = {
	{ "IPv4 in IPv4", ip4_in_ip4, 4 },
	{ "IPv6 in IPv4", ip6_in_ip4, 6 },
	{ "IPv4 in IPv6", ip4_in_ip6, 4 },
	{ "IPv6 in IPv6", ip6_in_ip6, 6 },
	{ "GRE", gre, 4 },
	{ "GRE with checksum, key and sequence number", gre_with_all_fields, 6 },
	{ "Ethernet in GRE", ethernet_in_gre, 4 },
	{ "VXLAN, tagged inside", vxlan, 4 },
	{ "GTP", gtp, 4 },
	{ "GTP with extension headers", gtp_with_extensions, 6 },
};

enum {
	TUNNELS = sizeof(tunnels) / sizeof(tunnels[0]),
};

static struct pfq_headers inner_of(struct pfq_packet *packet)
{
	struct pfq_headers inner;

	pfq_parse_inner(packet, pfq_headers(packet), &inner);
	return inner;
}

static void the_inner_header_is_found(void)
{
	for (unsigned int i = 0; i < TUNNELS; i++) {
		uint32_t size = tunnels[i].version == 4 ? 28 : 48;
		struct octets octets = { 0 };
		struct pfq_packet packet;
		struct pfq_headers inner;

		tunnels[i].put(&octets);
		packet = packet_of(&octets);
		inner = inner_of(&packet);
		if (inner.version != tunnels[i].version || inner.network != octets.size - size ||
		    inner.transport != octets.size - 8 || inner.protocol != 17 ||
		    inner.ethertype != (inner.version == 4 ? 0x0800 : 0x86dd) || inner.has_vlan)
			FAIL("%s: version %u, network %u, transport %u of %u", tunnels[i].name,
			     inner.version, inner.network, inner.transport, octets.size);
	}
}

/* An allocation of just this size, so that a sanitizer sees what is read beyond it. */
static void what_is_cut_off_is_absent(void)
{
	for (unsigned int i = 0; i < TUNNELS; i++) {
		struct octets octets = { 0 };

		tunnels[i].put(&octets);
		for (uint32_t captured = 0; captured < octets.size; captured++) {
			uint8_t *copy = malloc(captured ? captured : 1);
			struct pfq_packet packet = packet_of(&octets);
			struct pfq_headers inner;
			uint32_t network;

			CHECK(copy);
			memcpy(copy, octets.data, captured);
			packet.data = copy;
			packet.caplen = captured;
			inner = inner_of(&packet);
			free(copy);
			network = octets.size - (tunnels[i].version == 4 ? 28 : 48);
			if (captured <= network && inner.version)
				FAIL("%s cut to %u: version %u", tunnels[i].name, captured,
				     inner.version);
		}
	}
}

/* One octet of a tunnel changed: there is nothing inside any more. */
static void what_is_no_such_tunnel_is_absent(void)
{
	static const struct {
		void (*put)(struct octets *octets);
		uint32_t at;
		uint8_t octet;
	} changes[] = {
		{ gre, 34, 0x40 }, /* a source route */
		{ gre, 35, 0x01 }, /* PPTP */
		{ gre, 36, 0x09 }, /* another protocol */
		{ gre, 21, 1 },	   /* a fragment that is not the first */
		{ vxlan, 42, 0 },  /* no network identifier */
		{ vxlan, 37, 0 },  /* another port */
		{ gtp, 42, 0x10 }, /* version 0 */
		{ gtp, 42, 0x20 }, /* GTP' */
		{ gtp, 43, 254 },  /* another message */
		{ gtp, 50, 0x55 }, /* version 5 of IP */
		{ ip4_in_ip4, 34, 0x65 },
	};

	for (unsigned int i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct octets octets = { 0 };
		struct pfq_packet packet;

		changes[i].put(&octets);
		octets.data[changes[i].at] = changes[i].octet;
		packet = packet_of(&octets);
		if (inner_of(&packet).version)
			FAIL("change %u", i);
	}
}

static void an_extension_of_no_length_ends_it(void)
{
	struct octets octets = { 0 };
	struct pfq_packet packet;

	gtp_with_extensions(&octets);
	octets.data[14 + 40 + 8 + 8 + 12] = 0;
	packet = packet_of(&octets);
	CHECK(!inner_of(&packet).version);
}

static void eight_extensions_are_read_and_nine_are_not(void)
{
	for (unsigned int count = 8; count <= 9; count++) {
		struct octets octets = { 0 };
		struct pfq_packet packet;

		put_outer4(&octets, 17);
		put_udp(&octets, 2152, 2152);
		put32(&octets, 0x34ff0000);
		put32(&octets, 99);
		put32(&octets, 0x00000085);
		for (unsigned int i = 1; i <= count; i++)
			put32(&octets, 0x01000000 | (i < count ? 0x85 : 0));
		put_inner4(&octets);
		packet = packet_of(&octets);
		CHECK_EQUAL(inner_of(&packet).version, count == 8 ? 4 : 0);
	}
}

/* Runs a program on a packet, and gives counter 1. */
static uint64_t counted(struct image_builder *builder, const struct octets *octets)
{
	struct pfq_group_lane lane = { 0 };
	struct pfq_packet packet = packet_of(octets);
	struct pfq_run run = { .packet = &packet, .lane = &lane };
	struct pfq_checked_image image;
	struct pfq_program *program;
	struct pfq_error error = { 0 };
	struct pfq_headers before;
	struct world world;
	size_t size;
	uint8_t *data = image_end(builder, &size);

	world_begin(&world, 1);
	if (pfq_check_image(data, size, &image, &error) ||
	    pfq_program_create(world.engine, &image, &program, &error))
		FAIL("%s", error.text);
	before = *pfq_headers(&packet);
	for (int i = 0; i < 3; i++)
		pfq_run_program(program, &run);
	CHECK_EQUAL(lane.counters[1] % 3, 0);
	CHECK(memcmp(&before, &packet.headers, sizeof(before)) == 0);
	pfq_program_destroy(program);
	world_end(&world);
	free(data);
	return lane.counters[1] / 3;
}

/* Adds has_addr of an IPv4 network. */
static uint32_t has_addr(struct image_builder *builder, const char *symbol, uint8_t first)
{
	const uint8_t address[4] = { first };
	uint32_t node = image_node(builder, symbol);

	image_network(builder, 4, address, 8);
	return node;
}

/* shift^depth (when (has_addr FIRST.0.0.0/8) (inc 1)) on GTP in IPv4 in IPv4. */
static uint64_t sees_at(unsigned int depth, uint8_t first)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_outer4(&octets, 4);
	put_ip4(&octets, 17, 5, 0, 0x03030303, 0x04040404);
	put_udp(&octets, 2152, 2152);
	put32(&octets, 0x30ff0020);
	put32(&octets, 99);
	put_inner4(&octets);
	for (unsigned int i = 0; i < depth; i++) {
		image_node(&builder, "shift");
		image_function(&builder, i + 1);
	}
	image_node(&builder, "when");
	image_function(&builder, depth + 1);
	image_function(&builder, depth + 2);
	has_addr(&builder, "has_addr", first);
	image_node_integer(&builder, "inc", PFQ_ARG_Int, 1);
	return counted(&builder, &octets);
}

static void a_shift_looks_at_the_next_header_and_at_it_alone(void)
{
	static const uint8_t networks[] = { 1, 3, 10 };

	for (unsigned int depth = 0; depth < 8; depth++)
		for (unsigned int i = 0; i < 3; i++)
			CHECK_EQUAL(sees_at(depth, networks[i]), depth == i);
}

/* shift (filter FIRST) >-> when SECOND (inc 1), of IPv4 in IPv4 */
static uint64_t sees_after(const char *first, const char *second)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_outer4(&octets, 4);
	put_inner4(&octets);
	image_node(&builder, "shift");
	image_function(&builder, 2);
	image_next(&builder, 0, 1);
	image_node(&builder, "when");
	image_function(&builder, 3);
	image_function(&builder, 4);
	image_node(&builder, first);
	image_node(&builder, second);
	image_node_integer(&builder, "inc", PFQ_ARG_Int, 1);
	return counted(&builder, &octets);
}

static void after_a_shift_a_run_looks_at_the_header_from_before(void)
{
	CHECK_EQUAL(sees_after("udp", "is_udp"), 0);
	CHECK_EQUAL(sees_after("udp", "is_ip"), 1);
	CHECK_EQUAL(sees_after("tcp", "is_ip"), 0);
	CHECK_EQUAL(sees_after("ip", "is_udp"), 0);
	CHECK_EQUAL(sees_after("vlan", "is_ip"), 0);
}

/* par (shift (filter is_tcp)) unit >-> when is_udp (inc 1): what drops inside looks outside, too.
 */
static void after_a_drop_within_a_shift_too(void)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, 1, 2, 3, 4);
	image_node(&builder, "par");
	image_function(&builder, 2);
	image_function(&builder, 4);
	image_next(&builder, 0, 1);
	image_node(&builder, "when");
	image_function(&builder, 5);
	image_function(&builder, 6);
	image_node(&builder, "shift");
	image_function(&builder, 3);
	image_node(&builder, "tcp");
	image_node(&builder, "unit");
	image_node(&builder, "is_udp");
	image_node_integer(&builder, "inc", PFQ_ARG_Int, 1);
	CHECK_EQUAL(counted(&builder, &octets), 1);
}

/* END (when (has_addr NETWORK) (inc 1)) */
static uint64_t sees_end(const char *end, const char *symbol, uint8_t first)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, 0x0a000001, 0x0b000001, 1000, 53);
	image_node(&builder, end);
	image_function(&builder, 1);
	image_node(&builder, "when");
	image_function(&builder, 2);
	image_function(&builder, 3);
	has_addr(&builder, symbol, first);
	image_node_integer(&builder, "inc", PFQ_ARG_Int, 1);
	return counted(&builder, &octets);
}

static void src_and_dst_look_at_one_end(void)
{
	CHECK_EQUAL(sees_end("src", "has_addr", 10), 1);
	CHECK_EQUAL(sees_end("src", "has_addr", 11), 0);
	CHECK_EQUAL(sees_end("dst", "has_addr", 10), 0);
	CHECK_EQUAL(sees_end("dst", "has_addr", 11), 1);
	CHECK_EQUAL(sees_end("dst", "has_src_addr", 10), 1);
	CHECK_EQUAL(sees_end("src", "has_dst_addr", 10), 0);
}

/* src (port 1000 >-> dst (port 53)) >-> port 53 >-> inc 1 */
static void the_innermost_end_counts_and_ends_with_its_function(void)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, 0x0a000001, 0x0b000001, 1000, 53);
	image_node(&builder, "src");
	image_function(&builder, 1);
	image_next(&builder, 0, 4);
	image_node_integer(&builder, "port", PFQ_ARG_Word16, 1000);
	image_next(&builder, 1, 2);
	image_node(&builder, "dst");
	image_function(&builder, 3);
	image_node_integer(&builder, "port", PFQ_ARG_Word16, 53);
	image_node_integer(&builder, "port", PFQ_ARG_Word16, 53);
	image_next(&builder, 4, 5);
	image_node_integer(&builder, "inc", PFQ_ARG_Int, 1);
	CHECK_EQUAL(counted(&builder, &octets), 1);
}

int main(void)
{
	run_test("the inner header is found", the_inner_header_is_found);
	run_test("what is cut off is absent", what_is_cut_off_is_absent);
	run_test("what is no such tunnel is absent", what_is_no_such_tunnel_is_absent);
	run_test("an extension of no length ends it", an_extension_of_no_length_ends_it);
	run_test("eight extensions are read, and nine are not",
		 eight_extensions_are_read_and_nine_are_not);
	run_test("a shift looks at the next header, and at it alone",
		 a_shift_looks_at_the_next_header_and_at_it_alone);
	run_test("after a shift a run looks at the header from before",
		 after_a_shift_a_run_looks_at_the_header_from_before);
	run_test("after a drop within a shift, too", after_a_drop_within_a_shift_too);
	run_test("src and dst look at one end", src_and_dst_look_at_one_end);
	run_test("the innermost end counts, and ends with its function",
		 the_innermost_end_counts_and_ends_with_its_function);
	return harness.failures != 0;
}
