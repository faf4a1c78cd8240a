/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* From a batch of packets to sockets, devices and counters. */
#include "harness.h"
#include "image_builder.h"
#include "packets.h"
#include "world.h"

enum {
	FLOWS = 96,
};

static struct world world;
static struct octets octets[FLOWS];
static struct pfq_packet packets[FLOWS];
static bool one_by_one;

/* UDP packets of as many flows, all 54 octets long. */
static void make_packets(void)
{
	for (uint32_t i = 0; i < FLOWS; i++) {
		octets[i].size = 0;
		put_flow(&octets[i], 0x0a000000 + i, 0xc0a80000, 1000 + i, 53);
		packets[i] = packet_of(&octets[i]);
		packets[i].sec = 1000 + i;
		packets[i].nsec = i;
		packets[i].queue = 3;
		packets[i].mark = 17;
	}
}

static void receive(struct pfq_device *device, int queue, struct pfq_packet *first, uint32_t count)
{
	if (!one_by_one) {
		pfq_receive(device, 0, queue, first, count);
		return;
	}
	pfq_rcu_read_lock();
	for (uint32_t i = 0; i < count; i++)
		pfq_receive_one(device, 0, &first[i]);
	pfq_rcu_read_unlock();
}

static void receive_on(const char *device, int queue)
{
	make_packets();
	receive(pfq_device_find(world.engine, device), queue, packets, FLOWS);
}

static struct pfq_socket *begin(uint64_t class_mask)
{
	struct pfq_socket *socket;

	world_begin(&world, 2);
	socket = world_member(&world, 0, class_mask, 256);
	CHECK_EQUAL(bind_group(&world, socket, 0, "d0", Q_ANY_QUEUE), 0);
	return socket;
}

static uint32_t received(struct pfq_socket *socket)
{
	return (uint32_t)socket_stats(&world, socket).recv;
}

static void without_a_program_every_socket_of_class_0_gets_all(void)
{
	struct pfq_socket *one = begin(1), *two = world_member(&world, 0, 1, 256);
	struct pfq_socket *other = world_member(&world, 0, 2, 256);

	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(one), FLOWS);
	CHECK_EQUAL(received(two), FLOWS);
	CHECK_EQUAL(received(other), 0);
	CHECK_EQUAL(group_stats(&world, one, 0).recv, 2 * FLOWS);
	world_end(&world);
}

static void a_slot_has_what_is_known_of_its_packet(void)
{
	struct reader reader = { .socket = begin(1) };
	struct image_builder builder = { 0 };

	image_node_integer(&builder, "mark", PFQ_ARG_Word32, 7);
	image_next(&builder, 0, 1);
	image_node_integer(&builder, "put_state", PFQ_ARG_Word32, 9);
	CHECK_EQUAL(load_built(&world, reader.socket, 0, &builder), 0);
	receive_on("d0", Q_ANY_QUEUE);
	for (uint32_t i = 0; i < FLOWS; i++) {
		const struct pfq_pkthdr *header = reader_next(&reader);

		CHECK(header);
		CHECK_EQUAL(header->tstamp.tv.sec, 1000 + i);
		CHECK_EQUAL(header->tstamp.tv.nsec, i);
		CHECK_EQUAL(header->caplen, octets[i].size);
		CHECK_EQUAL(header->len, octets[i].size);
		CHECK_EQUAL(header->info.ifindex, 1);
		CHECK_EQUAL(header->info.data.mark, 7);
		CHECK_EQUAL(header->info.data.state, 9);
		CHECK_EQUAL(header->info.queue, 3);
		CHECK_EQUAL(header->info.gid, 0);
		CHECK_EQUAL(header->info.link, PFQ_LINK_ETHERNET);
		CHECK_EQUAL(header->info.vlan.tci, 0);
		CHECK(memcmp(header + 1, octets[i].data, octets[i].size) == 0);
	}
	CHECK(!reader_next(&reader));
	world_end(&world);
}

static void a_socket_gets_at_most_its_snap_length(void)
{
	struct pfq_socket *socket;
	struct reader reader;
	const struct pfq_pkthdr *header;

	world_begin(&world, 1);
	socket = world_socket(&world, 1);
	reader = (struct reader){ .socket = socket };
	CHECK_EQUAL(configure(&world, socket, 20, 128, 64, 1), 0);
	CHECK_EQUAL(set_value(&world, socket, PFQ_OP_SET_TIMESTAMPING, 0), 0);
	CHECK_EQUAL(join(&world, socket, 0, Q_POLICY_GROUP_SHARED, 1), 0);
	CHECK_EQUAL(enable(&world, socket), 0);
	CHECK_EQUAL(bind_group(&world, socket, 0, "d0", Q_ANY_QUEUE), 0);
	receive_on("d0", Q_ANY_QUEUE);
	header = reader_next(&reader);
	CHECK(header);
	CHECK_EQUAL(header->caplen, 20);
	CHECK_EQUAL(header->len, octets[0].size);
	CHECK_EQUAL(header->tstamp.tv64, 0);
	CHECK(memcmp(header + 1, octets[0].data, 20) == 0);
	world_end(&world);
}

static void steered_packets_go_to_one_socket_each_by_the_table(void)
{
	struct pfq_socket *sockets[3] = { begin(1) };
	struct reader readers[3];
	uint32_t sum = 0;

	sockets[1] = world_member(&world, 0, 1, 256);
	sockets[2] = world_member(&world, 0, 1, 256);
	CHECK_EQUAL(load_function(&world, sockets[0], 0, "steer_flow"), 0);
	receive_on("d0", Q_ANY_QUEUE);
	receive_on("d0", Q_ANY_QUEUE);
	for (int i = 0; i < 3; i++) {
		uint32_t got = received(sockets[i]);

		/* Each flow twice on the same socket. */
		CHECK(got > 0 && got % 2 == 0);
		sum += got;
		readers[i] = (struct reader){ .socket = sockets[i] };
		CHECK_EQUAL(reader_drain(&readers[i]), got);
	}
	CHECK_EQUAL(sum, 2 * FLOWS);
	world_end(&world);
}

/* The destination is the same in all packets: its socket gets every one, and no packet twice. */
static void double_steered_packets_go_to_two_sockets_or_to_one_once(void)
{
	struct pfq_socket *sockets[3] = { begin(1) };
	struct pfq_stats stats;
	uint32_t sum = 0, most = 0;

	CHECK_EQUAL(load_function(&world, sockets[0], 0, "double_steer_ip"), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(sockets[0]), FLOWS);
	sockets[1] = world_member(&world, 0, 1, 256);
	sockets[2] = world_member(&world, 0, 1, 256);
	receive_on("d0", Q_ANY_QUEUE);
	for (int i = 0; i < 3; i++) {
		struct reader reader = { .socket = sockets[i] };
		uint32_t before = i == 0 ? FLOWS : 0, got = received(sockets[i]) - before;

		CHECK(got > 0);
		CHECK_EQUAL(reader_drain(&reader), before + got);
		most = got > most ? got : most;
		sum += got;
	}
	CHECK_EQUAL(most, FLOWS);
	CHECK(sum > FLOWS && sum < 2 * FLOWS);
	stats = group_stats(&world, sockets[0], 0);
	CHECK_EQUAL(stats.recv, FLOWS + sum);
	CHECK_EQUAL(stats.drop, 0);
	world_end(&world);
}

static void sockets_take_turns_by_number_and_weight(void)
{
	struct pfq_socket *one = begin(1), *two = world_member(&world, 0, 1, 256);

	CHECK_EQUAL(set_value(&world, two, PFQ_OP_SET_WEIGHT, 3), 0);
	CHECK_EQUAL(load_function(&world, one, 0, "steer_rrobin"), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(one), FLOWS / 4);
	CHECK_EQUAL(received(two), FLOWS / 4 * 3);
	world_end(&world);
}

static void classes_choose_sockets(void)
{
	static const int masks[] = { 1, 2, 6, 7, -1 };

	for (unsigned int i = 0; i < 5; i++) {
		struct pfq_socket *sockets[4] = { begin(1) };
		struct image_builder builder = { 0 };
		uint64_t mask = (uint64_t)(int64_t)masks[i] & ~Q_CLASS_CONTROL;

		sockets[1] = world_member(&world, 0, 2, 256);
		sockets[2] = world_member(&world, 0, 4 | 1, 256);
		sockets[3] = world_member(&world, 0, Q_CLASS_CONTROL, 256);
		image_node_integer(&builder, "classify", PFQ_ARG_Int, masks[i]);
		CHECK_EQUAL(load_built(&world, sockets[0], 0, &builder), 0);
		receive_on("d0", Q_ANY_QUEUE);
		CHECK_EQUAL(received(sockets[0]), mask & 1 ? FLOWS : 0);
		CHECK_EQUAL(received(sockets[1]), mask & 2 ? FLOWS : 0);
		CHECK_EQUAL(received(sockets[2]), mask & 5 ? FLOWS : 0);
		CHECK_EQUAL(received(sockets[3]), 0);
		world_end(&world);
	}
}

static void broadcast_goes_to_all_classes_but_management(void)
{
	struct pfq_socket *one = begin(1), *two = world_member(&world, 0, 1ULL << 40, 256);
	struct pfq_socket *management = world_member(&world, 0, Q_CLASS_CONTROL, 256);

	CHECK_EQUAL(load_function(&world, one, 0, "broadcast"), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(one), FLOWS);
	CHECK_EQUAL(received(two), FLOWS);
	CHECK_EQUAL(received(management), 0);
	world_end(&world);
}

static void the_host_gets_a_packet_once_with_its_last_mark(void)
{
	struct pfq_socket *socket = begin(1);
	struct image_builder builder = { 0 };

	image_node_integer(&builder, "mark", PFQ_ARG_Word32, 5);
	image_next(&builder, 0, 1);
	image_node(&builder, "kernel");
	image_next(&builder, 1, 2);
	image_node(&builder, "kernel");
	image_next(&builder, 2, 3);
	image_node_integer(&builder, "mark", PFQ_ARG_Word32, 7);
	CHECK_EQUAL(load_built(&world, socket, 0, &builder), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(world.host.to_host, FLOWS);
	CHECK_EQUAL(world.host.host_marks, 7 * FLOWS);
	CHECK_EQUAL(group_stats(&world, socket, 0).kern, FLOWS);
	CHECK_EQUAL(received(socket), FLOWS);
	world_end(&world);
}

static void a_detour_gives_to_the_host_and_drops(void)
{
	struct pfq_socket *socket = begin(1);
	struct image_builder builder = { 0 };
	struct pfq_stats stats;

	/* kernel_if (has_src_port 1000) >-> detour_if (has_src_port 1001) >-> mark 7 >->
	 * unless (has_src_port 1002) detour */
	image_node(&builder, "kernel_if");
	image_function(&builder, 4);
	image_next(&builder, 0, 1);
	image_node(&builder, "detour_if");
	image_function(&builder, 5);
	image_next(&builder, 1, 2);
	image_node_integer(&builder, "mark", PFQ_ARG_Word32, 7);
	image_next(&builder, 2, 3);
	image_node(&builder, "unless");
	image_function(&builder, 6);
	image_function(&builder, 7);
	image_node_integer(&builder, "has_src_port", PFQ_ARG_Word16, 1000);
	image_node_integer(&builder, "has_src_port", PFQ_ARG_Word16, 1001);
	image_node_integer(&builder, "has_src_port", PFQ_ARG_Word16, 1002);
	image_node(&builder, "detour");
	CHECK_EQUAL(load_built(&world, socket, 0, &builder), 0);
	receive_on("d0", Q_ANY_QUEUE);
	stats = group_stats(&world, socket, 0);
	CHECK_EQUAL(stats.kern, FLOWS - 1);
	CHECK_EQUAL(stats.drop, FLOWS - 1);
	CHECK_EQUAL(received(socket), 1);
	CHECK_EQUAL(world.host.to_host, FLOWS - 1);
	CHECK_EQUAL(world.host.host_marks, 17 + 7 * (FLOWS - 2));
	world_end(&world);
}

static void a_link_spares_the_device_that_packets_come_from(void)
{
	static const char *const devices[] = { "d0", "d1", "d3" };
	struct pfq_socket *socket = begin(1);
	struct image_builder builder = { 0 };

	image_node(&builder, "link");
	image_strings(&builder, devices, 3);
	CHECK_EQUAL(load_built(&world, socket, 0, &builder), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(device_stats_of(&world, socket, "d0").sent, 0);
	CHECK_EQUAL(device_stats_of(&world, socket, "d1").sent, FLOWS);
	CHECK_EQUAL(device_stats_of(&world, socket, "d3").fail, FLOWS);
	CHECK_EQUAL(group_stats(&world, socket, 0).frwd, FLOWS);
	CHECK_EQUAL(received(socket), FLOWS);
	world_end(&world);
}

static void a_forward_at_once_stands_whatever_comes_after_it(void)
{
	struct pfq_socket *socket = begin(1);
	struct image_builder builder = { 0 };

	image_node(&builder, "forwardIO");
	image_string(&builder, "d1");
	image_next(&builder, 0, 1);
	image_node(&builder, "drop");
	CHECK_EQUAL(load_built(&world, socket, 0, &builder), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(device_stats_of(&world, socket, "d1").sent, FLOWS);
	CHECK_EQUAL(group_stats(&world, socket, 0).frwd, FLOWS);
	CHECK_EQUAL(group_stats(&world, socket, 0).drop, FLOWS);
	world_end(&world);
}

static void an_address_of_the_device_is_the_hosts(void)
{
	struct pfq_socket *socket = begin(1);

	CHECK_EQUAL(load_function(&world, socket, 0, "ip_host"), 0);
	for (uint32_t i = 0; i < 4; i++) {
		octets[i].size = 0;
		put_flow(&octets[i], 0x0a000000, QUIET_ADDRESS + i, 1000, 53);
		packets[i] = packet_of(&octets[i]);
	}
	receive(pfq_device_find(world.engine, "d0"), Q_ANY_QUEUE, packets, 4);
	CHECK_EQUAL(received(socket), 1);
	world_end(&world);
}

/* The line that one packet leaves in the log. */
static void check_line(const char *symbol, const char *text, const char *line)
{
	struct pfq_socket *socket = begin(1);
	struct image_builder builder = { 0 };

	image_node_integer(&builder, "mark", PFQ_ARG_Word32, 7);
	image_next(&builder, 0, 1);
	image_node(&builder, symbol);
	if (text)
		image_string(&builder, text);
	CHECK_EQUAL(load_built(&world, socket, 0, &builder), 0);
	make_packets();
	receive(pfq_device_find(world.engine, "d0"), Q_ANY_QUEUE, packets, 1);
	CHECK_EQUAL(received(socket), 1);
	CHECK_EQUAL(world.host.lines, 1);
	if (strcmp(world.host.line, line) != 0)
		FAIL("%s: %s", symbol, world.host.line);
	world_end(&world);
}

static void the_log_gets_lines_of_printable_characters(void)
{
	check_line("log_msg", "it's \x1b[31mred\n\\", "group 0, d0: it's \\x1b[31mred\\x0a\\x5c");
	check_line("log_packet", NULL,
		   "group 0, d0: IPv4, UDP, 10.0.0.0:1000 > 192.168.0.0:53, 54 octets");
	check_line(
		"log_buff", NULL,
		"group 0, d0: 54 of 54 octets: 0200 0000 0002 0200 0000 0001 0800 4510 0064 1234 "
		"0000 4011 0000 0a00 0000 c0a8 0000 03e8 0035 0014 0000 0000 0000 0000 ...");
	check_line("trace", NULL, "group 0, d0: pass, mark 7, state 0");
}

/* There may be two periods, and a line between them. */
static void a_flood_leaves_few_lines(void)
{
	struct pfq_socket *socket = begin(1);

	CHECK_EQUAL(load_function(&world, socket, 0, "log_packet"), 0);
	for (int gid = 1; gid < 4; gid++) {
		struct pfq_socket *other = world_member(&world, gid, 1, 256);

		CHECK_EQUAL(bind_group(&world, other, gid, "d0", Q_ANY_QUEUE), 0);
		CHECK_EQUAL(load_function(&world, other, gid, "log_packet"), 0);
	}
	receive_on("d0", Q_ANY_QUEUE);
	CHECK(world.host.lines >= 20);
	CHECK(world.host.lines <= 41);
	CHECK_EQUAL(received(socket), FLOWS);
	world_end(&world);
}

static void a_period_begins_with_what_the_last_one_left_out(void)
{
	struct pfq_socket *socket = begin(1);

	CHECK_EQUAL(load_function(&world, socket, 0, "log_packet"), 0);
	world.engine->log = (struct pfq_log_limit){ .lines = 20, .left_out = 7 };
	make_packets();
	receive(pfq_device_find(world.engine, "d0"), Q_ANY_QUEUE, packets, 1);
	CHECK_EQUAL(world.host.lines, 2);
	CHECK_EQUAL(world.engine->log.left_out, 0);
	world_end(&world);
}

static void forwards_go_out_once_a_step_and_drops_are_counted(void)
{
	struct pfq_socket *socket = begin(1);
	struct image_builder builder = { 0 };
	struct pfq_stats stats;

	image_node(&builder, "forward");
	image_string(&builder, "d1");
	image_next(&builder, 0, 1);
	image_node(&builder, "forward");
	image_string(&builder, "d3"); /* which sends nothing */
	image_next(&builder, 1, 2);
	image_node(&builder, "forward");
	image_string(&builder, "d1");
	image_next(&builder, 2, 3);
	image_node(&builder, "drop");
	CHECK_EQUAL(load_built(&world, socket, 0, &builder), 0);
	receive_on("d0", Q_ANY_QUEUE);
	stats = group_stats(&world, socket, 0);
	CHECK_EQUAL(stats.recv, 0);
	CHECK_EQUAL(stats.drop, FLOWS);
	CHECK_EQUAL(stats.frwd, 2 * FLOWS);
	CHECK_EQUAL(world.host.sent, 2 * FLOWS);
	CHECK_EQUAL(device_stats_of(&world, socket, "d1").sent, 2 * FLOWS);
	CHECK_EQUAL(device_stats_of(&world, socket, "d3").fail, FLOWS);
	world_end(&world);
}

static void two_groups_deliver_twice(void)
{
	struct pfq_socket *one = begin(1), *two = world_member(&world, 1, 1, 256);

	CHECK_EQUAL(bind_group(&world, two, 1, "d0", Q_ANY_QUEUE), 0);
	CHECK_EQUAL(join(&world, one, 1, Q_POLICY_GROUP_SHARED, 1), 1);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(one), 2 * FLOWS);
	CHECK_EQUAL(received(two), FLOWS);
	CHECK_EQUAL(group_stats(&world, one, 0).recv, FLOWS);
	CHECK_EQUAL(group_stats(&world, one, 1).recv, 2 * FLOWS);
	CHECK_EQUAL(device_stats_of(&world, one, "d0").recv, FLOWS);
	world_end(&world);
}

static void only_groups_of_the_queue_are_fed(void)
{
	struct pfq_socket *one = begin(1), *two = world_member(&world, 1, 1, 256);

	CHECK_EQUAL(bind_group(&world, two, 1, "d0", 2), 0);
	receive_on("d0", 2);
	CHECK_EQUAL(received(one), 0);
	CHECK_EQUAL(received(two), FLOWS);
	receive_on("d0", 1);
	CHECK_EQUAL(received(two), FLOWS);
	world_end(&world);
}

static void a_packet_alone_goes_to_the_groups_of_all_queues_and_of_its_own(void)
{
	struct pfq_socket *all = begin(1), *other = world_member(&world, 1, 1, 256);
	struct pfq_socket *own = world_member(&world, 2, 1, 256);

	CHECK_EQUAL(bind_group(&world, other, 1, "d0", 2), 0);
	CHECK_EQUAL(bind_group(&world, own, 2, "d0", 3), 0); /* see make_packets() */
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(all), FLOWS);
	CHECK_EQUAL(received(own), FLOWS);
	CHECK_EQUAL(received(other), 0);
	CHECK_EQUAL(device_stats_of(&world, all, "d0").recv, FLOWS);
	CHECK_EQUAL(unbind_group(&world, all, 0, "d0", Q_ANY_QUEUE), 0);
	CHECK_EQUAL(unbind_group(&world, own, 2, "d0", 3), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(device_stats_of(&world, other, "d0").recv, FLOWS);
	world_end(&world);
}

static void what_reached_a_device_is_received_lost_or_dropped(void)
{
	struct pfq_socket *one = begin(1), *two = world_member(&world, 0, 1, 4);
	struct image_builder builder = { 0 };
	struct pfq_stats group;

	/* Even ports are dropped. */
	image_node(&builder, "conditional");
	image_function(&builder, 1);
	image_function(&builder, 3);
	image_function(&builder, 4);
	image_node(&builder, "any_bit");
	image_function(&builder, 2);
	image_integer(&builder, PFQ_ARG_Word64, 1);
	image_node(&builder, "udp_source");
	image_node(&builder, "steer_flow");
	image_node(&builder, "drop");
	CHECK_EQUAL(load_built(&world, one, 0, &builder), 0);
	for (int round = 0; round < 5; round++)
		receive_on("d0", Q_ANY_QUEUE);
	group = group_stats(&world, one, 0);
	CHECK_EQUAL(group.drop, 5 * FLOWS / 2);
	CHECK(group.lost > 0);
	CHECK_EQUAL(group.recv + group.lost + group.drop, 5 * FLOWS);
	CHECK_EQUAL(group.recv, received(one) + received(two));
	CHECK_EQUAL(group.lost, socket_stats(&world, one).lost + socket_stats(&world, two).lost);
	world_end(&world);
}

static void filters_come_before_the_program(void)
{
	struct pfq_socket *socket = begin(1);
	struct image_builder builder = { 0 };
	struct pfq_group_id request = { .gid = 0 };
	struct pfq_counters counters;

	image_node_integer(&builder, "inc", PFQ_ARG_Int, 0);
	CHECK_EQUAL(load_built(&world, socket, 0, &builder), 0);
	CHECK_EQUAL(set_filter(&world, socket, 0, 55), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(group_stats(&world, socket, 0).drop, FLOWS);
	CHECK_EQUAL(set_filter(&world, socket, 0, 54), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(set_filter(&world, socket, 0, 0), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(socket), 2 * FLOWS);
	CHECK_EQUAL(pfq_control(socket, PFQ_OP_GET_GROUP_COUNTERS, &request, sizeof(request),
				&counters, sizeof(counters), NULL),
		    0);
	CHECK_EQUAL(counters.counter[0], 2 * FLOWS);
	world_end(&world);
}

static void the_vlan_filter_lets_through_what_was_named(void)
{
	static const struct {
		int vid;
		bool tagged, untagged;
	} cases[] = {
		{ 5, true, false },
		{ 6, false, false },
		{ Q_VLAN_ANYTAG, true, false },
		{ Q_VLAN_UNTAG, false, true },
	};

	for (unsigned int i = 0; i < 4; i++) {
		struct pfq_socket *socket = begin(1);
		struct octets tagged = { 0 };
		struct pfq_packet packet;

		put_ethernet(&tagged, 0x8100);
		put16(&tagged, 0xe005);
		put16(&tagged, 0x0800);
		packet = packet_of(&tagged);
		CHECK_EQUAL(set_vlan(&world, socket, PFQ_OP_ENABLE_VLAN_FILTER, 0, 0, true), 0);
		CHECK_EQUAL(set_vlan(&world, socket, PFQ_OP_SET_VLAN_FILTER, 0, cases[i].vid, true),
			    0);
		receive_on("d0", Q_ANY_QUEUE);
		CHECK_EQUAL(received(socket), cases[i].untagged ? FLOWS : 0);
		receive(pfq_device_find(world.engine, "d0"), Q_ANY_QUEUE, &packet, 1);
		CHECK_EQUAL(received(socket), (cases[i].untagged ? FLOWS : 0) + cases[i].tagged);
		CHECK_EQUAL(
			set_vlan(&world, socket, PFQ_OP_SET_VLAN_FILTER, 0, cases[i].vid, false),
			0);
		receive_on("d0", Q_ANY_QUEUE);
		CHECK_EQUAL(received(socket), (cases[i].untagged ? FLOWS : 0) + cases[i].tagged);
		world_end(&world);
	}
}

static void a_socket_with_an_egress_sends_what_it_is_given(void)
{
	struct pfq_socket *socket = begin(1);
	struct pfq_stats stats;

	CHECK_EQUAL(bind_egress(&world, socket, "d1"), 0);
	receive_on("d0", Q_ANY_QUEUE);
	stats = socket_stats(&world, socket);
	CHECK_EQUAL(stats.recv, 0);
	CHECK_EQUAL(stats.sent, FLOWS);
	CHECK_EQUAL(pfq_control(socket, PFQ_OP_UNBIND_EGRESS, NULL, 0, NULL, 0, NULL), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(received(socket), FLOWS);
	world_end(&world);
}

static void an_egress_among_sockets_sends_its_share(void)
{
	static const char *const programs[] = { "unit", "broadcast", "steer_flow", "steer_rrobin" };

	for (unsigned int i = 0; i < 4; i++) {
		struct pfq_socket *one = begin(1), *two = world_member(&world, 0, 1, 256);
		struct pfq_socket *three = world_member(&world, 0, 1, 256);
		uint64_t sum;

		CHECK_EQUAL(load_function(&world, one, 0, programs[i]), 0);
		CHECK_EQUAL(bind_egress(&world, two, "d1"), 0);
		receive_on("d0", Q_ANY_QUEUE);
		CHECK_EQUAL(received(two), 0);
		sum = received(one) + received(three) + socket_stats(&world, two).sent;
		CHECK_EQUAL(sum, i < 2 ? 3 * FLOWS : FLOWS);
		CHECK_EQUAL(group_stats(&world, one, 0).recv, sum);
		CHECK(socket_stats(&world, two).sent > 0);
		CHECK_EQUAL(world.host.sent, socket_stats(&world, two).sent);
		world_end(&world);
	}
}

static void a_batch_for_which_no_lane_is_free_is_lost_and_counted(void)
{
	struct pfq_socket *socket = begin(1);

	world.engine->lanes[0].busy = world.engine->lanes[1].busy = 1;
	receive_on("d0", Q_ANY_QUEUE);
	world.engine->lanes[0].busy = world.engine->lanes[1].busy = 0;
	CHECK_EQUAL(received(socket), 0);
	CHECK_EQUAL(device_stats_of(&world, socket, "d0").lost, FLOWS);
	world_end(&world);
}

static void room_is_what_every_socket_can_take(void)
{
	struct pfq_socket *one = begin(1), *two = world_socket(&world, 1);
	struct pfq_device *device = pfq_device_find(world.engine, "d0");

	CHECK_EQUAL(pfq_receive_room(device, Q_ANY_QUEUE), 256);
	CHECK_EQUAL(pfq_receive_room(device, 1), 0);
	receive_on("d0", Q_ANY_QUEUE);
	CHECK_EQUAL(pfq_receive_room(device, Q_ANY_QUEUE), 256 - FLOWS);
	/* A group that nobody has enabled yet does not stop the others. */
	CHECK_EQUAL(join(&world, two, 1, Q_POLICY_GROUP_SHARED, 1), 1);
	CHECK_EQUAL(bind_group(&world, two, 1, "d0", Q_ANY_QUEUE), 0);
	CHECK_EQUAL(pfq_receive_room(device, Q_ANY_QUEUE), 256 - FLOWS);
	/* A socket that gets each packet twice has room for half as many. */
	CHECK_EQUAL(join(&world, one, 1, Q_POLICY_GROUP_SHARED, 1), 1);
	CHECK_EQUAL(pfq_receive_room(device, Q_ANY_QUEUE), (256 - FLOWS) / 2);
	CHECK_EQUAL(disable(&world, one), 0);
	CHECK_EQUAL(pfq_receive_room(device, Q_ANY_QUEUE), 0);
	world_end(&world);
}

static const struct {
	const char *name;
	void (*test)(void);
} tests[] = {
	{ "without a program, every socket of class 0 gets all",
	  without_a_program_every_socket_of_class_0_gets_all },
	{ "a slot has what is known of its packet", a_slot_has_what_is_known_of_its_packet },
	{ "a socket gets at most its snap length", a_socket_gets_at_most_its_snap_length },
	{ "a steered packet goes to one socket, and its flow to the same",
	  steered_packets_go_to_one_socket_each_by_the_table },
	{ "double steered packets go to two sockets, or to one once",
	  double_steered_packets_go_to_two_sockets_or_to_one_once },
	{ "sockets take turns by number and weight", sockets_take_turns_by_number_and_weight },
	{ "classes choose sockets", classes_choose_sockets },
	{ "broadcast goes to all classes but management",
	  broadcast_goes_to_all_classes_but_management },
	{ "the host gets a packet once, with its last mark",
	  the_host_gets_a_packet_once_with_its_last_mark },
	{ "a detour gives to the host, and drops", a_detour_gives_to_the_host_and_drops },
	{ "a link spares the device that packets come from",
	  a_link_spares_the_device_that_packets_come_from },
	{ "a forward at once stands, whatever comes after it",
	  a_forward_at_once_stands_whatever_comes_after_it },
	{ "an address of the device is the host's", an_address_of_the_device_is_the_hosts },
	{ "the log gets lines of printable characters",
	  the_log_gets_lines_of_printable_characters },
	{ "a flood leaves few lines", a_flood_leaves_few_lines },
	{ "a period begins with what the last one left out",
	  a_period_begins_with_what_the_last_one_left_out },
	{ "forwards go out once a step, and drops are counted",
	  forwards_go_out_once_a_step_and_drops_are_counted },
	{ "two groups deliver twice", two_groups_deliver_twice },
	{ "what reached a device is received, lost or dropped",
	  what_reached_a_device_is_received_lost_or_dropped },
	{ "filters come before the program", filters_come_before_the_program },
	{ "the VLAN filter lets through what was named",
	  the_vlan_filter_lets_through_what_was_named },
	{ "a socket with an egress sends what it is given",
	  a_socket_with_an_egress_sends_what_it_is_given },
	{ "an egress among sockets sends its share", an_egress_among_sockets_sends_its_share },
};

static void run_all(void)
{
	char name[128];

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", tests[i].name,
			 one_by_one ? ", one by one" : "");
		run_test(name, tests[i].test);
	}
}

int main(void)
{
	run_all();
	run_test("only groups of the queue are fed", only_groups_of_the_queue_are_fed);
	run_test("a batch for which no lane is free is lost, and counted",
		 a_batch_for_which_no_lane_is_free_is_lost_and_counted);
	run_test("room is what every socket can take", room_is_what_every_socket_can_take);
	one_by_one = true;
	run_all();
	run_test("a packet alone goes to the groups of all queues and of its own",
		 a_packet_alone_goes_to_the_groups_of_all_queues_and_of_its_own);
	return harness.failures > 0;
}
