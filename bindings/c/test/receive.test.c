/* SPDX-License-Identifier: BSD-3-Clause */
/* The Rx queue, as a reader sees it. */
#include "harness.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

TEST(packets_come_in_the_order_in_which_they_were_sent)
{
	const char *device = fresh_name("mem:order");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	struct pfq_net_queue nq;
	uint32_t sent = 0, received = 0;

	/* Many times around the ring, in pieces of all sizes. */
	for (uint32_t round = 0; round < 500; round++) {
		for (uint32_t i = 0; i < round % 64; i++)
			send_number(sender, sent++, 60);
		while (OK(q, pfq_read(q, &nq, 0)) > 0) {
			for (pfq_iterator_t it = pfq_net_queue_begin(&nq);
			     it != pfq_net_queue_end(&nq); it = pfq_net_queue_next(&nq, it)) {
				CHECK(pfq_pkt_ready(&nq, it));
				CHECK_EQUAL(number_of(it), received);
				received++;
			}
		}
	}
	CHECK_EQUAL(received, sent);
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_packet_has_its_header)
{
	const char *device = fresh_name("mem:header");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	const struct pfq_pkthdr *header;
	struct pfq_net_queue nq;
	time_t now = time(NULL);

	send_number(sender, 7, 1000);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
	header = pfq_pkt_header(pfq_net_queue_begin(&nq));
	CHECK_EQUAL(header->len, 1000);
	CHECK_EQUAL(header->caplen, 64);
	CHECK_EQUAL(header->info.ifindex, pfq_ifindex(q, device));
	CHECK_EQUAL(header->info.gid, pfq_group_id(q));
	CHECK_EQUAL(header->info.link, PFQ_LINK_ETHERNET);
	CHECK(header->tstamp.tv.sec >= now && header->tstamp.tv.sec <= now + 60);
	CHECK(header->tstamp.tv.nsec < 1000000000);
	CHECK_EQUAL(pfq_net_queue_prev(&nq, pfq_net_queue_end(&nq)) - pfq_net_queue_begin(&nq), 0);
	pfq_close(sender);
	pfq_close(q);
}

TEST(time_stamps_can_be_switched_off)
{
	const char *device = fresh_name("mem:stamp");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	struct pfq_net_queue nq;

	OK(q, pfq_timestamping_enable(q, 0));
	CHECK_EQUAL(pfq_is_timestamping_enabled(q), 0);
	send_number(sender, 7, 60);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
	CHECK_EQUAL(pfq_pkt_header(pfq_net_queue_begin(&nq))->tstamp.tv64, 0);
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_full_queue_loses_the_newest_and_counts_them)
{
	const char *device = fresh_name("mem:full");
	pfq_t *q = open_on(device, 64, 128), *sender = open_sender(device);
	struct pfq_net_queue nq;
	struct pfq_stats stats;
	uint32_t received = 0;

	for (uint32_t i = 0; i < 1000; i++)
		send_number(sender, i, 60);
	while (OK(q, pfq_read(q, &nq, 0)) > 0)
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it))
			CHECK_EQUAL(number_of(it), received++);
	CHECK_EQUAL(received, 128);
	OK(q, pfq_get_stats(q, &stats));
	CHECK_EQUAL(stats.recv, 128);
	CHECK_EQUAL(stats.lost, 1000 - 128);
	/* And it goes on when there is room. */
	send_number(sender, 4711, 60);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
	CHECK_EQUAL(number_of(pfq_net_queue_begin(&nq)), 4711);
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_queue_of_one_slot_works)
{
	const char *device = fresh_name("mem:one");
	pfq_t *q = open_on(device, 64, 1), *sender = open_sender(device);
	struct pfq_net_queue nq;

	for (uint32_t i = 0; i < 100; i++) {
		send_number(sender, i, 60);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
		CHECK_EQUAL(number_of(pfq_net_queue_begin(&nq)), i);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 0);
	}
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_batch_stays_as_it_is_until_the_next_read)
{
	const char *device = fresh_name("mem:stays");
	pfq_t *q = open_on(device, 64, 4), *sender = open_sender(device);
	struct pfq_net_queue nq;

	for (uint32_t i = 0; i < 4; i++)
		send_number(sender, i, 60);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 4);
	for (uint32_t i = 4; i < 20; i++)
		send_number(sender, i, 60);
	for (uint32_t i = 0; i < 4; i++)
		CHECK_EQUAL(number_of(nq.queue + i * nq.slot_size), i);
	pfq_close(sender);
	pfq_close(q);
}

TEST(read_waits_as_long_as_it_is_told)
{
	pfq_t *q = open_on(fresh_name("mem:wait"), 64, 64);
	struct pfq_net_queue nq;
	double begin = seconds();

	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 50000)), 0);
	CHECK(seconds() - begin >= 0.05);
	CHECK(seconds() - begin < 5);
	CHECK_EQUAL(nq.len, 0);
	CHECK(pfq_net_queue_begin(&nq) == pfq_net_queue_end(&nq));
	pfq_close(q);
}

struct late {
	pfq_t *sender;
	useconds_t after;
};

static void *send_late(void *argument)
{
	struct late *late = argument;
	char packet[60] = { 1 };

	usleep(late->after);
	pfq_send(late->sender, packet, sizeof(packet), 1, 1);
	return NULL;
}

TEST(the_longest_time_that_can_be_said_is_long)
{
	const char *device = fresh_name("mem:longest");
	pfq_t *q = open_on(device, 64, 64);
	struct late late = { .sender = open_sender(device), .after = 20000 };
	pthread_t thread;

	pthread_create(&thread, NULL, send_late, &late);
	CHECK_EQUAL(OK(q, pfq_poll(q, LONG_MAX)), 1);
	pthread_join(thread, NULL);
	pfq_close(late.sender);
	pfq_close(q);
}

TEST(a_packet_wakes_a_reader_that_sleeps)
{
	const char *device = fresh_name("mem:wake");
	pfq_t *q = open_on(device, 64, 64);
	struct late late = { .sender = open_sender(device), .after = 20000 };
	struct pfq_net_queue nq;
	double begin = seconds();
	pthread_t thread;

	for (int i = 0; i < 3; i++) {
		pthread_create(&thread, NULL, send_late, &late);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, -1)), 1);
		pthread_join(thread, NULL);
		pthread_create(&thread, NULL, send_late, &late);
		CHECK_EQUAL(OK(q, pfq_poll(q, 30000000)), 1);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
		pthread_join(thread, NULL);
	}
	CHECK(seconds() - begin < 20);
	pfq_close(late.sender);
	pfq_close(q);
}

TEST(recv_copies_what_fits_and_leaves_the_rest)
{
	const char *device = fresh_name("mem:copy");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	size_t slot = (size_t)pfq_get_rx_slot_size(q);
	char *buffer = aligned_alloc(64, slot * 3);
	struct pfq_net_queue nq;

	for (uint32_t i = 0; i < 5; i++)
		send_number(sender, i, 60);
	FAILS(q, pfq_recv(q, buffer, slot - 1, &nq, 0), "a slot has");
	CHECK_EQUAL(OK(q, pfq_recv(q, buffer, slot * 3, &nq, 0)), 3);
	CHECK(nq.queue == buffer);
	CHECK_EQUAL(number_of(nq.queue + 2 * nq.slot_size), 2);
	CHECK_EQUAL(OK(q, pfq_recv(q, buffer, slot * 3, &nq, 0)), 2);
	CHECK_EQUAL(number_of(nq.queue), 3);
	CHECK_EQUAL(OK(q, pfq_recv(q, buffer, slot * 3, &nq, 0)), 0);
	free(buffer);
	pfq_close(sender);
	pfq_close(q);
}

static void add_number(char *user, const struct pfq_pkthdr *header, const char *data)
{
	uint32_t number;

	if (header->caplen < sizeof(number))
		return;
	memcpy(&number, data, sizeof(number));
	*(uint32_t *)(void *)user += number;
}

TEST(dispatch_calls_for_each_packet)
{
	const char *device = fresh_name("mem:dispatch");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	uint32_t sum = 0;

	for (uint32_t i = 1; i <= 10; i++)
		send_number(sender, i, 60);
	CHECK_EQUAL(OK(q, pfq_dispatch(q, add_number, 0, (char *)&sum)), 10);
	CHECK_EQUAL(sum, 55);
	CHECK_EQUAL(OK(q, pfq_dispatch(q, add_number, 0, (char *)&sum)), 0);
	pfq_close(sender);
	pfq_close(q);
}

static int readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0);
}

TEST(an_armed_socket_signals_the_next_packet)
{
	const char *device = fresh_name("mem:arm");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	int fd = (int)OK(q, pfq_get_fd(q));
	struct pfq_net_queue nq;

	OK(q, pfq_disarm(q));
	CHECK_EQUAL(OK(q, pfq_arm(q)), 0);
	CHECK_EQUAL(readable(fd), 0);
	send_number(sender, 1, 60);
	CHECK_EQUAL(readable(fd), 1);
	OK(q, pfq_disarm(q));
	CHECK_EQUAL(readable(fd), 0);
	CHECK_EQUAL(OK(q, pfq_arm(q)), 1);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
	/* Who does not ask is not woken. */
	send_number(sender, 2, 60);
	CHECK_EQUAL(readable(fd), 0);
	pfq_close(sender);
	pfq_close(q);
}

TEST(the_descriptor_is_readable_while_there_are_packets)
{
	const char *device = fresh_name("mem:fd");
	pfq_t *q = open_on(device, 64, 16), *sender = open_sender(device);
	int fd = (int)OK(q, pfq_get_fd(q));
	struct pfq_net_queue nq;
	uint32_t sent = 0, received = 0;

	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 0);
	CHECK_EQUAL(readable(fd), 0);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < round % 8; i++)
			send_number(sender, sent++, 60);
		/* A batch ends at the end of the ring: then there is more, and the descriptor says
		 * so. */
		while (readable(fd))
			received += (uint32_t)OK(q, pfq_read(q, &nq, 0));
		CHECK_EQUAL(received, sent);
	}
	pfq_close(sender);
	pfq_close(q);
}

static void *read_until_empty(void *q)
{
	struct pfq_net_queue nq;

	while (pfq_read(q, &nq, 100000) > 0)
		;
	return NULL;
}

TEST(the_descriptor_can_be_asked_for_while_another_thread_reads)
{
	const char *device = fresh_name("mem:asked");
	pfq_t *q = open_on(device, 64, 1024), *sender = open_sender(device);
	pthread_t thread;

	send_number(sender, 0, 60);
	pthread_create(&thread, NULL, read_until_empty, q);
	for (uint32_t i = 1; i < 1000; i++) {
		send_number(sender, i, 60);
		OK(q, pfq_get_fd(q));
	}
	pthread_join(thread, NULL);
	pfq_close(sender);
	pfq_close(q);
}

#define PRODUCERS 4
#define EACH	  20000

struct producer {
	pthread_t thread;
	pfq_t *sender;
	uint32_t number;
};

static void *produce(void *argument)
{
	struct producer *producer = argument;
	uint32_t packet[16] = { 0 };

	for (uint32_t i = 0; i < EACH; i++) {
		for (int word = 0; word < 16; word++)
			packet[word] = producer->number << 24 | i;
		pfq_send(producer->sender, packet, sizeof(packet), 1, 1 + i % 32);
	}
	pfq_sync_queue(producer->sender, 0);
	return NULL;
}

TEST(producers_at_once_tear_no_packet_and_lose_none_uncounted)
{
	const char *device = fresh_name("mem:many");
	pfq_t *q = open_on(device, 64, 1024);
	struct producer producers[PRODUCERS];
	uint32_t next[PRODUCERS] = { 0 }, received = 0;
	struct pfq_net_queue nq;
	struct pfq_stats stats;

	for (uint32_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){ .sender = open_sender(device), .number = i };
		pthread_create(&producers[i].thread, NULL, produce, &producers[i]);
	}
	while (OK(q, pfq_read(q, &nq, 500000)) > 0) {
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it)) {
			const uint32_t *words = pfq_pkt_data(it);
			uint32_t from = words[0] >> 24, number = words[0] & 0xffffff;

			for (int word = 1; word < 16; word++)
				CHECK_EQUAL(words[word], words[0]);
			CHECK(from < PRODUCERS);
			CHECK(number >= next[from]);
			next[from] = number + 1;
			received++;
		}
	}
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		pthread_join(producers[i].thread, NULL);
		pfq_close(producers[i].sender);
	}
	OK(q, pfq_get_stats(q, &stats));
	CHECK_EQUAL(stats.recv, received);
	CHECK_EQUAL(stats.recv + stats.lost, PRODUCERS * EACH);
	pfq_close(q);
}
