/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tx queues that threads send: in memory, and on a pair of virtual interfaces in a network
 * namespace of this process's own; on the kernel host (PFQ_HOST=kernel) on the interfaces alone,
 * with at least two Tx threads.
 */
#include "harness.h"

#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define SECOND 1000000000ULL

/* A virtual interface loses what comes while more packets than net.core.netdev_max_backlog (1,000)
 * wait for a processor that does something else. */
#define ON_THE_WAY 512

/* What is sent on one end is received at the other. */
struct cable {
	char near[32];
	char far[32];
};

static struct cable memory_cable(void)
{
	static int count;
	struct cable cable;

	if (on_kernel_host())
		test_skip("memory is no device of the kernel host");
	snprintf(cable.near, sizeof(cable.near), "mem:near%d=far%d", count, count);
	snprintf(cable.far, sizeof(cable.far), "mem:far%d=near%d", count, count);
	count++;
	return cable;
}

static struct cable interface_cable(void)
{
	static int count;
	struct cable cable;

	test_enter_namespace();
	snprintf(cable.near, sizeof(cable.near), "pfqn%d", count);
	snprintf(cable.far, sizeof(cable.far), "pfqf%d", count++);
	if (!shell("ip link add %s type veth peer name %s 2>/dev/null", cable.near, cable.far))
		test_skip("no veth pair can be made here");
	CHECK(shell("ip link set %s up && ip link set %s up", cable.near, cable.far));
	return cable;
}

/* A test that is run on each kind of cable. */
#define TEST_ON_CABLE(name)                             \
	static void name(const struct cable *cable);    \
	TEST(name##_in_memory)                          \
	{                                               \
		struct cable cable = memory_cable();    \
		name(&cable);                           \
	}                                               \
	TEST(name##_on_interfaces)                      \
	{                                               \
		struct cable cable = interface_cable(); \
		name(&cable);                           \
		shell("ip link del %s", cable.near);    \
	}                                               \
	static void name(const struct cable *cable)

/* A socket with so many asynchronous queues on a device, and one synchronous. */
static pfq_t *open_async(const char *device, int queues, size_t slots)
{
	pfq_t *q = pfq_open_nogroup(64, 64, 256, slots);

	if (!q)
		test_fail(__FILE__, __LINE__, "pfq_open_nogroup: %s", pfq_error(NULL));
	CHECK_EQUAL(OK(q, pfq_bind_tx(q, device, Q_ANY_QUEUE, Q_NO_KTHREAD)), 0);
	for (int i = 0; i < queues; i++)
		CHECK_EQUAL(OK(q, pfq_bind_tx(q, device, Q_ANY_QUEUE, i % 2)), i);
	OK(q, pfq_enable(q));
	return q;
}

/* An Ethernet frame with IPv4 and UDP in it, of this flow and with this number. */
static void make_frame(char frame[80], uint32_t flow, uint32_t number)
{
	static const char headers[] = "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\x00"
				      "\x45\0\0\x42\0\0\x40\0\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02";

	memset(frame, 0, 80);
	memcpy(frame, headers, sizeof(headers) - 1);
	memcpy(frame + 34, &flow, sizeof(flow)); /* the ports */
	memcpy(frame + 42, &flow, sizeof(flow));
	memcpy(frame + 46, &number, sizeof(number));
}

static void send_frame(pfq_t *q, uint32_t flow, uint32_t number, uint64_t nsec, size_t copies,
		       int async)
{
	char frame[80];

	make_frame(frame, flow, number);
	while (pfq_send_raw(q, frame, sizeof(frame), nsec, copies, async) < 0) {
		if (errno != EAGAIN)
			test_fail(__FILE__, __LINE__, "pfq_send_raw: %s", pfq_error(q));
		sched_yield();
	}
}

static uint32_t word(pfq_iterator_t it, size_t at)
{
	uint32_t value;

	memcpy(&value, (const char *)pfq_pkt_data(it) + at, sizeof(value));
	return value;
}

/* Waits until everything of the socket's asynchronous queue was sent or has failed. */
static void wait_until_sent(pfq_t *q, int async)
{
	for (int i = 0; OK(q, pfq_async_pending(q, async)) > 0; i++) {
		CHECK(i < 10000);
		usleep(1000);
	}
}

static struct pfq_stats stats_of(pfq_t *q)
{
	struct pfq_stats stats;

	OK(q, pfq_get_stats(q, &stats));
	return stats;
}

TEST_ON_CABLE(each_flow_keeps_its_order_over_several_queues)
{
	enum { PACKETS = 8000, FLOWS = 8 };
	pfq_t *reader = open_on(cable->far, 64, 16384);
	pfq_t *q = open_async(cable->near, 4, 256);
	uint32_t next[FLOWS] = { 0 }, sent = 0, received = 0;
	struct pfq_net_queue nq;

	while (received < PACKETS) {
		for (; sent < PACKETS && sent - received < ON_THE_WAY; sent++)
			send_frame(q, sent % FLOWS, sent / FLOWS, 0, 1, Q_ANY_KTHREAD);
		CHECK(OK(reader, pfq_read(reader, &nq, 5000000)) > 0);
		received += nq.len;
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it))
			CHECK_EQUAL(word(it, 46), next[word(it, 42)]++);
	}
	for (int async = 0; async < 4; async++)
		wait_until_sent(q, async);
	CHECK_EQUAL(stats_of(q).sent, PACKETS);
	pfq_close(q);
	pfq_close(reader);
}

TEST_ON_CABLE(copies_are_sent_as_often_as_asked)
{
	pfq_t *reader = open_on(cable->far, 64, 16384);
	pfq_t *q = open_async(cable->near, 1, 64);
	uint32_t counts[3] = { 0 }, received = 0;
	const uint32_t copies[3] = { 1, ON_THE_WAY, 100 };
	const uint32_t all = 1 + ON_THE_WAY + 100;
	struct pfq_net_queue nq;

	for (uint32_t i = 0; i < 3; i++)
		send_frame(q, 1, i, 0, copies[i], 0);
	wait_until_sent(q, 0);
	CHECK_EQUAL(stats_of(q).sent, all);
	while (received < all) {
		CHECK(OK(reader, pfq_read(reader, &nq, 5000000)) > 0);
		received += nq.len;
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it))
			counts[word(it, 46)]++;
	}
	for (uint32_t i = 0; i < 3; i++)
		CHECK_EQUAL(counts[i], copies[i]);
	pfq_close(q);
	pfq_close(reader);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

TEST_ON_CABLE(a_packet_is_not_sent_before_its_time)
{
	enum { PACKETS = 20 };
	pfq_t *reader = open_on(cable->far, 64, 1024);
	pfq_t *q = open_async(cable->near, 1, 64);
	uint64_t start = now() + SECOND / 50;
	struct pfq_net_queue nq;
	uint32_t received = 0;

	for (uint32_t i = 0; i < PACKETS; i++)
		send_frame(q, 1, i, start + i * (SECOND / 1000), 1, 0);
	while (received < PACKETS) {
		CHECK(OK(reader, pfq_read(reader, &nq, 5000000)) > 0);
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it)) {
			const struct pfq_pkthdr *header = pfq_pkt_header(it);

			CHECK_EQUAL(word(it, 46), received);
			CHECK(header->tstamp.tv.sec * SECOND + header->tstamp.tv.nsec >=
			      start + received * (SECOND / 1000));
			received++;
		}
	}
	pfq_close(q);
	pfq_close(reader);
}

TEST_ON_CABLE(what_waits_when_the_socket_ends_is_discarded_and_counted)
{
	pfq_t *q = open_async(cable->near, 1, 64);
	struct pfq_stats stats;

	send_frame(q, 1, 0, 0, 3, 0);
	wait_until_sent(q, 0);
	send_frame(q, 1, 1, now() + 3600 * SECOND, 5, 0);
	send_frame(q, 1, 2, 0, 1, 0);
	send_frame(q, 1, 3, now() + 3600 * SECOND, 7, Q_NO_KTHREAD);
	CHECK_EQUAL(OK(q, pfq_sync_queue(q, 0)), 0);
	CHECK_EQUAL(OK(q, pfq_async_pending(q, 0)), 2);
	OK(q, pfq_disable(q));
	stats = stats_of(q);
	CHECK_EQUAL(stats.sent, 3);
	CHECK_EQUAL(stats.disc, 13);
	pfq_close(q);
}

struct sender {
	pfq_t *q;
	uint32_t packets;
};

static void *send_many(void *argument)
{
	struct sender *sender = argument;

	for (uint32_t i = 0; i < sender->packets; i++)
		send_frame(sender->q, i, i, 0, 1, Q_ANY_KTHREAD);
	return NULL;
}

TEST_ON_CABLE(sockets_share_threads_and_come_and_go)
{
	pthread_t threads[2];
	struct sender senders[2];

	for (int i = 0; i < 2; i++) {
		senders[i] = (struct sender){ open_async(cable->near, 2, 64), 5000 };
		CHECK(!pthread_create(&threads[i], NULL, send_many, &senders[i]));
	}
	for (int i = 0; i < 20; i++) {
		pfq_t *q = open_async(cable->near, 2, 64);
		struct pfq_stats stats;

		send_many(&(struct sender){ q, 100 });
		OK(q, pfq_disable(q));
		stats = stats_of(q);
		CHECK_EQUAL(stats.sent + stats.fail + stats.disc, 100);
		pfq_close(q);
	}
	for (int i = 0; i < 2; i++) {
		struct pfq_stats stats;

		pthread_join(threads[i], NULL);
		OK(senders[i].q, pfq_disable(senders[i].q));
		stats = stats_of(senders[i].q);
		CHECK_EQUAL(stats.sent + stats.fail + stats.disc, 5000);
		pfq_close(senders[i].q);
	}
}

TEST(a_device_that_goes_away_leaves_packets_that_failed)
{
	struct cable cable = interface_cable();
	pfq_t *q = open_async(cable.near, 1, 64);
	struct pfq_stats stats;

	for (uint32_t i = 0; i < 2000; i++) {
		send_frame(q, 1, i, 0, 1, 0);
		if (i == 1000)
			CHECK(shell("ip link del %s", cable.near));
	}
	wait_until_sent(q, 0);
	stats = stats_of(q);
	CHECK(stats.sent > 0);
	CHECK(stats.fail > 0);
	CHECK_EQUAL(stats.sent + stats.fail, 2000);
	pfq_close(q);
}

TEST(a_process_that_is_killed_while_it_sends_leaves_the_thread_to_others)
{
	struct cable cable = interface_cable();
	pfq_t *q;
	pid_t child = fork();
	int status;

	if (child == 0) {
		q = open_async(cable.near, 4, 4096);
		for (uint32_t i = 0; i < 10000; i++)
			send_frame(q, i, i, i < 9000 ? 0 : now() + 3600 * SECOND, 60000,
				   Q_ANY_KTHREAD);
		pause();
		_exit(1);
	}
	CHECK(child > 0);
	usleep(300000);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	CHECK_EQUAL(status, SIGKILL);
	q = open_async(cable.near, 1, 64);
	send_frame(q, 1, 1, 0, 1, 0);
	wait_until_sent(q, 0);
	CHECK_EQUAL(stats_of(q).sent, 1);
	pfq_close(q);
	shell("ip link del %s", cable.near);
}

TEST_ON_CABLE(misuse_is_refused_in_words)
{
	pfq_t *q = open_async(cable->near, 0, 64), *other = pfq_open_nogroup(64, 64, 256, 64);
	char frame[300] = { 0 };

	FAILS(q, pfq_send_async(q, frame, 60, 1, 0), "no asynchronous Tx queue 0");
	FAILS(q, pfq_send_async(q, frame, 60, 1, Q_ANY_KTHREAD), "no asynchronous Tx queue:");
	/* As an empty vector of C++ or Haskell has it. */
	FAILS(q, pfq_send_async(q, NULL, 0, 1, 0), "0 octets");
	FAILS(q, pfq_send_async(q, frame, 300, 1, 0), "300 octets");
	FAILS(q, pfq_async_pending(q, 0), "no asynchronous Tx queue 0");
	FAILS(other, pfq_bind_tx(other, cable->near, Q_ANY_QUEUE, 1000), "Tx thread 1000");
	FAILS(other, pfq_bind_tx(other, cable->near, Q_ANY_QUEUE, -3), "Tx thread -3");
	for (int i = 0; i < PFQ_MAX_TX_QUEUES; i++)
		CHECK_EQUAL(OK(other, pfq_bind_tx(other, cable->near, -1, Q_ANY_KTHREAD)), i);
	FAILS(other, pfq_bind_tx(other, cable->near, -1, 0), "4 asynchronous Tx queues");
	OK(other, pfq_enable(other));
	FAILS(other, pfq_send(other, frame, 60, 1, 1), "no Tx queue");
	FAILS(other, pfq_send_async(other, frame, 60, 0, 0), "0 copies");
	for (int i = 0; i < 64; i++)
		OK(other, pfq_send_raw(other, frame, 60, now() + 3600 * SECOND, 1, 3));
	FAILS(other, pfq_send_raw(other, frame, 60, 0, 1, 3), "queue 3 is full");
	CHECK_EQUAL(errno, EAGAIN);
	for (int i = 0; i < 64; i++)
		OK(q, pfq_send_raw(q, frame, 60, now() + 3600 * SECOND, 1, Q_NO_KTHREAD));
	FAILS(q, pfq_send(q, frame, 60, 1, 1), "full of packets whose time is to come");
	FAILS(q, pfq_sync_queue(q, 4), "synchronous Tx queue 4");
	pfq_close(other);
	pfq_close(q);
}
