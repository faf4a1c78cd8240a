// SPDX-License-Identifier: BSD-3-Clause
#include "harness.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <numeric>
#include <thread>
#include <utility>

#include <linux/filter.h>

#include <pfq/pfq.hpp>

using namespace std::chrono_literals;

static std::atomic<unsigned long> allocations;

void *operator new(std::size_t size)
{
	allocations++;
	if (void *memory = std::malloc(size))
		return memory;
	throw std::bad_alloc();
}

void operator delete(void *memory) noexcept
{
	std::free(memory);
}

void operator delete(void *memory, std::size_t) noexcept
{
	std::free(memory);
}

static std::string fresh_device()
{
	static int count;
	return "mem:cpp" + std::to_string(count++);
}

static pfq::socket open_on(const std::string &device)
{
	pfq::socket q(pfq::param::list, pfq::param::caplen{ 64 }, pfq::param::rx_slots{ 256 });

	q.enable();
	q.bind(device);
	return q;
}

static pfq::socket open_sender(const std::string &device)
{
	pfq::socket sender(pfq::param::list, pfq::param::policy{ pfq::group_policy::undefined },
			   pfq::param::tx_slots{ 256 });

	sender.bind_tx(device);
	sender.enable();
	return sender;
}

static std::string frame(char number, std::size_t size = 60)
{
	return std::string(size, number);
}

TEST(a_batch_is_a_range_of_packets_in_order)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);
	char expected = 1;

	for (char i = 1; i <= 100; i++)
		sender.send(frame(i), 1, 0);
	CHECK_EQUAL(sender.sync_queue(), 100);
	const pfq::net_queue batch = q.read(0us);
	CHECK_EQUAL(batch.size(), 100);
	for (const auto packet : batch) {
		CHECK_EQUAL(packet.length(), 60);
		CHECK_EQUAL(packet.size(), 60);
		CHECK_EQUAL(packet[59], expected++);
	}
	CHECK_EQUAL(std::distance(batch.begin(), batch.end()), 100);
	CHECK_EQUAL(std::count_if(batch.begin(), batch.end(),
				  [](pfq::packet each) { return each[0] % 2 == 0; }),
		    50);
	CHECK_EQUAL(std::accumulate(batch.begin(), batch.end(), 0,
				    [](int sum, pfq::packet each) { return sum + each[0]; }),
		    5050);
	CHECK(std::find_if(batch.begin(), batch.end(), [](pfq::packet each) {
		      return each[0] == 7;
	      }) == std::next(batch.begin(), 6));
	CHECK_EQUAL(batch[99][0], 100);
	CHECK_EQUAL(batch.begin()->length(), 60);
	CHECK_EQUAL(std::next(batch.begin(), 9)->data()[0], 10);
	CHECK(q.read(0us).empty());
}

TEST(a_packet_has_its_header)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);
	const auto now = std::chrono::system_clock::now();

	q.set_group_computation(q.group_id(), pfq::lang::mark(7) >> pfq::lang::put_state(9));
	sender.send(frame('x', 1000));
	for (const auto packet : q.read(0us)) {
		CHECK_EQUAL(packet.length(), 1000);
		CHECK_EQUAL(packet.size(), 64);
		CHECK_EQUAL(std::count(packet.begin(), packet.end(), 'x'), 64);
		CHECK_EQUAL(packet.mark(), 7);
		CHECK_EQUAL(packet.state(), 9);
		CHECK_EQUAL(packet.ifindex(), q.ifindex(device));
		CHECK_EQUAL(packet.group(), q.group_id());
		CHECK_EQUAL(packet.link(), PFQ_LINK_ETHERNET);
		CHECK_EQUAL(packet.vlan(), 0);
		CHECK(packet.timestamp() > now - 60s && packet.timestamp() < now + 60s);
	}
	CHECK_EQUAL(q.stats().recv, 1);
}

TEST(nothing_is_allocated_for_a_packet)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);
	const std::string packet = frame(1);
	std::size_t received = 0;
	const unsigned long before = allocations;

	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 100; i++)
			sender.send(packet);
		for (const auto each : q.read(0us))
			received += each[0] == 1 && std::count(each.begin(), each.end(), 1) == 60;
		sender.send(packet);
		q.dispatch([&](pfq::packet each) { received += each.size() == 60; }, 0us);
	}
	CHECK_EQUAL(allocations - before, 0);
	CHECK_EQUAL(received, 50 * 101);
}

TEST(recv_copies_to_a_buffer)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);
	std::vector<std::uint64_t> buffer(q.rx_slot_size() * 4 / 8);

	for (char i = 0; i < 6; i++)
		sender.send(frame(i));
	const auto first = q.recv(buffer.data(), buffer.size() * 8, 0us);
	CHECK_EQUAL(first.size(), 4);
	CHECK_EQUAL(first[3][0], 3);
	CHECK_EQUAL(q.recv(buffer.data(), buffer.size() * 8, 0us).size(), 2);
	THROWS(pfq::system_error, q.recv(buffer.data(), 8, 0us), "a slot has");
}

TEST(a_reader_is_woken)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);
	std::thread late([&] {
		std::this_thread::sleep_for(20ms);
		sender.send(frame(5));
	});

	CHECK(q.poll());
	CHECK_EQUAL(q.read().size(), 1);
	late.join();
	CHECK(!q.poll(1ms));
	CHECK(!q.arm());
	q.disarm();
	CHECK(q.fd() >= 0);
}

TEST(dispatch_ends_where_its_function_closes_the_socket_or_throws)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);

	for (char i = 0; i < 6; i++)
		sender.send(frame(i));
	CHECK_EQUAL(q.dispatch(
			    [&](pfq::packet each) {
				    if (each[0] == 2)
					    q.close();
			    },
			    0us),
		    3);
	CHECK(!q.is_open());
	q = open_on(device);
	sender.send(frame(0));
	THROWS(std::runtime_error,
	       q.dispatch([](pfq::packet) { throw std::runtime_error("mine"); }, 0us), "mine");
}

TEST(a_socket_moves_and_closes_itself)
{
	pfq::socket q(64), other;
	const int gid = q.group_id();

	static_assert(!std::is_copy_constructible_v<pfq::socket>);
	static_assert(std::is_nothrow_move_constructible_v<pfq::socket>);
	CHECK(q && !other);
	other = std::move(q);
	CHECK(!q && other);
	CHECK_EQUAL(other.group_id(), gid);
	THROWS(pfq::system_error, q.enable(), "the socket is closed");
	std::vector<pfq::socket> many;
	for (int i = 0; i < 20; i++)
		many.emplace_back(64, 64, 64, 64);
	many.clear();
	other.close();
	other.close();
	CHECK(!other.is_open());
	// The numbers are free again: what was closed left its groups.
	pfq::socket again(64);
	CHECK_EQUAL(again.group_id(), gid);
	pfq::socket &same = again;
	again = std::move(same);
	CHECK(again.is_open());
}

TEST(what_a_call_says_is_thrown)
{
	THROWS(pfq::system_error, pfq::socket(0), "must be 1 to 262144");
	pfq::socket q(64);
	THROWS(pfq::system_error, q.read(), "pfq_enable");
	try {
		q.bind("no-such-device");
		CHECK(false);
	} catch (const std::system_error &failure) {
		CHECK(failure.code() == std::errc::no_such_device);
		CHECK(std::string(failure.what()).find("no-such-device") != std::string::npos);
	}
	try {
		q.set_group_computation(q.group_id(), std::string("no image"));
		CHECK(false);
	} catch (const pfq::system_error &failure) {
		CHECK(failure.code() == std::errc::invalid_argument);
		CHECK_EQUAL(failure.node(), -1);
	}
}

TEST(parameters_are_as_they_were_said)
{
	pfq::socket q(pfq::param::list, pfq::param::caplen{ 100 }, pfq::param::rx_slots{ 100 },
		      pfq::param::xmitlen{ 200 }, pfq::param::tx_slots{ 16 },
		      pfq::param::policy{ pfq::group_policy::shared },
		      pfq::param::class_mask{ Q_CLASS_USER_PLANE });

	CHECK_EQUAL(q.caplen(), 100);
	CHECK_EQUAL(q.rx_slots(), 128);
	CHECK_EQUAL(q.xmitlen(), 200);
	CHECK_EQUAL(q.tx_slots(), 16);
	q.set_caplen(64);
	q.set_rx_slots(64);
	q.set_xmitlen(64);
	q.set_tx_slots(32);
	q.set_weight(3);
	q.timestamping_enable(false);
	CHECK_EQUAL(q.caplen(), 64);
	CHECK_EQUAL(q.rx_slots(), 64);
	CHECK_EQUAL(q.tx_slots(), 32);
	CHECK_EQUAL(q.weight(), 3);
	CHECK(!q.is_timestamping_enabled());
	CHECK(!q.is_enabled());
	CHECK(q.mem_addr() == nullptr);
	q.enable();
	CHECK(q.is_enabled());
	CHECK(q.mem_size() > 64 * q.rx_slot_size());
	CHECK(q.mem_addr() != nullptr);
	CHECK(q.tx_slot_size() >= 64);
	CHECK_EQUAL(std::string(q.host()), "user");
	CHECK(q.id() >= 0);
	q.disable();
	CHECK(!q.is_enabled());
}

TEST(groups_steer_filter_and_count)
{
	const auto device = fresh_device();
	pfq::socket a(pfq::param::list, pfq::param::policy{ pfq::group_policy::undefined });
	pfq::socket b(pfq::param::list, pfq::param::policy{ pfq::group_policy::undefined });
	pfq::socket sender = open_sender(device);
	using namespace pfq::lang;

	CHECK_EQUAL(a.group_id(), -1);
	const int gid = a.join_group(Q_ANY_GROUP);
	CHECK_EQUAL(b.join_group(gid), gid);
	CHECK_EQUAL(a.groups().at(0), gid);
	CHECK(a.groups_mask() >> gid & 1);
	a.set_group_computation(gid, inc(3) >> steer_rrobin);
	a.enable();
	b.enable();
	a.bind_group(gid, device);
	for (int i = 0; i < 10; i++)
		sender.send(frame(1));
	CHECK_EQUAL(a.read(0us).size() + b.read(0us).size(), 10);
	CHECK_EQUAL(a.stats().recv, 5);
	CHECK_EQUAL((a.stats() + b.stats()).recv, a.group_stats(gid).recv);
	CHECK(a.group_stats(gid) - a.stats() == b.stats());
	CHECK(a.stats() != pfq::stats());
	CHECK_EQUAL(a.group_counters(gid)[3], 10);
	CHECK_EQUAL(a.device_stats(device).recv, 10);

	std::ostringstream text;
	text << a.stats();
	CHECK_EQUAL(text.str(), "recv 5 lost 0 drop 0 sent 0 disc 0 fail 0 frwd 0 kern 0");

	struct sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, 0);
	a.group_fprog(gid, { 1, &refuse });
	sender.send(frame(1));
	CHECK(a.read(0us).empty() && b.read(0us).empty());
	a.group_fprog_reset(gid);
	THROWS(pfq::system_error, a.group_fprog_fd(gid, -1), "eBPF");
	a.vlan_filters_enable(gid, true);
	a.vlan_set_filter(gid, 7);
	sender.send(frame(1));
	CHECK(a.read(0us).empty() && b.read(0us).empty());
	a.vlan_set_filter(gid, Q_VLAN_UNTAG);
	sender.send(frame(1));
	CHECK_EQUAL(a.read(0us).size() + b.read(0us).size(), 1);
	a.vlan_reset_filter(gid, 7);
	a.vlan_filters_enable(gid, false);
	a.set_group_computation(gid, std::vector<std::uint8_t>{});
	sender.send(frame(1));
	CHECK_EQUAL(a.read(0us).size() + b.read(0us).size(), 2);
	a.unbind_group(gid, device);
	sender.send(frame(1));
	CHECK(a.read(0us).empty());
	b.leave_group(gid);
	CHECK(b.groups().empty());
}

TEST(what_computations_log_goes_to_the_logger)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);
	std::string lines;

	pfq::set_logger([&](std::string_view line) { lines += line; });
	q.set_group_computation(q.group_id(), pfq::lang::log_msg("seen"));
	sender.send(frame(1));
	sender.sync_queue();
	CHECK_EQUAL(q.read(1s).size(), 1);
	pfq::set_logger();
	CHECK(lines.find("seen") != std::string::npos);
}

TEST(an_egress_socket_sends_what_it_is_given)
{
	const auto in = fresh_device(), out = fresh_device();
	pfq::socket q = open_on(in), reader = open_on(out), sender = open_sender(in);

	q.egress_bind(out);
	sender.send(frame(9));
	CHECK_EQUAL(reader.read(0us).size(), 1);
	q.egress_unbind();
	sender.send(frame(9));
	CHECK_EQUAL(q.read(0us).size(), 1);
	q.unbind(in);
	sender.disable();
	sender.unbind_tx();
}

TEST(a_thread_sends_what_an_asynchronous_queue_holds)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device);
	pfq::socket sender(pfq::param::list, pfq::param::policy{ pfq::group_policy::undefined });
	const std::string packet = frame(3);
	const auto soon = std::chrono::system_clock::now() + 50ms;

	CHECK_EQUAL(sender.bind_tx(device, Q_ANY_QUEUE, 0), 0);
	sender.enable();
	sender.send_async(packet);
	CHECK_EQUAL(q.read()[0][59], 3);
	sender.send_async(packet.data(), 20, 1, 0);
	CHECK_EQUAL(q.read()[0].size(), 20);
	sender.send_raw(packet, soon);
	CHECK(q.read()[0].timestamp() >= soon);
	sender.send_raw(packet.data(), packet.size(), {}, 1, 0);
	CHECK_EQUAL(q.read().size(), 1);
	sender.send_raw(packet, std::chrono::system_clock::now() + 1h, 1, 0);
	CHECK(sender.async_pending(0) >= 1);
	THROWS(pfq::system_error, sender.send_async(packet, 1, 7), "7");
}

TEST(programs_are_compiled_from_text)
{
	const auto device = fresh_device();
	pfq::socket q = open_on(device), sender = open_sender(device);
	const int gid = q.group_id();

	setenv("PFQ_LANG", "../../packages/lang/bin/pfq-lang.js", 1);
	q.set_group_computation_from_string(gid, "main = mark 8");
	sender.send(frame(1));
	CHECK_EQUAL(q.read(0us)[0].mark(), 8);
	THROWS(pfq::system_error, q.set_group_computation_from_json(gid, "[{}]"), "JSON");
	THROWS(pfq::system_error, q.set_group_computation_from_file(gid, "/none"), "/none");
}

int main()
{
	return run_tests();
}
