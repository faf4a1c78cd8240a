/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A test program is a list of tests, each a function; a failed check ends its test. The program
 * prints a line for each and, last, `N passed N failed N skipped`.
 */
#ifndef PFQ_TEST_HARNESS_H
#define PFQ_TEST_HARNESS_H

#include <pfq/pfq.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(name)                                                     \
	static void name(void);                                        \
	__attribute__((constructor)) static void register_##name(void) \
	{                                                              \
		test_register(#name, name);                            \
	}                                                              \
	static void name(void)

void test_register(const char *name, void (*run)(void));

/* Ends the test; from the thread that runs it only. */
_Noreturn void test_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
_Noreturn void test_skip(const char *reason);

#define CHECK(condition)                                                 \
	do {                                                             \
		if (!(condition))                                        \
			test_fail(__FILE__, __LINE__, "%s", #condition); \
	} while (0)

#define CHECK_EQUAL(actual, expected)                                                       \
	do {                                                                                \
		long long actual_ = (long long)(actual), expected_ = (long long)(expected); \
		if (actual_ != expected_)                                                   \
			test_fail(__FILE__, __LINE__, "%s is %lld, not %s (%lld)", #actual, \
				  actual_, #expected, expected_);                           \
	} while (0)

/* A call on socket q that must succeed; gives its value. */
#define OK(q, call)                                                                   \
	({                                                                            \
		long long value_ = (call);                                            \
		if (value_ < 0)                                                       \
			test_fail(__FILE__, __LINE__, "%s: %s", #call, pfq_error(q)); \
		value_;                                                               \
	})

/* A call on socket q that must fail, with a text that has these words. */
#define FAILS(q, call, words)                                                         \
	do {                                                                          \
		long long value_ = (call);                                            \
		if (value_ >= 0)                                                      \
			test_fail(__FILE__, __LINE__, "%s gave %lld", #call, value_); \
		test_check_text(__FILE__, __LINE__, pfq_error(q), words);             \
	} while (0)

void test_check_text(const char *file, int line, const char *text, const char *words);

/* An enabled socket in a private group of its own, bound to the device. */
pfq_t *open_on(const char *device, size_t caplen, size_t slots);

/* A socket that sends on the device: it is in no group. */
pfq_t *open_sender_on(const char *device);

/* One whose packets are received on a fresh_device(). */
pfq_t *open_sender(const char *device);

/* The next batch, however long it takes to come. */
size_t read_batch(pfq_t *q, struct pfq_net_queue *nq);

/* Sends a packet of `len` octets, of which the first four are the number. */
void send_number(pfq_t *sender, uint32_t number, size_t len);
uint32_t number_of(pfq_iterator_t it);

/* A file of golden images: on each line a name, and the octets. */
#define GOLDEN_IMAGES "../../packages/lang/golden/images.txt"

/* Gives how many octets it wrote. */
size_t octets_of_hex(const char *hex, unsigned char *octets);

/* The image of this name, to be freed. */
unsigned char *golden_image(const char *name, size_t *size);

/* Gives the files of a folder to a fuzz target, and how many they were. */
int replay_corpus(const char *folder, int (*target)(const uint8_t *data, size_t size));

/* A name that no other test uses. */
const char *fresh_name(const char *prefix);

/* A device that nobody uses: memory; on the kernel host, the near end of a pair of interfaces. */
const char *fresh_device(const char *name);

/* Where what is sent is received on such a device: memory is its own far end. */
const char *far_end(const char *device);

/* A file in a directory that is removed at the end. */
const char *temporary_file(const char *name);

/* Whether the tests are run on pfq.ko: PFQ_HOST=kernel. Then each is in the network namespace. */
bool on_kernel_host(void);

/* Whether time does not matter: PFQ_TEST_LONG=1. */
bool runs_for_long(void);

/* How often something is to be done: on the kernel host, whose machines are emulated, a tenth of
 * the times, where time matters. */
unsigned int rounds_of(unsigned int wanted);

/* From here on this process is in a network namespace of its own, which is gone when it ends; skips
 * the test where that cannot be had. */
void test_enter_namespace(void);

/* Runs a shell command; true if it succeeds. */
bool shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
