/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Steering tables: shares, and what moves when sockets come and go. */
#include "harness.h"

#include "../engine/steering.h"

/* The share of flows that may move between sockets that stay: twice what is measured. */
#define BOUND 0.04

enum {
	FLOWS = 100000,
};

static struct pfq_steering *table(const uint32_t *weights, const uint32_t *ids, uint32_t count)
{
	struct pfq_candidate candidates[256];
	struct pfq_steering *steering;

	for (uint32_t i = 0; i < count; i++)
		candidates[i] = (struct pfq_candidate){
			.id = ids ? ids[i] : i,
			.weight = weights ? weights[i] : 1,
			.member = (uint16_t)i,
		};
	steering = pfq_steering_create(candidates, count);
	CHECK(steering);
	return steering;
}

static uint32_t flow_hash(uint32_t flow)
{
	return pfq_fold64(pfq_hash_end4(0x0a000000 + flow, (uint16_t)(1024 + flow)) +
			  pfq_hash_end4(0xc0a80001, 80));
}

static void a_thousand_flows_are_spread_evenly(void)
{
	for (uint32_t sockets = 2; sockets <= 8; sockets++) {
		struct pfq_steering *steering = table(NULL, NULL, sockets);

		for (uint32_t set = 0; set < 20; set++) {
			uint32_t got[8] = { 0 };

			for (uint32_t flow = 0; flow < 1000; flow++)
				got[pfq_steer_by_hash(steering, flow_hash(set * 1000 + flow))]++;
			for (uint32_t i = 0; i < sockets; i++)
				if (got[i] * sockets > 1350)
					FAIL("of 1,000 flows, socket %u of %u gets %u", i, sockets,
					     got[i]);
		}
		pfq_steering_destroy(steering);
	}
}

static void shares_follow_the_weights(void)
{
	static const uint32_t sets[][4] = {
		{ 1, 1, 1, 1 },
		{ 1, 2, 3, 4 },
		{ 10, 20, 30, 40 },
		{ 1024, 512, 256, 1 },
	};

	for (unsigned int set = 0; set < 4; set++) {
		struct pfq_steering *steering = table(sets[set], NULL, 4);
		uint32_t got[4] = { 0 }, sum = 0;

		for (uint32_t i = 0; i < 4; i++)
			sum += sets[set][i];
		for (uint32_t slot = 0; slot < PFQ_STEERING_SLOTS; slot++)
			got[steering->table[slot]]++;
		for (uint32_t i = 0; i < 4; i++) {
			double share = (double)got[i] / PFQ_STEERING_SLOTS;
			double wanted = (double)sets[set][i] / sum;

			if (share > wanted * 1.01 + 0.0005 || share < wanted * 0.99 - 0.0005)
				FAIL("set %u, socket %u: %.4f of the table, not %.4f", set, i,
				     share, wanted);
		}
		pfq_steering_destroy(steering);
	}
}

/*
 * Compares the tables before and after a socket of `ids` left: *left is the share of what it had,
 * *between that of flows which moved though their socket stayed.
 */
static void compare(const uint32_t *ids, uint32_t count, uint32_t gone, double *left,
		    double *between)
{
	uint32_t rest[256], kept = 0, moved_left = 0, moved_between = 0;
	struct pfq_steering *before, *after;

	for (uint32_t i = 0; i < count; i++)
		if (i != gone)
			rest[kept++] = ids[i];
	before = table(NULL, ids, count);
	after = table(NULL, rest, kept);
	for (uint32_t flow = 0; flow < FLOWS; flow++) {
		uint32_t was = ids[pfq_steer_by_hash(before, flow_hash(flow))];
		uint32_t is = rest[pfq_steer_by_hash(after, flow_hash(flow))];

		moved_left += was == ids[gone];
		moved_between += was != ids[gone] && was != is;
	}
	pfq_steering_destroy(before);
	pfq_steering_destroy(after);
	*left = (double)moved_left / FLOWS;
	*between = (double)moved_between / FLOWS;
}

/* Joining is leaving seen backward, so one comparison holds for both. */
static void few_flows_move_between_sockets_that_stay(void)
{
	static const uint32_t counts[] = { 2, 3, 8, 32, 128, 256 };
	double worst = 0;

	for (unsigned int n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
		uint32_t ids[256];
		uint32_t count = counts[n];

		for (uint32_t i = 0; i < count; i++)
			ids[i] = i;
		for (uint32_t gone = 0; gone<count; gone += count> 8 ? count / 4 : 1) {
			double left, between;

			compare(ids, count, gone, &left, &between);
			worst = between > worst ? between : worst;
			if (left > 1.1 / count + 0.005)
				FAIL("%u sockets: %u had %.3f", count, gone, left);
			if (between > BOUND)
				FAIL("%u sockets: %.4f moved between those that stay", count,
				     between);
		}
	}
	printf("# at most %.2f %% of the flows moved between sockets that stayed\n", worst * 100);
}

static void an_equal_hash_gives_the_same_socket(void)
{
	static const uint32_t ids[] = { 3, 7, 11, 200 };
	struct pfq_steering *a = table(NULL, ids, 4), *b = table(NULL, ids, 4);

	for (uint32_t flow = 0; flow < FLOWS; flow++)
		CHECK_EQUAL(pfq_steer_by_hash(a, flow_hash(flow)),
			    pfq_steer_by_hash(b, flow_hash(flow)));
	pfq_steering_destroy(a);
	pfq_steering_destroy(b);
}

static void by_number_is_exact(void)
{
	static const uint32_t weights[] = { 1, 2, 3 };
	static const uint16_t wanted[] = { 0, 1, 1, 2, 2, 2 };
	struct pfq_steering *steering = table(weights, NULL, 3);

	for (uint32_t number = 0; number < 60; number++)
		CHECK_EQUAL(pfq_steer_by_number(steering, number), wanted[number % 6]);
	CHECK_EQUAL(pfq_steer_by_number(steering, 0xffffffff), wanted[0xffffffff % 6]);
	pfq_steering_destroy(steering);
}

static void one_socket_gets_all_and_none_is_no_error(void)
{
	struct pfq_steering *one = table(NULL, NULL, 1), *none = table(NULL, NULL, 0);

	for (uint32_t flow = 0; flow < 1000; flow++)
		CHECK_EQUAL(pfq_steer_by_hash(one, flow_hash(flow)), 0);
	CHECK_EQUAL(pfq_steer_by_number(one, 77), 0);
	CHECK_EQUAL(none->count, 0);
	pfq_steering_destroy(one);
	pfq_steering_destroy(none);
}

static void a_table_for_256_sockets_of_odd_weights_is_filled(void)
{
	uint32_t weights[256];
	bool seen[256] = { false };
	struct pfq_steering *steering;

	for (uint32_t i = 0; i < 256; i++)
		weights[i] = i == 0 ? 1024 : 1 + i % 7;
	steering = table(weights, NULL, 256);
	for (uint32_t slot = 0; slot < PFQ_STEERING_SLOTS; slot++) {
		CHECK(steering->table[slot] < 256);
		seen[steering->table[slot]] = true;
	}
	for (uint32_t i = 0; i < 256; i++)
		CHECK(seen[i]);
	pfq_steering_destroy(steering);
}

int main(void)
{
	run_test("a thousand flows are spread over 2 to 8 sockets, none with 1.35 times its share",
		 a_thousand_flows_are_spread_evenly);
	run_test("shares follow the weights", shares_follow_the_weights);
	run_test("when a socket joins or leaves, few flows move between those that stay",
		 few_flows_move_between_sockets_that_stay);
	run_test("an equal hash gives the same socket", an_equal_hash_gives_the_same_socket);
	run_test("steering by number is exact", by_number_is_exact);
	run_test("one socket gets all, and none is no error",
		 one_socket_gets_all_and_none_is_no_error);
	run_test("a table for 256 sockets of odd weights is filled",
		 a_table_for_256_sockets_of_odd_weights_is_filled);
	return harness.failures > 0;
}
