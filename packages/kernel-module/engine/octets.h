/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Reading integers in network order from unaligned octets. */
#ifndef PFQ_ENGINE_OCTETS_H
#define PFQ_ENGINE_OCTETS_H

#include "platform.h"

static inline uint16_t pfq_read16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap16(value);
}

static inline uint32_t pfq_read32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap32(value);
}

static inline uint64_t pfq_read64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap64(value);
}

static inline uint64_t pfq_read48(const uint8_t *at)
{
	return (uint64_t)pfq_read16(at) << 32 | pfq_read32(at + 2);
}

/* The first so many bits of an IPv4 address. */
static inline uint32_t pfq_prefix_mask4(unsigned int prefix)
{
	return prefix ? ~0u << (32 - prefix) : 0;
}

#endif
