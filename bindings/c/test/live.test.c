/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network interfaces: pairs of virtual ones, in a network namespace of this process's own, which is
 * gone when it ends.
 */
#include "harness.h"

#include <arpa/inet.h>
#include <grp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

/* A pair of interfaces, up, with nothing of the host's own on them. */
struct pair {
	char a[IFNAMSIZ];
	char b[IFNAMSIZ];
	int fd; /* sends on a */
};

static struct pair make_pair(const char *options)
{
	static int count;
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	struct pair pair;

	test_enter_namespace();
	snprintf(pair.a, sizeof(pair.a), "pfqa%d", count);
	snprintf(pair.b, sizeof(pair.b), "pfqb%d", count++);
	if (!shell("ip link add %s %s type veth peer name %s %s 2>/dev/null", pair.a, options,
		   pair.b, options))
		test_skip("no veth pair can be made here");
	CHECK(shell("ip link set %s up && ip link set %s up", pair.a, pair.b));
	pair.fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	address.sll_ifindex = (int)if_nametoindex(pair.a);
	CHECK(bind(pair.fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	return pair;
}

static void drop_pair(struct pair *pair)
{
	close(pair->fd);
	shell("ip link del %s 2>/dev/null", pair->a);
}

/* A frame with this number behind the MACs and an experimental EtherType. */
static void send_frame(struct pair *pair, uint32_t number, size_t len)
{
	static char frame[70000];

	memset(frame, 0, len);
	memcpy(frame, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x88\xb5", 14);
	memcpy(frame + 14, &number, sizeof(number));
	CHECK_EQUAL(send(pair->fd, frame, len, 0), len);
}

static uint32_t frame_number(pfq_iterator_t it)
{
	uint32_t number;

	memcpy(&number, (const char *)pfq_pkt_data(it) + 14, sizeof(number));
	return number;
}

/* What the kernel says it has received on the interface. */
static uint64_t kernel_count(const char *interface)
{
	char line[512], name[64];
	unsigned long long packets = 0;
	FILE *file = fopen("/proc/thread-self/net/dev", "r");

	snprintf(name, sizeof(name), "%s:", interface);
	while (file && fgets(line, sizeof(line), file)) {
		char *at = strstr(line, name);

		if (at)
			sscanf(at + strlen(name), "%*u %llu", &packets);
	}
	if (file)
		fclose(file);
	return packets;
}

TEST(what_arrives_is_received_in_order_with_its_time)
{
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 64, 1024);
	time_t now = time(NULL);
	struct pfq_net_queue nq;
	uint32_t received = 0;

	for (uint32_t i = 0; i < 500; i++)
		send_frame(&pair, i, 60);
	while (received < 500) {
		CHECK(OK(q, pfq_read(q, &nq, 5000000)) > 0);
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it)) {
			const struct pfq_pkthdr *header = pfq_pkt_header(it);

			CHECK_EQUAL(frame_number(it), received);
			CHECK_EQUAL(header->len, 60);
			CHECK_EQUAL(header->caplen, 60);
			CHECK_EQUAL(header->info.ifindex, if_nametoindex(pair.b));
			CHECK(header->tstamp.tv.sec >= now && header->tstamp.tv.sec < now + 60);
			received++;
		}
	}
	pfq_close(q);
	drop_pair(&pair);
}

TEST(received_and_lost_add_up_to_what_the_kernel_counted)
{
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 64, 64);
	struct pfq_device_stats device;
	struct pfq_stats stats;
	struct pfq_net_queue nq;
	uint64_t before = kernel_count(pair.b);
	uint64_t read = 0;
	int some;

	/* Far more than the queue holds, and little of it is read. */
	for (uint32_t i = 0; i < 50000; i++) {
		send_frame(&pair, i, 60);
		if (i % 1000 == 0)
			read += (uint64_t)OK(q, pfq_read(q, &nq, 0));
	}
	/* Promiscuous mode keeps the device open, so that its figures are there after it was
	 * unbound. */
	OK(q, pfq_set_promisc(q, pair.b, 1));
	OK(q, pfq_unbind(q, pair.b, Q_ANY_QUEUE));
	while ((some = (int)OK(q, pfq_read(q, &nq, 0))) > 0)
		read += (uint64_t)some;
	OK(q, pfq_get_stats(q, &stats));
	OK(q, pfq_get_device_stats(q, pair.b, &device));
	CHECK_EQUAL(stats.recv, read);
	CHECK_EQUAL(kernel_count(pair.b) - before, 50000);
	CHECK_EQUAL(device.recv + device.lost, 50000);
	CHECK_EQUAL(stats.recv + stats.lost, device.recv);
	CHECK(stats.lost > 0);
	pfq_close(q);
	drop_pair(&pair);
}

TEST(a_reader_that_stops_harms_no_other)
{
	struct pair pair = make_pair("");
	pfq_t *dead = open_on(pair.b, 64, 64), *q = open_on(pair.b, 64, 32768);
	struct pfq_net_queue nq;
	struct pfq_stats stats;
	uint32_t received = 0;

	for (uint32_t i = 0; i < 20000; i++) {
		send_frame(&pair, i, 60);
		if (i % 100 == 99)
			received += (uint32_t)OK(q, pfq_read(q, &nq, 0));
	}
	while (received < 20000) {
		int some = (int)OK(q, pfq_read(q, &nq, 5000000));

		CHECK(some > 0);
		received += (uint32_t)some;
	}
	OK(q, pfq_get_stats(q, &stats));
	CHECK_EQUAL(stats.lost, 0);
	OK(dead, pfq_get_stats(dead, &stats));
	CHECK_EQUAL(stats.recv, 64);
	CHECK_EQUAL(stats.lost, 20000 - 64);
	pfq_close(q);
	pfq_close(dead);
	drop_pair(&pair);
}

TEST(unbinding_under_load_hands_on_what_is_in_the_ring)
{
	struct pair pair = make_pair("");
	struct pfq_device_stats device;
	uint32_t sent = 0;

	for (int round = 0; round < 5; round++) {
		pfq_t *q = open_on(pair.b, 64, 65536);

		OK(q, pfq_set_promisc(q, pair.b, 1));
		for (int i = 0; i < 5000; i++)
			send_frame(&pair, sent++, 60);
		OK(q, pfq_unbind(q, pair.b, Q_ANY_QUEUE));
		OK(q, pfq_get_device_stats(q, pair.b, &device));
		CHECK_EQUAL(device.recv + device.lost, 5000);
		CHECK_EQUAL(device.lost, 0);
		pfq_close(q);
	}
	drop_pair(&pair);
}

/* A frame with tags, which the kernel takes out, is received as it was sent. */
TEST(vlan_tags_are_where_they_were)
{
	static const struct {
		uint8_t tags[8];
		size_t len;
	} cases[] = {
		{ { 0x81, 0x00, 0x60, 0x05 }, 4 },
		{ { 0x88, 0xa8, 0x00, 0x07 }, 4 },
		{ { 0x88, 0xa8, 0x20, 0x07, 0x81, 0x00, 0x40, 0x09 }, 8 },
	};
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 128, 64);
	struct pfq_net_queue nq;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t frame[80] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
		size_t at = 12 + cases[i].len;

		memcpy(frame + 12, cases[i].tags, cases[i].len);
		frame[at] = 0x88;
		frame[at + 1] = 0xb5;
		for (size_t octet = at + 2; octet < sizeof(frame); octet++)
			frame[octet] = (uint8_t)octet;
		CHECK_EQUAL(send(pair.fd, frame, sizeof(frame), 0), sizeof(frame));
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
		CHECK_EQUAL(pfq_pkt_header(nq.queue)->caplen, sizeof(frame));
		CHECK_EQUAL(pfq_pkt_header(nq.queue)->len, sizeof(frame));
		CHECK(memcmp(pfq_pkt_data(nq.queue), frame, sizeof(frame)) == 0);
		CHECK_EQUAL(pfq_pkt_header(nq.queue)->info.vlan.tci,
			    cases[i].tags[2] << 8 | cases[i].tags[3]);
	}
	pfq_close(q);
	drop_pair(&pair);
}

TEST(large_packets_come_whole)
{
	struct pair pair = make_pair("mtu 65535");
	pfq_t *q = open_on(pair.b, 70000, 16);
	struct pfq_net_queue nq;

	for (uint32_t i = 0; i < 100; i++) {
		size_t len = i % 2 ? 65549 : 100;

		send_frame(&pair, i, len);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
		CHECK_EQUAL(frame_number(nq.queue), i);
		CHECK_EQUAL(pfq_pkt_header(nq.queue)->caplen, len);
	}
	pfq_close(q);
	drop_pair(&pair);
}

TEST(what_is_sent_arrives_at_the_other_end_and_not_at_the_sender)
{
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 64, 256), *here = open_on(pair.a, 64, 256);
	pfq_t *sender = open_sender_on(pair.a);
	struct pfq_net_queue nq;
	struct pfq_stats stats;
	uint32_t received = 0;
	char frame[60] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, (char)0x88, (char)0xb5 };

	for (uint32_t i = 0; i < 100; i++) {
		memcpy(frame + 14, &i, sizeof(i));
		OK(sender, pfq_send(sender, frame, sizeof(frame), 1, 10));
	}
	while (received < 100) {
		CHECK(OK(q, pfq_read(q, &nq, 5000000)) > 0);
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it))
			CHECK_EQUAL(frame_number(it), received++);
	}
	OK(sender, pfq_get_stats(sender, &stats));
	CHECK_EQUAL(stats.sent, 100);
	CHECK_EQUAL(stats.fail, 0);
	CHECK_EQUAL(OK(here, pfq_read(here, &nq, 50000)), 0);
	pfq_close(sender);
	pfq_close(here);
	pfq_close(q);
	drop_pair(&pair);
}

TEST(packets_that_the_interface_does_not_take_are_counted)
{
	struct pair pair = make_pair("");
	pfq_t *sender = open_sender_on(pair.a);
	struct pfq_stats stats;
	char frame[2000] = { 0 };

	/* Longer than the interface's MTU. */
	OK(sender, pfq_send(sender, frame, sizeof(frame), 3, 1));
	OK(sender, pfq_get_stats(sender, &stats));
	CHECK_EQUAL(stats.sent, 0);
	CHECK_EQUAL(stats.fail, 3);
	OK(sender, pfq_send(sender, frame, 100, 2, 1));
	OK(sender, pfq_get_stats(sender, &stats));
	CHECK_EQUAL(stats.sent, 2);
	pfq_close(sender);
	drop_pair(&pair);
}

static struct pfq_device_stats wait_for_failure(pfq_t *q, const char *device)
{
	struct pfq_device_stats stats;

	for (int i = 0; i < 5000; i++) {
		OK(q, pfq_get_device_stats(q, device, &stats));
		if (stats.state == PFQ_DEVICE_FAILED)
			break;
		usleep(1000);
	}
	return stats;
}

TEST(an_interface_that_goes_down_is_told_of)
{
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 64, 64);
	struct pfq_device_stats stats;
	struct pfq_net_queue nq;

	send_frame(&pair, 7, 60);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	CHECK(shell("ip link set %s down", pair.b));
	stats = wait_for_failure(q, pair.b);
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FAILED);
	test_check_text(__FILE__, __LINE__, stats.text, "went down");
	OK(q, pfq_unbind(q, pair.b, Q_ANY_QUEUE));
	FAILS(q, pfq_bind(q, pair.b, Q_ANY_QUEUE), "is down");
	CHECK(shell("ip link set %s up", pair.b));
	OK(q, pfq_bind(q, pair.b, Q_ANY_QUEUE));
	send_frame(&pair, 8, 60);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	pfq_close(q);
	drop_pair(&pair);
}

TEST(an_interface_that_vanishes_is_told_of)
{
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 64, 64);
	struct pfq_device_stats stats;

	CHECK(shell("ip link del %s", pair.b));
	stats = wait_for_failure(q, pair.b);
	CHECK_EQUAL(stats.state, PFQ_DEVICE_FAILED);
	OK(q, pfq_unbind(q, pair.b, Q_ANY_QUEUE));
	pfq_close(q);
	drop_pair(&pair);
}

TEST(an_interface_that_was_replaced_by_another_is_not_taken_for_it)
{
	struct pair pair;
	pfq_t *q;

	if (on_kernel_host())
		test_skip("pfq.ko binds the interface that has the name now");
	pair = make_pair("");
	q = pfq_open(64, 64, 64, 64);
	OK(q, pfq_set_promisc(q, pair.b, 1));
	CHECK(shell("ip link del %s", pair.b));
	CHECK(shell("ip link add %s type veth peer name %s", pair.a, pair.b));
	CHECK(shell("ip link set %s up && ip link set %s up", pair.a, pair.b));
	for (int attempt = 0; attempt < 2; attempt++)
		FAILS(q, pfq_bind(q, pair.b, Q_ANY_QUEUE), "replaced");
	pfq_close(q);
	drop_pair(&pair);
}

static bool is_promiscuous(const char *interface)
{
	return shell("ip -d link show %s | grep -q 'promiscuity 1'", interface);
}

TEST(promiscuous_mode_lasts_as_long_as_the_socket)
{
	struct pair pair = make_pair("");
	pfq_t *q = pfq_open(64, 64, 64, 64);

	CHECK(!is_promiscuous(pair.b));
	OK(q, pfq_set_promisc(q, pair.b, 1));
	OK(q, pfq_set_promisc(q, pair.b, 1));
	CHECK(is_promiscuous(pair.b));
	OK(q, pfq_set_promisc(q, pair.b, 0));
	CHECK(!is_promiscuous(pair.b));
	OK(q, pfq_set_promisc(q, pair.b, 1));
	pfq_close(q);
	CHECK(!is_promiscuous(pair.b));
	drop_pair(&pair);
}

TEST(queues_are_told_apart)
{
	struct pair pair = make_pair("numrxqueues 2 numtxqueues 2");
	pfq_t *queues[2], *q = pfq_open(64, 64, 64, 64);
	struct pfq_stats stats[2];
	uint32_t total = 0;

	for (int i = 0; i < 2; i++) {
		queues[i] = pfq_open(64, 1024, 64, 64);
		OK(queues[i], pfq_enable(queues[i]));
		OK(queues[i], pfq_bind(queues[i], pair.b, i));
	}
	FAILS(q, pfq_bind(q, pair.b, 2), "no queue 2; it has 2");
	for (uint32_t i = 0; i < 200; i++)
		send_frame(&pair, i, 60);
	for (int wait = 0; wait < 1000 && total < 200; wait++) {
		total = 0;
		usleep(5000);
		for (int i = 0; i < 2; i++) {
			OK(queues[i], pfq_get_stats(queues[i], &stats[i]));
			total += (uint32_t)stats[i].recv;
		}
	}
	/* Each packet comes by one queue, and is received once. */
	CHECK_EQUAL(total, 200);
	pfq_close(q);
	pfq_close(queues[0]);
	pfq_close(queues[1]);
	drop_pair(&pair);
}

TEST(an_interface_that_is_down_is_refused)
{
	struct pair pair = make_pair("");
	pfq_t *q = pfq_open(64, 64, 64, 64);

	CHECK(shell("ip link set %s down", pair.b));
	FAILS(q, pfq_bind(q, pair.b, Q_ANY_QUEUE), "the interface is down: ip link set");
	pfq_close(q);
	drop_pair(&pair);
}

TEST(without_the_right_to_capture_the_error_says_how_to_get_it)
{
	int status = -1;
	pid_t pid;

	if (on_kernel_host())
		test_skip("who may use pfq.ko is a matter of /dev/pfq");
	if (geteuid() != 0)
		test_skip("only root can give up rights");
	pid = fork();
	if (pid == 0) {
		pfq_t *q;

		if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
			_exit(1);
		q = pfq_open(64, 64, 64, 64);
		if (!q || pfq_bind(q, "lo", Q_ANY_QUEUE) >= 0)
			_exit(2);
		if (errno != EPERM || !strstr(pfq_error(q), "lo: capturing needs CAP_NET_RAW"))
			_exit(3);
		_exit(pfq_close(q) < 0 ? 4 : 0);
	}
	waitpid(pid, &status, 0);
	CHECK_EQUAL(status, 0);
}

TEST(the_loopback_interface_gives_each_packet_once)
{
	pfq_t *q;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	struct pfq_net_queue nq;
	int fd;

	test_enter_namespace();
	CHECK(shell("ip link set lo up"));
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	q = open_on("lo", 64, 64);
	CHECK_EQUAL(sendto(fd, "hello", 5, 0, (struct sockaddr *)&to, sizeof(to)), 5);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 5000000)), 1);
	CHECK_EQUAL(pfq_pkt_header(nq.queue)->len, 14 + 20 + 8 + 5);
	close(fd);
	pfq_close(q);
}

TEST(a_child_does_not_keep_the_capture_of_its_parent_alive)
{
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 64, 64);
	int gate[2], ready[2], status;
	char octet;
	pid_t pid;

	CHECK(pipe(gate) == 0 && pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		close(ready[1]);
		_exit(read(gate[0], &octet, 1) == 0 ? 0 : 1);
	}
	/* The child is there: what fork() does in it is done. */
	close(ready[1]);
	CHECK(read(ready[0], &octet, 1) == 0);
	close(ready[0]);
	pfq_close(q);
	/* Nobody has a packet socket any more but this test itself, to send. */
	CHECK(shell("test \"$(tail -n +2 /proc/self/net/packet | wc -l)\" = 1"));
	close(gate[1]);
	close(gate[0]);
	waitpid(pid, &status, 0);
	CHECK_EQUAL(status, 0);
	drop_pair(&pair);
}

static int count_all(pfq_t *q)
{
	struct pfq_net_queue queue;
	int packets = 0, some;

	while ((some = (int)OK(q, pfq_read(q, &queue, 100 * 1000))) > 0)
		packets += some;
	return packets;
}

/* An IPv4 header alone, to 192.0.2.last. */
static void send_to(struct pair *pair, unsigned char last)
{
	unsigned char frame[60] = "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0\x45";

	frame[30] = 192;
	frame[32] = 2;
	frame[33] = last;
	CHECK_EQUAL(send(pair->fd, frame, sizeof(frame), 0), sizeof(frame));
}

/* Until so many packets were dropped by the group's program: what is delivered by then is in the
 * queue. */
static void wait_for_drops(pfq_t *q, uint64_t drops)
{
	struct pfq_stats stats = { .drop = 0 };

	for (int i = 0; i < 10000 && stats.drop < drops; i++) {
		usleep(1000);
		OK(q, pfq_get_group_stats(q, pfq_group_id(q), &stats));
	}
	CHECK_EQUAL(stats.drop, drops);
}

TEST(a_program_knows_the_addresses_of_the_interface_as_they_come_and_go)
{
	struct pair pair = make_pair("");
	pfq_t *q = open_on(pair.b, 64, 64);
	size_t size;
	unsigned char *image = golden_image("ip_host.1", &size);

	OK(q, pfq_set_group_computation(q, pfq_group_id(q), image, size));
	free(image);
	send_to(&pair, 1);
	wait_for_drops(q, 1);
	CHECK_EQUAL(count_all(q), 0);
	CHECK(shell("ip address add 192.0.2.1/24 dev %s && ip address add 192.0.2.7/24 dev %s",
		    pair.b, pair.b));
	/* What is known of addresses may be a second old. */
	sleep(2);
	for (unsigned char last = 0; last < 10; last++)
		send_to(&pair, last);
	wait_for_drops(q, 9);
	CHECK_EQUAL(count_all(q), 2);
	CHECK(shell("ip address flush dev %s", pair.b));
	sleep(2);
	send_to(&pair, 1);
	wait_for_drops(q, 10);
	CHECK_EQUAL(count_all(q), 0);
	pfq_close(q);
	drop_pair(&pair);
}
