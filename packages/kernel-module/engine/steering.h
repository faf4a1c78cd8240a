/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * Steering: which of the sockets of some classes gets a packet. By hash, a table of fixed size is
 * read, filled after Maglev (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load
 * Balancer", NSDI 2016), so that shares follow the weights and few entries change when a socket
 * comes or goes. By number, the sockets take turns in the order of their ids.
 */
#ifndef PFQ_ENGINE_STEERING_H
#define PFQ_ENGINE_STEERING_H

#include "hash.h"

enum {
	PFQ_STEERING_SLOTS = 1 << 14, /* at 256 sockets, 64 for each */
};

/* A socket that may be chosen: its place in the group's member table. */
struct pfq_candidate {
	uint32_t id; /* the socket's */
	uint32_t weight;
	uint16_t member;
};

struct pfq_steering {
	uint32_t count;
	uint32_t turn_count;
	uint16_t *members; /* count of them */
	uint16_t *turns;   /* each member as often as its weight, weights reduced */
	uint8_t *table;	   /* PFQ_STEERING_SLOTS members, NULL if count < 2 */
};

/* Candidates in the order of their ids; count may be 0. NULL if there is no memory. */
struct pfq_steering *pfq_steering_create(const struct pfq_candidate *candidates, uint32_t count);

void pfq_steering_destroy(struct pfq_steering *steering);

/* The member for a hash; count must not be 0. */
static inline uint16_t pfq_steer_by_hash(const struct pfq_steering *steering, uint32_t hash)
{
	if (!steering->table)
		return steering->members[0];
	return steering->table[pfq_mix(hash) & (PFQ_STEERING_SLOTS - 1)];
}

static inline uint16_t pfq_steer_by_number(const struct pfq_steering *steering, uint32_t number)
{
	return steering->turns[number % steering->turn_count];
}

#endif
