// SPDX-License-Identifier: BSD-3-Clause
// Every method of pfq::socket, called wrongly: it throws a pfq::system_error, or does what it says.
#include "harness.hpp"

#include <climits>
#include <cstdlib>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include <linux/filter.h>

#include <pfq/pfq.hpp>

using namespace std::chrono_literals;

static char room[65536] __attribute__((aligned(64)));

// What a method is given.
struct with {
	int number;
	std::size_t size;
	std::string text;
};

struct method {
	const char *name;
	std::function<void(pfq::socket &, const with &)> call;
};

static method named(const char *name, std::function<void(pfq::socket &, const with &)> call)
{
	return { name, std::move(call) };
}

#define METHOD(...)                                                     \
	named(#__VA_ARGS__, [](pfq::socket &q, const with &a) {         \
		static_cast<void>(a), static_cast<void>(q.__VA_ARGS__); \
	})

static void ignore(pfq::packet)
{
}

static const struct sock_filter instruction = BPF_STMT(BPF_RET | BPF_K, 0);

// Those that are no error without a socket: they say so, or open one.
static const std::vector<method> free_methods = {
	METHOD(is_open()),
	METHOD(native_handle()),
	METHOD(group_id()),
	METHOD(mem_addr()),
	METHOD(open(a.size, a.size, a.size, a.size)),
	METHOD(open_nogroup(a.size, 64, 64, a.size)),
	METHOD(open_group(a.size, static_cast<pfq::group_policy>(a.number), 64, 64, 64, 64)),
	METHOD(swap(q)),
	METHOD(close()),
};

static const std::vector<method> methods = {
	METHOD(enable()),
	METHOD(disable()),
	METHOD(is_enabled()),
	METHOD(id()),
	METHOD(fd()),
	METHOD(host()),
	METHOD(set_caplen(a.size)),
	METHOD(set_xmitlen(a.size)),
	METHOD(set_rx_slots(a.size)),
	METHOD(set_tx_slots(a.size)),
	METHOD(caplen()),
	METHOD(xmitlen()),
	METHOD(rx_slots()),
	METHOD(tx_slots()),
	METHOD(rx_slot_size()),
	METHOD(tx_slot_size()),
	METHOD(set_weight(a.number)),
	METHOD(weight()),
	METHOD(timestamping_enable(a.number != 0)),
	METHOD(is_timestamping_enabled()),
	METHOD(mem_size()),
	METHOD(ifindex(a.text)),
	METHOD(set_promisc(a.text, true)),
	METHOD(join_group(a.number, a.size, static_cast<pfq::group_policy>(a.number))),
	METHOD(leave_group(a.number)),
	METHOD(groups_mask()),
	METHOD(groups()),
	METHOD(bind(a.text, a.number)),
	METHOD(unbind(a.text, a.number)),
	METHOD(bind_group(a.number, a.text)),
	METHOD(unbind_group(a.number, a.text)),
	METHOD(egress_bind(a.text, a.number)),
	METHOD(egress_unbind()),
	METHOD(set_group_computation(a.number, a.text)),
	METHOD(set_group_computation_from_string(a.number, a.text)),
	METHOD(set_group_computation_from_json(a.number, a.text)),
	METHOD(set_group_computation_from_file(a.number, a.text)),
	METHOD(group_fprog(a.number, { 1, const_cast<struct sock_filter *>(&instruction) })),
	METHOD(group_fprog_fd(a.number, a.number)),
	METHOD(group_fprog_reset(a.number)),
	METHOD(vlan_filters_enable(a.number, true)),
	METHOD(vlan_set_filter(a.number, a.number)),
	METHOD(vlan_reset_filter(a.number, a.number)),
	METHOD(read(0us)),
	METHOD(recv(room, std::min(a.size, sizeof(room)), 0us)),
	METHOD(recv(nullptr, a.size, 0us)),
	METHOD(dispatch(ignore, 0us)),
	METHOD(poll(0us)),
	METHOD(arm()),
	METHOD(disarm()),
	METHOD(bind_tx(a.text, Q_ANY_QUEUE, a.number)),
	METHOD(unbind_tx()),
	METHOD(send(a.text, a.size)),
	METHOD(send(nullptr, a.size, a.size)),
	METHOD(send_async(a.text, a.size, a.number)),
	METHOD(send_raw(a.text, pfq::time_point::min(), a.size, a.number)),
	METHOD(async_pending(a.number)),
	METHOD(sync_queue(a.number)),
	METHOD(stats()),
	METHOD(group_stats(a.number)),
	METHOD(group_counters(a.number)),
	METHOD(device_stats(a.text)),
};

static const std::vector<int> numbers = { 0, -1, 1, 255, 65536, INT_MAX, INT_MIN };
static const std::vector<std::size_t> sizes = { 0, 1, 64, 65536, SIZE_MAX };
static const std::vector<std::string> texts = {
	"", "mem:misuse", "a\nb", std::string("mem:misuse\0more", 15), std::string(100000, 'x'),
};

// Calls a method; gives the errno of the pfq::system_error that it throws, or 0. Another exception
// fails the test.
static int errno_of(const method &of, pfq::socket &q, const with &a)
{
	try {
		of.call(q, a);
	} catch (const pfq::system_error &failure) {
		const std::string what = failure.what();

		CHECK(!what.empty() && what.find('\n') == what.npos);
		return failure.code().value();
	}
	return 0;
}

static void call_with_all(const method &of, pfq::socket &q)
{
	for (const int number : numbers)
		for (const std::size_t size : sizes)
			errno_of(of, q, { number, size, "mem:misuse" });
	for (const auto &text : texts)
		errno_of(of, q, { 0, 64, text });
}

static void check_closed(pfq::socket &q)
{
	for (const auto &of : methods) {
		const int number = errno_of(of, q, { 0, 64, "mem:misuse" });

		if (number != EBADF)
			test_fail(__FILE__, __LINE__,
				  of.name + (" gave errno " + std::to_string(number)));
		call_with_all(of, q);
		CHECK(!q.is_open());
	}
	q.close();
	CHECK_EQUAL(q.group_id(), -1);
	CHECK(!q.mem_addr() && !q.native_handle());
}

TEST(a_socket_that_was_never_opened_fails_every_call)
{
	pfq::socket q;

	check_closed(q);
}

TEST(a_socket_that_was_closed_fails_every_call)
{
	pfq::socket q(64);

	q.close();
	check_closed(q);
}

TEST(a_socket_that_was_moved_from_fails_every_call)
{
	pfq::socket q(64), other(std::move(q));

	check_closed(q);
	pfq::socket third(64);
	third = std::move(other);
	check_closed(other);
	CHECK(third.is_open());
	third.swap(other);
	check_closed(third);
	other.open(64, 64, 64, 64);
	CHECK(!other.is_enabled());
}

TEST(in_every_state_a_method_works_or_throws)
{
	for (const auto *table : { &free_methods, &methods })
		for (const auto &of : *table)
			for (const bool enabled : { false, true }) {
				pfq::socket q(64, 64, 64, 64);

				q.bind_tx("mem:misuse");
				q.bind_tx("mem:misuse", Q_ANY_QUEUE, 0);
				if (enabled)
					q.enable();
				call_with_all(of, q);
			}
}

TEST(a_text_ends_where_its_string_ends)
{
	pfq::socket q(64);

	THROWS(pfq::system_error, q.bind(std::string("mem:a\0b", 7)),
	       "\"mem:a\" goes on after a NUL");
	THROWS(pfq::system_error,
	       q.set_group_computation_from_string(0, std::string("main = ip\0 drop", 15)), "NUL");
	CHECK_EQUAL(pfq::socket(64).stats().recv, 0);
}

TEST(a_time_to_wait_may_be_of_any_unit_and_size)
{
	using hours = std::chrono::duration<long long, std::ratio<3600>>;
	using seconds = std::chrono::duration<double>;

	static_assert(pfq::timeout(pfq::forever).count() == -1);
	static_assert(pfq::timeout(hours::max()).count() == -1);
	static_assert(pfq::timeout(hours::min()).count() == -1);
	static_assert(pfq::timeout(std::chrono::microseconds::max()).count() == -1);
	static_assert(pfq::timeout(std::chrono::nanoseconds::max()).count() == LLONG_MAX / 1000);
	static_assert(pfq::timeout(999ns).count() == 0);
	static_assert(pfq::timeout(seconds(1.5)).count() == 1500000);
	CHECK_EQUAL(pfq::timeout(seconds(1e300)).count(), -1);
	pfq::socket q(64);
	q.enable();
	CHECK(!q.poll(seconds(0.001)));
	CHECK(q.read(1ns).empty());
}

TEST(close_ends_another_thread_s_call)
{
	for (int round = 0; round < 100; round++) {
		pfq::socket q(64, 64, 64, 64), sender(64, 64, 64, 64);
		int number = 0;
		std::string text;

		sender.bind_tx("mem:ends");
		sender.enable();
		q.enable();
		q.bind("mem:ends");
		std::thread reader([&] {
			try {
				for (;;)
					q.dispatch([](pfq::packet) {}, std::chrono::hours(24));
			} catch (const pfq::system_error &failure) {
				number = failure.code().value();
				text = failure.what();
			}
		});
		std::thread asker([&] {
			try {
				while (q.stats().lost == 0 && q.is_open())
					sender.send(std::string(60, 'x'));
			} catch (const pfq::system_error &) {
			}
		});
		if (round % 2)
			std::this_thread::sleep_for(1ms);
		q.close();
		reader.join();
		asker.join();
		CHECK_EQUAL(number, EBADF);
		CHECK(text.find("closed") != text.npos);
	}
}

TEST(a_function_may_do_as_it_likes_with_the_socket_that_dispatches_to_it)
{
	pfq::socket q(64, 64, 64, 64), sender(64, 64, 64, 64), kept;

	sender.bind_tx("mem:likes");
	sender.enable();
	const auto refill = [&] {
		q = pfq::socket(64, 64, 64, 64);
		q.enable();
		q.bind("mem:likes");
		for (int i = 0; i < 5; i++)
			sender.send(std::string(60, 'x'));
	};

	refill();
	CHECK_EQUAL(q.dispatch([&](pfq::packet) { kept = std::move(q); }, 0us), 1);
	CHECK(kept.is_enabled() && !q.is_open());
	refill();
	CHECK_EQUAL(q.dispatch([&](pfq::packet) { q.open(64, 64, 64, 64); }, 0us), 1);
	refill();
	CHECK_EQUAL(
		q.dispatch(
			[&](pfq::packet each) { CHECK(each.size() == 60 && q.read(0us).empty()); },
			0us),
		5);
}

int main()
{
	// Nothing is to be compiled here.
	setenv("PFQ_LANG", "/bin/false", 1);
	return run_tests();
}
