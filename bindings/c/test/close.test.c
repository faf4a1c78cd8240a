/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a socket, at bad moments. */
#include "harness.h"

#include <pthread.h>
#include <signal.h>

struct reader {
	pthread_t thread;
	pfq_t *q;
	uint32_t batches;
	uint32_t octets;
	int error;
	char text[PFQ_ERROR_TEXT];
};

/* The packets may turn to zeros meanwhile, which ThreadSanitizer takes for a race. */
__attribute__((no_sanitize("thread"))) static uint32_t sum_of(const struct pfq_net_queue *nq)
{
	uint32_t sum = 0;

	for (pfq_iterator_t it = pfq_net_queue_begin(nq); it != pfq_net_queue_end(nq);
	     it = pfq_net_queue_next(nq, it)) {
		const uint8_t *data = pfq_pkt_data(it);

		for (uint32_t i = 0; i < pfq_pkt_header(it)->caplen && i < 64; i++)
			sum += data[i];
	}
	return sum;
}

/* Reads until that fails, and looks at all octets of all packets. */
static void *read_all(void *argument)
{
	struct reader *reader = argument;
	struct pfq_net_queue nq;

	for (;;) {
		if (pfq_read(reader->q, &nq, -1) < 0)
			break;
		__atomic_fetch_add(&reader->batches, 1, __ATOMIC_RELAXED);
		reader->octets += sum_of(&nq);
	}
	reader->error = errno;
	snprintf(reader->text, sizeof(reader->text), "%s", pfq_error(reader->q));
	return NULL;
}

static void start(struct reader *reader, pfq_t *q)
{
	*reader = (struct reader){ .q = q };
	pthread_create(&reader->thread, NULL, read_all, reader);
}

static void wait_for_batch(struct reader *reader)
{
	while (!__atomic_load_n(&reader->batches, __ATOMIC_RELAXED))
		usleep(100);
}

TEST(close_ends_a_read_that_waits)
{
	pfq_t *q = open_on(fresh_device("end"), 64, 64);
	struct reader reader;

	start(&reader, q);
	usleep(20000);
	OK(q, pfq_close(q));
	pthread_join(reader.thread, NULL);
	CHECK_EQUAL(reader.error, EBADF);
	test_check_text(__FILE__, __LINE__, reader.text, "closed");
}

TEST(disable_ends_a_read_that_waits_and_the_socket_can_be_enabled_again)
{
	const char *device = fresh_device("again");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	struct reader reader;
	struct pfq_net_queue nq;

	start(&reader, q);
	usleep(20000);
	OK(q, pfq_disable(q));
	pthread_join(reader.thread, NULL);
	CHECK_EQUAL(reader.error, EBADF);
	FAILS(q, pfq_read(q, &nq, 0), "not enabled");
	CHECK_EQUAL(pfq_is_enabled(q), 0);
	OK(q, pfq_enable(q));
	send_number(sender, 3, 60);
	CHECK_EQUAL(read_batch(q, &nq), 1);
	CHECK_EQUAL(number_of(nq.queue), 3);
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_reader_that_is_cancelled_leaves_the_socket_to_others)
{
	pfq_t *q = open_on(fresh_device("cancel"), 64, 64);
	struct pfq_net_queue nq;
	struct reader reader;
	void *end;

	for (int i = 0; i < 2; i++) {
		start(&reader, q);
		pthread_cancel(reader.thread);
		pthread_join(reader.thread, &end);
		CHECK(end == PTHREAD_CANCELED);
		CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 0);
	}
	OK(q, pfq_close(q));
}

static const char packet[60];
static uint32_t is_logging, is_cancelled;

static void *send_for_ever(void *sender)
{
	for (;;) {
		pfq_send(sender, packet, sizeof(packet), 1, 1);
		pthread_testcancel();
	}
	return NULL;
}

/* By the thread that sends; what it holds then, others want, too. */
static void be_cancelled(char *user, const char *line)
{
	(void)user;
	(void)line;
	__atomic_store_n(&is_logging, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&is_cancelled, __ATOMIC_ACQUIRE))
		usleep(100);
	pthread_testcancel();
}

TEST(a_thread_that_is_cancelled_in_a_call_that_does_not_wait_ends_after_it)
{
	const char *device;
	pfq_t *q, *sender;
	unsigned char *image;
	pthread_t thread;
	size_t size;
	void *end;

	if (on_kernel_host())
		test_skip("no thread of a program runs computations of pfq.ko's");
	device = fresh_device("halfway");
	q = open_on(device, 64, 64);
	sender = open_sender(device);
	image = golden_image("log_packet.1", &size);
	OK(q, pfq_set_group_computation(q, pfq_group_id(q), image, size));
	free(image);
	pfq_set_logger(be_cancelled, NULL);
	pthread_create(&thread, NULL, send_for_ever, sender);
	while (!__atomic_load_n(&is_logging, __ATOMIC_ACQUIRE))
		usleep(100);
	pthread_cancel(thread);
	__atomic_store_n(&is_cancelled, 1, __ATOMIC_RELEASE);
	pthread_join(thread, &end);
	CHECK(end == PTHREAD_CANCELED);
	pfq_set_logger(NULL, NULL);
	OK(sender, pfq_send(sender, packet, sizeof(packet), 1, 1));
	OK(sender, pfq_close(sender));
	OK(q, pfq_close(q));
}

static pfq_t *interrupted;
static int handler_status; /* of the last one */

static void close_from_a_handler(int number)
{
	pfq_t *q = __atomic_load_n(&interrupted, __ATOMIC_ACQUIRE);

	(void)number;
	__atomic_store_n(&handler_status, pfq_close(q), __ATOMIC_RELEASE);
}

static void take_signals(void)
{
	struct sigaction action = { .sa_handler = close_from_a_handler };

	sigaction(SIGUSR1, &action, NULL);
}

TEST(a_handler_may_close_the_socket_whose_read_it_interrupted)
{
	for (int round = 0; round < 20; round++) {
		struct reader reader;

		interrupted = open_on(fresh_device("signal"), 64, 64);
		take_signals();
		start(&reader, interrupted);
		usleep(round * 100);
		pthread_kill(reader.thread, SIGUSR1);
		pthread_join(reader.thread, NULL);
		CHECK_EQUAL(handler_status, 0);
		CHECK_EQUAL(reader.error, EBADF);
		FAILS(interrupted, pfq_close(interrupted), "closed");
	}
}

static bool allocates;

/* The handler's close frees memory, too. */
static void *allocate(void *argument)
{
	void *memory[16] = { NULL };

	while (__atomic_load_n(&allocates, __ATOMIC_RELAXED)) {
		for (unsigned int i = 0; i < 16; i++) {
			free(memory[i]);
			memory[i] = malloc(2000 + 100 * i);
		}
	}
	for (unsigned int i = 0; i < 16; i++)
		free(memory[i]);
	return argument;
}

TEST(a_handler_may_close_a_socket_whatever_it_interrupted)
{
	const char *device = fresh_device("any");
	pthread_t thread;

	take_signals();
	allocates = true;
	pthread_create(&thread, NULL, allocate, NULL);
	for (int round = 0; round < 20; round++) {
		pfq_t *q = open_on(device, 64, 64);

		__atomic_store_n(&handler_status, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&interrupted, q, __ATOMIC_RELEASE);
		pthread_kill(thread, SIGUSR1);
		while (__atomic_load_n(&handler_status, __ATOMIC_ACQUIRE) > 0)
			usleep(100);
		CHECK_EQUAL(handler_status, 0);
		FAILS(q, pfq_enable(q), "closed");
	}
	__atomic_store_n(&allocates, false, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static void *send_on(void *argument)
{
	struct reader *sender = argument;

	while (pfq_send(sender->q, packet, sizeof(packet), 1, 1) >= 0)
		;
	return NULL;
}

TEST(close_under_fire_harms_neither_reader_nor_sender)
{
	for (unsigned int round = rounds_of(20); round > 0; round--) {
		const char *device = fresh_device("fire");
		pfq_t *q = open_on(device, 64, 64);
		struct reader reader, sender = { .q = open_sender(device) };

		start(&reader, q);
		pthread_create(&sender.thread, NULL, send_on, &sender);
		wait_for_batch(&reader);
		OK(q, pfq_close(q));
		pthread_join(reader.thread, NULL);
		CHECK_EQUAL(reader.error, EBADF);
		OK(sender.q, pfq_close(sender.q));
		pthread_join(sender.thread, NULL);
	}
}

TEST(a_batch_of_a_closed_socket_can_still_be_looked_at)
{
	const char *device = fresh_device("look");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	struct pfq_net_queue nq;

	send_number(sender, 9, 60);
	CHECK_EQUAL(read_batch(q, &nq), 1);
	pfq_close(q);
	CHECK_EQUAL(pfq_pkt_header(nq.queue)->caplen, 0);
	CHECK(!pfq_pkt_ready(&nq, nq.queue));
	pfq_close(sender);
}

TEST(a_closed_socket_says_so)
{
	pfq_t *q = open_on(fresh_device("closed"), 64, 64);
	struct pfq_net_queue nq;
	struct pfq_stats stats;

	OK(q, pfq_close(q));
	FAILS(q, pfq_close(q), "closed");
	FAILS(q, pfq_read(q, &nq, 0), "closed");
	FAILS(q, pfq_enable(q), "closed");
	FAILS(q, pfq_get_stats(q, &stats), "closed");
	FAILS(q, pfq_send(q, "x", 1, 1, 1), "closed");
	CHECK_EQUAL(errno, EBADF);
}

TEST(no_socket_is_an_error_everywhere)
{
	struct pfq_net_queue nq;
	struct pfq_stats stats;

	CHECK_EQUAL(pfq_close(NULL), 0);
	FAILS(NULL, pfq_read(NULL, &nq, 0), "NULL");
	FAILS(NULL, pfq_enable(NULL), "NULL");
	FAILS(NULL, pfq_disable(NULL), "NULL");
	FAILS(NULL, pfq_get_stats(NULL, &stats), "NULL");
	FAILS(NULL, pfq_id(NULL), "NULL");
	FAILS(NULL, pfq_get_fd(NULL), "NULL");
	FAILS(NULL, pfq_bind(NULL, "mem:a", -1), "NULL");
	FAILS(NULL, pfq_send(NULL, "x", 1, 1, 1), "NULL");
	FAILS(NULL, pfq_dispatch(NULL, NULL, 0, NULL), "NULL");
	CHECK(pfq_mem_addr(NULL) == NULL);
	CHECK(pfq_host(NULL) == NULL);
}

static void close_it(char *user, const struct pfq_pkthdr *header, const char *data)
{
	(void)header;
	(void)data;
	pfq_close((pfq_t *)user);
}

TEST(a_handler_may_close_its_socket)
{
	const char *device = fresh_device("handler");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);

	for (uint32_t i = 0; i < 5; i++)
		send_number(sender, i, 60);
	CHECK_EQUAL(pfq_dispatch(q, close_it, -1, (char *)q), 1);
	pfq_close(sender);
}

/* Waits for a packet until that is not for another thread to do. */
static void *read_when_free(void *q)
{
	struct pfq_net_queue nq;

	while (pfq_read(q, &nq, -1) >= 0 || errno == EBUSY)
		;
	return NULL;
}

TEST(a_second_reader_is_turned_away)
{
	pfq_t *q = open_on(fresh_device("second"), 64, 64);
	struct pfq_net_queue nq;
	pthread_t thread;
	int status;

	pthread_create(&thread, NULL, read_when_free, q);
	while ((status = pfq_read(q, &nq, 0)) == 0)
		usleep(100);
	CHECK_EQUAL(status, -1);
	CHECK_EQUAL(errno, EBUSY);
	test_check_text(__FILE__, __LINE__, pfq_error(q), "another thread");
	pfq_close(q);
	pthread_join(thread, NULL);
}
