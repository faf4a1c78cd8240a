/* SPDX-License-Identifier: BSD-3-Clause */
/* What threads may do at once: all of it, at once. ThreadSanitizer looks on. */
#include "harness.h"

#include <linux/filter.h>
#include <pthread.h>

#define READERS 3
#define FRAME	60

/* How many a sender sends. */
static uint32_t packets_to_send(void)
{
	return rounds_of(20000);
}

struct worker {
	pthread_t thread;
	pfq_t *q;
	uint64_t packets;
	uint64_t wrong; /* packets that are not as they were sent */
	int number;
};

static bool over;

static void start(struct worker *worker, void *(*run)(void *))
{
	CHECK(!pthread_create(&worker->thread, NULL, run, worker));
}

/* Until the socket is disabled. */
static void *read_all(void *argument)
{
	struct worker *worker = argument;
	uint32_t packets = packets_to_send();
	struct pfq_net_queue nq;

	while (pfq_read(worker->q, &nq, -1) >= 0) {
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it)) {
			const struct pfq_pkthdr *header = pfq_pkt_header(it);

			worker->wrong += header->len != FRAME || header->caplen != FRAME ||
					 number_of(it) >= packets;
		}
		__atomic_fetch_add(&worker->packets, nq.len, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void *send_all(void *argument)
{
	struct worker *worker = argument;
	uint32_t packets = packets_to_send();
	char packet[FRAME] = { 0 };

	for (uint32_t i = 0; i < packets; i++) {
		memcpy(packet, &i, sizeof(i));
		worker->packets += pfq_send(worker->q, packet, sizeof(packet), 1, 1) == FRAME;
	}
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	return NULL;
}

static pfq_t *open_member(int gid)
{
	pfq_t *q = pfq_open_nogroup(64, 1024, 64, 64);

	CHECK(q);
	OK(q, pfq_join_group(q, gid, Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED));
	OK(q, pfq_enable(q));
	return q;
}

static unsigned int lines;

static void count_lines(char *user, const char *line)
{
	(void)line;
	__atomic_fetch_add((unsigned int *)user, 1, __ATOMIC_RELAXED);
}

/* Everything that can be set of a group under traffic, and everything that can be asked. */
static void configure(pfq_t *q, int gid, unsigned int round)
{
	static const char *const programs[] = { "steer_rrobin.1", "steer_flow.1", "log_msg.1" };
	struct sock_filter let_pass = BPF_STMT(BPF_RET | BPF_K, 0xffff);
	const struct sock_fprog filter = { .len = 1, .filter = &let_pass };
	struct pfq_counters counters;
	struct pfq_stats stats;
	unsigned char *image;
	size_t size;
	pfq_t *guest;

	image = golden_image(programs[round % 3], &size);
	OK(q, pfq_set_group_computation(q, gid, image, size));
	free(image);
	OK(q, pfq_group_fprog(q, gid, &filter));
	OK(q, pfq_vlan_filters_enable(q, gid, 1));
	OK(q, pfq_vlan_set_filter(q, gid, Q_VLAN_UNTAG));
	OK(q, pfq_set_weight(q, 1 + (int)(round % 4)));
	OK(q, pfq_timestamping_enable(q, (int)(round & 1)));
	OK(q, pfq_get_group_counters(q, gid, &counters));
	OK(q, pfq_get_group_stats(q, gid, &stats));
	OK(q, pfq_get_stats(q, &stats));
	pfq_set_logger(count_lines, (char *)&lines);
	guest = open_member(gid);
	OK(guest, pfq_leave_group(guest, gid));
	OK(guest, pfq_close(guest));
	OK(q, pfq_set_group_computation(q, gid, NULL, 0));
	OK(q, pfq_vlan_filters_enable(q, gid, 0));
	OK(q, pfq_group_fprog_reset(q, gid));
}

TEST(a_group_is_read_by_many_threads_while_it_is_configured)
{
	const char *device = fresh_device("many");
	struct worker readers[READERS] = { { .q = NULL } }, sender = { .q = open_sender(device) };
	uint64_t received = 0, read = 0;
	struct pfq_stats stats;
	pfq_t *q = pfq_open_group(Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED, 64, 64, 64, 64);
	int gid = pfq_group_id(q);

	CHECK(q);
	for (int i = 0; i < READERS; i++) {
		readers[i].q = open_member(gid);
		start(&readers[i], read_all);
	}
	OK(q, pfq_bind(q, device, Q_ANY_QUEUE));
	__atomic_store_n(&over, false, __ATOMIC_RELAXED);
	start(&sender, send_all);
	for (unsigned int round = 0; !__atomic_load_n(&over, __ATOMIC_ACQUIRE); round++)
		configure(q, gid, round);
	pthread_join(sender.thread, NULL);
	pfq_set_logger(NULL, NULL);
	/* Some pass, however seldom the filters were all set. */
	do {
		send_number(sender.q, 0, FRAME);
		OK(readers[0].q, pfq_get_stats(readers[0].q, &stats));
	} while (!stats.recv);
	OK(q, pfq_unbind(q, device, Q_ANY_QUEUE));
	CHECK_EQUAL(sender.packets, packets_to_send());
	for (int i = 0; i < READERS; i++) {
		OK(readers[i].q, pfq_get_stats(readers[i].q, &stats));
		while (__atomic_load_n(&readers[i].packets, __ATOMIC_RELAXED) < stats.recv)
			usleep(100);
		OK(readers[i].q, pfq_disable(readers[i].q));
		pthread_join(readers[i].thread, NULL);
		received += stats.recv;
		read += readers[i].packets;
		CHECK_EQUAL(readers[i].wrong, 0);
		OK(readers[i].q, pfq_close(readers[i].q));
	}
	CHECK_EQUAL(read, received);
	pfq_close(sender.q);
	pfq_close(q);
}

TEST(a_socket_receives_by_one_thread_and_sends_by_another)
{
	const char *device = fresh_device("both");
	struct worker reader = { .q = NULL }, sender = { .q = NULL };
	struct pfq_stats stats;
	pfq_t *q = pfq_open(64, 1024, 64, 64);

	OK(q, pfq_bind_tx(q, far_end(device), Q_ANY_QUEUE, Q_NO_KTHREAD));
	OK(q, pfq_enable(q));
	OK(q, pfq_bind(q, device, Q_ANY_QUEUE));
	reader.q = sender.q = q;
	start(&reader, read_all);
	start(&sender, send_all);
	pthread_join(sender.thread, NULL);
	OK(q, pfq_unbind(q, device, Q_ANY_QUEUE));
	OK(q, pfq_get_stats(q, &stats));
	CHECK_EQUAL(stats.sent, packets_to_send());
	/* Of what an interface was given, some may be on its way yet. */
	if (on_kernel_host())
		CHECK(stats.recv + stats.lost <= stats.sent);
	else
		CHECK_EQUAL(stats.recv + stats.lost, stats.sent);
	while (__atomic_load_n(&reader.packets, __ATOMIC_RELAXED) < stats.recv)
		usleep(100);
	OK(q, pfq_disable(q));
	pthread_join(reader.thread, NULL);
	CHECK_EQUAL(reader.packets, stats.recv);
	CHECK_EQUAL(reader.wrong, 0);
	pfq_close(q);
}

static void *compile(void *argument)
{
	struct worker *worker = argument;
	char program[32];

	snprintf(program, sizeof(program), "main = mark %d", worker->number);
	worker->packets = pfq_set_group_computation_from_string(worker->q, pfq_group_id(worker->q),
								program) == 0;
	return NULL;
}

TEST(two_threads_compile_at_once)
{
	struct worker workers[2] = { { .number = 1 }, { .number = 2 } };
	pfq_t *q, *sender;
	struct pfq_net_queue nq;
	const char *device;
	uint32_t mark;

	if (on_kernel_host() && !runs_for_long())
		test_skip("the compiler starts slowly in an emulated machine: PFQ_TEST_LONG=1");
	setenv("PFQ_LANG", "../../packages/lang/bin/pfq-lang.js", 1);
	device = fresh_device("compile");
	q = open_on(device, 64, 64);
	sender = open_sender(device);
	for (int i = 0; i < 2; i++) {
		workers[i].q = q;
		start(&workers[i], compile);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(workers[i].thread, NULL);
		CHECK_EQUAL(workers[i].packets, 1);
	}
	send_number(sender, 1, 60);
	CHECK_EQUAL(read_batch(q, &nq), 1);
	mark = pfq_pkt_header(nq.queue)->info.data.mark;
	CHECK(mark == 1 || mark == 2);
	pfq_close(sender);
	pfq_close(q);
}

static void *toggle(void *argument)
{
	struct worker *worker = argument;

	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		worker->packets += pfq_enable(worker->q) == 0;
		pfq_disable(worker->q);
	}
	return NULL;
}

TEST(threads_that_enable_and_disable_at_once_disturb_no_sender)
{
	const char *device = fresh_device("toggle");
	struct worker togglers[2] = { { .q = open_on(device, 64, 64) } };
	struct worker sender = { .q = open_sender(device) };

	togglers[1].q = togglers[0].q;
	__atomic_store_n(&over, false, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		start(&togglers[i], toggle);
	start(&sender, send_all);
	pthread_join(sender.thread, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(togglers[i].thread, NULL);
	CHECK_EQUAL(sender.packets, packets_to_send());
	CHECK(togglers[0].packets + togglers[1].packets > 0);
	OK(togglers[0].q, pfq_close(togglers[0].q));
	pfq_close(sender.q);
}
