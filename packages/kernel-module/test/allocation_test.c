/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Memory that runs out at any point: an error, nothing leaked, and what was there goes on. */
#include "harness.h"
#include "image_builder.h"
#include "packets.h"
#include "world.h"

static struct world world;
static struct pfq_socket *one, *two;

/* Two enabled members of group 0, bound to d0; one is in group 1, too. */
static void begin(void)
{
	world_begin(&world, 2);
	one = world_member(&world, 0, 1, 64);
	two = world_member(&world, 0, 1, 64);
	if (bind_group(&world, one, 0, "d0", Q_ANY_QUEUE) ||
	    join(&world, one, 1, Q_POLICY_GROUP_SHARED, 1) != 1 ||
	    load_function(&world, one, 0, "broadcast"))
		FAIL("%s", world.error.text);
}

static uint64_t receive_one(struct pfq_socket *socket)
{
	struct octets octets = { 0 };
	struct pfq_packet packet;
	uint64_t before = socket_stats(&world, socket).recv;

	put_flow(&octets, 1, 2, 3, 4);
	packet = packet_of(&octets);
	pfq_receive(pfq_device_find(world.engine, "d0"), 0, Q_ANY_QUEUE, &packet, 1);
	return socket_stats(&world, socket).recv - before;
}

/*
 * Lets `change` find memory for 0, 1, 2, ... allocations, until it succeeds. Where it fails it
 * gives -ENOMEM, and both sockets get their packets as before.
 */
static void must_fail_cleanly(int (*change)(void))
{
	for (long budget = 0;; budget++) {
		int status;

		begin();
		world.error = (struct pfq_error){ 0 };
		test_alloc_budget(budget);
		status = change();
		test_alloc_budget(-1);
		if (status &&
		    (status != -ENOMEM || world.error.code != -ENOMEM || !world.error.text[0]))
			FAIL("with %ld allocations it gives %d: %s", budget, status,
			     world.error.text);
		if (status && (receive_one(one) != 1 || receive_one(two) != 1))
			FAIL("after %ld allocations packets do not arrive", budget);
		world_end(&world);
		if (!status)
			return;
		if (budget > 200)
			FAIL("does not succeed with %ld allocations", budget);
	}
}

static int make_socket(void)
{
	struct pfq_socket *socket;

	return pfq_socket_create(world.engine, 1, true, NULL, &socket, &world.error);
}

static int join_new(void)
{
	int status = join(&world, two, 9, Q_POLICY_GROUP_SHARED, 1);

	return status < 0 ? status : 0;
}

static int join_old(void)
{
	int status = join(&world, two, 1, Q_POLICY_GROUP_SHARED, 1);

	return status < 0 ? status : 0;
}

static int bind_new(void)
{
	return bind_group(&world, one, 1, "d1", 5);
}

static int bind_old(void)
{
	return bind_group(&world, one, 1, "d0", Q_ANY_QUEUE);
}

static int weigh(void)
{
	return set_value(&world, one, PFQ_OP_SET_WEIGHT, 5);
}

static int filter(void)
{
	return set_filter(&world, one, 0, 54);
}

static int vlan(void)
{
	return set_vlan(&world, one, PFQ_OP_ENABLE_VLAN_FILTER, 0, 0, true);
}

static int promiscuous(void)
{
	return set_promiscuous(&world, one, "d1", true);
}

static int egress(void)
{
	return bind_egress(&world, one, "d1");
}

static int computation(void)
{
	static const uint8_t address[16] = { 0x20, 1 };
	static const int64_t vids[] = { 5 };
	struct image_builder builder = { 0 };

	image_node(&builder, "addr");
	image_network(&builder, 6, address, 16);
	image_next(&builder, 0, 1);
	image_node(&builder, "vlan_id_filter");
	image_integers(&builder, PFQ_ARG_Int, vids, 1);
	image_next(&builder, 1, 2);
	image_node(&builder, "forward");
	image_string(&builder, "d1");
	image_next(&builder, 2, 3);
	image_node_integer(&builder, "classify", PFQ_ARG_Int, 6);
	image_next(&builder, 3, 4);
	for (uint32_t i = 4; i < 200; i++) {
		image_node(&builder, "tcp");
		image_next(&builder, i, i + 1);
	}
	image_node(&builder, "steer_flow");
	return load_built(&world, one, 0, &builder);
}

static int enable_again(void)
{
	int status;

	/* Disabled with memory, so that enabling is what fails; back as it was for the check. */
	test_alloc_budget(-1);
	status = disable(&world, one);
	if (status)
		return status;
	for (long budget = 0; budget < 30; budget++) {
		test_alloc_budget(budget);
		status = enable(&world, one);
		if (!status)
			break;
		test_alloc_budget(-1);
		if (status != -ENOMEM || pfq_socket_memory(one))
			return -EIO;
		if (receive_one(two) != 1)
			return -EIO;
	}
	return status;
}

static void disabling_or_leaving_cannot_fail(void)
{
	for (int leaving = 0; leaving < 2; leaving++) {
		for (long budget = 0; budget < 20; budget++) {
			struct pfq_stats stats;
			int status;

			begin();
			test_alloc_budget(budget);
			status = leaving ? leave(&world, one, 0) : disable(&world, one);
			test_alloc_budget(-1);
			CHECK_EQUAL(status, 0);
			/* The group may have stopped: then it says so, and starts with its next
			 * change. */
			receive_one(two);
			stats = group_stats(&world, two, 0);
			CHECK_EQUAL(stats.recv + stats.lost, 1);
			CHECK_EQUAL(socket_stats(&world, one).recv, 0);
			CHECK_EQUAL(set_value(&world, two, PFQ_OP_SET_WEIGHT, 2), 0);
			CHECK_EQUAL(receive_one(two), 1);
			world_end(&world);
		}
	}
}

static void an_engine_without_memory_is_none(void)
{
	struct quiet_host host = { 0 };

	for (long budget = 0; budget < 2; budget++) {
		test_alloc_budget(budget);
		CHECK(!pfq_engine_create(&quiet_host_ops, &host, 4));
		test_alloc_budget(-1);
	}
	CHECK_EQUAL(test_alloc_live(), 0);
}

#define CASE(change)                             \
	static void change##_fails_cleanly(void) \
	{                                        \
		must_fail_cleanly(change);       \
	}

CASE(make_socket)
CASE(join_new)
CASE(join_old)
CASE(bind_new)
CASE(bind_old)
CASE(weigh)
CASE(filter)
CASE(vlan)
CASE(promiscuous)
CASE(egress)
CASE(computation)
CASE(enable_again)

int main(void)
{
	run_test("out of memory: an engine", an_engine_without_memory_is_none);
	run_test("out of memory: a socket", make_socket_fails_cleanly);
	run_test("out of memory: joining a new group", join_new_fails_cleanly);
	run_test("out of memory: joining a group", join_old_fails_cleanly);
	run_test("out of memory: binding a new device", bind_new_fails_cleanly);
	run_test("out of memory: binding a device", bind_old_fails_cleanly);
	run_test("out of memory: a weight", weigh_fails_cleanly);
	run_test("out of memory: a filter", filter_fails_cleanly);
	run_test("out of memory: a VLAN filter", vlan_fails_cleanly);
	run_test("out of memory: promiscuous mode", promiscuous_fails_cleanly);
	run_test("out of memory: an egress", egress_fails_cleanly);
	run_test("out of memory: a computation", computation_fails_cleanly);
	run_test("out of memory: enabling", enable_again_fails_cleanly);
	run_test("out of memory: disabling or leaving cannot fail",
		 disabling_or_leaving_cannot_fail);
	return harness.failures > 0;
}
