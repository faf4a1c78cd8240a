/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Voice, GTP, Bloom filters, and the steering functions that choose ends, fields and keys. */
#include "harness.h"
#include "image_builder.h"
#include "packets.h"
#include "world.h"

#include "../engine/hash.h"

#define FLOW_SOURCE	 0x0a000001u
#define FLOW_DESTINATION 0xc0a80001u

/* What a program does with a packet, of which this many octets are captured. */
static struct pfq_run run_cut(struct image_builder *builder, const struct octets *octets,
			      uint32_t captured)
{
	static struct pfq_group_lane lane;
	uint8_t *copy = malloc(captured ? captured : 1);
	struct pfq_packet packet = packet_of(octets);
	struct pfq_run run = { .packet = &packet, .lane = &lane };
	struct pfq_checked_image image;
	struct pfq_program *program;
	struct pfq_error error = { 0 };
	struct world world;
	size_t size;
	uint8_t *data = image_end(builder, &size);

	CHECK(copy);
	memcpy(copy, octets->data, captured);
	packet.data = copy;
	packet.caplen = captured;
	world_begin(&world, 1);
	if (pfq_check_image(data, size, &image, &error) ||
	    pfq_program_create(world.engine, &image, &program, &error))
		FAIL("%s", error.text);
	pfq_run_program(program, &run);
	if (run.dropped)
		run.fanout.kind = PFQ_FANOUT_DROP;
	else if (run.fanout.kind == PFQ_FANOUT_PASS && run.mask)
		CHECK_EQUAL(program->masks[run.mask], ~Q_CLASS_CONTROL);
	pfq_program_destroy(program);
	world_end(&world);
	free(copy);
	free(data);
	run.packet = NULL;
	return run;
}

static struct pfq_run run_on(struct image_builder *builder, const struct octets *octets)
{
	return run_cut(builder, octets, octets->size);
}

static bool passes(const char *symbol, const struct octets *octets)
{
	struct image_builder builder = { 0 };

	image_node(&builder, symbol);
	return run_on(&builder, octets).fanout.kind != PFQ_FANOUT_DROP;
}

static void put_media(struct octets *octets, unsigned int source, unsigned int destination,
		      unsigned int first, unsigned int second)
{
	put_ethernet(octets, 0x0800);
	put_ip4(octets, 17, 5, 0, FLOW_SOURCE, FLOW_DESTINATION);
	put_udp(octets, source, destination);
	put8(octets, first);
	put8(octets, second);
}

static bool media_passes(const char *symbol, unsigned int source, unsigned int destination,
			 unsigned int first, unsigned int second)
{
	struct octets octets = { 0 };

	put_media(&octets, source, destination, first, second);
	return passes(symbol, &octets);
}

static void rtp_is_told_by_ports_version_and_payload(void)
{
	for (unsigned int type = 0; type < 128; type++) {
		bool known = type <= 18 || type == 25 || type == 26 || type == 28 ||
			     (type >= 31 && type <= 34) || type >= 96;

		CHECK_EQUAL(media_passes("rtp", 4000, 5000, 0x80, type), known);
		CHECK_EQUAL(media_passes("rtp", 4000, 5000, 0x80, type | 0x80), known);
	}
	CHECK(media_passes("rtp", 1024, 65534, 0xbf, 0));
	CHECK(!media_passes("rtp", 1022, 5000, 0x80, 0));
	CHECK(!media_passes("rtp", 4000, 5001, 0x80, 0));
	CHECK(!media_passes("rtp", 4000, 5000, 0x40, 0));
}

static void rtcp_is_told_by_ports_version_and_type(void)
{
	for (unsigned int type = 190; type < 256; type++)
		CHECK_EQUAL(media_passes("rtcp", 4001, 5001, 0x80, type),
			    type >= 200 && type <= 204);
	CHECK(!media_passes("rtcp", 4000, 5000, 0x80, 200));
	CHECK(!media_passes("rtcp", 1023, 5001, 0x80, 200));
	CHECK(!media_passes("rtcp", 4001, 5001, 0xc0, 200));
}

static void sip_is_told_by_either_port(void)
{
	CHECK(media_passes("sip", 5060, 9, 0, 0));
	CHECK(media_passes("sip", 9, 5061, 0, 0));
	CHECK(!media_passes("sip", 5059, 5062, 0, 0));
	CHECK(media_passes("voip", 5060, 9, 0, 0));
	CHECK(media_passes("voip", 4000, 5000, 0x80, 0));
	CHECK(media_passes("voip", 4001, 5001, 0x80, 200));
	CHECK(!media_passes("voip", 4001, 5001, 0x80, 0));
}

static void gtp_is_told_by_either_port(void)
{
	CHECK(media_passes("gtp_cp", 2123, 9, 0, 0));
	CHECK(media_passes("gtp_up", 9, 2152, 0, 0));
	CHECK(!media_passes("gtp_up", 2123, 9, 0, 0));
	CHECK(!media_passes("gtp_cp", 9, 2152, 0, 0));
	CHECK(media_passes("gtp", 2123, 9, 0, 0));
	CHECK(media_passes("gtp", 9, 2152, 0, 0));
	CHECK(!media_passes("gtp", 9, 8, 0, 0));
}

static bool bloom_passes(const char *symbol, int64_t bins, int64_t prefix, const int64_t *addresses,
			 uint32_t count)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, FLOW_SOURCE, FLOW_DESTINATION, 1, 2);
	image_node(&builder, symbol);
	image_integer(&builder, PFQ_ARG_Int, bins);
	image_integers(&builder, PFQ_ARG_IPv4, addresses, count);
	image_integer(&builder, PFQ_ARG_Int, prefix);
	return run_on(&builder, &octets).fanout.kind == PFQ_FANOUT_PASS;
}

static void a_bloom_filter_has_what_was_put_in(void)
{
	static const int64_t source[] = { 0x01020304, FLOW_SOURCE };
	static const int64_t destination[] = { FLOW_DESTINATION };
	static const int64_t neighbour[] = { FLOW_SOURCE + 200 };

	CHECK(bloom_passes("bloom_filter", 1000, 32, source, 2));
	CHECK(bloom_passes("bloom_filter", 1000, 32, destination, 1));
	CHECK(bloom_passes("bloom_src_filter", 1000, 32, source, 2));
	CHECK(!bloom_passes("bloom_src_filter", 1000, 32, destination, 1));
	CHECK(!bloom_passes("bloom_dst_filter", 1000, 32, source, 2));
	CHECK(bloom_passes("bloom_dst_filter", 1000, 32, destination, 1));
	CHECK(!bloom_passes("bloom_filter", 1000, 32, neighbour, 1));
	CHECK(bloom_passes("bloom_filter", 1000, 24, neighbour, 1));
	CHECK(bloom_passes("bloom_filter", 1, 32, neighbour, 1));
	CHECK(bloom_passes("bloom_filter", 1000, 0, neighbour, 1));
	CHECK(!bloom_passes("bloom_filter", 1, 32, neighbour, 0));
}

/* 10 bits for each of 1,000 addresses: four hash functions let about 1.2 % of others through. */
static void a_bloom_filter_lets_few_others_through(void)
{
	static int64_t addresses[1000];
	unsigned int passed = 0;

	for (unsigned int i = 0; i < 1000; i++)
		addresses[i] = 0x0b000000 + i;
	for (unsigned int i = 0; i < 500; i++) {
		struct image_builder builder = { 0 };
		struct octets octets = { 0 };

		put_flow(&octets, 0x0c000000 + i * 7, 0x01010101, 1, 2);
		image_node(&builder, "bloom_src_filter");
		image_integer(&builder, PFQ_ARG_Int, 10000);
		image_integers(&builder, PFQ_ARG_IPv4, addresses, 1000);
		image_integer(&builder, PFQ_ARG_Int, 32);
		passed += run_on(&builder, &octets).fanout.kind == PFQ_FANOUT_PASS;
	}
	CHECK(passed < 20);
}

static void bloom_filters_have_a_limit_in_all(void)
{
	static const int64_t address = 1;
	struct image_builder builder = { 0 };
	struct pfq_checked_image image;
	struct pfq_program *program;
	struct pfq_error error = { 0 };
	struct world world;
	uint8_t *data;
	size_t size;

	for (uint32_t i = 0; i < 3; i++) {
		image_node(&builder, "bloom_filter");
		image_integer(&builder, PFQ_ARG_Int, 1 << 26);
		image_integers(&builder, PFQ_ARG_IPv4, &address, 1);
		image_integer(&builder, PFQ_ARG_Int, (int64_t)i);
		if (i < 2)
			image_next(&builder, i, i + 1);
	}
	data = image_end(&builder, &size);
	world_begin(&world, 1);
	CHECK_EQUAL(pfq_check_image(data, size, &image, &error), 0);
	CHECK_EQUAL(pfq_program_create(world.engine, &image, &program, &error), -E2BIG);
	CHECK_EQUAL(error.node, 2);
	world_end(&world);
	free(data);
}

static uint32_t hash4(uint32_t address)
{
	return pfq_fold64(pfq_hash_end4(address, 0));
}

static uint32_t hash_mac(uint64_t mac)
{
	return pfq_fold64(pfq_mix(mac));
}

#define CHECK_STEER(run, expected)                                   \
	do {                                                         \
		struct pfq_run run_ = (run);                         \
		CHECK_EQUAL(run_.fanout.kind, PFQ_FANOUT_STEER);     \
		CHECK_EQUAL(run_.fanout.hash, (uint32_t)(expected)); \
	} while (0)

#define CHECK_DOUBLE(run, first, second)                                \
	do {                                                            \
		struct pfq_run run_ = (run);                            \
		CHECK_EQUAL(run_.fanout.kind, PFQ_FANOUT_DOUBLE_STEER); \
		CHECK_EQUAL(run_.fanout.hash, (uint32_t)(first));       \
		CHECK_EQUAL(run_.second_hash, (uint32_t)(second));      \
	} while (0)

#define CHECK_DROP(run) CHECK_EQUAL((run).fanout.kind, PFQ_FANOUT_DROP)
#define CHECK_BROADCAST(run)                                    \
	do {                                                    \
		struct pfq_run run_ = (run);                    \
		CHECK_EQUAL(run_.fanout.kind, PFQ_FANOUT_PASS); \
		CHECK(run_.mask);                               \
	} while (0)

static struct pfq_run steer(const char *symbol, const struct octets *octets)
{
	struct image_builder builder = { 0 };

	image_node(&builder, symbol);
	return run_on(&builder, octets);
}

static void a_double_steer_has_the_hash_of_each_end(void)
{
	struct octets octets = { 0 }, toall = { 0 }, arp = { 0 }, ip6 = { 0 };
	struct image_builder builder = { 0 };

	put_flow(&octets, FLOW_SOURCE, FLOW_DESTINATION, 1, 2);
	CHECK_DOUBLE(steer("double_steer_ip", &octets), hash4(FLOW_SOURCE),
		     hash4(FLOW_DESTINATION));
	CHECK_DOUBLE(steer("double_steer_mac", &octets), hash_mac(0x020000000001),
		     hash_mac(0x020000000002));
	image_node(&builder, "double_steer_ip");
	CHECK_DOUBLE(run_cut(&builder, &octets, 33), 0, 0);
	image_node(&builder, "double_steer_mac");
	CHECK_DROP(run_cut(&builder, &octets, 11));
	put_flow(&toall, FLOW_SOURCE, 0xffffffff, 1, 2);
	memset(toall.data, 0xff, 6);
	CHECK_BROADCAST(steer("double_steer_ip", &toall));
	CHECK_BROADCAST(steer("double_steer_mac", &toall));
	put_ethernet(&arp, 0x0806);
	CHECK_DROP(steer("double_steer_ip", &arp));
	put_ethernet(&ip6, 0x86dd);
	put_ip6(&ip6, 17, 1, 2);
	CHECK_DOUBLE(steer("double_steer_ip", &ip6),
		     pfq_fold64(pfq_hash_end6(0x20010db800000000, 1, 0)),
		     pfq_fold64(pfq_hash_end6(0x20010db800000000, 2, 0)));
}

static struct pfq_run steer_local_ip(uint32_t source, uint32_t destination)
{
	static const uint8_t network[4] = { 10 };
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, source, destination, 1, 2);
	image_node(&builder, "steer_local_ip");
	image_network(&builder, 4, network, 8);
	return run_on(&builder, &octets);
}

static struct pfq_run steer_local_net(uint32_t source, uint32_t destination)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, source, destination, 1, 2);
	image_node(&builder, "steer_local_net");
	image_integer(&builder, PFQ_ARG_IPv4, 0x0a0000ff);
	image_integer(&builder, PFQ_ARG_Int, 8);
	image_integer(&builder, PFQ_ARG_Int, 24);
	return run_on(&builder, &octets);
}

static void what_is_local_is_steered_by_its_local_end(void)
{
	CHECK_STEER(steer_local_ip(0x0a000001, 0x0b000002), hash4(0x0a000001));
	CHECK_STEER(steer_local_ip(0x0b000002, 0x0a000001), hash4(0x0a000001));
	CHECK_DOUBLE(steer_local_ip(0x0a000003, 0x0a000001), hash4(0x0a000003), hash4(0x0a000001));
	CHECK_DROP(steer_local_ip(0x0b000002, 0x0c000001));
	CHECK_STEER(steer_local_net(0x0a010203, 0x0b000002), hash4(0x0a010200));
	CHECK_STEER(steer_local_net(0x0b000002, 0x0a010203), hash4(0x0a010200));
	CHECK_DOUBLE(steer_local_net(0x0a010203, 0x0a020304), hash4(0x0a010200), hash4(0x0a020300));
	CHECK_DROP(steer_local_net(0x0b000002, 0x0c000001));
}

static struct pfq_run steer_local_link(int64_t gateway, bool to_all)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, 1, 2, 3, 4);
	if (to_all)
		memset(octets.data, 0xff, 6);
	image_node_integer(&builder, "steer_local_link", PFQ_ARG_MAC, gateway);
	return run_on(&builder, &octets);
}

static void the_end_that_is_not_the_gateway_is_local(void)
{
	CHECK_STEER(steer_local_link(0x020000000001, false), hash_mac(0x020000000002));
	CHECK_STEER(steer_local_link(0x020000000002, false), hash_mac(0x020000000001));
	CHECK_DOUBLE(steer_local_link(3, false), hash_mac(0x020000000001),
		     hash_mac(0x020000000002));
	CHECK_BROADCAST(steer_local_link(0x020000000001, true));
}

static struct pfq_run steer_fields(const char *symbol, int64_t first, int64_t second, int64_t size)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_flow(&octets, 0x0a000001, 0x0b000002, 1000, 53);
	image_node(&builder, symbol);
	image_integer(&builder, PFQ_ARG_Int, first);
	if (second >= 0)
		image_integer(&builder, PFQ_ARG_Int, second);
	image_integer(&builder, PFQ_ARG_Int, size);
	return run_on(&builder, &octets);
}

static void fields_are_read_where_they_are_told_to_be(void)
{
	CHECK_STEER(steer_fields("steer_field", 26, -1, 4), 0x0a000001);
	CHECK_STEER(steer_fields("steer_field", 26, -1, 1), 0x0a);
	CHECK_STEER(steer_fields("steer_field", 34, -1, 3), 1000 << 8);
	CHECK_STEER(steer_fields("steer_field", 50, -1, 4), 0);
	CHECK_DROP(steer_fields("steer_field", 51, -1, 4));
	CHECK_DROP(steer_fields("steer_field", 65535, -1, 4));
	CHECK_STEER(steer_fields("steer_field_symmetric", 26, 30, 4), 0x0a000001 ^ 0x0b000002);
	CHECK_STEER(steer_fields("steer_field_symmetric", 34, 36, 2), 1000 ^ 53);
	CHECK_DROP(steer_fields("steer_field_symmetric", 26, 65535, 4));
	CHECK_DOUBLE(steer_fields("double_steer_field", 26, 30, 4), 0x0a000001, 0x0b000002);
	CHECK_DROP(steer_fields("double_steer_field", 65535, 30, 4));
}

static struct pfq_run steer_key(int64_t key, const struct octets *octets)
{
	struct image_builder builder = { 0 };

	image_node_integer(&builder, "steer_key", PFQ_ARG_Word64, key);
	return run_on(&builder, octets);
}

/* The hash of docs/packet-model.md, from the words. */
static uint32_t key_hash(const uint64_t words[7])
{
	uint64_t sum = 0;

	for (uint64_t n = 1; n <= 7; n++)
		sum += pfq_mix(words[n - 1] + n * 0x9e3779b97f4a7c15);
	return pfq_fold64(sum);
}

static void a_key_chooses_its_fields(void)
{
	struct octets udp = { 0 }, icmp = { 0 }, ip6 = { 0 };

	put_flow(&udp, FLOW_SOURCE, FLOW_DESTINATION, 1000, 53);
	CHECK_STEER(steer_key(0, &udp), key_hash((uint64_t[7]){ 0 }));
	CHECK_STEER(steer_key(0x7, &udp),
		    key_hash((uint64_t[7]){ 0x0800, 0x020000000001, 0x020000000002 }));
	CHECK_STEER(steer_key(0x38, &udp),
		    key_hash((uint64_t[7]){ 17 << 16, 0, 0, 0, FLOW_SOURCE, 0, FLOW_DESTINATION }));
	CHECK_STEER(steer_key(0x638, &udp),
		    key_hash((uint64_t[7]){ 17 << 16, 1000ULL << 48, 53ULL << 48, 0, FLOW_SOURCE, 0,
					    FLOW_DESTINATION }));
	CHECK_STEER(steer_key(0x80, &udp), key_hash((uint64_t[7]){ 0x10 << 24 }));
	CHECK_STEER(steer_key(0x40, &udp), key_hash((uint64_t[7]){ 0 }));
	CHECK_STEER(steer_key(0x100, &udp), key_hash((uint64_t[7]){ 0 }));
	CHECK_DROP(steer_key(0x800, &udp));
	put_ethernet(&icmp, 0x0800);
	put_ip4(&icmp, 1, 5, 0, 1, 2);
	put8(&icmp, 8);
	put8(&icmp, 3);
	CHECK_STEER(steer_key(0x1800, &icmp), key_hash((uint64_t[7]){ 8ULL << 32 | 3ULL << 40 }));
	CHECK_DROP(steer_key(0x638, &icmp));
	put_ethernet(&ip6, 0x86dd);
	put_ip6(&ip6, 17, 1, 2);
	CHECK_STEER(steer_key(0x18, &ip6), key_hash((uint64_t[7]){ 0, 0, 0, 0x20010db800000000, 1,
								   0x20010db800000000, 2 }));
	CHECK_STEER(steer_key(0xc0, &ip6), key_hash((uint64_t[7]){ 0 }));
	CHECK_DROP(steer_key(0x200, &ip6));
}

static struct pfq_run steer_media(const char *symbol, unsigned int source, unsigned int destination,
				  unsigned int type)
{
	struct octets octets = { 0 };

	put_media(&octets, source, destination, 0x80, type);
	return steer(symbol, &octets);
}

static void a_call_and_its_control_meet(void)
{
	uint32_t hash = steer_media("steer_rtp", 4000, 5000, 0).fanout.hash;

	CHECK_STEER(steer_media("steer_rtp", 4001, 5001, 200), hash);
	CHECK_STEER(steer_media("steer_voip", 4001, 5001, 200), hash);
	CHECK(steer_media("steer_rtp", 4002, 5000, 0).fanout.hash != hash);
	CHECK_DROP(steer_media("steer_rtp", 4001, 5001, 0));
	CHECK_DROP(steer_media("steer_rtp", 5060, 9, 0));
	CHECK_BROADCAST(steer_media("steer_voip", 5060, 9, 0));
	CHECK_DROP(steer_media("steer_voip", 80, 9, 0));
}

static struct pfq_run steer_gtp(unsigned int port, uint32_t source, uint32_t destination)
{
	struct image_builder builder = { 0 };
	struct octets octets = { 0 };

	put_ethernet(&octets, 0x0800);
	put_ip4(&octets, 17, 5, 0, FLOW_SOURCE, FLOW_DESTINATION);
	put_udp(&octets, port, port);
	put32(&octets, 0x30ff0020);
	put32(&octets, 99);
	put_ip4(&octets, 17, 5, 0, source, destination);
	image_node(&builder, "steer_gtp_usr");
	image_integer(&builder, PFQ_ARG_IPv4, 0x0b000000);
	image_integer(&builder, PFQ_ARG_Int, 8);
	return run_on(&builder, &octets);
}

static void gtp_is_steered_by_the_inner_address(void)
{
	CHECK_STEER(steer_gtp(2152, 0x0b000001, 0x0c000001), hash4(0x0b000001));
	CHECK_STEER(steer_gtp(2152, 0x0c000001, 0x0b000001), hash4(0x0b000001));
	CHECK_STEER(steer_gtp(2152, 0x0b000001, 0x0b000002), hash4(0x0b000001));
	CHECK_DROP(steer_gtp(2152, 0x0c000001, 0x0d000001));
	CHECK_BROADCAST(steer_gtp(2123, 0x0b000001, 0x0c000001));
	CHECK_DROP(steer_gtp(53, 0x0b000001, 0x0c000001));
}

int main(void)
{
	run_test("RTP is told by ports, version and payload",
		 rtp_is_told_by_ports_version_and_payload);
	run_test("RTCP is told by ports, version and type", rtcp_is_told_by_ports_version_and_type);
	run_test("SIP is told by either port", sip_is_told_by_either_port);
	run_test("GTP is told by either port", gtp_is_told_by_either_port);
	run_test("a Bloom filter has what was put in", a_bloom_filter_has_what_was_put_in);
	run_test("a Bloom filter lets few others through", a_bloom_filter_lets_few_others_through);
	run_test("Bloom filters have a limit in all", bloom_filters_have_a_limit_in_all);
	run_test("a double steer has the hash of each end",
		 a_double_steer_has_the_hash_of_each_end);
	run_test("what is local is steered by its local end",
		 what_is_local_is_steered_by_its_local_end);
	run_test("the end that is not the gateway is local",
		 the_end_that_is_not_the_gateway_is_local);
	run_test("fields are read where they are told to be",
		 fields_are_read_where_they_are_told_to_be);
	run_test("a key chooses its fields", a_key_chooses_its_fields);
	run_test("a call and its control meet", a_call_and_its_control_meet);
	run_test("GTP is steered by the inner address", gtp_is_steered_by_the_inner_address);
	return harness.failures != 0;
}
