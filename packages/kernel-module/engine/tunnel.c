/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "tunnel.h"

enum {
	PROTOCOL_IP4 = 4,
	PROTOCOL_IP6 = 41,
	PROTOCOL_GRE = 47,
	PORT_VXLAN = 4789,
	ETHERTYPE_ETHERNET = 0x6558,
	EXTENSIONS = 8,
};

/* Where the next network header is, and by which EtherType. */
struct network {
	uint32_t offset;
	uint16_t ethertype;
};

static bool is_captured(const struct pfq_packet *packet, uint32_t offset, uint32_t size)
{
	return offset + size <= packet->caplen;
}

static bool read_ethernet(const struct pfq_packet *packet, uint32_t offset, struct network *network)
{
	if (!is_captured(packet, offset, PFQ_ETHERNET_HEADER))
		return false;
	network->ethertype = pfq_read16(packet->data + offset + 12);
	network->offset = offset + PFQ_ETHERNET_HEADER;
	for (int tags = 0; tags < PFQ_VLAN_TAGS && pfq_is_vlan(network->ethertype); tags++) {
		if (!is_captured(packet, network->offset, 4))
			break;
		network->ethertype = pfq_read16(packet->data + network->offset + 2);
		network->offset += 4;
	}
	return true;
}

/* RFC 2784 and 2890. Source routes (RFC 1701) and PPTP (version 1) are not read. */
static bool read_gre(const struct pfq_packet *packet, uint32_t offset, struct network *network)
{
	const uint16_t checksum = 0x8000, routing = 0x4000, key = 0x2000, sequence = 0x1000,
		       version = 0x0007;
	uint16_t flags;

	if (!is_captured(packet, offset, 4))
		return false;
	flags = pfq_read16(packet->data + offset);
	if (flags & (routing | version))
		return false;
	network->ethertype = pfq_read16(packet->data + offset + 2);
	network->offset = offset + 4;
	network->offset += flags & checksum ? 4 : 0;
	network->offset += flags & key ? 4 : 0;
	network->offset += flags & sequence ? 4 : 0;
	if (network->ethertype == ETHERTYPE_ETHERNET)
		return read_ethernet(packet, network->offset, network);
	return network->ethertype == PFQ_ETHERTYPE_IP || network->ethertype == PFQ_ETHERTYPE_IP6;
}

/* RFC 7348. */
static bool read_vxlan(const struct pfq_packet *packet, uint32_t offset, struct network *network)
{
	if (!is_captured(packet, offset, 8) || !(packet->data[offset] & 0x08))
		return false;
	return read_ethernet(packet, offset + 8, network);
}

/* The next octet tells the version of IP. */
static bool read_version(const struct pfq_packet *packet, uint32_t offset, struct network *network)
{
	if (!is_captured(packet, offset, 1))
		return false;
	network->offset = offset;
	switch (packet->data[offset] >> 4) {
	case 4:
		network->ethertype = PFQ_ETHERTYPE_IP;
		return true;
	case 6:
		network->ethertype = PFQ_ETHERTYPE_IP6;
		return true;
	default:
		return false;
	}
}

/* 3GPP TS 29.281: a G-PDU of version 1. */
static bool read_gtp(const struct pfq_packet *packet, uint32_t offset, struct network *network)
{
	const uint8_t *header = packet->data + offset;
	uint8_t extension;
	uint32_t at;

	if (!is_captured(packet, offset, 8) || header[0] >> 4 != 3 || header[1] != 255)
		return false;
	if (!(header[0] & 7))
		return read_version(packet, offset + 8, network);
	if (!is_captured(packet, offset, 12))
		return false;
	extension = header[0] & 4 ? header[11] : 0;
	at = offset + 12;
	for (int extensions = 0; extension; extensions++) {
		uint32_t size;

		if (extensions == EXTENSIONS || !is_captured(packet, at, 1))
			return false;
		size = packet->data[at] * 4u;
		if (size == 0 || !is_captured(packet, at, size))
			return false;
		at += size;
		extension = packet->data[at - 1];
	}
	return read_version(packet, at, network);
}

static bool read_udp(const struct pfq_packet *packet, uint32_t offset, struct network *network)
{
	uint32_t payload = offset + PFQ_UDP_HEADER;
	uint16_t source, destination;

	if (!is_captured(packet, offset, 4))
		return false;
	source = pfq_read16(packet->data + offset);
	destination = pfq_read16(packet->data + offset + 2);
	if (destination == PORT_VXLAN)
		return read_vxlan(packet, payload, network);
	if (source == PFQ_PORT_GTP_U || destination == PFQ_PORT_GTP_U)
		return read_gtp(packet, payload, network);
	return false;
}

static bool find_inner(const struct pfq_packet *packet, const struct pfq_headers *outer,
		       struct network *network)
{
	if (outer->transport == PFQ_ABSENT)
		return false;
	network->offset = outer->transport;
	switch (outer->protocol) {
	case PROTOCOL_IP4:
		network->ethertype = PFQ_ETHERTYPE_IP;
		return true;
	case PROTOCOL_IP6:
		network->ethertype = PFQ_ETHERTYPE_IP6;
		return true;
	case PROTOCOL_GRE:
		return read_gre(packet, outer->transport, network);
	case PFQ_PROTOCOL_UDP:
		return read_udp(packet, outer->transport, network);
	default:
		return false;
	}
}

void pfq_no_headers(const struct pfq_headers *outer, struct pfq_headers *inner)
{
	*inner = (struct pfq_headers){
		.transport = PFQ_ABSENT,
		.protocol = PFQ_PROTOCOL_ABSENT,
		.tci = outer->tci,
		.has_vlan = outer->has_vlan,
		.parsed = true,
	};
}

void pfq_parse_inner(const struct pfq_packet *packet, const struct pfq_headers *outer,
		     struct pfq_headers *inner)
{
	struct network network;

	pfq_no_headers(outer, inner);
	if (!find_inner(packet, outer, &network) || network.offset > UINT16_MAX)
		return;
	inner->has_ethertype = true;
	inner->ethertype = network.ethertype;
	inner->network = (uint16_t)network.offset;
	pfq_parse_network(packet, inner);
}
