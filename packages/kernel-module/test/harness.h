/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Prints "ok NAME" or "not ok NAME: why" for each test; a test ends at its first failed check. */
#ifndef PFQ_TEST_HARNESS_H
#define PFQ_TEST_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

static struct {
	jmp_buf failed;
	char why[512];
	int failures;
} harness;

__attribute__((format(printf, 3, 4), noreturn, unused)) static void
harness_fail(const char *file, int line, const char *format, ...)
{
	int length = snprintf(harness.why, sizeof(harness.why), "%s:%d: ", file, line);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(harness.why + length, sizeof(harness.why) - (size_t)length, format, arguments);
	va_end(arguments);
	longjmp(harness.failed, 1);
}

#define FAIL(...)	 harness_fail(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK(condition) ((condition) ? (void)0 : FAIL("%s", #condition))

/* Both are numbers; the message has them. */
#define CHECK_EQUAL(actual, expected)                                                       \
	do {                                                                                \
		long long actual_ = (long long)(actual), expected_ = (long long)(expected); \
		if (actual_ != expected_)                                                   \
			FAIL("%s is %lld, not %lld", #actual, actual_, expected_);          \
	} while (0)

__attribute__((unused)) static void run_test(const char *name, void (*test)(void))
{
	if (setjmp(harness.failed)) {
		harness.failures++;
		printf("not ok %s: %s\n", name, harness.why);
	} else {
		test();
		printf("ok %s\n", name);
	}
	fflush(stdout);
}

#endif
