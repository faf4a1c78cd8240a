/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "key.h"

#include "hash.h"

/* The bits of a key; those of a destination are one higher than those of the source. */
enum {
	KEY_ETHERTYPE = 1 << 0,
	KEY_MAC = 1 << 1,
	KEY_ADDRESS = 1 << 3,
	KEY_PROTOCOL = 1 << 5,
	KEY_ECN = 1 << 6,
	KEY_DSCP = 1 << 7,
	KEY_PORT = 1 << 9,
	KEY_ICMP_TYPE = 1 << 11,
	KEY_ICMP_CODE = 1 << 12,
};

/* The words that are hashed: the small fields together, and for each end its MAC and port, and its
 * address. */
struct words {
	uint64_t small;
	uint64_t link[2];
	uint64_t high[2], low[2];
};

/* The IPv4 type of service or the IPv6 traffic class. */
static bool read_service(const struct pfq_packet *packet, uint8_t *service)
{
	const uint8_t *field = pfq_network_field(packet, 4, 1, 1);

	if (field) {
		*service = *field;
		return true;
	}
	field = pfq_network_field(packet, 6, 0, 2);
	if (!field)
		return false;
	*service = (uint8_t)(pfq_read16(field) >> 4);
	return true;
}

static const uint8_t *icmp_field(const struct pfq_packet *packet, uint32_t offset)
{
	bool icmp = pfq_is_protocol(packet, packet->headers.version == 4 ? PFQ_PROTOCOL_ICMP
									 : PFQ_PROTOCOL_ICMP6);

	return icmp ? pfq_transport_field(packet, offset, 1) : NULL;
}

static bool read_small(const struct pfq_packet *packet, uint64_t key, struct words *words)
{
	const struct pfq_headers *headers = &packet->headers;
	const uint8_t *field;
	uint8_t service;

	if (key & KEY_ETHERTYPE) {
		if (!headers->has_ethertype)
			return false;
		words->small |= headers->ethertype;
	}
	if (key & KEY_PROTOCOL) {
		if (headers->protocol == PFQ_PROTOCOL_ABSENT)
			return false;
		words->small |= (uint64_t)headers->protocol << 16;
	}
	if (key & (KEY_ECN | KEY_DSCP)) {
		if (!read_service(packet, &service))
			return false;
		service &= (key & KEY_ECN ? 0x03 : 0) | (key & KEY_DSCP ? 0xfc : 0);
		words->small |= (uint64_t)service << 24;
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (!(key & (KEY_ICMP_TYPE << i)))
			continue;
		field = icmp_field(packet, i);
		if (!field)
			return false;
		words->small |= (uint64_t)*field << (32 + 8 * i);
	}
	return true;
}

/* The source (0) or the destination (1). */
static bool read_end(const struct pfq_packet *packet, uint64_t key, unsigned int end,
		     struct words *words)
{
	const uint8_t *field;

	if (key & (KEY_MAC << end)) {
		field = pfq_mac_field(packet, 1 - end);
		if (!field)
			return false;
		words->link[end] = pfq_read48(field);
	}
	if (key & (KEY_PORT << end)) {
		field = pfq_port_field(packet, end);
		if (!field)
			return false;
		words->link[end] |= (uint64_t)pfq_read16(field) << 48;
	}
	if (!(key & (KEY_ADDRESS << end)))
		return true;
	field = pfq_network_field(packet, 4, 12 + end * 4, 4);
	if (field) {
		words->low[end] = pfq_read32(field);
		return true;
	}
	field = pfq_network_field(packet, 6, 8 + end * 16, 16);
	if (!field)
		return false;
	words->high[end] = pfq_read64(field);
	words->low[end] = pfq_read64(field + 8);
	return true;
}

/* Each word is mixed by itself, so that the processor mixes them side by side. */
bool pfq_hash_key(const struct pfq_packet *packet, uint64_t key, uint32_t *hash)
{
	const uint64_t golden = 0x9e3779b97f4a7c15ULL;
	struct words words = { 0 };

	if (!read_small(packet, key, &words) || !read_end(packet, key, 0, &words) ||
	    !read_end(packet, key, 1, &words))
		return false;
	*hash = pfq_fold64(
		pfq_mix(words.small + golden) + pfq_mix(words.link[0] + 2 * golden) +
		pfq_mix(words.link[1] + 3 * golden) + pfq_mix(words.high[0] + 4 * golden) +
		pfq_mix(words.low[0] + 5 * golden) + pfq_mix(words.high[1] + 6 * golden) +
		pfq_mix(words.low[1] + 7 * golden));
	return true;
}
