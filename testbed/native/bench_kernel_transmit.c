// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_kernel_transmit - what it costs to send a small packet, from the program to the driver
 *
 *   bench_kernel_transmit [-o DEVICE] [-r ROUNDS] [-c COPIES] pfq|thread|ring|pktgen
 *     pfq      a synchronous Tx queue of pfq.ko     thread   an asynchronous one
 *     ring     PACKET_TX_RING past the queueing discipline
 *     pktgen   the kernel's packet generator, which makes a packet anew after so many copies
 *
 * For a machine with one processor whose clock counts instructions. In each round a burst of
 * packets of 60 octets is put into the queue and sent; a thread is waited for. The last line is one
 * JSON object with samples in nanoseconds a packet.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <pfq/pfq.h>

#include "bench_kernel.h"

enum {
	SLOTS = 1024,
	FRAME_SIZE = 256,
	PACKET_SIZE = 60,
};

static const char *device = "dummy0";
static unsigned int rounds = 9, copies = 1;

static char packet[PACKET_SIZE] = "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0\x45\0\0\x2e";

static pfq_t *q;

static void open_pfq(int thread)
{
	q = pfq_open_nogroup(64, 64, 64, SLOTS);
	if (!q)
		fail("pfq", pfq_error(NULL));
	if (pfq_bind_tx(q, device, Q_ANY_QUEUE, thread) < 0 || pfq_enable(q) < 0)
		fail(device, pfq_error(q));
	if (strcmp(pfq_host(q), "kernel") != 0)
		fail("pfq", "pfq.ko is not loaded");
}

static void open_synchronous(void)
{
	open_pfq(Q_NO_KTHREAD);
}

static void open_thread(void)
{
	open_pfq(0);
}

static void send_pfq(void)
{
	for (unsigned int i = 0; i < BURST; i += copies)
		if (pfq_send(q, packet, PACKET_SIZE, copies, SLOTS) < 0)
			fail(device, pfq_error(q));
	if (pfq_sync_queue(q, 0) < 0)
		fail(device, pfq_error(q));
}

static void schedule_as(int policy)
{
	struct sched_param parameters = { .sched_priority = policy == SCHED_FIFO };

	if (sched_setscheduler(0, policy, &parameters))
		fail("sched_setscheduler", strerror(errno));
}

/* There is one processor: who waits would else share it with whom he waits for, half and half. */
static void wait_for_thread(void)
{
	schedule_as(SCHED_IDLE);
	while (pfq_async_pending(q, 0) > 0)
		sched_yield();
	schedule_as(SCHED_FIFO);
}

/* The thread finds a full queue, as it does where it has a processor of its own. */
static void send_to_thread(void)
{
	schedule_as(SCHED_FIFO);
	for (unsigned int i = 0; i < BURST; i += copies)
		while (pfq_send_async(q, packet, PACKET_SIZE, copies, 0) < 0)
			wait_for_thread();
	wait_for_thread();
}

static uint64_t sent_pfq(void)
{
	struct pfq_stats stats;

	pfq_get_stats(q, &stats);
	return stats.sent;
}

static struct {
	int fd;
	uint8_t *frames;
	unsigned int next;
	uint64_t sent;
} ring;

static void open_ring(void)
{
	struct tpacket_req request = { .tp_block_size = SLOTS * FRAME_SIZE,
				       .tp_block_nr = 1,
				       .tp_frame_size = FRAME_SIZE,
				       .tp_frame_nr = SLOTS };
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_ifindex = (int)if_nametoindex(device) };
	int version = TPACKET_V2, on = 1, size = 8 << 20;

	ring.fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (ring.fd < 0 || setsockopt(ring.fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(ring.fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(ring.fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) ||
	    setsockopt(ring.fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof(request)) ||
	    bind(ring.fd, (struct sockaddr *)&address, sizeof(address)))
		fail(device, strerror(errno));
	ring.frames = mmap(NULL, SLOTS * FRAME_SIZE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_POPULATE, ring.fd, 0);
	if (ring.frames == MAP_FAILED)
		fail("PACKET_TX_RING", strerror(errno));
}

static void flush_ring(void)
{
	ssize_t sent = send(ring.fd, NULL, 0, 0);

	if (sent < 0)
		fail("PACKET_TX_RING", strerror(errno));
	ring.sent += (uint64_t)sent / PACKET_SIZE;
}

static void send_ring(void)
{
	const unsigned int offset = TPACKET2_HDRLEN - sizeof(struct sockaddr_ll);

	for (unsigned int i = 0; i < BURST; i++) {
		uint8_t *frame = ring.frames + (size_t)ring.next * FRAME_SIZE;
		struct tpacket2_hdr *header = (struct tpacket2_hdr *)frame;

		if (__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE)
			fail("PACKET_TX_RING", "a frame was not sent");
		memcpy(frame + offset, packet, PACKET_SIZE);
		header->tp_len = PACKET_SIZE;
		__atomic_store_n(&header->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
		ring.next = (ring.next + 1) % SLOTS;
		if (ring.next == 0)
			flush_ring();
	}
}

static uint64_t sent_ring(void)
{
	return ring.sent;
}

static uint64_t sent_pktgen;

static void open_pktgen(void)
{
	char text[64];

	set_up_sender(device);
	snprintf(text, sizeof(text), "clone_skb %u", copies - 1);
	tell(device, text);
}

static uint64_t send_pktgen(void)
{
	sent_pktgen += BURST;
	return send_burst(device);
}

static struct sender {
	const char *name;
	void (*open)(void);
	void (*send)(void);
	uint64_t (*sent)(void);
} senders[] = {
	{ "pfq", open_synchronous, send_pfq, sent_pfq },
	{ "thread", open_thread, send_to_thread, sent_pfq },
	{ "ring", open_ring, send_ring, sent_ring },
};

static uint64_t time_of(const struct sender *sender)
{
	uint64_t start = now_ns();

	if (!sender)
		return send_pktgen(); /* it takes the time itself */
	sender->send();
	return now_ns() - start;
}

static const struct sender *find_sender(const char *name)
{
	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++)
		if (strcmp(senders[i].name, name) == 0)
			return &senders[i];
	if (strcmp(name, "pktgen") != 0)
		fail(name, "must be pfq, thread, ring or pktgen");
	return NULL;
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "o:r:c:")) != -1) {
		switch (option) {
		case 'o':
			device = optarg;
			break;
		case 'r':
			rounds = (unsigned int)atoi(optarg);
			break;
		case 'c':
			copies = (unsigned int)atoi(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (optind + 1 != argc || rounds < 1 || rounds > MAX_ROUNDS || copies < 1 || BURST % copies)
		fail("usage", "[-o DEVICE] [-r ROUNDS] [-c COPIES] pfq|thread|ring|pktgen");
}

int main(int argc, char **argv)
{
	const struct sender *sender;
	double total[MAX_ROUNDS];
	uint64_t sent;

	parse_options(argc, argv);
	sender = find_sender(argv[optind]);
	if (sender)
		sender->open();
	else
		open_pktgen();
	for (unsigned int i = 0; i <= rounds; i++) {
		uint64_t nsec = time_of(sender);

		if (i > 0) /* not the first touch of the memory */
			total[i - 1] = (double)nsec / BURST;
	}
	sent = sender ? sender->sent() : sent_pktgen;
	if (sent != (uint64_t)(rounds + 1) * BURST)
		fail(device, "not all packets were sent");
	printf("{");
	print_samples("total", total, rounds);
	printf("\"packets\":%d}\n", BURST);
	return 0;
}
