/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* What is read of a packet: docs/packet-model.md, at its edges. */
#include "harness.h"
#include "packets.h"

#include "../engine/actions.h"
#include "../engine/predicates.h"
#include "../engine/properties.h"

/* Asks everything that can be asked of a packet; what it gives depends on all answers. */
static uint64_t ask_everything(struct pfq_packet *packet)
{
	static const struct pfq_vlan_set vids = { .bits = { 2, 4 } };
	static const struct pfq_prefix6 prefix = { .high = 0x20010db800000000,
						   .high_mask = 0xffffffff00000000 };
	static const struct pfq_insn of = {
		.value = 80,
		.family = 4,
		.constant = &vids,
	};
	static const struct pfq_insn of6 = { .family = 6, .constant = &prefix };
	struct pfq_group_lane lane = { 0 };
	struct pfq_run run = { .packet = packet, .lane = &lane };
	const struct pfq_insn *insn = &of;
	uint64_t value = 0, sum = 0;

#define ASK(what) (sum = sum * 3 + (what))
	ASK(pfq_is_l3_proto(&run, insn));
	ASK(pfq_is_ip(&run, insn));
	ASK(pfq_is_ip6(&run, insn));
	ASK(pfq_is_tcp(&run, insn));
	ASK(pfq_is_udp(&run, insn));
	ASK(pfq_is_icmp(&run, insn));
	ASK(pfq_is_icmp6(&run, insn));
	ASK(pfq_is_flow(&run, insn));
	ASK(pfq_is_frag(&run, insn));
	ASK(pfq_is_first_frag(&run, insn));
	ASK(pfq_is_more_frag(&run, insn));
	ASK(pfq_has_port(&run, insn));
	ASK(pfq_has_addr(&run, insn));
	ASK(pfq_has_addr(&run, &of6));
	ASK(pfq_has_vlan(&run, insn));
	ASK(pfq_vlan_id(&run, insn));
	ASK(pfq_is_broadcast(&run, insn));
	ASK(pfq_is_multicast(&run, insn));
	ASK(pfq_is_ip_broadcast(&run, insn));
	ASK(pfq_is_ip_multicast(&run, insn));
#define READ(property) (value = 0, sum = sum * 5 + pfq_##property(&run, &value), sum += value)
	READ(ip_tos);
	READ(ip_tot_len);
	READ(ip_id);
	READ(ip_frag);
	READ(ip_ttl);
	READ(ip6_hop_limit);
	READ(ip6_flow_label);
	READ(tcp_source);
	READ(tcp_dest);
	READ(tcp_hdrlen);
	READ(tcp_flags);
	READ(udp_source);
	READ(udp_dest);
	READ(udp_len);
	READ(icmp_type);
	READ(icmp_code);
	ASK(pfq_steer_flow(&run, insn));
	ASK(pfq_steer_p2p(&run, insn));
	ASK(pfq_steer_link(&run, insn));
	ASK(pfq_steer_rss(&run, insn));
	ASK(pfq_steer_vlan(&run, insn));
	return sum + run.fanout.hash;
}

/* Copies of exactly each length, so that a sanitizer sees the first octet read beyond it. */
static void cut_everywhere(const struct octets *octets)
{
	for (uint16_t link = PFQ_LINK_ETHERNET; link <= PFQ_LINK_PPP + 1; link++) {
		for (uint32_t length = 0; length <= octets->size; length++) {
			uint8_t *copy = malloc(length ? length : 1);
			struct pfq_packet packet = { .data = copy, .caplen = length, .link = link };

			CHECK(copy);
			memcpy(copy, octets->data, length);
			CHECK(pfq_headers(&packet)->parsed);
			ask_everything(&packet);
			free(copy);
		}
	}
}

static struct octets tagged(unsigned int tags)
{
	struct octets octets = { 0 };

	put_ethernet(&octets, tags ? 0x88a8 : 0x0800);
	for (unsigned int tag = 1; tag <= tags; tag++) {
		put16(&octets, 0x2000 | tag);
		put16(&octets, tag < tags ? 0x8100 : 0x0800);
	}
	put_ip4(&octets, 6, 5, 0, 0x0a000001, 0x0a000002);
	put_tcp(&octets, 1000, 80);
	return octets;
}

static struct octets extended(unsigned int count, unsigned int fragment_bits)
{
	struct octets octets = { 0 };

	put_ethernet(&octets, 0x86dd);
	put_ip6(&octets, count > 0 ? 0 : 44, 1, 2);
	for (unsigned int i = 0; i < count; i++)
		put_extension(&octets, i + 1 < count ? 60 : 44, i % 3 * 8 + 8);
	put_fragment6(&octets, 17, fragment_bits);
	put_udp(&octets, 53, 5353);
	return octets;
}

static void a_packet_cut_anywhere_is_read_within_its_bounds(void)
{
	struct octets packets[] = {
		tagged(0),	tagged(1),	tagged(2),	tagged(5),	extended(0, 1),
		extended(3, 1), extended(3, 8), extended(7, 0), extended(9, 0),
	};
	struct octets options = { 0 }, icmp = { 0 };

	for (unsigned int i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		cut_everywhere(&packets[i]);
	put_ethernet(&options, 0x0800);
	put_ip4(&options, 6, 15, 0, 1, 2);
	put_tcp(&options, 1, 2);
	cut_everywhere(&options);
	put_ethernet(&icmp, 0x0800);
	put_ip4(&icmp, 1, 5, 0, 1, 2);
	put32(&icmp, 0x08000000);
	cut_everywhere(&icmp);
}

static void octets_of_any_value_are_read_within_bounds(void)
{
	uint32_t random = 1;

	for (int round = 0; round < 20000; round++) {
		uint32_t length = (random >> 8) % 120;
		uint8_t *octets = malloc(length ? length : 1);
		struct pfq_packet packet = { .data = octets, .caplen = length };

		CHECK(octets);
		for (uint32_t at = 0; at < length; at++) {
			random = random * 1664525 + 1013904223;
			octets[at] = random & 0x10000 ? (uint8_t)(random >> 24) : 0;
		}
		packet.link = random % 7;
		if (length > 14 && (round & 1)) {
			octets[12] = round & 2 ? 0x86 : 0x08;
			octets[13] = round & 2 ? 0xdd : 0x00;
			octets[14] = round & 2 ? 0x60 : 0x40 | (random >> 20 & 15);
		}
		ask_everything(&packet);
		free(octets);
		random += (uint32_t)round;
	}
}

static const struct pfq_headers *parse(const struct octets *octets, struct pfq_packet *packet)
{
	*packet = packet_of(octets);
	return pfq_headers(packet);
}

static void the_outermost_of_four_tags_counts_and_a_fifth_is_the_ethertype(void)
{
	struct pfq_packet packet;
	struct octets four = tagged(4), five = tagged(5);

	CHECK_EQUAL(parse(&four, &packet)->tci, 0x2001);
	CHECK_EQUAL(packet.headers.ethertype, 0x0800);
	CHECK_EQUAL(packet.headers.protocol, 6);
	CHECK_EQUAL(parse(&five, &packet)->tci, 0x2001);
	CHECK_EQUAL(packet.headers.ethertype, 0x8100);
	CHECK_EQUAL(packet.headers.version, 0);
}

static void a_tag_cut_off_is_the_ethertype(void)
{
	struct octets octets = tagged(1);
	struct pfq_packet packet;

	octets.size = 17;
	CHECK(!parse(&octets, &packet)->has_vlan);
	CHECK_EQUAL(packet.headers.ethertype, 0x88a8);
}

static void an_ipv4_header_of_less_than_five_words_is_none(void)
{
	struct octets octets = tagged(0);
	struct pfq_packet packet;

	octets.data[14] = 0x44;
	CHECK_EQUAL(parse(&octets, &packet)->version, 0);
	CHECK_EQUAL(packet.headers.ethertype, 0x0800);
	CHECK_EQUAL(packet.headers.protocol, PFQ_PROTOCOL_ABSENT);
}

static void the_transport_follows_the_options(void)
{
	struct octets octets = { 0 };
	struct pfq_packet packet;

	put_ethernet(&octets, 0x0800);
	put_ip4(&octets, 17, 15, 0, 1, 2);
	put_udp(&octets, 53, 5353);
	CHECK_EQUAL(parse(&octets, &packet)->transport, 14 + 60);
	CHECK(pfq_port_field(&packet, 1));
	CHECK_EQUAL(pfq_read16(pfq_port_field(&packet, 1)), 5353);
}

static void only_the_first_fragment_has_ports(void)
{
	static const struct {
		unsigned int bits, fragment;
		bool ports;
	} cases[] = {
		{ 0, 0, true },
		{ 0x4000, 0, true },
		{ 0x2000, PFQ_FRAGMENT, true },
		{ 0x2001, PFQ_FRAGMENT | PFQ_FRAGMENT_MORE, false },
		{ 0x1fff, PFQ_FRAGMENT | PFQ_FRAGMENT_MORE, false },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct octets octets = { 0 };
		struct pfq_packet packet;

		put_ethernet(&octets, 0x0800);
		put_ip4(&octets, 17, 5, cases[i].bits, 1, 2);
		put_udp(&octets, 53, 5353);
		CHECK_EQUAL(parse(&octets, &packet)->fragment, cases[i].fragment);
		CHECK_EQUAL(packet.headers.protocol, 17);
		CHECK_EQUAL(pfq_port_field(&packet, 0) != NULL, cases[i].ports);
	}
}

static void eight_extension_headers_are_followed_and_a_ninth_is_not(void)
{
	struct octets eight = extended(7, 0), nine = extended(8, 1);
	struct pfq_packet packet;

	CHECK_EQUAL(parse(&eight, &packet)->protocol, 17);
	CHECK_EQUAL(parse(&nine, &packet)->protocol, PFQ_PROTOCOL_ABSENT);
	CHECK_EQUAL(packet.headers.fragment, 0);
	CHECK_EQUAL(packet.headers.version, 6);
}

static void after_a_later_fragment_the_next_header_is_the_protocol_whatever_it_is(void)
{
	struct octets octets = { 0 };
	struct pfq_packet packet;

	put_ethernet(&octets, 0x86dd);
	put_ip6(&octets, 44, 1, 2);
	put_fragment6(&octets, 60, 8);
	put_extension(&octets, 17, 8);
	CHECK_EQUAL(parse(&octets, &packet)->protocol, 60);
	CHECK_EQUAL(packet.headers.fragment, PFQ_FRAGMENT | PFQ_FRAGMENT_MORE);
	CHECK_EQUAL(packet.headers.transport, PFQ_ABSENT);
}

static void one_of_several_fragment_headers_is_enough(void)
{
	struct octets octets = { 0 };
	struct pfq_packet packet;

	put_ethernet(&octets, 0x86dd);
	put_ip6(&octets, 44, 1, 2);
	put_fragment6(&octets, 44, 1);
	put_fragment6(&octets, 17, 0);
	put_udp(&octets, 1, 2);
	CHECK_EQUAL(parse(&octets, &packet)->fragment, PFQ_FRAGMENT);
	CHECK(pfq_port_field(&packet, 0));
}

static void the_length_of_an_authentication_header_is_in_words(void)
{
	struct octets octets = { 0 };
	struct pfq_packet packet;

	put_ethernet(&octets, 0x86dd);
	put_ip6(&octets, 51, 1, 2);
	put8(&octets, 17);
	put8(&octets, 4); /* (4 + 2) * 4 octets */
	put_zeros(&octets, 22);
	put_udp(&octets, 9, 10);
	CHECK_EQUAL(parse(&octets, &packet)->transport, 14 + 40 + 24);
}

static void every_link_type_finds_its_network_header(void)
{
	static const struct {
		uint16_t link;
		uint8_t before[24];
		uint32_t size;
		bool found;
	} cases[] = {
		{ PFQ_LINK_RAW, { 0 }, 0, true },
		{ PFQ_LINK_NULL, { 2, 0, 0, 0 }, 4, true },
		{ PFQ_LINK_NULL, { 0, 0, 0, 2 }, 4, true },
		{ PFQ_LINK_NULL, { 0, 2, 0, 0 }, 4, false },
		{ PFQ_LINK_SLL, { [14] = 8, [15] = 0 }, 16, true },
		{ PFQ_LINK_SLL2, { 8, 0 }, 20, true },
		{ PFQ_LINK_PPP, { 0x00, 0x21 }, 2, true },
		{ PFQ_LINK_PPP, { 0xff, 0x03, 0x00, 0x21 }, 4, true },
		{ PFQ_LINK_PPP, { 0xff, 0x03, 0xc0, 0x21 }, 4, false },
		{ PFQ_LINK_PPP + 1, { 0 }, 0, false },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct octets octets = { 0 };
		struct pfq_packet packet;

		memcpy(octets.data, cases[i].before, sizeof(cases[i].before));
		octets.size = cases[i].size;
		put_ip4(&octets, 17, 5, 0, 1, 2);
		put_udp(&octets, 53, 54);
		packet = packet_of(&octets);
		packet.link = cases[i].link;
		CHECK_EQUAL(pfq_headers(&packet)->version, cases[i].found ? 4 : 0);
		CHECK_EQUAL(pfq_port_field(&packet, 0) != NULL, cases[i].found);
		CHECK(!pfq_mac_field(&packet, 0));
	}
}

static void the_quick_parser_and_the_whole_one_agree(void)
{
	struct octets octets = tagged(0);
	struct pfq_packet quick, whole;

	for (unsigned int protocol = 0; protocol < 256; protocol++) {
		octets.data[23] = (uint8_t)protocol;
		quick = whole = packet_of(&octets);
		CHECK(pfq_parse_plain(&quick));
		pfq_parse_headers(&whole);
		CHECK_EQUAL(quick.headers.network, whole.headers.network);
		CHECK_EQUAL(quick.headers.transport, whole.headers.transport);
		CHECK_EQUAL(quick.headers.ethertype, whole.headers.ethertype);
		CHECK_EQUAL(quick.headers.version, whole.headers.version);
		CHECK_EQUAL(quick.headers.protocol, whole.headers.protocol);
		CHECK_EQUAL(quick.headers.has_vlan, whole.headers.has_vlan);
		CHECK_EQUAL(quick.headers.fragment, whole.headers.fragment);
	}
}

static void both_directions_of_a_flow_have_one_hash(void)
{
	struct octets there = { 0 }, back = { 0 };
	struct pfq_packet a, b;
	struct pfq_run run_a = { .packet = &a }, run_b = { .packet = &b };

	put_flow(&there, 0x0a000001, 0xc0a80001, 1234, 53);
	put_flow(&back, 0xc0a80001, 0x0a000001, 53, 1234);
	a = packet_of(&there);
	b = packet_of(&back);
	pfq_headers(&a);
	pfq_headers(&b);
	CHECK(pfq_steer_flow(&run_a, NULL) && pfq_steer_flow(&run_b, NULL));
	CHECK_EQUAL(run_a.fanout.hash, run_b.fanout.hash);
}

int main(void)
{
	run_test("a packet cut anywhere is read within its bounds",
		 a_packet_cut_anywhere_is_read_within_its_bounds);
	run_test("octets of any value are read within bounds",
		 octets_of_any_value_are_read_within_bounds);
	run_test("the outermost of four tags counts, and a fifth is the EtherType",
		 the_outermost_of_four_tags_counts_and_a_fifth_is_the_ethertype);
	run_test("a tag that is cut off is the EtherType", a_tag_cut_off_is_the_ethertype);
	run_test("an IPv4 header of less than five words is none",
		 an_ipv4_header_of_less_than_five_words_is_none);
	run_test("the transport header follows the IPv4 options",
		 the_transport_follows_the_options);
	run_test("only the first fragment has ports", only_the_first_fragment_has_ports);
	run_test("eight IPv6 extension headers are followed, and a ninth is not",
		 eight_extension_headers_are_followed_and_a_ninth_is_not);
	run_test("after a later IPv6 fragment, the next header is the protocol",
		 after_a_later_fragment_the_next_header_is_the_protocol_whatever_it_is);
	run_test("of several IPv6 fragment headers, one is enough",
		 one_of_several_fragment_headers_is_enough);
	run_test("the length of an authentication header is in words",
		 the_length_of_an_authentication_header_is_in_words);
	run_test("every link type finds its network header",
		 every_link_type_finds_its_network_header);
	run_test("the quick parser and the whole one agree",
		 the_quick_parser_and_the_whole_one_agree);
	run_test("both directions of a flow have one hash",
		 both_directions_of_a_flow_have_one_hash);
	return harness.failures > 0;
}
