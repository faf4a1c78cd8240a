/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "headers.h"

#define IP4(from, to) [from... to] = PFQ_SHAPE_IP4_OTHER
#define IP6(from, to) [from... to] = PFQ_SHAPE_IP6_OTHER

/* The gaps in the second half are the extension headers. */
const uint8_t pfq_plain_shapes[2][256] = {
	{
		[PFQ_PROTOCOL_ICMP] = PFQ_SHAPE_ICMP,
		[PFQ_PROTOCOL_TCP] = PFQ_SHAPE_TCP,
		[PFQ_PROTOCOL_UDP] = PFQ_SHAPE_UDP,
		IP4(0, 0),
		IP4(2, 5),
		IP4(7, 16),
		IP4(18, 255),
	},
	{
		[PFQ_PROTOCOL_TCP] = PFQ_SHAPE_TCP,
		[PFQ_PROTOCOL_UDP] = PFQ_SHAPE_UDP,
		[PFQ_PROTOCOL_ICMP6] = PFQ_SHAPE_ICMP6,
		IP6(1, 5),
		IP6(7, 16),
		IP6(18, 42),
		IP6(45, 50),
		IP6(52, 57),
		IP6(59, 59),
		IP6(61, 134),
		IP6(136, 138),
		IP6(141, 255),
	},
};

enum {
	EXTENSIONS = 8,
	FRAGMENT_HEADER = 44,
	AUTHENTICATION_HEADER = 51,
};

struct network {
	bool present;
	uint16_t ethertype;
	uint32_t offset;
};

static struct network ethernet(const struct pfq_packet *packet, struct pfq_headers *headers)
{
	struct network network = { .offset = PFQ_ETHERNET_HEADER };

	if (packet->caplen < PFQ_ETHERNET_HEADER)
		return network;
	network.present = true;
	network.ethertype = pfq_read16(packet->data + 12);
	for (int tags = 0; tags < PFQ_VLAN_TAGS && pfq_is_vlan(network.ethertype); tags++) {
		const uint8_t *tag = packet->data + network.offset;

		if (network.offset + 4 > packet->caplen)
			break;
		if (!headers->has_vlan) {
			headers->has_vlan = true;
			headers->tci = pfq_read16(tag);
		}
		network.ethertype = pfq_read16(tag + 2);
		network.offset += 4;
	}
	return network;
}

static struct network raw(const struct pfq_packet *packet)
{
	struct network network = { .offset = 0 };

	if (packet->caplen < 1)
		return network;
	switch (packet->data[0] >> 4) {
	case 4:
		network.present = true;
		network.ethertype = PFQ_ETHERTYPE_IP;
		break;
	case 6:
		network.present = true;
		network.ethertype = PFQ_ETHERTYPE_IP6;
		break;
	}
	return network;
}

/* The address family is in the byte order of the machine that wrote the capture. */
static struct network loopback(const struct pfq_packet *packet)
{
	struct network network = { .offset = 4 };
	uint32_t family;

	if (packet->caplen < 4)
		return network;
	family = pfq_read32(packet->data);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		network.present = true;
		network.ethertype = PFQ_ETHERTYPE_IP;
		break;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		network.present = true;
		network.ethertype = PFQ_ETHERTYPE_IP6;
		break;
	}
	return network;
}

static struct network cooked(const struct pfq_packet *packet, uint32_t protocol, uint32_t header)
{
	struct network network = { .offset = header };

	if (packet->caplen < protocol + 2)
		return network;
	network.present = true;
	network.ethertype = pfq_read16(packet->data + protocol);
	return network;
}

static struct network ppp(const struct pfq_packet *packet)
{
	uint32_t start = packet->caplen >= 2 && pfq_read16(packet->data) == 0xff03 ? 2 : 0;
	struct network network = { .offset = start + 2 };

	if (packet->caplen < start + 2)
		return network;
	switch (pfq_read16(packet->data + start)) {
	case 0x0021:
		network.present = true;
		network.ethertype = PFQ_ETHERTYPE_IP;
		break;
	case 0x0057:
		network.present = true;
		network.ethertype = PFQ_ETHERTYPE_IP6;
		break;
	}
	return network;
}

static struct network find_network(const struct pfq_packet *packet, struct pfq_headers *headers)
{
	switch (packet->link) {
	case PFQ_LINK_ETHERNET:
		return ethernet(packet, headers);
	case PFQ_LINK_RAW:
		return raw(packet);
	case PFQ_LINK_NULL:
		return loopback(packet);
	case PFQ_LINK_SLL:
		return cooked(packet, 14, 16);
	case PFQ_LINK_SLL2:
		return cooked(packet, 0, 20);
	case PFQ_LINK_PPP:
		return ppp(packet);
	default:
		return (struct network){ 0 };
	}
}

static uint8_t fragment_bits(bool more, unsigned int offset)
{
	return (more || offset ? PFQ_FRAGMENT : 0) | (offset ? PFQ_FRAGMENT_MORE : 0);
}

static void parse_ip4(const struct pfq_packet *packet, struct pfq_headers *headers)
{
	const uint8_t *ip = packet->data + headers->network;
	uint32_t captured = packet->caplen - headers->network;

	if (captured < 1 || ip[0] >> 4 != 4 || (ip[0] & 0xf) < 5)
		return;
	headers->version = 4;
	if (captured >= 8) {
		uint16_t bits = pfq_read16(ip + 6);

		headers->fragment = fragment_bits(bits & 0x2000, bits & 0x1fff);
	}
	if (captured < 10)
		return;
	headers->protocol = ip[9];
	if (!(headers->fragment & PFQ_FRAGMENT_MORE))
		headers->transport = headers->network + (ip[0] & 0xfu) * 4;
}

static bool is_extension(uint8_t protocol)
{
	switch (protocol) {
	case 0:	 /* hop-by-hop options */
	case 43: /* routing */
	case FRAGMENT_HEADER:
	case AUTHENTICATION_HEADER:
	case 60:  /* destination options */
	case 135: /* mobility */
	case 139: /* HIP */
	case 140: /* shim6 */
		return true;
	default:
		return false;
	}
}

static void parse_ip6(const struct pfq_packet *packet, struct pfq_headers *headers)
{
	const uint8_t *ip = packet->data + headers->network;
	uint32_t captured = packet->caplen - headers->network;
	uint32_t at = headers->network + 40;
	uint8_t protocol;

	if (captured < 1 || ip[0] >> 4 != 6)
		return;
	headers->version = 6;
	if (captured < 7)
		return;
	protocol = ip[6];
	for (int extensions = 0; is_extension(protocol); extensions++) {
		uint32_t header = protocol == FRAGMENT_HEADER ? 8 : 2;
		const uint8_t *extension = packet->data + at;

		if (extensions == EXTENSIONS || at + header > packet->caplen)
			return;
		if (protocol == FRAGMENT_HEADER) {
			uint16_t bits = pfq_read16(extension + 2);

			headers->fragment |= fragment_bits(bits & 1, bits >> 3);
			at += 8;
		} else if (protocol == AUTHENTICATION_HEADER) {
			at += (extension[1] + 2u) * 4;
		} else {
			at += (extension[1] + 1u) * 8;
		}
		protocol = extension[0];
		if (headers->fragment & PFQ_FRAGMENT_MORE)
			break;
	}
	headers->protocol = protocol;
	if (!(headers->fragment & PFQ_FRAGMENT_MORE))
		headers->transport = at;
}

static inline void parse_network(const struct pfq_packet *packet, struct pfq_headers *headers)
{
	if (headers->network >= packet->caplen)
		return;
	if (headers->ethertype == PFQ_ETHERTYPE_IP)
		parse_ip4(packet, headers);
	else if (headers->ethertype == PFQ_ETHERTYPE_IP6)
		parse_ip6(packet, headers);
}

void pfq_parse_network(const struct pfq_packet *packet, struct pfq_headers *headers)
{
	parse_network(packet, headers);
}

/* Neither IP nor a VLAN tag, on Ethernet. */
static bool parse_other(struct pfq_packet *packet)
{
	uint16_t ethertype;

	if (packet->link != PFQ_LINK_ETHERNET || packet->caplen < PFQ_ETHERNET_HEADER)
		return false;
	ethertype = pfq_read16(packet->data + 12);
	if (ethertype == PFQ_ETHERTYPE_IP || ethertype == PFQ_ETHERTYPE_IP6 ||
	    pfq_is_vlan(ethertype))
		return false;
	packet->headers = (struct pfq_headers){
		.transport = PFQ_ABSENT,
		.network = PFQ_ETHERNET_HEADER,
		.ethertype = ethertype,
		.protocol = PFQ_PROTOCOL_ABSENT,
		.shape = PFQ_SHAPE_NO_IP,
		.has_ethertype = true,
		.parsed = true,
	};
	return true;
}

/* Put together in registers, and stored at once. */
static void parse_any(struct pfq_packet *packet)
{
	struct pfq_headers headers = {
		.transport = PFQ_ABSENT,
		.protocol = PFQ_PROTOCOL_ABSENT,
		.shape = PFQ_SHAPE_NO_IP,
		.parsed = true,
	};
	struct network network = find_network(packet, &headers);

	headers.has_ethertype = network.present;
	headers.ethertype = network.ethertype;
	headers.network = (uint16_t)network.offset;
	if (network.present)
		parse_network(packet, &headers);
	if (headers.version)
		headers.shape = PFQ_SHAPE_ANY;
	packet->headers = headers;
}

void pfq_parse_headers(struct pfq_packet *packet)
{
	if (!parse_other(packet))
		parse_any(packet);
}

void pfq_put_tag(struct pfq_packet *packet, uint16_t tci)
{
	pfq_headers(packet);
	packet->headers.has_vlan = true;
	packet->headers.tci = tci;
	if (packet->headers.shape != PFQ_SHAPE_NO_IP)
		packet->headers.shape = PFQ_SHAPE_ANY;
}
