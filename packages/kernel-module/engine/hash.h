/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The hashes of steering, as docs/packet-model.md defines them. */
#ifndef PFQ_ENGINE_HASH_H
#define PFQ_ENGINE_HASH_H

#include "platform.h"

/* The finaliser of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014. */
static inline uint64_t pfq_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static inline uint32_t pfq_fold64(uint64_t x)
{
	return (uint32_t)(x ^ x >> 32);
}

static inline uint64_t pfq_hash_end4(uint32_t address, uint16_t port)
{
	return pfq_mix(address | (uint64_t)port << 32);
}

static inline uint64_t pfq_hash_end6(uint64_t high, uint64_t low, uint16_t port)
{
	return pfq_mix(pfq_mix(high) + low + ((uint64_t)port << 48 | 6));
}

/* Where the bins of an address are in a Bloom filter, before they are reduced to its size. */
struct pfq_bloom_place {
	uint32_t first, step;
};

enum {
	PFQ_BLOOM_HASHES = 4,
};

static inline struct pfq_bloom_place pfq_bloom_place(uint32_t address)
{
	uint64_t hash = pfq_mix(address);

	return (struct pfq_bloom_place){ (uint32_t)hash, (uint32_t)(hash >> 32) | 1 };
}

static inline uint32_t pfq_bloom_bin(const struct pfq_bloom_place *place, uint32_t index)
{
	return place->first + index * place->step;
}

#endif
