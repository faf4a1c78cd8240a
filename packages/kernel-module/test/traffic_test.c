/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Everything that may be changed is changed while two threads receive. */
#include "harness.h"
#include "image_builder.h"
#include "packets.h"
#include "world.h"

#include <time.h>

enum {
	RECEIVERS = 2,
	BATCH = 16,
};

static struct world world;
static uint32_t stop;

/* Receives on d0, which an anchor keeps open: its queue 9 is bound all the time. */
static void *receive(void *argument)
{
	struct pfq_device *device = argument;
	struct octets octets[BATCH] = { 0 };
	struct pfq_packet packets[BATCH];
	unsigned int lane = (unsigned int)(uintptr_t)&octets % 2;

	for (uint32_t i = 0; i < BATCH; i++)
		put_flow(&octets[i], i, i * 7, 1000 + i, 80);
	while (!PFQ_LOAD_ACQUIRE(&stop)) {
		for (uint32_t i = 0; i < BATCH; i++)
			packets[i] = packet_of(&octets[i]);
		pfq_receive(device, lane, Q_ANY_QUEUE, packets, BATCH);
		pfq_receive_room(device, Q_ANY_QUEUE);
	}
	return NULL;
}

static void under_traffic(double seconds, void (*change)(uint32_t round))
{
	struct pfq_socket *anchor;
	pthread_t threads[RECEIVERS];
	struct pfq_device *device;
	struct timespec start, now;
	double passed = 0;

	world_begin(&world, 3);
	anchor = world_member(&world, 255, 1, 64);
	CHECK_EQUAL(bind_group(&world, anchor, 255, "d0", 9), 0);
	device = pfq_device_find(world.engine, "d0");
	PFQ_STORE_RELEASE(&stop, 0);
	for (int i = 0; i < RECEIVERS; i++)
		CHECK(!pthread_create(&threads[i], NULL, receive, device));
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (uint32_t round = 0; passed < seconds; round++) {
		change(round);
		clock_gettime(CLOCK_MONOTONIC, &now);
		passed = (double)(now.tv_sec - start.tv_sec) +
			 (double)(now.tv_nsec - start.tv_nsec) / 1e9;
	}
	PFQ_STORE_RELEASE(&stop, 1);
	for (int i = 0; i < RECEIVERS; i++)
		pthread_join(threads[i], NULL);
	world_end(&world);
}

static void sockets_come_and_go(uint32_t round)
{
	struct pfq_socket *one = world_member(&world, 0, 1, 64);
	struct pfq_socket *two = world_member(&world, 0, 1, 8);
	struct reader reader = { .socket = one };
	static const char *const programs[] = { "steer_flow", "broadcast", "steer_rrobin" };

	CHECK_EQUAL(load_function(&world, one, 0, programs[round % 3]), 0);
	CHECK_EQUAL(bind_group(&world, one, 0, "d0", Q_ANY_QUEUE), 0);
	reader_drain(&reader);
	pfq_socket_destroy(two);
	pfq_socket_destroy(one);
}

static void everything_of_a_group_changes(uint32_t round)
{
	static struct pfq_socket *one, *two;
	struct image_builder builder = { 0 };
	struct reader reader;

	if (round == 0) {
		one = world_member(&world, 0, 1, 64);
		two = world_member(&world, 0, 1, 64);
		CHECK_EQUAL(bind_group(&world, one, 0, "d0", Q_ANY_QUEUE), 0);
	}
	switch (round % 8) {
	case 0:
		CHECK_EQUAL(disable(&world, two), 0);
		break;
	case 1:
		CHECK_EQUAL(enable(&world, two), 0);
		break;
	case 2:
		image_node(&builder, "forward");
		image_string(&builder, round & 8 ? "d1" : "d0");
		image_next(&builder, 0, 1);
		image_node(&builder, "steer_flow");
		CHECK_EQUAL(load_built(&world, one, 0, &builder), 0);
		break;
	case 3:
		CHECK_EQUAL(set_filter(&world, one, 0, round & 8 ? 54 : 55), 0);
		break;
	case 4:
		CHECK_EQUAL(set_filter(&world, one, 0, 0), 0);
		break;
	case 5:
		CHECK_EQUAL(leave(&world, two, 0), 0);
		CHECK_EQUAL(join(&world, two, 0, Q_POLICY_GROUP_SHARED, 1), 0);
		break;
	case 6:
		CHECK_EQUAL(unbind_group(&world, one, 0, "d0", Q_ANY_QUEUE), 0);
		CHECK_EQUAL(bind_group(&world, two, 0, "d0", Q_ANY_QUEUE), 0);
		break;
	case 7:
		CHECK_EQUAL(bind_egress(&world, one, "d2"), 0);
		CHECK_EQUAL(set_value(&world, two, PFQ_OP_SET_WEIGHT, 1 + round % 100), 0);
		CHECK_EQUAL(pfq_control(one, PFQ_OP_UNBIND_EGRESS, NULL, 0, NULL, 0, NULL), 0);
		break;
	}
	reader = (struct reader){ .socket = one, .position = one->rx.shared->tail };
	reader_drain(&reader);
}

static double duration(void)
{
	const char *seconds = getenv("PFQ_TEST_SECONDS");

	return seconds ? atof(seconds) : 1.5;
}

static void sockets_come_and_go_under_traffic(void)
{
	under_traffic(duration(), sockets_come_and_go);
}

static void everything_of_a_group_changes_under_traffic(void)
{
	under_traffic(duration(), everything_of_a_group_changes);
}

int main(void)
{
	run_test("sockets come and go under traffic", sockets_come_and_go_under_traffic);
	run_test("everything of a group changes under traffic",
		 everything_of_a_group_changes_under_traffic);
	return harness.failures > 0;
}
