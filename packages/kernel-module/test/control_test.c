/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Control operations: who may, in which order, within which limits, and what is said if not. */
#include "harness.h"
#include "image_builder.h"
#include "world.h"

static struct world world;

/* Failed with this error, and said something that has `text` in it. */
static void failed(int status, int error, const char *text)
{
	if (status != -error)
		FAIL("gives %d, not %d: %s", status, -error, world.error.text);
	if (world.error.code != -error || !strstr(world.error.text, text))
		FAIL("says \"%s\", not \"...%s...\"", world.error.text, text);
	world.error = (struct pfq_error){ 0 };
}

#define GOOD(call)                                               \
	do {                                                     \
		if ((call) < 0)                                  \
			FAIL("%s: %s", #call, world.error.text); \
	} while (0)

static struct pfq_socket *begin(void)
{
	world_begin(&world, 2);
	return world_socket(&world, 100);
}

static void a_request_or_reply_of_the_wrong_size_is_refused(void)
{
	struct pfq_socket *socket = begin();
	static const uint8_t request[1024];
	uint8_t reply[1024];

	for (unsigned int operation = 0; operation < 64; operation++) {
		int refused = 0, status;

		for (size_t size = 0; size < 600; size += size < 32 ? 1 : 37) {
			for (size_t reply_size = 0; reply_size < 600; reply_size += 8) {
				memset(&world.error, 0, sizeof(world.error));
				status = pfq_control(socket, operation, request, size, reply,
						     reply_size, &world.error);
				if (status == 0)
					continue;
				CHECK(status < 0 && world.error.code == status);
				CHECK(world.error.text[0]);
				refused++;
			}
		}
		CHECK(refused > 0);
	}
	failed(pfq_control(socket, 0, NULL, 0, NULL, 0, &world.error), ENOTTY, "operation 0");
	failed(pfq_control(socket, ~0u, NULL, 0, NULL, 0, &world.error), ENOTTY, "there is none");
	world_end(&world);
}

static void a_socket_says_how_it_stands(void)
{
	struct pfq_socket *socket = begin();
	struct pfq_socket_info info;

	GOOD(configure(&world, socket, 100, 1000, 50, 5));
	GOOD(set_value(&world, socket, PFQ_OP_SET_WEIGHT, 3));
	GOOD(join(&world, socket, 7, Q_POLICY_GROUP_SHARED, 1));
	GOOD(enable(&world, socket));
	GOOD(pfq_control(socket, PFQ_OP_GET_INFO, NULL, 0, &info, sizeof(info), NULL));
	CHECK_EQUAL(info.caplen, 100);
	CHECK_EQUAL(info.rx_slots, 1024);
	CHECK_EQUAL(info.xmitlen, 50);
	CHECK_EQUAL(info.tx_slots, 8);
	CHECK_EQUAL(info.rx_slot_size % 64, 0);
	CHECK(info.rx_slot_size >= sizeof(struct pfq_pkthdr) + 100);
	CHECK_EQUAL(info.tx_slot_size, 128);
	CHECK_EQUAL(info.gid, 7);
	CHECK_EQUAL(info.weight, 3);
	CHECK_EQUAL(info.enabled, 1);
	CHECK_EQUAL(info.timestamping, 1);
	world_end(&world);
}

static void sizes_have_limits(void)
{
	struct pfq_socket *socket = begin();

	failed(configure(&world, socket, 0, 8, 64, 8), EINVAL, "0 octets");
	failed(configure(&world, socket, 64, 0, 64, 8), EINVAL, "0 slots");
	failed(configure(&world, socket, 64, 1ULL << 40, 64, 8), EINVAL, "1099511627776 slots");
	failed(configure(&world, socket, 1ULL << 40, 8, 64, 8), EINVAL, "octets");
	failed(configure(&world, socket, 64, 8, 0, 8), EINVAL, "tx queue");
	failed(configure(&world, socket, 64, 8, 64, ~0ULL), EINVAL, "tx queue");
	failed(configure(&world, socket, PFQ_MAX_CAPLEN, PFQ_MAX_SLOTS, 64, 8), EINVAL, "MiB");
	GOOD(configure(&world, socket, PFQ_MAX_CAPLEN, 1, 1, 1));
	GOOD(configure(&world, socket, 1, 1, PFQ_MAX_CAPLEN, 2048));
	world_end(&world);
}

static void queues_that_get_no_memory_leave_the_socket_as_it_was(void)
{
	struct pfq_socket *socket = begin();

	GOOD(configure(&world, socket, 1500, 1 << 18, 64, 8)); /* more than the host gives */
	GOOD(join(&world, socket, 0, Q_POLICY_GROUP_SHARED, 1));
	failed(enable(&world, socket), ENOMEM, "queues of");
	CHECK(!pfq_socket_memory(socket));
	GOOD(configure(&world, socket, 64, 8, 64, 8));
	GOOD(enable(&world, socket));
	world_end(&world);
}

static void an_enabled_socket_keeps_its_queues(void)
{
	struct pfq_socket *socket = begin();

	GOOD(configure(&world, socket, 64, 8, 64, 8));
	GOOD(bind_tx(&world, socket, "d0"));
	GOOD(enable(&world, socket));
	failed(enable(&world, socket), EBUSY, "enabled already");
	failed(configure(&world, socket, 64, 8, 64, 8), EBUSY, "disable it");
	failed(bind_tx(&world, socket, "d0"), EBUSY, "bind its Tx queues before");
	failed(pfq_control(socket, PFQ_OP_UNBIND_TX, NULL, 0, NULL, 0, &world.error), EBUSY,
	       "disable it");
	GOOD(disable(&world, socket));
	GOOD(disable(&world, socket));
	GOOD(pfq_control(socket, PFQ_OP_UNBIND_TX, NULL, 0, NULL, 0, NULL));
	world_end(&world);
}

static void policies_keep_other_owners_out(void)
{
	struct pfq_socket *one = begin(), *same = world_socket(&world, 100);
	struct pfq_socket *other = world_socket(&world, 200);

	GOOD(join(&world, one, 0, Q_POLICY_GROUP_PRIVATE, 1));
	GOOD(join(&world, one, 1, Q_POLICY_GROUP_RESTRICTED, 1));
	GOOD(join(&world, one, 2, Q_POLICY_GROUP_SHARED, 1));
	failed(join(&world, same, 0, Q_POLICY_GROUP_PRIVATE, 1), EPERM, "private");
	GOOD(join(&world, same, 1, Q_POLICY_GROUP_RESTRICTED, 1));
	failed(join(&world, other, 1, Q_POLICY_GROUP_RESTRICTED, 1), EPERM, "restricted");
	failed(join(&world, other, 2, Q_POLICY_GROUP_RESTRICTED, 1), EPERM, "shared");
	GOOD(join(&world, other, 2, Q_POLICY_GROUP_SHARED, 1));
	failed(join(&world, other, 2, Q_POLICY_GROUP_SHARED, 1), EEXIST, "joined already");
	/* A group ends with its last member, and its policy with it. */
	GOOD(leave(&world, one, 0));
	GOOD(join(&world, other, 0, Q_POLICY_GROUP_SHARED, 1));
	world_end(&world);
}

static void groups_have_numbers_policies_and_classes(void)
{
	struct pfq_socket *socket = begin();
	struct pfq_group_mask mask;

	failed(join(&world, socket, PFQ_MAX_GROUPS, 3, 1), EINVAL, "must be 0 to 255");
	failed(join(&world, socket, -2, 3, 1), EINVAL, "must be 0 to 255");
	failed(join(&world, socket, 0, 0, 1), EINVAL, "policy");
	failed(join(&world, socket, 0, 4, 1), EINVAL, "policy");
	failed(join(&world, socket, 0, 3, 0), EINVAL, "class mask");
	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++)
		CHECK_EQUAL(join(&world, socket, Q_ANY_GROUP, 3, 1), gid);
	failed(join(&world, socket, Q_ANY_GROUP, 3, 1), ENOSPC, "all 256 groups");
	GOOD(pfq_control(socket, PFQ_OP_GET_GROUPS, NULL, 0, &mask, sizeof(mask), NULL));
	for (int word = 0; word < PFQ_MAX_GROUPS / 64; word++)
		CHECK(mask.mask[word] == ~0ULL);
	world_end(&world);
}

static void there_are_256_sockets_and_a_closed_one_makes_room(void)
{
	struct pfq_socket *first = begin(), *extra = NULL;

	GOOD(join(&world, first, 0, 3, 1));
	for (int i = 1; i < PFQ_MAX_SOCKETS; i++)
		GOOD(join(&world, world_socket(&world, 1), 0, 3, 1));
	failed(pfq_socket_create(world.engine, 1, true, NULL, &extra, &world.error), ENOSPC,
	       "256 sockets");
	pfq_socket_destroy(first);
	world_socket(&world, 1);
	world_end(&world);
}

static void a_host_may_allow_fewer_sockets(void)
{
	struct pfq_socket *one, *none = NULL;
	struct world world;

	world_begin(&world, 1);
	pfq_engine_limit_sockets(world.engine, 2);
	one = world_socket(&world, 1);
	world_socket(&world, 1);
	CHECK_EQUAL(pfq_socket_create(world.engine, 1, true, NULL, &none, &world.error), -ENOSPC);
	CHECK(strstr(world.error.text, "all 2 sockets"));
	CHECK(!none);
	pfq_socket_destroy(one);
	world_socket(&world, 1);
	world_end(&world);
}

static void only_members_change_a_group(void)
{
	struct pfq_socket *member = begin(), *stranger = world_socket(&world, 100);
	struct pfq_group_id id = { .gid = 0 };
	struct pfq_stats stats;

	GOOD(join(&world, member, 0, 3, 1));
	failed(bind_group(&world, stranger, 0, "d0", -1), EPERM, "no member");
	failed(unbind_group(&world, stranger, 0, "d0", -1), EPERM, "no member");
	failed(load(&world, stranger, 0, NULL, 0), EPERM, "no member");
	failed(set_filter(&world, stranger, 0, 60), EPERM, "no member");
	failed(set_vlan(&world, stranger, PFQ_OP_SET_VLAN_FILTER, 0, 1, true), EPERM, "no member");
	failed(leave(&world, stranger, 0), EPERM, "no member");
	failed(pfq_control(stranger, PFQ_OP_GET_GROUP_STATS, &id, sizeof(id), &stats, sizeof(stats),
			   &world.error),
	       EPERM, "no member");
	failed(leave(&world, member, 9), ENOENT, "there is none");
	failed(leave(&world, member, -1), ENOENT, "there is none");
	failed(leave(&world, member, 1 << 30), ENOENT, "there is none");
	world_end(&world);
}

static void who_may_not_configure_the_network_sends_nothing(void)
{
	struct pfq_socket *plain;
	struct image_builder builder = { 0 };

	begin();
	GOOD(pfq_socket_create(world.engine, 1, false, NULL, &plain, NULL));
	GOOD(join(&world, plain, 0, 3, 1));
	failed(bind_tx(&world, plain, "d0"), EPERM, "CAP_NET_ADMIN");
	failed(bind_egress(&world, plain, "d0"), EPERM, "CAP_NET_ADMIN");
	image_node(&builder, "bridge");
	image_string(&builder, "d0");
	failed(load_built(&world, plain, 0, &builder), EPERM, "CAP_NET_ADMIN");
	CHECK_EQUAL(world.host.open, 0);
	GOOD(load_function(&world, plain, 0, "steer_flow"));
	GOOD(bind_group(&world, plain, 0, "d0", -1));
	world_end(&world);
}

static void who_may_not_configure_the_network_is_in_no_group_that_diverts(void)
{
	struct pfq_socket *admin = begin(), *plain;

	GOOD(pfq_socket_create(world.engine, 1, false, NULL, &plain, NULL));
	GOOD(join(&world, admin, 0, 3, 1));
	GOOD(join(&world, plain, 0, 3, 1));
	failed(bind_group(&world, plain, 0, "divert:d0", -1), EPERM, "needs CAP_NET_ADMIN");
	failed(bind_group(&world, admin, 0, "divert:d0", -1), EPERM, "has members without");
	CHECK_EQUAL(world.host.open, 0);
	GOOD(leave(&world, plain, 0));
	GOOD(bind_group(&world, admin, 0, "d1", -1));
	GOOD(bind_group(&world, admin, 0, "divert:d0", 2));
	failed(join(&world, plain, 0, 3, 1), EPERM, "joining it needs CAP_NET_ADMIN");
	failed(load_function(&world, plain, 0, "drop"), EPERM, "no member");
	failed(unbind_group(&world, plain, 0, "divert:d0", 2), EPERM, "no member");
	GOOD(join(&world, world_socket(&world, 100), 0, 3, 1));
	GOOD(unbind_group(&world, admin, 0, "divert:d0", 2));
	GOOD(join(&world, plain, 0, 3, 1));
	world_end(&world);
}

static void devices_are_bound_once_and_opened_once(void)
{
	struct pfq_socket *socket = begin();
	struct pfq_binding endless = { .gid = 0 };

	GOOD(join(&world, socket, 0, 3, 1));
	GOOD(bind_group(&world, socket, 0, "d0", 2));
	GOOD(bind_group(&world, socket, 0, "d0", 3));
	CHECK_EQUAL(world.host.open, 1);
	CHECK_EQUAL(world.host.started, 2);
	/* By all queues, it would get the packets of these a second time. */
	failed(bind_group(&world, socket, 0, "d0", -1), EEXIST, "already");
	failed(bind_group(&world, socket, 0, "d0", 2), EEXIST, "already");
	failed(bind_group(&world, socket, 0, "d1", 13), EIO, "does not start");
	CHECK_EQUAL(world.host.open, 1);
	failed(bind_group(&world, socket, 0, "eth7", -1), ENODEV, "eth7");
	failed(bind_group(&world, socket, 0, "", -1), EINVAL, "empty");
	failed(bind_group(&world, socket, 0, "d0", -2), EINVAL, "queue -2");
	failed(bind_group(&world, socket, 0, "d0", 65536), EINVAL, "queue 65536");
	failed(unbind_group(&world, socket, 0, "d1", -1), ENOENT, "not bound");
	failed(unbind_group(&world, socket, 0, "d0", 4), ENOENT, "not bound");
	failed(bind_group(&world, socket, 0, "a\nb", -1), ENODEV, "a?b");
	memset(endless.device, 'x', sizeof(endless.device));
	failed(pfq_control(socket, PFQ_OP_BIND_GROUP, &endless, sizeof(endless), NULL, 0,
			   &world.error),
	       EINVAL, "no end");
	GOOD(unbind_group(&world, socket, 0, "d0", 2));
	GOOD(unbind_group(&world, socket, 0, "d0", 3));
	CHECK_EQUAL(world.host.open, 0);
	world_end(&world);
}

static void a_computation_that_is_refused_leaves_the_old_one(void)
{
	struct pfq_socket *socket = begin();
	const struct pfq_program *kept;
	static const uint8_t junk[100] = "PFQC";

	GOOD(join(&world, socket, 0, 3, 1));
	GOOD(load_function(&world, socket, 0, "steer_flow"));
	kept = world.engine->groups[0]->program;
	failed(load(&world, socket, 0, junk, sizeof(junk)), EINVAL, "image");
	failed(load(&world, socket, 0, junk, 3), EINVAL, "image");
	CHECK(world.engine->groups[0]->program == kept);
	GOOD(load(&world, socket, 0, NULL, 0));
	CHECK(!world.engine->groups[0]->program);
	world_end(&world);
}

static void filters_are_checked(void)
{
	struct pfq_socket *socket = begin();
	struct pfq_filter request = { .gid = 0, .count = PFQ_MAX_FILTER_INSNS + 1 };

	GOOD(join(&world, socket, 0, 3, 1));
	failed(pfq_control(socket, PFQ_OP_SET_FILTER, &request, sizeof(request), NULL, 0,
			   &world.error),
	       EINVAL, "at most 4096");
	request.count = 2;
	failed(pfq_control(socket, PFQ_OP_SET_FILTER, &request, sizeof(request), NULL, 0,
			   &world.error),
	       EINVAL, "2 instructions");
	failed(set_vlan(&world, socket, PFQ_OP_SET_VLAN_FILTER, 0, 1, true), EINVAL, "on first");
	GOOD(set_vlan(&world, socket, PFQ_OP_ENABLE_VLAN_FILTER, 0, 0, true));
	failed(set_vlan(&world, socket, PFQ_OP_SET_VLAN_FILTER, 0, 4096, true), EINVAL, "4096");
	failed(set_vlan(&world, socket, PFQ_OP_SET_VLAN_FILTER, 0, -2, true), EINVAL, "-2");
	world_end(&world);
}

static void weights_have_limits(void)
{
	struct pfq_socket *socket = begin();

	failed(set_value(&world, socket, PFQ_OP_SET_WEIGHT, 0), EINVAL, "weight 0");
	failed(set_value(&world, socket, PFQ_OP_SET_WEIGHT, 1025), EINVAL, "1025");
	failed(set_value(&world, socket, PFQ_OP_SET_WEIGHT, (1ULL << 32) + 1), EINVAL,
	       "4294967297");
	GOOD(set_value(&world, socket, PFQ_OP_SET_WEIGHT, 1024));
	world_end(&world);
}

static void promiscuous_mode_ends_with_its_socket(void)
{
	struct pfq_socket *socket = begin();

	GOOD(set_promiscuous(&world, socket, "d0", true));
	GOOD(set_promiscuous(&world, socket, "d0", true));
	CHECK_EQUAL(world.host.promiscuous, 1);
	failed(set_promiscuous(&world, socket, "d2", true), EOPNOTSUPP, "d2");
	CHECK_EQUAL(world.host.open, 1);
	GOOD(set_promiscuous(&world, socket, "d1", true));
	GOOD(set_promiscuous(&world, socket, "d0", false));
	GOOD(set_promiscuous(&world, socket, "d0", false));
	CHECK_EQUAL(world.host.promiscuous, 1);
	world_end(&world);
}

/* Names that others hold on to stand for what they stand for now. */
static void a_name_may_come_to_mean_another_device(void)
{
	struct pfq_socket *one = begin(), *two = world_socket(&world, 100);
	struct image_builder builder = { 0 };

	GOOD(join(&world, one, 0, 3, 1));
	GOOD(join(&world, two, 1, 3, 1));
	GOOD(bind_group(&world, one, 0, "d0", -1));
	GOOD(bind_tx(&world, one, "d0"));
	GOOD(set_promiscuous(&world, two, "d0", true));
	CHECK_EQUAL(world.host.open, 1);
	world.host.replaced = 1;
	CHECK_EQUAL(device_stats_of(&world, one, "d0").ifindex, 1);
	failed(bind_group(&world, one, 0, "d0", -1), EEXIST, "unbind it first");
	CHECK_EQUAL(world.host.open, 1);
	GOOD(bind_group(&world, two, 1, "d0", -1));
	CHECK_EQUAL(world.host.open, 2);
	CHECK_EQUAL(world.host.started, 2);
	CHECK_EQUAL(device_stats_of(&world, one, "d0").ifindex, 5);
	image_node(&builder, "forward");
	image_string(&builder, "d0");
	GOOD(load_built(&world, two, 1, &builder));
	CHECK_EQUAL(world.engine->groups[1]->program->devices[0]->ifindex, 5);
	GOOD(bind_egress(&world, two, "d0"));
	CHECK_EQUAL(two->egress->ifindex, 5);
	CHECK_EQUAL(one->tx[0].device->ifindex, 1);
	GOOD(set_promiscuous(&world, two, "d0", true));
	CHECK_EQUAL(world.host.promiscuous, 2);
	GOOD(set_promiscuous(&world, two, "d0", false));
	CHECK_EQUAL(world.host.promiscuous, 0);
	GOOD(unbind_group(&world, one, 0, "d0", -1));
	failed(unbind_group(&world, one, 0, "d0", -1), ENOENT, "not bound");
	GOOD(bind_group(&world, one, 0, "d0", -1));
	CHECK_EQUAL(world.host.open, 2);
	CHECK_EQUAL(world.host.started, 1);
	/* The first one has its name back. */
	world.host.replaced = 0;
	CHECK_EQUAL(device_stats_of(&world, one, "d0").ifindex, 1);
	GOOD(bind_group(&world, two, 1, "d1", -1));
	world_end(&world);
}

static void a_socket_may_go_at_any_time(void)
{
	struct pfq_socket *one = begin(), *two = world_socket(&world, 100);
	struct image_builder builder = { 0 };

	GOOD(join(&world, one, 0, 3, 1));
	GOOD(join(&world, two, 0, 3, 1));
	GOOD(join(&world, two, 5, 1, 1));
	GOOD(enable(&world, two));
	GOOD(bind_group(&world, two, 0, "d0", -1));
	GOOD(bind_group(&world, two, 5, "d0", 7));
	GOOD(set_filter(&world, two, 5, 60));
	image_node(&builder, "forward");
	image_string(&builder, "d2");
	GOOD(load_built(&world, two, 5, &builder));
	GOOD(bind_egress(&world, two, "d1"));
	failed(bind_egress(&world, two, "d2"), EBUSY, "d1");
	GOOD(set_promiscuous(&world, two, "d3", true));
	pfq_socket_destroy(two);
	CHECK(!world.engine->groups[5]);
	CHECK_EQUAL(world.host.open, 1);
	world_end(&world);
}

int main(void)
{
	run_test("a request or reply of the wrong size is refused",
		 a_request_or_reply_of_the_wrong_size_is_refused);
	run_test("a socket says how it stands", a_socket_says_how_it_stands);
	run_test("sizes have limits", sizes_have_limits);
	run_test("queues that get no memory leave the socket as it was",
		 queues_that_get_no_memory_leave_the_socket_as_it_was);
	run_test("an enabled socket keeps its queues", an_enabled_socket_keeps_its_queues);
	run_test("policies keep other owners out", policies_keep_other_owners_out);
	run_test("groups have numbers, policies and classes",
		 groups_have_numbers_policies_and_classes);
	run_test("there are 256 sockets, and a closed one makes room",
		 there_are_256_sockets_and_a_closed_one_makes_room);
	run_test("a host may allow fewer sockets", a_host_may_allow_fewer_sockets);
	run_test("only members change a group", only_members_change_a_group);
	run_test("who may not configure the network sends nothing",
		 who_may_not_configure_the_network_sends_nothing);
	run_test("who may not configure the network is in no group that diverts",
		 who_may_not_configure_the_network_is_in_no_group_that_diverts);
	run_test("devices are bound once, and opened once", devices_are_bound_once_and_opened_once);
	run_test("a computation that is refused leaves the old one",
		 a_computation_that_is_refused_leaves_the_old_one);
	run_test("filters are checked", filters_are_checked);
	run_test("weights have limits", weights_have_limits);
	run_test("promiscuous mode ends with its socket", promiscuous_mode_ends_with_its_socket);
	run_test("a name may come to mean another device", a_name_may_come_to_mean_another_device);
	run_test("a socket may go at any time", a_socket_may_go_at_any_time);
	return harness.failures > 0;
}
