// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_tpacket - counts the packets of an interface through a TPACKET_V3 ring, and does nothing
 * else with them
 *
 * What a capture costs at least: a ring of 64 MiB, one thread, each header looked at once. It
 * prints "ready", counts until it is interrupted, and ends with one JSON object.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define BLOCK_SIZE  (1u << 20)
#define BLOCK_COUNT 64u

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void fail(const char *what)
{
	fprintf(stderr, "bench_tpacket: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_ring(const char *device, uint8_t **blocks)
{
	struct tpacket_req3 request = { .tp_block_size = BLOCK_SIZE,
					.tp_block_nr = BLOCK_COUNT,
					.tp_frame_size = 2048,
					.tp_frame_nr = BLOCK_COUNT * (BLOCK_SIZE / 2048),
					.tp_retire_blk_tov = 10 };
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(ETH_P_ALL),
				       .sll_ifindex = (int)if_nametoindex(device) };
	int version = TPACKET_V3, on = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (address.sll_ifindex == 0 || fd < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)))
		fail(device);
	*blocks = mmap(NULL, (size_t)BLOCK_SIZE * BLOCK_COUNT, PROT_READ | PROT_WRITE, MAP_SHARED,
		       fd, 0);
	if (*blocks == MAP_FAILED || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		fail(device);
	return fd;
}

static uint64_t count_block(const struct tpacket_block_desc *block, uint64_t *octets)
{
	const uint8_t *next = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
	uint32_t count = block->hdr.bh1.num_pkts;

	for (uint32_t i = 0; i < count; i++) {
		const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)next;

		*octets += header->tp_len;
		next += header->tp_next_offset;
	}
	return count;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = interrupt };
	struct tpacket_stats_v3 stats = { 0 };
	socklen_t size = sizeof(stats);
	uint64_t received = 0, octets = 0;
	unsigned int index = 0;
	uint8_t *blocks;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: bench_tpacket DEVICE\n");
		return 2;
	}
	fd = open_ring(argv[1], &blocks);
	sigaction(SIGINT, &action, NULL);
	printf("ready\n");
	fflush(stdout);
	while (!interrupted) {
		struct tpacket_block_desc *block =
			(struct tpacket_block_desc *)(blocks + (size_t)index * BLOCK_SIZE);
		struct pollfd wait = { .fd = fd, .events = POLLIN | POLLERR };

		if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) &
		      TP_STATUS_USER)) {
			poll(&wait, 1, 100);
			continue;
		}
		received += count_block(block, &octets);
		__atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		index = (index + 1) % BLOCK_COUNT;
	}
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size);
	printf("{\"received\":%" PRIu64 ",\"lost\":%u,\"octets\":%" PRIu64 "}\n", received,
	       stats.tp_drops, octets);
	return 0;
}
