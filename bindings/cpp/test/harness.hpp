// SPDX-License-Identifier: BSD-3-Clause
// A test program is a list of tests, each a function that throws what it finds; it prints a line
// for each test.
#ifndef PFQ_TEST_HARNESS_HPP
#define PFQ_TEST_HARNESS_HPP

#include <cstdio>
#include <exception>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct test {
	const char *name;
	void (*run)();
};

inline std::vector<test> tests;

struct test_registration {
	test_registration(const char *name, void (*run)())
	{
		tests.push_back({ name, run });
	}
};

#define TEST(name)                                                   \
	static void name();                                          \
	static const test_registration register_##name(#name, name); \
	static void name()

[[noreturn]] inline void test_fail(const char *file, int line, const std::string &what)
{
	throw std::logic_error(std::string(file) + ":" + std::to_string(line) + ": " + what);
}

#define CHECK(condition)                                           \
	do {                                                       \
		if (!(condition))                                  \
			test_fail(__FILE__, __LINE__, #condition); \
	} while (0)

template <class A, class B>
void check_equal(const char *file, int line, const char *text, const A &actual, const B &expected)
{
	if (actual == static_cast<A>(expected))
		return;
	std::ostringstream what;
	what << text << " is " << actual << ", not " << expected;
	test_fail(file, line, what.str());
}

#define CHECK_EQUAL(actual, expected) check_equal(__FILE__, __LINE__, #actual, actual, expected)

// A statement that must throw this, with a text that has these words.
#define THROWS(type, statement, words)                                                          \
	do {                                                                                    \
		std::string thrown_;                                                            \
		try {                                                                           \
			statement;                                                              \
		} catch (const type &failure_) {                                                \
			thrown_ = failure_.what();                                              \
		}                                                                               \
		if (thrown_.find(words) == thrown_.npos)                                        \
			test_fail(__FILE__, __LINE__, #statement " threw \"" + thrown_ + "\""); \
	} while (0)

inline int run_tests()
{
	int failed = 0;

	for (const auto &each : tests) {
		try {
			each.run();
			std::printf("ok %s\n", each.name);
		} catch (const std::exception &failure) {
			std::printf("  %s\nFAILED %s\n", failure.what(), each.name);
			failed = 1;
		}
	}
	return failed;
}

#endif
