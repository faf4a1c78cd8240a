/* SPDX-License-Identifier: BSD-3-Clause */
/* Filters of a group, and computations that are no computations. */
#include "harness.h"

#include <linux/filter.h>

static int count(pfq_t *q)
{
	struct pfq_net_queue nq;
	int packets = 0, some;

	while ((some = (int)OK(q, pfq_read(q, &nq, 0))) > 0)
		packets += some;
	return packets;
}

#define PROGRAM(...)                                                                               \
	(&(struct sock_fprog){                                                                     \
		.len = sizeof((struct sock_filter[]){ __VA_ARGS__ }) / sizeof(struct sock_filter), \
		.filter = (struct sock_filter[]){ __VA_ARGS__ },                                   \
	})

TEST(a_filter_lets_through_what_it_returns_non_zero_for)
{
	const char *device = fresh_name("mem:filter");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	int gid = pfq_group_id(q);
	struct pfq_stats stats;

	/* The first octet is odd. */
	OK(q, pfq_group_fprog(q, gid,
			      PROGRAM(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
				      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1),
				      BPF_STMT(BPF_RET | BPF_K, 0xffff),
				      BPF_STMT(BPF_RET | BPF_K, 0))));
	for (uint32_t i = 0; i < 11; i++)
		send_number(sender, i, 60);
	CHECK_EQUAL(count(q), 5);
	OK(q, pfq_get_group_stats(q, gid, &stats));
	CHECK_EQUAL(stats.drop, 6);
	CHECK_EQUAL(stats.recv, 5);
	OK(q, pfq_group_fprog_reset(q, gid));
	for (uint32_t i = 0; i < 11; i++)
		send_number(sender, i, 60);
	CHECK_EQUAL(count(q), 11);
	pfq_close(sender);
	pfq_close(q);
}

TEST(a_filter_sees_the_captured_octets_and_the_real_length)
{
	const char *device = fresh_name("mem:length");
	pfq_t *q = open_on(device, 16, 64), *sender = open_sender(device);

	OK(q, pfq_group_fprog(q, pfq_group_id(q),
			      PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
				      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 100, 0, 1),
				      BPF_STMT(BPF_RET | BPF_K, 1), BPF_STMT(BPF_RET | BPF_K, 0))));
	send_number(sender, 1, 99);
	send_number(sender, 1, 100);
	CHECK_EQUAL(count(q), 1);
	pfq_close(sender);
	pfq_close(q);
}

TEST(programs_that_are_no_filter_are_refused)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	int gid = pfq_group_id(q);

	FAILS(q, pfq_group_fprog(q, gid, NULL), "no instructions");
	FAILS(q, pfq_group_fprog(q, gid, PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0))), "BPF");
	FAILS(q,
	      pfq_group_fprog(q, gid, PROGRAM(BPF_STMT(0xffff, 0), BPF_STMT(BPF_RET | BPF_K, 0))),
	      "BPF");
	FAILS(q,
	      pfq_group_fprog(q, gid,
			      PROGRAM(BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff),
				      BPF_STMT(BPF_RET | BPF_K, 0))),
	      "jumps back");
	FAILS(q,
	      pfq_group_fprog(q, gid,
			      PROGRAM(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 9, 9),
				      BPF_STMT(BPF_RET | BPF_K, 0))),
	      "BPF");
	FAILS(q,
	      pfq_group_fprog(q, gid,
			      PROGRAM(BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					       (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
				      BPF_STMT(BPF_RET | BPF_K, 0))),
	      "only the kernel");
	FAILS(q,
	      pfq_group_fprog(q, gid, PROGRAM(BPF_STMT(BPF_ST, 99), BPF_STMT(BPF_RET | BPF_K, 0))),
	      "BPF");
	FAILS(q, pfq_group_fprog_reset(q, 99), "group 99");
	pfq_close(q);
}

static void send_tagged(pfq_t *sender, unsigned int vid)
{
	uint8_t packet[60] = { [12] = 0x81, [13] = 0x00, [16] = 0x08 };

	packet[14] = (uint8_t)(0x60 | vid >> 8);
	packet[15] = (uint8_t)vid;
	OK(sender, pfq_send(sender, packet, sizeof(packet), 1, 1));
}

TEST(a_vlan_filter_lets_through_what_is_set_in_it)
{
	const char *device = fresh_name("mem:vlan");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	struct pfq_net_queue nq;
	int gid = pfq_group_id(q);

	FAILS(q, pfq_vlan_set_filter(q, gid, 5), "on first");
	OK(q, pfq_vlan_filters_enable(q, gid, 1));
	send_tagged(sender, 5);
	send_number(sender, 1, 60);
	CHECK_EQUAL(count(q), 0);
	OK(q, pfq_vlan_set_filter(q, gid, 5));
	send_tagged(sender, 5);
	send_tagged(sender, 6);
	send_number(sender, 1, 60);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
	CHECK_EQUAL(pfq_pkt_header(nq.queue)->info.vlan.vid, 5);
	CHECK_EQUAL(pfq_pkt_header(nq.queue)->info.vlan.prio, 3);
	OK(q, pfq_vlan_set_filter(q, gid, Q_VLAN_UNTAG));
	send_number(sender, 1, 60);
	CHECK_EQUAL(count(q), 1);
	OK(q, pfq_vlan_set_filter(q, gid, Q_VLAN_ANYTAG));
	send_tagged(sender, 4000);
	CHECK_EQUAL(count(q), 1);
	OK(q, pfq_vlan_reset_filter(q, gid, Q_VLAN_ANYTAG));
	OK(q, pfq_vlan_reset_filter(q, gid, 5));
	send_tagged(sender, 5);
	CHECK_EQUAL(count(q), 0);
	FAILS(q, pfq_vlan_set_filter(q, gid, 4096), "4096");
	OK(q, pfq_vlan_filters_enable(q, gid, 0));
	send_tagged(sender, 5);
	CHECK_EQUAL(count(q), 1);
	pfq_close(sender);
	pfq_close(q);
}

TEST(images_that_are_no_computation_are_refused)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	char image[4096] = { 0 };
	int gid = pfq_group_id(q);

	FAILS(q, pfq_set_group_computation(q, gid, image, sizeof(image)), "image");
	FAILS(q, pfq_set_group_computation(q, gid, "x", 1), "image");
	FAILS(q, pfq_set_group_computation(q, gid, NULL, 1), "image");
	FAILS(q, pfq_set_group_computation(q, gid, image, (size_t)1 << 40), "image");
	OK(q, pfq_set_group_computation(q, gid, NULL, 0));
	pfq_close(q);
}

TEST(an_ebpf_program_is_for_the_kernel_host)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);

	FAILS(q, pfq_group_fprog_fd(q, pfq_group_id(q), 0), "kernel host");
	pfq_close(q);
}

static void keep_line(char *user, const char *line)
{
	snprintf(user, 200, "%s", line);
}

TEST(what_a_computation_says_to_the_log_goes_to_the_logger)
{
	const char *device = fresh_name("mem:log");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	char line[200] = "", wanted[200];
	size_t size;
	unsigned char *image = golden_image("trace.1", &size);

	pfq_set_logger(keep_line, line);
	OK(q, pfq_set_group_computation(q, pfq_group_id(q), image, size));
	free(image);
	send_number(sender, 1, 60);
	CHECK_EQUAL(count(q), 1);
	pfq_set_logger(NULL, NULL);
	snprintf(wanted, sizeof(wanted), "group %d, %s: pass, mark 0, state 0", pfq_group_id(q),
		 device);
	CHECK(strcmp(line, wanted) == 0);
	pfq_close(sender);
	pfq_close(q);
}
