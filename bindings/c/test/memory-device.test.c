/* SPDX-License-Identifier: BSD-3-Clause */
/* `mem:` devices: what is sent is received, at once. */
#include "harness.h"

static int count(pfq_t *q)
{
	struct pfq_net_queue nq;
	int packets = 0, some;

	while ((some = (int)OK(q, pfq_read(q, &nq, 0))) > 0)
		packets += some;
	return packets;
}

TEST(a_memory_device_receives_what_is_sent_on_it)
{
	const char *device = fresh_name("mem:plain");
	pfq_t *q = open_on(device, 64, 64), *other = open_on(fresh_name("mem:plain"), 64, 64);
	pfq_t *sender = open_sender(device);
	struct pfq_device_stats stats;
	struct pfq_stats sent;

	for (uint32_t i = 0; i < 10; i++)
		send_number(sender, i, 60);
	CHECK_EQUAL(count(q), 10);
	CHECK_EQUAL(count(other), 0);
	OK(q, pfq_get_device_stats(q, device, &stats));
	CHECK_EQUAL(stats.recv, 10);
	CHECK_EQUAL(stats.sent, 10);
	CHECK_EQUAL(stats.fail, 0);
	OK(sender, pfq_get_stats(sender, &sent));
	CHECK_EQUAL(sent.sent, 10);
	pfq_close(sender);
	pfq_close(other);
	pfq_close(q);
}

TEST(a_cable_carries_packets_to_its_other_end_in_both_directions)
{
	pfq_t *left = open_on("mem:left=right", 64, 64), *right = open_on("mem:right=left", 64, 64);
	pfq_t *to_right = open_sender("mem:left=right"), *to_left = open_sender("mem:right=left");

	for (uint32_t i = 0; i < 3; i++)
		send_number(to_right, i, 60);
	for (uint32_t i = 0; i < 5; i++)
		send_number(to_left, i, 60);
	CHECK_EQUAL(count(right), 3);
	CHECK_EQUAL(count(left), 5);
	pfq_close(to_left);
	pfq_close(to_right);
	pfq_close(right);
	pfq_close(left);
}

TEST(the_other_end_of_a_cable_may_be_a_plain_device)
{
	pfq_t *q = open_on("mem:far", 64, 64), *sender = open_sender("mem:near=far");

	send_number(sender, 1, 60);
	CHECK_EQUAL(count(q), 1);
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_queue_gets_what_is_sent_on_it)
{
	const char *device = fresh_name("mem:queues");
	pfq_t *all = open_on(device, 64, 64), *second = pfq_open(64, 64, 64, 64);
	pfq_t *sender = pfq_open_nogroup(64, 64, 64, 64);
	struct pfq_net_queue nq;
	char packet[60] = { 0 };

	OK(second, pfq_enable(second));
	OK(second, pfq_bind(second, device, 1));
	CHECK_EQUAL(OK(sender, pfq_bind_tx(sender, device, 0, Q_NO_KTHREAD)), 0);
	OK(sender, pfq_enable(sender));
	OK(sender, pfq_send(sender, packet, sizeof(packet), 2, 1));
	CHECK_EQUAL(count(second), 0);
	CHECK_EQUAL(count(all), 2);
	OK(sender, pfq_disable(sender));
	OK(sender, pfq_unbind_tx(sender));
	OK(sender, pfq_bind_tx(sender, device, 1, Q_NO_KTHREAD));
	OK(sender, pfq_enable(sender));
	OK(sender, pfq_send(sender, packet, sizeof(packet), 3, 1));
	CHECK_EQUAL(OK(second, pfq_read(second, &nq, 0)), 3);
	CHECK_EQUAL(pfq_pkt_header(nq.queue)->info.queue, 1);
	CHECK_EQUAL(count(all), 3);
	OK(second, pfq_unbind(second, device, 1));
	OK(sender, pfq_send(sender, packet, sizeof(packet), 1, 1));
	CHECK_EQUAL(count(second), 0);
	pfq_close(sender);
	pfq_close(second);
	pfq_close(all);
}

TEST(packets_that_are_sent_in_a_circle_end)
{
	const char *device = fresh_name("mem:circle");
	pfq_t *q = open_on(device, 64, 64), *watch = open_on(device, 64, 1024);
	pfq_t *sender = open_sender(device);
	struct pfq_stats stats;

	/* What q is given goes out on the device that it came from. */
	OK(q, pfq_egress_bind(q, device, Q_ANY_QUEUE));
	send_number(sender, 1, 60);
	OK(q, pfq_get_stats(q, &stats));
	CHECK(stats.sent > 0);
	CHECK(stats.fail > 0);
	CHECK(count(watch) > 1);
	OK(q, pfq_egress_unbind(q));
	pfq_close(sender);
	pfq_close(watch);
	pfq_close(q);
}

TEST(an_egress_socket_transmits_what_it_is_given)
{
	pfq_t *bridge = open_on("mem:in", 64, 64), *out = open_on("mem:out", 64, 64);
	pfq_t *sender = open_sender("mem:in");

	OK(bridge, pfq_egress_bind(bridge, "mem:out", Q_ANY_QUEUE));
	send_number(sender, 1, 60);
	CHECK_EQUAL(count(out), 1);
	CHECK_EQUAL(count(bridge), 0);
	pfq_close(sender);
	pfq_close(out);
	pfq_close(bridge);
}

TEST(packets_are_sent_when_as_many_as_asked_for_are_there)
{
	const char *device = fresh_name("mem:sync");
	pfq_t *q = open_on(device, 64, 4096), *sender = pfq_open_nogroup(64, 64, 64, 16);
	char packet[60] = { 0 };

	OK(sender, pfq_bind_tx(sender, device, Q_ANY_QUEUE, Q_NO_KTHREAD));
	OK(sender, pfq_enable(sender));
	for (int i = 0; i < 3; i++)
		CHECK_EQUAL(OK(sender, pfq_send(sender, packet, sizeof(packet), 1, 4)), 60);
	CHECK_EQUAL(count(q), 0);
	OK(sender, pfq_send(sender, packet, sizeof(packet), 1, 4));
	CHECK_EQUAL(count(q), 4);
	OK(sender, pfq_send(sender, packet, sizeof(packet), 10, 0));
	CHECK_EQUAL(count(q), 0);
	CHECK_EQUAL(OK(sender, pfq_sync_queue(sender, 0)), 10);
	CHECK_EQUAL(count(q), 10);
	/* A full queue is sent to make room. */
	for (int i = 0; i < 17; i++)
		OK(sender, pfq_send(sender, packet, sizeof(packet), 1, 0));
	CHECK_EQUAL(count(q), 16);
	CHECK_EQUAL(OK(sender, pfq_sync_queue(sender, 0)), 1);
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_packet_is_sent_as_often_as_is_asked_for_or_refused)
{
	const char *device = fresh_name("mem:copies");
	pfq_t *sender = open_sender(device);
	char packet[60] = { 1 };
	struct pfq_stats stats;

	OK(sender, pfq_send(sender, packet, sizeof(packet), PFQ_MAX_COPIES, 1));
	FAILS(sender, pfq_send(sender, packet, sizeof(packet), PFQ_MAX_COPIES + 1, 1),
	      "65537 copies: must be 1 to 65536");
	OK(sender, pfq_get_stats(sender, &stats));
	CHECK_EQUAL(stats.sent, PFQ_MAX_COPIES);
	CHECK_EQUAL(stats.disc, 0);
	pfq_close(sender);
}

TEST(what_cannot_be_sent_is_refused)
{
	pfq_t *sender = open_sender(fresh_name("mem:refused")), *none = pfq_open(64, 64, 64, 64);
	char packet[4096] = { 0 };

	FAILS(sender, pfq_send(sender, packet, 2049, 1, 1), "2049 octets");
	CHECK_EQUAL(errno, EMSGSIZE);
	FAILS(sender, pfq_send(sender, packet, 0, 1, 1), "0 octets");
	FAILS(sender, pfq_send(sender, packet, 60, 0, 1), "copies");
	FAILS(sender, pfq_sync_queue(sender, 1), "no synchronous Tx queue 1");
	FAILS(sender, pfq_sync_queue(sender, -1), "Tx queue");
	FAILS(sender, pfq_bind_tx(sender, "mem:late", -1, Q_NO_KTHREAD), "enabled");
	OK(none, pfq_enable(none));
	FAILS(none, pfq_send(none, packet, 60, 1, 1), "pfq_bind_tx");
	OK(none, pfq_disable(none));
	FAILS(none, pfq_bind_tx(none, "mem:x", -1, 64), "Tx thread 64");
	FAILS(none, pfq_bind_tx(none, "pcap:x", -1, Q_NO_KTHREAD), "capture file");
	FAILS(none, pfq_egress_bind(none, "pcap:x", -1), "capture file");
	pfq_close(none);
	pfq_close(sender);
}

TEST(bad_names_are_refused)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	char name[400];

	FAILS(q, pfq_bind(q, "mem:", -1), "mem:NAME");
	FAILS(q, pfq_bind(q, "mem:=b", -1), "mem:NAME");
	FAILS(q, pfq_bind(q, "mem:a=", -1), "mem:NAME");
	FAILS(q, pfq_bind(q, "mem:a=b=c", -1), "mem:NAME");
	FAILS(q, pfq_bind(q, "", -1), "name");
	FAILS(q, pfq_bind(q, NULL, -1), "name");
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	FAILS(q, pfq_bind(q, name, -1), "name");
	memcpy(name, "mem:", 4);
	name[100] = '\0';
	FAILS(q, pfq_bind(q, name, -1), "characters");
	pfq_close(q);
}
