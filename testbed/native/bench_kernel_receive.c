// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_kernel_receive - what a packet costs that a capture takes, from the driver to its reader
 *
 *   bench_kernel_receive [OPTIONS] none|pfq|tpacket
 *     -i DEVICE  captured (veth0)         -o DEVICE  its other end, on which pktgen sends (veth1)
 *     -n COUNT   sockets (1)              -p FILE    computation for PFQ
 *     -r ROUNDS  (9)
 *
 * For a machine with one processor whose clock counts instructions. In each round the kernel's
 * packet generator sends a burst that the queues have room for, and tells how long that took, the
 * capture included; then the reader takes what has come, on the clock too. So neither waits for the
 * other, and nobody is woken. The last line is one JSON object with samples in nanoseconds a
 * packet.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pfq/pfq.h>

#include "bench_kernel.h"

enum {
	MAX_SOCKETS = 16,
	BLOCK_SIZE = 1 << 18,
	BLOCK_COUNT = 64,
};

static const char *device = "veth0", *sender = "veth1", *computation;
static unsigned int sockets = 1, rounds = 9;

/* -- Captures: open, and take what has come. */

struct capture {
	void (*open)(void);
	unsigned int (*read)(uint64_t *spent); /* packets since it was last called */
	unsigned int (*lost)(void);
};

static uint64_t octets; /* so that headers are looked at */

static pfq_t *queues[MAX_SOCKETS];

static void load_computation(const char *path)
{
	static char image[PFQ_IMAGE_MAX_SIZE];
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(image, 1, sizeof(image), file) : 0;

	if (size == 0)
		fail(path, "cannot be read");
	fclose(file);
	if (pfq_set_group_computation(queues[0], 0, image, size))
		fail(path, pfq_error(queues[0]));
}

static void open_pfq(void)
{
	for (unsigned int i = 0; i < sockets; i++) {
		queues[i] = pfq_open_nogroup(96, BURST, 64, 1);
		if (!queues[i])
			fail("pfq", pfq_error(NULL));
		if (pfq_join_group(queues[i], 0, Q_CLASS_DEFAULT, Q_POLICY_GROUP_RESTRICTED) ||
		    pfq_enable(queues[i]))
			fail("pfq", pfq_error(queues[i]));
	}
	if (strcmp(pfq_host(queues[0]), "kernel") != 0)
		fail("pfq", "pfq.ko is not loaded");
	if (computation)
		load_computation(computation);
	if (pfq_bind_group(queues[0], 0, device, Q_ANY_QUEUE))
		fail(device, pfq_error(queues[0]));
}

static unsigned int read_queue(pfq_t *q, uint64_t *spent)
{
	uint64_t start = now_ns();
	struct pfq_net_queue batch;
	unsigned int packets = 0;

	while (pfq_read(q, &batch, 0) > 0) {
		pfq_iterator_t end = pfq_net_queue_end(&batch);

		for (pfq_iterator_t it = pfq_net_queue_begin(&batch); it != end;
		     it = pfq_net_queue_next(&batch, it))
			octets += pfq_pkt_header(it)->len;
		packets += batch.len;
	}
	*spent += now_ns() - start;
	return packets;
}

static unsigned int read_pfq(uint64_t *spent)
{
	unsigned int packets = 0;

	for (unsigned int i = 0; i < sockets; i++)
		packets += read_queue(queues[i], spent);
	return packets;
}

static unsigned int lost_pfq(void)
{
	struct pfq_device_stats stats;
	uint64_t lost = 0;

	if (pfq_get_device_stats(queues[0], device, &stats))
		fail(device, pfq_error(queues[0]));
	lost += stats.lost;
	for (unsigned int i = 0; i < sockets; i++) {
		struct pfq_stats each;

		pfq_get_stats(queues[i], &each);
		lost += each.lost;
	}
	return lost;
}

static struct ring {
	int fd;
	uint8_t *blocks;
	unsigned int next;
} rings[MAX_SOCKETS];

static void open_ring(struct ring *ring)
{
	struct tpacket_req3 request = { .tp_block_size = BLOCK_SIZE,
					.tp_block_nr = BLOCK_COUNT,
					.tp_frame_size = 2048,
					.tp_frame_nr = BLOCK_COUNT * (BLOCK_SIZE / 2048),
					.tp_retire_blk_tov = 10 };
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(ETH_P_ALL),
				       .sll_ifindex = (int)if_nametoindex(device) };
	int version = TPACKET_V3, on = 1, fanout = 1 | PACKET_FANOUT_HASH << 16;

	ring->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (ring->fd < 0 ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)))
		fail("tpacket", strerror(errno));
	ring->blocks = mmap(NULL, (size_t)BLOCK_SIZE * BLOCK_COUNT, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_POPULATE, ring->fd, 0);
	if (ring->blocks == MAP_FAILED ||
	    bind(ring->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    (sockets > 1 &&
	     setsockopt(ring->fd, SOL_PACKET, PACKET_FANOUT, &fanout, sizeof(fanout))))
		fail(device, strerror(errno));
}

static void open_tpacket(void)
{
	for (unsigned int i = 0; i < sockets; i++)
		open_ring(&rings[i]);
}

static unsigned int count_block(const struct tpacket_block_desc *block)
{
	const uint8_t *next = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
	uint32_t count = block->hdr.bh1.num_pkts;

	for (uint32_t i = 0; i < count; i++) {
		const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)next;

		octets += header->tp_len;
		next += header->tp_next_offset;
	}
	return count;
}

static unsigned int read_ring(struct ring *ring, uint64_t *spent)
{
	uint64_t start = now_ns();
	unsigned int packets = 0;

	for (;;) {
		struct tpacket_block_desc *block =
			(struct tpacket_block_desc *)(ring->blocks +
						      (size_t)ring->next * BLOCK_SIZE);

		if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) &
		      TP_STATUS_USER))
			break;
		packets += count_block(block);
		__atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		ring->next = (ring->next + 1) % BLOCK_COUNT;
	}
	*spent += now_ns() - start;
	return packets;
}

/* A block that is not full is the reader's after 10 ms. */
static unsigned int read_tpacket(uint64_t *spent)
{
	unsigned int packets = 0;

	usleep(50000);
	for (unsigned int i = 0; i < sockets; i++)
		packets += read_ring(&rings[i], spent);
	return packets;
}

static unsigned int lost_tpacket(void)
{
	unsigned int lost = 0;

	for (unsigned int i = 0; i < sockets; i++) {
		struct tpacket_stats_v3 stats = { 0 };
		socklen_t size = sizeof(stats);

		getsockopt(rings[i].fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size);
		lost += stats.tp_drops;
	}
	return lost;
}

static void open_none(void)
{
}

static unsigned int read_none(uint64_t *spent)
{
	(void)spent;
	return BURST;
}

static unsigned int lost_none(void)
{
	return 0;
}

static struct capture find_capture(const char *name)
{
	if (strcmp(name, "none") == 0)
		return (struct capture){ open_none, read_none, lost_none };
	if (strcmp(name, "pfq") == 0)
		return (struct capture){ open_pfq, read_pfq, lost_pfq };
	if (strcmp(name, "tpacket") == 0)
		return (struct capture){ open_tpacket, read_tpacket, lost_tpacket };
	fail(name, "must be none, pfq or tpacket");
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "i:o:n:p:r:")) != -1) {
		switch (option) {
		case 'i':
			device = optarg;
			break;
		case 'o':
			sender = optarg;
			break;
		case 'n':
			sockets = (unsigned int)atoi(optarg);
			break;
		case 'p':
			computation = optarg;
			break;
		case 'r':
			rounds = (unsigned int)atoi(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (optind + 1 != argc || sockets < 1 || sockets > MAX_SOCKETS || rounds < 1 ||
	    rounds > MAX_ROUNDS)
		fail("usage", "[-i DEVICE] [-o DEVICE] [-n SOCKETS] [-p FILE] [-r ROUNDS] "
			      "none|pfq|tpacket");
}

int main(int argc, char **argv)
{
	double total[MAX_ROUNDS], reader[MAX_ROUNDS];
	struct capture capture;

	parse_options(argc, argv);
	capture = find_capture(argv[optind]);
	capture.open();
	set_up_sender(sender);
	for (unsigned int i = 0; i <= rounds; i++) {
		uint64_t sending = send_burst(sender), reading = 0;
		unsigned int packets = capture.read(&reading);

		if (packets != BURST) {
			fprintf(stderr, "bench_kernel_receive: %u of %d packets read, %u lost\n",
				packets, BURST, capture.lost());
			return 1;
		}
		if (i == 0) /* first touch of the memory */
			continue;
		total[i - 1] = (double)(sending + reading) / BURST;
		reader[i - 1] = (double)reading / BURST;
	}
	printf("{");
	print_samples("total", total, rounds);
	print_samples("reader", reader, rounds);
	printf("\"packets\":%d}\n", BURST);
	return 0;
}
