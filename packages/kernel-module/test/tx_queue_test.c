/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Tx queues, by calls and by threads, and processes that lie. docs/queues.md has the protocol. */
#include "harness.h"
#include "world.h"

#define SECOND 1000000000ULL

static struct world world;

#define GOOD(call)                                    \
	do {                                          \
		if ((call) < 0)                       \
			FAIL("%s", world.error.text); \
	} while (0)

static void failed(int status, int code, const char *words)
{
	CHECK_EQUAL(status, -code);
	if (!strstr(world.error.text, words))
		FAIL("\"%s\" does not say \"%s\"", world.error.text, words);
}

static struct pfq_socket *begin(void)
{
	struct pfq_socket *socket;

	test_clock_set(0);
	world_begin(&world, 2);
	socket = world_socket(&world, 1);
	GOOD(configure(&world, socket, 64, 8, 100, 16));
	return socket;
}

static void put(struct pfq_socket *socket, uint32_t position, uint32_t length, uint32_t copies)
{
	put_slot(socket, position, (struct pfq_tx_header){ .len = length, .copies = copies });
}

static void put_malformed(struct pfq_socket *socket, uint32_t position)
{
	put(socket, position, 0, 1);	       /* no packet */
	put(socket, position, 101, 1);	       /* too long */
	put(socket, position, 0xffffffff, 1);  /* far too long */
	put(socket, position, 60, 0);	       /* never */
	put(socket, position, 60, 0xffffffff); /* for ever */
}

/* Runs rounds until the thread would sleep; gives for how long. */
static uint64_t run(int thread)
{
	uint64_t sleep;

	do {
		sleep = pfq_tx_round(&world.host.threads[thread]);
	} while (!sleep);
	return sleep;
}

static void what_is_put_into_tx_queues_is_sent_or_discarded(void)
{
	struct pfq_socket *socket = begin();
	struct pfq_stats stats;
	uint64_t sent;

	for (int queue = 0; queue < PFQ_MAX_TX_QUEUES; queue++)
		CHECK_EQUAL(bind_tx(&world, socket, queue == 1 ? "d3" : "d0"), queue);
	failed(bind_tx(&world, socket, "d0"), ENOSPC, "4 synchronous Tx queues");
	failed(flush_tx(&world, socket, 0, &sent), EINVAL, "enable");
	GOOD(enable(&world, socket));
	put(socket, 0, 60, 1);
	put(socket, 0, 100, 100);
	put_malformed(socket, 0);
	put(socket, 0, 60, 1);
	GOOD(flush_tx(&world, socket, 0, &sent));
	CHECK_EQUAL(sent, 102);
	put(socket, 1, 60, 3);
	GOOD(flush_tx(&world, socket, 1, &sent));
	CHECK_EQUAL(sent, 0);
	stats = socket_stats(&world, socket);
	CHECK_EQUAL(stats.sent, 102);
	CHECK_EQUAL(stats.disc, 5);
	CHECK_EQUAL(stats.fail, 3);
	failed(flush_tx(&world, socket, 4, &sent), EINVAL, "Tx queue 4");
	failed(flush_tx(&world, socket, 1ULL << 32, &sent), EINVAL, "4294967296");
	world_end(&world);
}

static void a_head_of_a_tx_queue_that_makes_no_sense_sends_nothing(void)
{
	static const uint32_t heads[] = { 17, 1000, 0x80000000, 0xffffffff };
	struct pfq_socket *socket = begin();
	struct pfq_tx_queue *shared, *async;
	uint64_t sent;

	GOOD(bind_tx(&world, socket, "d0"));
	GOOD(bind_async(&world, socket, "d0", 0));
	GOOD(enable(&world, socket));
	shared = tx_shared(socket, 0);
	async = tx_shared(socket, 1);
	for (unsigned int i = 0; i < 4; i++) {
		shared->head = shared->tail = shared->slots = shared->slot_size = heads[i];
		async->head = async->tail = async->slots = async->slot_size = heads[i];
		failed(flush_tx(&world, socket, 0, &sent), EINVAL, "out of place");
		CHECK_EQUAL(run(0), PFQ_TX_ASLEEP);
	}
	shared->head = 16;
	GOOD(flush_tx(&world, socket, 0, &sent));
	CHECK_EQUAL(socket_stats(&world, socket).disc, 16);
	async->head = 16;
	CHECK_EQUAL(run(0), PFQ_TX_ASLEEP);
	CHECK_EQUAL(socket_stats(&world, socket).disc, 32);
	world_end(&world);
}

static void a_thread_sends_the_queues_that_are_bound_to_it(void)
{
	struct pfq_socket *one = begin(), *two = world_socket(&world, 2);
	struct pfq_stats stats;

	GOOD(configure(&world, two, 64, 8, 100, 16));
	for (int queue = 0; queue < PFQ_MAX_TX_QUEUES; queue++)
		CHECK_EQUAL(bind_async(&world, one, queue == 2 ? "d3" : "d0", Q_ANY_KTHREAD),
			    queue);
	CHECK_EQUAL(world.host.bound[0], 2);
	CHECK_EQUAL(world.host.bound[1], 2);
	CHECK_EQUAL(bind_tx(&world, one, "d0"), 0);
	CHECK_EQUAL(bind_async(&world, two, "d1", 1), 0);
	failed(bind_async(&world, one, "d0", 0), ENOSPC, "4 asynchronous Tx queues");
	failed(bind_async(&world, two, "d0", 2), EINVAL, "Tx thread 2");
	failed(bind_async(&world, two, "d0", -3), EINVAL, "Tx thread -3");
	failed(wake_tx(&world, two, 0), EINVAL, "enable");
	GOOD(enable(&world, one));
	GOOD(enable(&world, two));
	for (uint32_t position = 1; position < 5; position++)
		put(one, position, 60, position);
	put_malformed(one, 1);
	put(two, 0, 60, PFQ_MAX_COPIES);
	CHECK_EQUAL(run(0), PFQ_TX_ASLEEP);
	stats = socket_stats(&world, one);
	CHECK_EQUAL(stats.sent, 1);
	CHECK_EQUAL(stats.fail, 3);
	CHECK_EQUAL(stats.disc, 5);
	CHECK_EQUAL(run(1), PFQ_TX_ASLEEP);
	CHECK_EQUAL(socket_stats(&world, one).sent, 7);
	CHECK_EQUAL(socket_stats(&world, two).sent, PFQ_MAX_COPIES);
	CHECK_EQUAL(tx_shared(one, 1)->tail, 6);
	failed(wake_tx(&world, two, 1), EINVAL, "asynchronous Tx queue 1");
	world_end(&world);
}

static void a_queue_says_when_its_thread_sleeps(void)
{
	struct pfq_socket *socket = begin();

	GOOD(bind_async(&world, socket, "d0", 0));
	GOOD(enable(&world, socket));
	CHECK_EQUAL(tx_shared(socket, 0)->idle, 1);
	tx_shared(socket, 0)->idle = 0;
	GOOD(wake_tx(&world, socket, 0));
	CHECK_EQUAL(world.host.thread_wakes, 1);
	put(socket, 0, 60, 1);
	CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), 0);
	CHECK_EQUAL(tx_shared(socket, 0)->idle, 0);
	CHECK_EQUAL(run(0), PFQ_TX_ASLEEP);
	CHECK_EQUAL(tx_shared(socket, 0)->idle, 1);
	world_end(&world);
}

static void a_packet_with_a_time_is_not_sent_before_it_nor_are_those_behind_it(void)
{
	struct pfq_socket *socket = begin();
	uint64_t past = pfq_now() - SECOND, future = pfq_now() + 3600 * SECOND, soon, sent, sleep;

	GOOD(bind_tx(&world, socket, "d0"));
	GOOD(bind_async(&world, socket, "d0", 0));
	GOOD(enable(&world, socket));
	for (uint32_t position = 0; position < 2; position++) {
		put_slot(socket, position, (struct pfq_tx_header){ past, 60, 1 });
		put_slot(socket, position, (struct pfq_tx_header){ future, 60, 3 });
		put(socket, position, 60, 1);
	}
	GOOD(flush_tx(&world, socket, 0, &sent));
	CHECK_EQUAL(sent, 1);
	GOOD(flush_tx(&world, socket, 0, &sent));
	CHECK_EQUAL(sent, 0);
	sleep = run(0);
	CHECK(sleep <= SECOND);
	CHECK_EQUAL(socket_stats(&world, socket).sent, 2);
	GOOD(disable(&world, socket));
	CHECK_EQUAL(socket_stats(&world, socket).disc, 8);

	GOOD(enable(&world, socket));
	soon = pfq_now() + SECOND / 100;
	put_slot(socket, 1, (struct pfq_tx_header){ soon, 60, 1 });
	while (socket_stats(&world, socket).sent == 2)
		pfq_tx_round(&world.host.threads[0]);
	CHECK(pfq_now() >= soon);
	world_end(&world);
}

static void what_is_left_in_a_queue_that_ends_is_discarded(void)
{
	struct pfq_socket *socket = begin();

	GOOD(bind_tx(&world, socket, "d0"));
	GOOD(bind_async(&world, socket, "d0", 0));
	GOOD(enable(&world, socket));
	put(socket, 0, 60, 5);
	put_malformed(socket, 0);
	put(socket, 1, 60, 100);
	put(socket, 1, 60, 1);
	CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), 0);
	CHECK_EQUAL(socket_stats(&world, socket).sent, PFQ_TX_BATCH);
	GOOD(disable(&world, socket));
	CHECK_EQUAL(socket_stats(&world, socket).sent, PFQ_TX_BATCH);
	CHECK_EQUAL(socket_stats(&world, socket).disc, 5 + 5 + 100 - PFQ_TX_BATCH + 1);
	CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), PFQ_TX_ASLEEP);
	world_end(&world);
}

/* -- The clock stands still, and goes on as sending takes its time */

#define MICROSECOND 1000ULL
#define TODAY	    (1700000000 * SECOND)

/* The same as run(), where no time passes by itself. */
static uint64_t run_slowly(int thread)
{
	uint64_t sleep;

	do {
		test_clock_advance(MICROSECOND);
		sleep = pfq_tx_round(&world.host.threads[thread]);
	} while (!sleep);
	return sleep;
}

static void a_thread_sleeps_though_the_clock_was_set_back(void)
{
	struct pfq_socket *socket = begin();

	GOOD(bind_async(&world, socket, "d0", 0));
	GOOD(enable(&world, socket));
	test_clock_set(TODAY);
	put(socket, 0, 60, 1);
	CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), 0);
	CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), 0);
	test_clock_set(TODAY - 3600 * SECOND);
	CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), PFQ_TX_ASLEEP);
	put(socket, 0, 60, 1);
	CHECK_EQUAL(run_slowly(0), PFQ_TX_ASLEEP);
	CHECK_EQUAL(socket_stats(&world, socket).sent, 2);
	world_end(&world);
}

static void a_queue_of_which_nothing_goes_out_rests_longer_and_longer(void)
{
	struct pfq_socket *socket = begin();
	uint64_t rest = 640 * MICROSECOND, sleep;

	GOOD(bind_async(&world, socket, "d3", 0));
	GOOD(enable(&world, socket));
	test_clock_set(TODAY);
	world.host.send_nsec = rest;
	for (int i = 0; i < 16; i++)
		put(socket, 0, 60, PFQ_TX_BATCH);
	for (uint64_t failed = 1; failed < 8; failed++) {
		sleep = run_slowly(0);
		CHECK_EQUAL(socket_stats(&world, socket).fail, failed * PFQ_TX_BATCH);
		CHECK(sleep <= rest && sleep > rest - 20 * MICROSECOND);
		test_clock_advance(sleep);
		rest = rest * 2 + world.host.send_nsec;
		rest = rest < SECOND / 100 ? rest : SECOND / 100;
	}
	world.host.d3_sends = true;
	CHECK_EQUAL(run_slowly(0), PFQ_TX_ASLEEP);
	CHECK_EQUAL(socket_stats(&world, socket).sent, 9 * PFQ_TX_BATCH);
	world.host.d3_sends = false;
	put(socket, 0, 60, 1);
	put(socket, 0, 60, 1);
	CHECK_EQUAL(run_slowly(0), PFQ_TX_ASLEEP);
	CHECK_EQUAL(socket_stats(&world, socket).fail, 7 * PFQ_TX_BATCH + 2);
	put(socket, 0, 60, 1);
	CHECK(run_slowly(0) <= 3 * world.host.send_nsec);
	world_end(&world);
}

static void a_queue_that_rests_keeps_no_other_from_being_sent(void)
{
	struct pfq_socket *socket = begin();

	GOOD(bind_async(&world, socket, "d3", 0));
	GOOD(bind_async(&world, socket, "d0", 0));
	GOOD(enable(&world, socket));
	test_clock_set(TODAY);
	world.host.send_nsec = MICROSECOND;
	for (int i = 0; i < 16; i++) {
		put(socket, 0, 60, PFQ_TX_BATCH);
		put(socket, 1, 60, PFQ_TX_BATCH);
	}
	while (tx_shared(socket, 1)->tail < 16)
		pfq_tx_round(&world.host.threads[0]);
	CHECK(socket_stats(&world, socket).fail <= 4 * PFQ_TX_BATCH);
	CHECK_EQUAL(socket_stats(&world, socket).sent, 16 * PFQ_TX_BATCH);
	world_end(&world);
}

/* How many of the queues have so many slots behind them. */
static unsigned int count_sent(struct pfq_socket *socket, uint32_t slots)
{
	unsigned int count = 0;

	for (uint32_t position = 0; position < PFQ_MAX_TX_QUEUES; position++)
		count += tx_shared(socket, position)->tail == slots;
	return count;
}

static struct pfq_socket *four_queues(struct pfq_socket *socket)
{
	for (int queue = 0; queue < PFQ_MAX_TX_QUEUES; queue++)
		GOOD(bind_async(&world, socket, "d0", 0));
	GOOD(enable(&world, socket));
	for (uint32_t position = 0; position < PFQ_MAX_TX_QUEUES; position++)
		for (int i = 0; i < 3; i++)
			put(socket, position, 60, PFQ_TX_BATCH);
	return socket;
}

static void a_round_ends_after_a_while_and_the_next_one_goes_on_there(void)
{
	struct pfq_socket *one = four_queues(begin()), *two = world_socket(&world, 2);

	GOOD(configure(&world, two, 64, 8, 100, 16));
	four_queues(two);
	test_clock_set(TODAY);
	world.host.send_nsec = 60 * MICROSECOND;
	for (unsigned int round = 1; round <= 4; round++) {
		CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), 0);
		CHECK_EQUAL(count_sent(one, 1) + count_sent(two, 1), 2 * round);
	}
	for (unsigned int round = 5; round <= 8; round++)
		CHECK_EQUAL(pfq_tx_round(&world.host.threads[0]), 0);
	CHECK(count_sent(one, 2) + count_sent(two, 2) >= 6);
	GOOD(disable(&world, two)); /* it goes on where there is no queue any more */
	CHECK_EQUAL(run_slowly(0), PFQ_TX_ASLEEP);
	CHECK_EQUAL(count_sent(one, 3), PFQ_MAX_TX_QUEUES);
	world_end(&world);
}

/* -- While a queue is being flushed */

static struct pfq_socket *flushed;
static unsigned int polls;

static void poll_it(void)
{
	polls++;
	CHECK(!pfq_socket_readable(flushed));
}

static void a_flush_keeps_no_reader_waiting(void)
{
	uint64_t sent;

	flushed = begin();
	polls = 0;
	GOOD(bind_tx(&world, flushed, "d0"));
	GOOD(enable(&world, flushed));
	put(flushed, 0, 60, 1000);
	world.host.while_sending = poll_it;
	GOOD(flush_tx(&world, flushed, 0, &sent));
	CHECK_EQUAL(sent, 1000);
	CHECK_EQUAL(polls, 16);
	world_end(&world);
}

static pthread_t disabler;
static int disabled;

static void *disable_it(void *argument)
{
	*(int *)argument = disable(&world, flushed);
	return NULL;
}

/* The first batch is not over before the other thread waits for the flush. */
static void disable_meanwhile(void)
{
	world.host.while_sending = NULL;
	CHECK(!pthread_create(&disabler, NULL, disable_it, &disabled));
	while (!PFQ_READ_ONCE(flushed->tx_stops))
		sched_yield();
}

static void who_disables_a_socket_waits_for_one_batch_of_a_flush(void)
{
	struct pfq_stats stats;
	uint64_t sent;

	flushed = begin();
	GOOD(bind_tx(&world, flushed, "d0"));
	GOOD(enable(&world, flushed));
	put(flushed, 0, 60, PFQ_MAX_COPIES);
	world.host.while_sending = disable_meanwhile;
	GOOD(flush_tx(&world, flushed, 0, &sent));
	CHECK(!pthread_join(disabler, NULL));
	CHECK_EQUAL(disabled, 0);
	CHECK_EQUAL(sent, PFQ_TX_BATCH);
	stats = socket_stats(&world, flushed);
	CHECK_EQUAL(stats.sent, PFQ_TX_BATCH);
	CHECK_EQUAL(stats.disc, PFQ_MAX_COPIES - PFQ_TX_BATCH);
	GOOD(enable(&world, flushed));
	put(flushed, 0, 60, 100);
	GOOD(flush_tx(&world, flushed, 0, &sent));
	CHECK_EQUAL(sent, 100);
	world_end(&world);
}

/* -- Under traffic */

static uint32_t stop;

static void *run_thread(void *argument)
{
	while (!PFQ_LOAD_ACQUIRE(&stop))
		pfq_tx_round(argument);
	return NULL;
}

/* Fills what room there is, a few times; gives the number of packets. */
static uint32_t fill(struct pfq_socket *socket, uint32_t position)
{
	struct pfq_tx_queue *shared = tx_shared(socket, position);
	uint32_t filled = 0;

	for (int i = 0; i < 200; i++) {
		if (shared->head - PFQ_LOAD_ACQUIRE(&shared->tail) == shared->slots)
			continue;
		put(socket, position, 60, 1 + (uint32_t)i % 3);
		filled += 1 + (uint32_t)i % 3;
	}
	return filled;
}

static void queues_come_and_go_while_their_threads_send(void)
{
	struct pfq_socket *anchor = begin();
	pthread_t threads[2];

	GOOD(bind_async(&world, anchor, "d0", 0));
	GOOD(bind_async(&world, anchor, "d0", 1));
	PFQ_STORE_RELEASE(&stop, 0);
	for (int i = 0; i < 2; i++)
		CHECK(!pthread_create(&threads[i], NULL, run_thread, &world.host.threads[i]));
	for (uint32_t round = 0; round < 300; round++) {
		struct pfq_socket *socket = world_socket(&world, 2);
		struct pfq_stats stats;
		uint64_t filled;

		GOOD(configure(&world, socket, 64, 8, 100, 16));
		GOOD(bind_async(&world, socket, "d1", 0));
		GOOD(bind_async(&world, socket, "d3", 1));
		GOOD(enable(&world, socket));
		filled = fill(socket, 0) + fill(socket, 1);
		GOOD(disable(&world, socket));
		stats = socket_stats(&world, socket);
		CHECK_EQUAL(stats.sent + stats.fail + stats.disc, filled);
		pfq_socket_destroy(socket);
	}
	PFQ_STORE_RELEASE(&stop, 1);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	world_end(&world);
}

int main(void)
{
	run_test("what is put into Tx queues is sent or discarded",
		 what_is_put_into_tx_queues_is_sent_or_discarded);
	run_test("a head of a Tx queue that makes no sense sends nothing",
		 a_head_of_a_tx_queue_that_makes_no_sense_sends_nothing);
	run_test("a thread sends the queues that are bound to it",
		 a_thread_sends_the_queues_that_are_bound_to_it);
	run_test("a queue says when its thread sleeps", a_queue_says_when_its_thread_sleeps);
	run_test("a packet with a time is not sent before it, nor are those behind it",
		 a_packet_with_a_time_is_not_sent_before_it_nor_are_those_behind_it);
	run_test("what is left in a queue that ends is discarded",
		 what_is_left_in_a_queue_that_ends_is_discarded);
	run_test("a thread sleeps though the clock was set back",
		 a_thread_sleeps_though_the_clock_was_set_back);
	run_test("a queue of which nothing goes out rests longer and longer",
		 a_queue_of_which_nothing_goes_out_rests_longer_and_longer);
	run_test("a queue that rests keeps no other from being sent",
		 a_queue_that_rests_keeps_no_other_from_being_sent);
	run_test("a round ends after a while, and the next one goes on there",
		 a_round_ends_after_a_while_and_the_next_one_goes_on_there);
	run_test("a flush keeps no reader waiting", a_flush_keeps_no_reader_waiting);
	run_test("who disables a socket waits for one batch of a flush",
		 who_disables_a_socket_waits_for_one_batch_of_a_flush);
	run_test("queues come and go while their threads send",
		 queues_come_and_go_while_their_threads_send);
	return harness.failures > 0;
}
