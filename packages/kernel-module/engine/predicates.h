/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The predicates: does it hold for this packet? One function for each row of the table of
 * primitives. */
#ifndef PFQ_ENGINE_PREDICATES_H
#define PFQ_ENGINE_PREDICATES_H

#include "device.h"
#include "hash.h"
#include "run.h"

static inline bool pfq_is_l3_proto(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_headers *headers = &run->packet->headers;

	return headers->has_ethertype && headers->ethertype == insn->value;
}

static inline bool pfq_is_ip(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return run->packet->headers.ethertype == PFQ_ETHERTYPE_IP;
}

static inline bool pfq_is_ip6(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return run->packet->headers.ethertype == PFQ_ETHERTYPE_IP6;
}

static inline bool pfq_is_l4_proto(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_is_protocol(run->packet, (uint8_t)insn->value);
}

static inline bool pfq_is_tcp(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_is_protocol(run->packet, PFQ_PROTOCOL_TCP);
}

static inline bool pfq_is_udp(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_is_protocol(run->packet, PFQ_PROTOCOL_UDP);
}

static inline bool pfq_is_sctp(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_is_protocol(run->packet, PFQ_PROTOCOL_SCTP);
}

static inline bool pfq_is_icmp(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_is_protocol(run->packet, PFQ_PROTOCOL_ICMP) && run->packet->headers.version == 4;
}

static inline bool pfq_is_icmp6(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_is_protocol(run->packet, PFQ_PROTOCOL_ICMP6) &&
	       run->packet->headers.version == 6;
}

static inline bool pfq_is_flow(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_has_ports(run->packet);
}

static inline bool pfq_is_frag(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return run->packet->headers.fragment & PFQ_FRAGMENT;
}

static inline bool pfq_is_first_frag(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return run->packet->headers.fragment == PFQ_FRAGMENT;
}

static inline bool pfq_is_more_frag(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return run->packet->headers.fragment & PFQ_FRAGMENT_MORE;
}

/* Whether any of the values of this instruction, and of those that it answers for, is one of the
 * two. */
static inline bool pfq_is_one_of(const struct pfq_insn *insn, uint64_t a, uint64_t b)
{
	unsigned int more = insn->more;
	bool found = (insn->value == a) | (insn->value == b);

	for (; more > 0; more--) {
		insn++;
		found |= (insn->value == a) | (insn->value == b);
	}
	return found;
}

static inline bool pfq_port_is(struct pfq_run *run, unsigned int end, const struct pfq_insn *insn)
{
	const uint8_t *field = pfq_port_field(run->packet, end);
	uint64_t port;

	if (!field)
		return false;
	port = pfq_read16(field);
	return pfq_is_one_of(insn, port, port);
}

static inline bool pfq_has_src_port(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_port_is(run, 0, insn);
}

static inline bool pfq_has_dst_port(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_port_is(run, 1, insn);
}

static inline bool pfq_has_port(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *source = pfq_port_field(run->packet, 0);
	const uint8_t *destination = pfq_port_field(run->packet, 1);

	if (PFQ_UNLIKELY(!destination))
		return source && pfq_port_is(run, 0, insn);
	return pfq_is_one_of(insn, pfq_read16(source), pfq_read16(destination));
}

static inline bool pfq_in_prefix6(const uint8_t *address, const struct pfq_prefix6 *prefix)
{
	return (pfq_read64(address) & prefix->high_mask) == prefix->high &&
	       (pfq_read64(address + 8) & prefix->low_mask) == prefix->low;
}

/* Of an IPv4 network, and of those that the instruction answers for besides. */
static inline bool pfq_in_network4(const struct pfq_insn *insn, uint32_t a, uint32_t b)
{
	unsigned int more = insn->more;
	bool found = false;

	for (;; insn++) {
		uint32_t mask = (uint32_t)(insn->value >> 32), network = (uint32_t)insn->value;

		found |= ((a & mask) == network) | ((b & mask) == network);
		if (more-- == 0)
			return found;
	}
}

/* The source (0) or destination (1) address, or either of the two, is in the network: for IPv6. */
static inline bool pfq_address6_in(const struct pfq_packet *packet, unsigned int first,
				   unsigned int last, const struct pfq_insn *insn)
{
	const uint8_t *address = pfq_network_field(packet, 6, 8 + first * 16, 16);

	if (!address)
		return false;
	if (pfq_in_prefix6(address, insn->constant))
		return true;
	if (first == last)
		return false;
	address = pfq_network_field(packet, 6, 8 + last * 16, 16);
	return address && pfq_in_prefix6(address, insn->constant);
}

/*
 * The same for either version. Where the whole of an IPv4 header is there to be read, its version
 * is one more condition and not a branch.
 */
static inline bool pfq_address_in(struct pfq_run *run, unsigned int first, unsigned int last,
				  const struct pfq_insn *insn)
{
	const struct pfq_packet *packet = run->packet;
	uint32_t at = packet->headers.network + 12u;
	const uint8_t *address;

	if (insn->family == 6)
		return pfq_address6_in(packet, first, last, insn);
	if (PFQ_UNLIKELY(at + last * 4 + 4 > packet->caplen)) {
		address = first == 0 ? pfq_network_field(packet, 4, 12, 4) : NULL;
		return address && pfq_in_network4(insn, pfq_read32(address), pfq_read32(address));
	}
	address = packet->data + at;
	return (packet->headers.version == 4) & pfq_in_network4(insn,
								pfq_read32(address + first * 4),
								pfq_read32(address + last * 4));
}

static inline bool pfq_has_src_addr(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_address_in(run, 0, 0, insn);
}

static inline bool pfq_has_dst_addr(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_address_in(run, 1, 1, insn);
}

static inline bool pfq_has_addr(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_address_in(run, 0, 1, insn);
}

static inline bool pfq_has_vlan(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return run->packet->headers.has_vlan;
}

static inline bool pfq_has_vid(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_headers *headers = &run->packet->headers;

	return headers->has_vlan && (headers->tci & Q_VLAN_VID_MASK) == insn->value;
}

static inline bool pfq_vlan_id(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_headers *headers = &run->packet->headers;
	const struct pfq_vlan_set *set = insn->constant;
	unsigned int vid = headers->tci & Q_VLAN_VID_MASK;

	return headers->has_vlan && set->bits[vid / 64] >> vid % 64 & 1;
}

static inline bool pfq_has_mark(struct pfq_run *run, const struct pfq_insn *insn)
{
	return run->mark == insn->value;
}

static inline bool pfq_has_state(struct pfq_run *run, const struct pfq_insn *insn)
{
	return run->state == insn->value;
}

static inline bool pfq_is_broadcast(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *mac = pfq_mac_field(run->packet, 0);

	(void)insn;
	return mac && pfq_read48(mac) == 0xffffffffffffULL;
}

static inline bool pfq_is_multicast(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *mac = pfq_mac_field(run->packet, 0);

	(void)insn;
	return mac && (mac[0] & 1);
}

static inline bool pfq_is_ip_broadcast(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *address = pfq_network_field(run->packet, 4, 16, 4);

	(void)insn;
	return address && pfq_read32(address) == 0xffffffff;
}

static inline bool pfq_is_ip_multicast(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *address = pfq_network_field(run->packet, 4, 16, 4);

	(void)insn;
	if (address)
		return address[0] >> 4 == 14;
	address = pfq_network_field(run->packet, 6, 24, 16);
	return address && address[0] == 0xff;
}

static inline bool pfq_is_ip_host(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *address = pfq_network_field(run->packet, 4, 16, 4);

	(void)insn;
	return address && run->device && pfq_device_has_address(run->device, pfq_read32(address));
}

static inline bool pfq_is_incoming_host(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_is_ip_broadcast(run, insn) || pfq_is_ip_multicast(run, insn) ||
	       pfq_is_ip_host(run, insn);
}

/* Whether either port, but for the bits that the mask leaves out, is this. */
static inline bool pfq_a_port_is(const struct pfq_packet *packet, uint16_t port, uint16_t mask)
{
	const uint8_t *source = pfq_port_field(packet, 0);
	const uint8_t *destination = pfq_port_field(packet, 1);

	return (source && (pfq_read16(source) & mask) == port) ||
	       (destination && (pfq_read16(destination) & mask) == port);
}

/* The first two octets in UDP between two odd or two even ports from 1024 on, of RTP's version 2;
 * NULL if there are none. */
static inline const uint8_t *pfq_media_header(const struct pfq_packet *packet, unsigned int odd)
{
	const uint8_t *udp;
	uint16_t source, destination;

	if (!pfq_is_protocol(packet, PFQ_PROTOCOL_UDP))
		return NULL;
	udp = pfq_transport_field(packet, 0, PFQ_UDP_HEADER + 2);
	if (!udp)
		return NULL;
	source = pfq_read16(udp);
	destination = pfq_read16(udp + 2);
	if (source < 1024 || destination < 1024 || (source & 1) != odd ||
	    (destination & 1) != odd || udp[PFQ_UDP_HEADER] >> 6 != 2)
		return NULL;
	return udp + PFQ_UDP_HEADER;
}

static inline bool pfq_is_rtp(struct pfq_run *run, const struct pfq_insn *insn)
{
	/* Payload types 0-18, 25, 26, 28, 31-34; 96-127. */
	static const uint64_t types[2] = { 0x79607ffffULL, 0xffffffffULL << 32 };
	const uint8_t *header = pfq_media_header(run->packet, 0);
	unsigned int type;

	(void)insn;
	if (!header)
		return false;
	type = header[1] & 0x7f;
	return types[type / 64] >> type % 64 & 1;
}

static inline bool pfq_is_rtcp(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *header = pfq_media_header(run->packet, 1);

	(void)insn;
	return header && header[1] >= 200 && header[1] <= 204;
}

static inline bool pfq_is_sip(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_a_port_is(run->packet, 5060, 0xfffe);
}

static inline bool pfq_is_voip(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_is_sip(run, insn) || pfq_is_rtp(run, insn) || pfq_is_rtcp(run, insn);
}

static inline bool pfq_is_gtp_cp(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_is_protocol(run->packet, PFQ_PROTOCOL_UDP) &&
	       pfq_a_port_is(run->packet, PFQ_PORT_GTP_C, 0xffff);
}

static inline bool pfq_is_gtp_up(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_is_protocol(run->packet, PFQ_PROTOCOL_UDP) &&
	       pfq_a_port_is(run->packet, PFQ_PORT_GTP_U, 0xffff);
}

static inline bool pfq_is_gtp(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_is_gtp_cp(run, insn) || pfq_is_gtp_up(run, insn);
}

static inline bool pfq_in_bloom(const struct pfq_run *run, unsigned int end,
				const struct pfq_insn *insn)
{
	const uint8_t *address = pfq_network_field(run->packet, 4, 12 + end * 4, 4);
	const uint64_t *bits = insn->constant;
	uint32_t last = (uint32_t)insn->value, mask = (uint32_t)(insn->value >> 32);
	struct pfq_bloom_place place;

	if (!address)
		return false;
	place = pfq_bloom_place(pfq_read32(address) & mask);
	for (int i = 0; i < PFQ_BLOOM_HASHES; i++) {
		uint32_t bin = pfq_bloom_bin(&place, i) & last;

		if (!(bits[bin / 64] >> bin % 64 & 1))
			return false;
	}
	return true;
}

static inline bool pfq_bloom_src(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_in_bloom(run, 0, insn);
}

static inline bool pfq_bloom_dst(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_in_bloom(run, 1, insn);
}

static inline bool pfq_bloom(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_in_bloom(run, 0, insn) || pfq_in_bloom(run, 1, insn);
}

#endif
