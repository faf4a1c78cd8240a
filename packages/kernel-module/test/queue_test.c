/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Rx queues: many producers, one consumer, and a consumer that lies. docs/queues.md has the
 * protocol. */
#include "harness.h"
#include "packets.h"
#include "world.h"

static struct world world;

/* A packet that carries who sent it and its number. */
static void numbered(struct octets *octets, uint32_t who, uint32_t number)
{
	put_flow(octets, who, number, 1, 2);
}

static void receive(unsigned int lane, uint32_t who, uint32_t number, unsigned int count)
{
	struct octets octets[8];
	struct pfq_packet packets[8];

	for (unsigned int i = 0; i < count; i++) {
		octets[i].size = 0;
		numbered(&octets[i], who, number + i);
		packets[i] = packet_of(&octets[i]);
	}
	pfq_receive(pfq_device_find(world.engine, "d0"), lane, Q_ANY_QUEUE, packets, count);
}

static struct pfq_socket *begin(uint32_t slots)
{
	struct pfq_socket *socket;

	world_begin(&world, 4);
	socket = world_member(&world, 0, 1, slots);
	if (bind_group(&world, socket, 0, "d0", Q_ANY_QUEUE))
		FAIL("%s", world.error.text);
	return socket;
}

static uint32_t source_of(const struct pfq_pkthdr *header)
{
	return pfq_read32((const uint8_t *)(header + 1) + 26);
}

static uint32_t number_of(const struct pfq_pkthdr *header)
{
	return pfq_read32((const uint8_t *)(header + 1) + 30);
}

static void a_full_queue_loses_counts_and_keeps_what_is_unread(void)
{
	struct reader reader = { .socket = begin(8) };
	struct pfq_stats stats;

	for (uint32_t number = 0; number < 24; number += 6)
		receive(0, 1, number, 6);
	stats = socket_stats(&world, reader.socket);
	CHECK_EQUAL(stats.recv, 8);
	CHECK_EQUAL(stats.lost, 16);
	for (uint32_t number = 0; number < 8; number++) {
		const struct pfq_pkthdr *header = reader_next(&reader);

		CHECK(header);
		CHECK_EQUAL(number_of(header), number);
	}
	CHECK(!reader_next(&reader));
	reader_release(&reader);
	receive(0, 1, 100, 3);
	CHECK_EQUAL(reader_drain(&reader), 3);
	world_end(&world);
}

static void laps_and_positions_wrap(void)
{
	static const uint32_t slots[] = { 1, 2, 8 };

	for (unsigned int n = 0; n < 3; n++) {
		struct pfq_socket *socket = begin(slots[n]);
		uint32_t start = 0u - 10 * slots[n];
		struct reader reader = { .socket = socket, .position = start };
		uint32_t number = 0;

		/* As if so many packets had gone through the queue. */
		socket->rx.head = start;
		socket->rx.shared->tail = start;
		for (uint32_t i = 0; i < slots[n]; i++)
			pfq_rx_slot(&socket->rx, i)->info.commit =
				pfq_rx_lap(&socket->rx, start - slots[n] + i);
		for (uint32_t round = 0; round < 40; round++) {
			const struct pfq_pkthdr *header;
			uint32_t count = 1 + round % slots[n];

			receive(0, 1, number, count);
			for (uint32_t i = 0; i < count; i++) {
				header = reader_next(&reader);
				CHECK(header);
				CHECK_EQUAL(number_of(header), number++);
			}
			CHECK(!reader_next(&reader));
			reader_release(&reader);
		}
		CHECK_EQUAL(socket_stats(&world, socket).lost, 0);
		CHECK(reader.position < start);
		world_end(&world);
	}
}

static void a_tail_that_makes_no_sense_is_a_full_queue(void)
{
	static const uint32_t lies[] = { 1, 2, 100, 0x7fffffff, 0x80000000, 0xfffffff0 };
	struct pfq_socket *liar = begin(8);
	struct pfq_socket *honest = world_member(&world, 0, 1, 1024);
	struct reader reader = { .socket = honest };

	for (unsigned int i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		liar->rx.shared->tail = liar->rx.head + lies[i];
		CHECK_EQUAL(pfq_rx_room(&liar->rx), 0);
		receive(0, 1, 0, 4);
	}
	/* The slots that the last tail that made sense left free, and no more. */
	CHECK_EQUAL(socket_stats(&world, liar).recv, 8);
	CHECK_EQUAL(socket_stats(&world, liar).lost, 16);
	CHECK_EQUAL(reader_drain(&reader), 24);
	world_end(&world);
}

static void what_is_written_over_a_queue_harms_nobody_else(void)
{
	struct pfq_socket *hostile = begin(8);
	struct pfq_socket *honest = world_member(&world, 0, 1, 8);
	struct reader reader = { .socket = honest };
	uint32_t random = 1;

	for (uint32_t round = 0; round < 2000; round++) {
		uint8_t *memory = pfq_socket_memory(hostile);

		for (int i = 0; i < 4; i++) {
			random = random * 1664525 + 1013904223;
			memcpy(memory + (random >> 8) % (hostile->map.size - 4), &random, 4);
			/* The head of the mapping is what is read. */
			memcpy(memory + (random >> 12) % 252, &random, 4);
		}
		receive(0, 1, round, 4);
		CHECK_EQUAL(reader_drain(&reader), 4);
	}
	CHECK_EQUAL(socket_stats(&world, honest).lost, 0);
	world_end(&world);
}

static void a_waiting_reader_is_woken_once(void)
{
	struct pfq_socket *socket = begin(64);

	receive(0, 1, 0, 4);
	CHECK_EQUAL(world.host.woken, 0);
	socket->rx.shared->waiting = 1;
	receive(0, 1, 0, 4);
	receive(0, 1, 0, 4);
	CHECK_EQUAL(world.host.woken, 1);
	CHECK_EQUAL(socket->rx.shared->waiting, 0);
	world_end(&world);
}

enum {
	PRODUCERS = 3,
	NUMBERS = 40000,
};

static void *produce(void *argument)
{
	struct pfq_device *device = pfq_device_find(world.engine, "d0");
	uint32_t who = *(uint32_t *)argument;

	/* Most of the time there is room, so that most arrive, but not always. */
	for (uint32_t number = 0; number < NUMBERS; number += 4) {
		while (number % 64 && !pfq_receive_room(device, Q_ANY_QUEUE))
			sched_yield();
		receive(who, who, number, 4);
	}
	return NULL;
}

/* Each producer's packets come in order and whole, though some may be lost. */
static void producers_side_by_side_neither_mix_nor_overwrite(void)
{
	static uint32_t who[PRODUCERS] = { 0, 1, 2 };
	struct reader reader = { .socket = begin(256) };
	pthread_t threads[PRODUCERS];
	uint64_t next[PRODUCERS] = { 0 }, got = 0;
	struct pfq_stats stats;

	for (int i = 0; i < PRODUCERS; i++)
		CHECK(!pthread_create(&threads[i], NULL, produce, &who[i]));
	for (;;) {
		const struct pfq_pkthdr *header = reader_next(&reader);
		struct octets wanted = { 0 };

		if (!header) {
			reader_release(&reader);
			stats = socket_stats(&world, reader.socket);
			if (stats.recv + stats.lost == (uint64_t)PRODUCERS * NUMBERS &&
			    got == stats.recv)
				break;
			sched_yield();
			continue;
		}
		got++;
		CHECK(source_of(header) < PRODUCERS);
		CHECK(number_of(header) >= next[source_of(header)]);
		next[source_of(header)] = number_of(header) + 1ull;
		numbered(&wanted, source_of(header), number_of(header));
		CHECK(memcmp(header + 1, wanted.data, wanted.size) == 0);
		if (got % 64 == 0)
			reader_release(&reader);
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQUAL(group_stats(&world, reader.socket, 0).recv, got);
	CHECK(got >= NUMBERS / 2);
	printf("# %llu of %u arrived\n", (unsigned long long)got, PRODUCERS * NUMBERS);
	world_end(&world);
}

int main(void)
{
	run_test("a full queue loses, counts, and keeps what is unread",
		 a_full_queue_loses_counts_and_keeps_what_is_unread);
	run_test("laps and positions wrap", laps_and_positions_wrap);
	run_test("a tail that makes no sense is a full queue",
		 a_tail_that_makes_no_sense_is_a_full_queue);
	run_test("what is written over a queue harms nobody else",
		 what_is_written_over_a_queue_harms_nobody_else);
	run_test("a waiting reader is woken once", a_waiting_reader_is_woken_once);
	run_test("producers side by side neither mix nor overwrite",
		 producers_side_by_side_neither_mix_nor_overwrite);
	return harness.failures > 0;
}
