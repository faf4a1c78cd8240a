/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "steering.h"

_Static_assert(PFQ_MAX_SOCKETS <= 256, "a place in the member table is one octet");

static uint32_t divisor(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static int fill_turns(struct pfq_steering *steering, const struct pfq_candidate *candidates)
{
	uint32_t common = 0, at = 0;

	for (uint32_t i = 0; i < steering->count; i++)
		common = divisor(candidates[i].weight, common);
	for (uint32_t i = 0; i < steering->count; i++)
		steering->turn_count += candidates[i].weight / common;
	steering->turns = pfq_alloc(steering->turn_count * sizeof(*steering->turns));
	if (!steering->turns)
		return -ENOMEM;
	for (uint32_t i = 0; i < steering->count; i++)
		for (uint32_t turn = candidates[i].weight / common; turn > 0; turn--)
			steering->turns[at++] = candidates[i].member;
	return 0;
}

/* A candidate's own order of the slots, from its id alone: start, start + step, ... (an odd step
 * meets every slot). */
struct order {
	uint32_t at;
	uint32_t step;
	uint32_t credit;
};

static void fill_table(struct pfq_steering *steering, const struct pfq_candidate *candidates,
		       struct order *orders, uint64_t *taken)
{
	uint32_t heaviest = 0, filled = 0;

	for (uint32_t i = 0; i < steering->count; i++) {
		uint64_t random = pfq_mix(candidates[i].id + 1);

		orders[i].at = (uint32_t)random;
		orders[i].step = (uint32_t)(random >> 32) | 1;
		if (candidates[i].weight > heaviest)
			heaviest = candidates[i].weight;
	}
	for (uint32_t i = 0; filled < PFQ_STEERING_SLOTS; i = (i + 1) % steering->count) {
		uint32_t slot;

		orders[i].credit += candidates[i].weight;
		if (orders[i].credit < heaviest)
			continue;
		orders[i].credit -= heaviest;
		do {
			slot = orders[i].at & (PFQ_STEERING_SLOTS - 1);
			orders[i].at += orders[i].step;
		} while (taken[slot / 64] >> slot % 64 & 1);
		taken[slot / 64] |= 1ULL << slot % 64;
		steering->table[slot] = (uint8_t)candidates[i].member;
		filled++;
	}
}

struct pfq_steering *pfq_steering_create(const struct pfq_candidate *candidates, uint32_t count)
{
	struct pfq_steering *steering = pfq_alloc(sizeof(*steering));
	struct order *orders = NULL;
	uint64_t *taken = NULL;

	if (!steering)
		return NULL;
	steering->count = count;
	if (count == 0)
		return steering;
	steering->members = pfq_alloc(count * sizeof(*steering->members));
	if (!steering->members || fill_turns(steering, candidates))
		goto fail;
	for (uint32_t i = 0; i < count; i++)
		steering->members[i] = candidates[i].member;
	if (count == 1)
		return steering;
	steering->table = pfq_alloc(PFQ_STEERING_SLOTS * sizeof(*steering->table));
	orders = pfq_alloc(count * sizeof(*orders));
	taken = pfq_alloc(PFQ_STEERING_SLOTS / 8);
	if (!steering->table || !orders || !taken)
		goto fail;
	fill_table(steering, candidates, orders, taken);
	pfq_free(taken);
	pfq_free(orders);
	return steering;
fail:
	pfq_free(taken);
	pfq_free(orders);
	pfq_steering_destroy(steering);
	return NULL;
}

void pfq_steering_destroy(struct pfq_steering *steering)
{
	if (!steering)
		return;
	pfq_free(steering->members);
	pfq_free(steering->turns);
	pfq_free(steering->table);
	pfq_free(steering);
}
