/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * The headers of a packet, read once and lazily. A field that is not wholly captured is absent:
 * whoever reads one asks for its bounds here, and nobody else touches the octets. The meaning is
 * docs/packet-model.md.
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
};

void pfq_parse_headers(struct pfq_packet *packet);

/* The common case, inline: IPv4 without options or fragments, straight on Ethernet. */
static inline bool pfq_parse_plain(struct pfq_packet *packet)
{
	const uint8_t *data = packet->data;
	struct pfq_headers *headers = &packet->headers;

	if (packet->link != PFQ_LINK_ETHERNET || packet->caplen < PFQ_ETHERNET_HEADER + 20 ||
	    pfq_read16(data + 12) != PFQ_ETHERTYPE_IP || data[14] != 0x45 ||
	    (pfq_read16(data + 20) & 0x3fff) != 0)
		return false;
	headers->network = PFQ_ETHERNET_HEADER;
	headers->transport = PFQ_ETHERNET_HEADER + 20;
	headers->ethertype = PFQ_ETHERTYPE_IP;
	headers->version = 4;
	headers->protocol = data[23];
	headers->parsed = true;
	headers->has_ethertype = true;
	headers->has_protocol = true;
	headers->fragment = 0;
	headers->has_vlan = false;
	headers->tci = 0;
	return true;
}

static inline const struct pfq_headers *pfq_headers(struct pfq_packet *packet)
{
	if (!packet->headers.parsed && PFQ_UNLIKELY(!pfq_parse_plain(packet)))
		pfq_parse_headers(packet);
	return &packet->headers;
}

/* Where a field of the IP header of this version is, or NULL if it is absent. */
static inline const uint8_t *pfq_network_field(struct pfq_packet *packet, unsigned int version,
					       uint32_t offset, uint32_t size)
{
	const struct pfq_headers *headers = pfq_headers(packet);

	if (headers->version != version || headers->network + offset + size > packet->caplen)
		return NULL;
	return packet->data + headers->network + offset;
}

/* The same for the transport header, of whatever protocol it is. */
static inline const uint8_t *pfq_transport_field(struct pfq_packet *packet, uint32_t offset,
						 uint32_t size)
{
	const struct pfq_headers *headers = pfq_headers(packet);

	if (headers->transport == 0 || headers->transport + offset + size > packet->caplen)
		return NULL;
	return packet->data + headers->transport + offset;
}

static inline bool pfq_is_protocol(struct pfq_packet *packet, uint8_t protocol)
{
	const struct pfq_headers *headers = pfq_headers(packet);

	return headers->protocol == protocol && headers->has_protocol;
}

static inline bool pfq_has_ports(uint8_t protocol)
{
	return protocol == PFQ_PROTOCOL_TCP || protocol == PFQ_PROTOCOL_UDP ||
	       protocol == PFQ_PROTOCOL_SCTP;
}

/* The source (0) or destination (1) port, or NULL. */
static inline const uint8_t *pfq_port_field(struct pfq_packet *packet, unsigned int end)
{
	const struct pfq_headers *headers = pfq_headers(packet);

	if (!headers->has_protocol || !pfq_has_ports(headers->protocol))
		return NULL;
	return pfq_transport_field(packet, end * 2, 2);
}

/* The destination MAC and the source MAC, or NULL. */
static inline const uint8_t *pfq_mac_field(const struct pfq_packet *packet, unsigned int end)
{
	if (packet->link != PFQ_LINK_ETHERNET || packet->caplen < end * 6 + 6)
		return NULL;
	return packet->data + end * 6;
}

#endif
