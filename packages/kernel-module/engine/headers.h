/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * The headers of a packet, read once, by the first who wants to know one. A field that is not
 * wholly captured is absent: whoever reads one asks for its bounds here, and nobody else touches
 * the octets. The meaning is docs/packet-model.md.
 */
#ifndef PFQ_ENGINE_HEADERS_H
#define PFQ_ENGINE_HEADERS_H

#include "engine.h"
#include "octets.h"

enum {
	PFQ_FRAGMENT = 1,      /* part of a fragmented datagram */
	PFQ_FRAGMENT_MORE = 2, /* ... and not the first part */
};

enum {
	PFQ_ETHERNET_HEADER = 14,
	PFQ_ETHERTYPE_IP = 0x0800,
	PFQ_ETHERTYPE_IP6 = 0x86dd,
	PFQ_PROTOCOL_ICMP = 1,
	PFQ_PROTOCOL_TCP = 6,
	PFQ_PROTOCOL_UDP = 17,
	PFQ_PROTOCOL_ICMP6 = 58,
	PFQ_PROTOCOL_SCTP = 132,
	PFQ_PROTOCOL_ABSENT = 256,
	PFQ_UDP_HEADER = 8,
	PFQ_PORT_GTP_C = 2123,
	PFQ_PORT_GTP_U = 2152,
};

/* Where a header would be that is not there: beyond what any packet has captured. */
#define PFQ_ABSENT (1u << 30)

/* VLAN tags that are read. */
#define PFQ_VLAN_TAGS 4

static inline bool pfq_is_vlan(uint16_t ethertype)
{
	return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

/* Reads the IP header of which EtherType and offset are set, and finds the transport header. */
void pfq_parse_network(const struct pfq_packet *packet, struct pfq_headers *headers);

/* Reads them, whatever they are. */
void pfq_parse_headers(struct pfq_packet *packet);

/*
 * The shape of a packet with a plain IPv4 (0) or IPv6 (1) header, by its protocol; PFQ_SHAPE_ANY
 * where something else may stand between the two.
 */
extern const uint8_t pfq_plain_shapes[2][256];

/*
 * The common cases, inline: IPv4 without options or fragments, and IPv6 without extension headers,
 * straight on Ethernet. Which of them it is decides no branch, since traffic mixes them.
 */
static inline bool pfq_parse_plain(struct pfq_packet *packet)
{
	static const struct pfq_headers plain[2] = {
		{
			.network = PFQ_ETHERNET_HEADER,
			.transport = PFQ_ETHERNET_HEADER + 20,
			.ethertype = PFQ_ETHERTYPE_IP,
			.version = 4,
			.parsed = true,
			.has_ethertype = true,
		},
		{
			.network = PFQ_ETHERNET_HEADER,
			.transport = PFQ_ETHERNET_HEADER + 40,
			.ethertype = PFQ_ETHERTYPE_IP6,
			.version = 6,
			.parsed = true,
			.has_ethertype = true,
		},
	};
	const uint8_t *data = packet->data;
	uint32_t type; /* the EtherType, and the first octets of what follows */
	uint8_t protocol, shape;
	bool ip4, ip6;

	if (packet->link != PFQ_LINK_ETHERNET || packet->caplen < PFQ_ETHERNET_HEADER + 20)
		return false;
	type = pfq_read32(data + 12);
	ip6 = type >> 12 == (PFQ_ETHERTYPE_IP6 << 4 | 6);
	ip4 = type >> 8 == (PFQ_ETHERTYPE_IP << 8 | 0x45);
	ip4 &= (pfq_read16(data + 20) & 0x3fff) == 0;
	protocol = data[ip6 ? 20 : 23];
	shape = pfq_plain_shapes[ip6][protocol];
	if (!((ip4 | ip6) & (shape != PFQ_SHAPE_ANY)))
		return false;
	packet->headers = plain[ip6];
	packet->headers.protocol = protocol;
	packet->headers.shape = shape;
	return true;
}

/* Reads the headers unless that has been done. */
static inline const struct pfq_headers *pfq_headers(struct pfq_packet *packet)
{
	if (!packet->headers.parsed && PFQ_UNLIKELY(!pfq_parse_plain(packet)))
		pfq_parse_headers(packet);
	return &packet->headers;
}

/* The outermost VLAN tag; 0 where there is none. Reads no more of the headers than that takes. */
static inline uint16_t pfq_tci(struct pfq_packet *packet)
{
	if (PFQ_LIKELY(packet->headers.parsed))
		return packet->headers.tci;
	if (packet->link == PFQ_LINK_ETHERNET && packet->caplen >= PFQ_ETHERNET_HEADER &&
	    !pfq_is_vlan(pfq_read16(packet->data + 12)))
		return 0;
	return pfq_headers(packet)->tci;
}

/* From here on they have been read. */

/* Where a field of the IP header of this version is, or NULL if it is absent. */
static inline const uint8_t *pfq_network_field(const struct pfq_packet *packet,
					       unsigned int version, uint32_t offset, uint32_t size)
{
	const struct pfq_headers *headers = &packet->headers;

	if (headers->version != version || headers->network + offset + size > packet->caplen)
		return NULL;
	return packet->data + headers->network + offset;
}

/* The same for the transport header, of whatever protocol it is. */
static inline const uint8_t *pfq_transport_field(const struct pfq_packet *packet, uint32_t offset,
						 uint32_t size)
{
	if (packet->headers.transport + offset + size > packet->caplen)
		return NULL;
	return packet->data + packet->headers.transport + offset;
}

static inline bool pfq_is_protocol(const struct pfq_packet *packet, uint8_t protocol)
{
	return packet->headers.protocol == protocol;
}

static inline bool pfq_has_ports(const struct pfq_packet *packet)
{
	uint16_t protocol = packet->headers.protocol;

	return protocol == PFQ_PROTOCOL_TCP || protocol == PFQ_PROTOCOL_UDP ||
	       protocol == PFQ_PROTOCOL_SCTP;
}

/* The source (0) or destination (1) port, or NULL. */
static inline const uint8_t *pfq_port_field(const struct pfq_packet *packet, unsigned int end)
{
	return pfq_has_ports(packet) ? pfq_transport_field(packet, end * 2, 2) : NULL;
}

/* The destination MAC and the source MAC, or NULL. */
static inline const uint8_t *pfq_mac_field(const struct pfq_packet *packet, unsigned int end)
{
	if (packet->link != PFQ_LINK_ETHERNET || packet->caplen < end * 6 + 6)
		return NULL;
	return packet->data + end * 6;
}

#endif
