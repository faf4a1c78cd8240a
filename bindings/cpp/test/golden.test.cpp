// SPDX-License-Identifier: BSD-3-Clause
#include "harness.hpp"

#include <cmath>
#include <fstream>
#include <map>

#include <pfq/lang.hpp>

using namespace pfq::lang;

struct golden_source {
	const char *name;
	net_function (*make)();
};

static const golden_source golden_sources[] = {
#include "generated/golden_programs.inc"
};

static std::map<std::string, std::string> golden_images()
{
	std::ifstream file("../../packages/lang/golden/images.txt");
	std::map<std::string, std::string> images;
	std::string name, hex;

	while (file >> name >> hex)
		images[name] = hex;
	return images;
}

static std::string hex_of(const std::vector<std::uint8_t> &octets)
{
	std::string hex;

	for (const unsigned octet : octets) {
		hex += "0123456789abcdef"[octet >> 4];
		hex += "0123456789abcdef"[octet & 15];
	}
	return hex;
}

TEST(every_golden_program_has_the_golden_bytes)
{
	const auto images = golden_images();

	CHECK_EQUAL(std::size(golden_sources), images.size());
	CHECK(images.size() >= 200);
	for (const auto &[name, make] : golden_sources)
		if (hex_of(image(make())) != images.at(name))
			test_fail(__FILE__, __LINE__, name);
}

TEST(values_that_do_not_fit_are_refused_by_name)
{
	THROWS(error, has_port(70000),
	       "has_port: port: 70000 is out of range: a Word16 goes from 0 to 65535");
	THROWS(error, has_port(-1), "has_port: port: -1 is out of range");
	THROWS(error, inc(64), "inc: counter: 64 is out of range: it goes from 0 to 63");
	THROWS(error, vlan_id({ 1, 5000 }),
	       "vlan_id: vids: element 2: 5000 is out of range: it goes from 0 to 4095");
	THROWS(error, steer_to(1LL << 31),
	       "steer_to: index: 2147483648 is out of range: an Int goes from");
	THROWS(error, addr("300.1.1.1"), "addr: network: \"300.1.1.1\" is no CIDR");
	THROWS(error, addr("10.0.0.0/33"), "a prefix is a number from 0 to 32");
	THROWS(error, addr("10.0.0.0/08"), "a prefix is a number from 0 to 32");
	THROWS(error, addr("1::2::3/8"), "is no CIDR");
	THROWS(error, forward(std::string_view("a\0b", 3)), "no NUL");
	THROWS(error, forward("\xff"), "UTF-8");
	THROWS(error, filter(ip_ttl < -1),
	       "less: value: -1 is out of range: a Word64 goes from 0 to 18446744073709551615");
}

TEST(keys_have_names)
{
	CHECK(image(steer_key(key_3tuple)) == image(steer_key(0x38)));
	CHECK(image(steer_key(key_5tuple)) == image(steer_key(0x638)));
}

TEST(sizes_of_bloom_filters_are_worked_out)
{
	CHECK_EQUAL(bloomCalcM(1000, 0.01), 10523);
	CHECK_EQUAL(bloomCalcN(10523, 0.01), 1000);
	CHECK_EQUAL(bloomCalcM(0, 0.5), 3);
	CHECK_EQUAL(std::lround(1e5 * bloomCalcP(1000, 10523)), 1000);
	THROWS(error, bloomCalcM(10, 1), "bloomCalcM: the share of false positives");
	THROWS(error, bloomCalcM(2000000000, 1e-9), "so many bins no filter has");
	THROWS(error, bloomCalcP(10, 0), "at least one bin");
	CHECK(!image(bloom_filter(bloomCalcM(2, 0.01), { "10.0.0.1" }, 32)).empty());
}

TEST(lists_come_from_any_range)
{
	const std::vector<short> vids{ 1, 2, 3 };
	const int array[] = { 1, 2, 3 };

	CHECK(image(vlan_id_filter(vids)) == image(vlan_id_filter({ 1, 2, 3 })));
	CHECK(image(vlan_id_filter(array)) == image(vlan_id_filter({ 1, 2, 3 })));
}

TEST(expressions_are_values)
{
	net_function chain = ip;
	net_predicate all = is_tcp;
	net_property property = ip_ttl;

	for (int i = 0; i < 20000; i++) {
		chain = chain >> mark(i);
		all = all | has_port(i);
	}
	CHECK(image(chain).size() > 20000 * sizeof(struct pfq_image_node));
	CHECK(image(filter(all)).size() > 40000 * sizeof(struct pfq_image_node));
	CHECK(image(filter(property < 5)) == image(filter(5 > ip_ttl)));
	CHECK(image((ip >> udp) >> unit) == image(ip >> (udp >> unit)));

	net_function from = ip >> tcp;
	const net_function to = std::move(from);
	CHECK(image(from) == image(to));
}

TEST(a_program_that_is_too_large_is_refused)
{
	net_function twice = mark(1), many = ip;

	for (int i = 0; i < 40; i++)
		twice = twice >> twice;
	THROWS(error, image(twice), "the program has more than");
	for (int i = 0; i < 65536; i++)
		many = many >> mark(i);
	THROWS(error, image(many), "the program has more than 65536 nodes");
}

int main()
{
	return run_tests();
}
