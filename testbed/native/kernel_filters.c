/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kernel_filters - filters of groups on the kernel host, by packets that it sends itself
 *
 *   kernel_filters DEVICE PEER TAGGED    PEER is the other end of DEVICE, TAGGED a VLAN device of
 * id 5 on PEER
 *
 * Prints a line for each check; the exit status is 0 if all hold.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pfq/pfq.h>

static bool failed;

static void check(const char *name, bool holds, const char *why)
{
	printf("%s %s%s%s\n", holds ? "ok" : "not ok", name, holds ? "" : ": ", holds ? "" : why);
	failed = failed || !holds;
}

/* -- what is sent */

static const char *peer, *tagged;

/* An Ethernet frame of PFQ's test type, of so many octets; with a VLAN tag if vid is not 0. */
static void send_frame(const char *device, unsigned int vid, size_t length)
{
	unsigned char frame[1024] = { [0 ... 5] = 0xff, [6] = 2, [12] = 0x88, [13] = 0xb5 };
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(device),
		.sll_protocol = htons(0x88b5),
		.sll_halen = 6,
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (vid) {
		memcpy(frame + 12, (unsigned char[]){ 0x81, 0, vid >> 8, vid, 0x88, 0xb5 }, 6);
		length += 4;
	}
	if (fd < 0 ||
	    sendto(fd, frame, length, 0, (struct sockaddr *)&address, sizeof(address)) < 0)
		check("sending", false, strerror(errno));
	close(fd);
}

/* -- what is received */

static pfq_t *q;
static int gid;

/* The frames of the test type that have come in. None comes later: veth delivers at once. */
static unsigned int received(void)
{
	struct pfq_net_queue nq;
	unsigned int count = 0;

	while (pfq_read(q, &nq, 200000) > 0)
		for (pfq_iterator_t it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
		     it = pfq_net_queue_next(&nq, it)) {
			const unsigned char *frame = pfq_pkt_data(it);
			unsigned int at = frame[12] == 0x81 ? 16 : 12;

			count += frame[at] == 0x88 && frame[at + 1] == 0xb5;
		}
	return count;
}

static void check_received(const char *name, unsigned int expected)
{
	unsigned int count = received();
	char why[64];

	snprintf(why, sizeof(why), "%u packets, not %u", count, expected);
	check(name, count == expected, why);
}

static void check_refused(const char *name, int status, const char *text)
{
	check(name, status < 0 && strstr(pfq_error(q), text), pfq_error(q));
}

/* -- eBPF */

static int bpf(int command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

/* Lets packets of more than 200 octets through. */
static int load_program(enum bpf_prog_type type)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_W | BPF_MEM,
		  .dst_reg = BPF_REG_0,
		  .src_reg = BPF_REG_1,
		  .off = offsetof(struct __sk_buff, len) },
		{ .code = BPF_JMP | BPF_JGT | BPF_K, .dst_reg = BPF_REG_0, .off = 1, .imm = 200 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attributes = {
		.prog_type = type,
		.insns = (uintptr_t)insns,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.license = (uintptr_t) "Dual BSD/GPL",
	};
	int fd = bpf(BPF_PROG_LOAD, &attributes);

	if (fd < 0)
		check("loading an eBPF program", false, strerror(errno));
	return fd;
}

static unsigned int program_id(int fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attributes = {
		.info = { .bpf_fd = (unsigned int)fd,
			  .info_len = sizeof(info),
			  .info = (uintptr_t)&info },
	};

	bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes);
	return info.id;
}

static bool program_exists(unsigned int id)
{
	union bpf_attr attributes = { .prog_id = id };
	int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* A program is given up after those that may still run it are done. */
static bool program_goes(unsigned int id)
{
	for (int i = 0; i < 100 && program_exists(id); i++)
		usleep(50000);
	return !program_exists(id);
}

static unsigned int set_program(void)
{
	int fd = load_program(BPF_PROG_TYPE_SOCKET_FILTER);
	unsigned int id = program_id(fd);

	check("an eBPF program is taken", pfq_group_fprog_fd(q, gid, fd) == 0, pfq_error(q));
	close(fd);
	return id;
}

static void send_both_sizes(void)
{
	send_frame(peer, 0, 100);
	send_frame(peer, 0, 300);
}

static void check_programs(void)
{
	struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog classic = { 1, nothing };
	unsigned int first = set_program(), second;
	int other = load_program(BPF_PROG_TYPE_SCHED_CLS), file = open("/dev/null", O_RDONLY);

	send_both_sizes();
	check_received("an eBPF program filters", 1);
	check_refused("a program of another type is refused", pfq_group_fprog_fd(q, gid, other),
		      "no eBPF program of type socket filter");
	check_refused("a file is refused", pfq_group_fprog_fd(q, gid, file),
		      "no eBPF program of type socket filter");
	check_refused("no file is refused", pfq_group_fprog_fd(q, gid, -1),
		      "no eBPF program of type socket filter");
	send_both_sizes();
	check_received("after a refusal the old one stays", 1);
	second = set_program();
	check("a program that is replaced is given back", program_goes(first), "it is still there");
	check("a classic one takes its place", pfq_group_fprog(q, gid, &classic) == 0,
	      pfq_error(q));
	check("that one is given back, too", program_goes(second), "it is still there");
	send_both_sizes();
	check_received("the classic one filters", 0);
	check("the filter is removed", pfq_group_fprog_reset(q, gid) == 0, pfq_error(q));
	send_both_sizes();
	check_received("without one everything passes", 2);
	close(other);
	close(file);
}

/* -- VLAN filters */

/* Three packets: without a tag; with tag 7 in its octets; with tag 5, which a device adds beside
 * them. */
static void send_tags(void)
{
	send_frame(peer, 0, 100);
	send_frame(peer, 7, 100);
	send_frame(tagged, 0, 100);
}

static void check_vlan(const char *name, const int *vids, unsigned int count, unsigned int expected)
{
	bool taken = pfq_vlan_filters_enable(q, gid, 1) == 0;

	for (unsigned int i = 0; i < count; i++)
		taken = taken && pfq_vlan_set_filter(q, gid, vids[i]) == 0;
	check("a VLAN filter is taken", taken, pfq_error(q));
	send_tags();
	check_received(name, expected);
	pfq_vlan_filters_enable(q, gid, 0);
}

static void check_vlans(void)
{
	check_vlan("no VLAN passes that is not named", NULL, 0, 0);
	check_vlan("a tag that was taken out counts", (int[]){ 5 }, 1, 1);
	check_vlan("a tag in its place counts", (int[]){ 7 }, 1, 1);
	check_vlan("other tags do not", (int[]){ 6, 8, 4094 }, 3, 0);
	check_vlan("packets without a tag", (int[]){ Q_VLAN_UNTAG }, 1, 1);
	check_vlan("packets with any tag", (int[]){ Q_VLAN_ANYTAG }, 1, 2);
	check_vlan("one and none", (int[]){ 5, Q_VLAN_UNTAG }, 2, 2);
	send_tags();
	check_received("switched off, all pass", 3);
}

int main(int argc, char **argv)
{
	unsigned int left;

	if (argc != 4) {
		fprintf(stderr, "usage: kernel_filters DEVICE PEER TAGGED\n");
		return 2;
	}
	peer = argv[2];
	tagged = argv[3];
	q = pfq_open(128, 64, 64, 64);
	gid = q ? pfq_group_id(q) : -1;
	if (!q || pfq_bind(q, argv[1], Q_ANY_QUEUE) < 0 || pfq_enable(q) < 0) {
		fprintf(stderr, "kernel_filters: %s\n", pfq_error(q));
		return 1;
	}
	check_programs();
	check_vlans();
	left = set_program();
	pfq_close(q);
	check("a program ends with its group", program_goes(left), "it is still there");
	return failed;
}
