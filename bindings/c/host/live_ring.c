/* SPDX-License-Identifier: BSD-3-Clause */
/* Source: Documentation/networking/packet_mmap.rst, packet(7). */
#include "live_ring.h"
#include "host.h"
#include "host_device.h"
#include "thread.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

/*
 * A block holds any packet up to nearly its size (interfaces give packets of 64 KiB and more where
 * they put segments together). The kernel hands a block over when it is full, or after the timeout,
 * full or not: so the ring is as long as its blocks times the timeout at least.
 */
#define BLOCK_SIZE (256 << 10)
#define MAX_BLOCKS 64
#define MIN_BLOCKS 8
/* TPACKET_V3 packs packets of any size; this only has to divide the block. */
#define FRAME_SIZE	  2048
#define BLOCK_TIMEOUT_MS  2

#define BATCH		  128
#define PREFETCH_DISTANCE 1024
#define PREFETCH_LINES	  3
#define VLAN_TAG	  4
#define MACS		  12

/*
 * While the sockets are full, packets can wait in the ring, which is much larger than most queues:
 * a reader that has no processor for a moment loses nothing. But only while less than half of the
 * ring is taken, and not for a reader that does not come back in time, since others wait with it.
 */
#define PATIENCE_NAPS 400
#define FEW_NAPS      4 /* after which fewer packets than enough are enough */
#define ENOUGH	      32
#define NAP_NSEC      50000
#define TIMER_SLACK   1000 /* naps are not rounded up by the usual 50 microseconds */

/* How long to wait, once the flow has been stopped, for the kernel to hand over its last block. */
#define DRAIN_MS 1000

struct live_ring {
	struct pfq_device *device;
	int queue;
	uint16_t link;
	int fd;
	int stop_fd;   /* an eventfd: readable when the thread is to end */
	bool stopping; /* the same, for a thread that has no time to ask */
	uint8_t *blocks;
	unsigned int block_count;
	pthread_t thread;
	/* the thread's own: */
	unsigned int index; /* of the next block */
	unsigned int room;  /* what the sockets had room for, less what they were given */
	bool impatient;	    /* it was waited for room, in vain */
	bool behind;	    /* and what came in meanwhile is not yet handed on */
	uint64_t received;
	pthread_mutex_t lock; /* of what follows */
	uint64_t seen;	      /* by the kernel, lost ones included */
	uint64_t lost;
	bool failed;
	char text[PFQ_ERROR_TEXT];
	char name[PFQ_DEVICE_NAME];
};

/* The kernel's figures begin again at 0 whenever they are read. */
static void read_statistics(struct live_ring *ring)
{
	struct tpacket_stats_v3 stats;
	socklen_t size = sizeof(stats);

	pthread_mutex_lock(&ring->lock);
	if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0) {
		ring->seen += stats.tp_packets;
		ring->lost += stats.tp_drops;
	}
	pthread_mutex_unlock(&ring->lock);
}

uint64_t live_ring_lost(struct live_ring *ring)
{
	uint64_t lost;

	read_statistics(ring);
	pthread_mutex_lock(&ring->lock);
	lost = ring->lost;
	pthread_mutex_unlock(&ring->lock);
	return lost;
}

bool live_ring_failed(struct live_ring *ring, char *text)
{
	bool failed;

	pthread_mutex_lock(&ring->lock);
	failed = ring->failed;
	if (failed)
		memcpy(text, ring->text, sizeof(ring->text));
	pthread_mutex_unlock(&ring->lock);
	return failed;
}

static void fail(struct live_ring *ring, const char *reason)
{
	pthread_mutex_lock(&ring->lock);
	ring->failed = true;
	snprintf(ring->text, sizeof(ring->text), "%.100s: %s", ring->name, reason);
	pthread_mutex_unlock(&ring->lock);
}

/*
 * Puts a VLAN tag that the kernel took out back behind the MACs. There is room in front of the
 * packet: with a link header of 14 octets it begins at least 14 octets after the ring's own
 * headers.
 */
static void restore_tag(struct pfq_packet *packet, const struct tpacket3_hdr *header)
{
	uint16_t tpid = header->tp_status & TP_STATUS_VLAN_TPID_VALID ? header->hv1.tp_vlan_tpid
								      : ETH_P_8021Q;
	uint16_t tci = (uint16_t)header->hv1.tp_vlan_tci;
	uint8_t *data = (uint8_t *)header + header->tp_mac - VLAN_TAG;

	memmove(data, data + VLAN_TAG, MACS);
	data[MACS] = (uint8_t)(tpid >> 8);
	data[MACS + 1] = (uint8_t)tpid;
	data[MACS + 2] = (uint8_t)(tci >> 8);
	data[MACS + 3] = (uint8_t)tci;
	packet->data = data;
	packet->caplen += VLAN_TAG;
	packet->len += VLAN_TAG;
}

static void read_packet(const struct live_ring *ring, struct pfq_packet *packet,
			const struct tpacket3_hdr *header)
{
	packet->data = (const uint8_t *)header + header->tp_mac;
	packet->caplen = header->tp_snaplen;
	packet->len = header->tp_len;
	packet->mark = 0;
	packet->hash = header->hv1.tp_rxhash; /* 0 where it was not asked for */
	packet->has_hash = packet->hash != 0;
	packet->link = ring->link;
	packet->queue = ring->queue == Q_ANY_QUEUE ? 0 : (uint16_t)ring->queue;
	packet->sec = header->tp_sec;
	packet->nsec = header->tp_nsec;
	packet->handle = NULL;
	packet->headers.parsed = false;
	if ((header->tp_status & TP_STATUS_VLAN_VALID) && header->tp_snaplen >= MACS)
		restore_tag(packet, header);
}

/*
 * Another processor wrote the ring, so its lines are far away, and where a packet begins is known
 * only from the one before: fetched ahead by distance, packets of the usual sizes are near when
 * their turn comes.
 */
static void prefetch(const uint8_t *next)
{
	for (unsigned int line = 0; line < PREFETCH_LINES; line++)
		__builtin_prefetch(next + PREFETCH_DISTANCE + line * PFQ_CACHE_LINE);
}

static struct tpacket_block_desc *block_at(const struct live_ring *ring, unsigned int index)
{
	return (struct tpacket_block_desc *)(ring->blocks +
					     (size_t)(index % ring->block_count) * BLOCK_SIZE);
}

static bool is_full(const struct tpacket_block_desc *block)
{
	return PFQ_LOAD_ACQUIRE(&block->hdr.bh1.block_status) & TP_STATUS_USER;
}

static void nap(void)
{
	pfq_host_release_wakes();
	nanosleep(&(struct timespec){ .tv_nsec = NAP_NSEC }, NULL);
	pfq_host_hold_wakes();
}

static bool is_half_full(const struct live_ring *ring)
{
	return is_full(block_at(ring, ring->index + ring->block_count / 2));
}

static unsigned int grant(struct live_ring *ring, unsigned int count)
{
	unsigned int granted = ring->room < count ? ring->room : count;

	ring->impatient = false;
	ring->room -= granted;
	return granted;
}

/*
 * How many of so many packets to hand on now: as there is room, unless the wait for it was in vain.
 * Then what has come in meanwhile is handed on with naps in between, as the other readers need not
 * take it all at once. Between holding and releasing wakes, as all of a block is.
 */
static unsigned int wait_for_room(struct live_ring *ring, unsigned int count)
{
	unsigned int enough = count < ENOUGH ? count : ENOUGH;

	for (int naps = 0;; naps++) {
		if (ring->room < enough)
			ring->room = pfq_receive_room(ring->device, ring->queue);
		if (ring->room >= enough || (ring->room && naps >= FEW_NAPS))
			return grant(ring, count);
		if (naps == PATIENCE_NAPS)
			ring->impatient = ring->behind = true;
		if (ring->impatient && ring->behind && !is_half_full(ring))
			nap();
		if (ring->impatient || is_half_full(ring))
			return count;
		nap();
	}
}

/* A batch, in pieces if need be. */
static void hand_on(struct live_ring *ring, struct pfq_packet *packets, unsigned int count)
{
	while (count) {
		unsigned int some = wait_for_room(ring, count);

		pfq_receive(ring->device, host_lane(), ring->queue, packets, some);
		packets += some;
		count -= some;
	}
}

static void receive_block(struct live_ring *ring, const struct tpacket_block_desc *block)
{
	struct pfq_packet packets[BATCH] __attribute__((aligned(PFQ_CACHE_LINE)));
	uint32_t left = block->hdr.bh1.num_pkts;
	const uint8_t *next = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;

	ring->received += left;
	pfq_host_hold_wakes();
	while (left) {
		unsigned int count = left < BATCH ? left : BATCH;

		for (unsigned int i = 0; i < count; i++) {
			const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)next;

			prefetch(next);
			read_packet(ring, &packets[i], header);
			next += header->tp_next_offset;
		}
		hand_on(ring, packets, count);
		left -= count;
	}
	pfq_host_release_wakes();
}

/* Hands on the next block if it is full; gives false if it is not. */
static bool receive_next(struct live_ring *ring)
{
	struct tpacket_block_desc *block = block_at(ring, ring->index);

	if (!is_full(block)) {
		ring->behind = false;
		return false;
	}
	receive_block(ring, block);
	PFQ_STORE_RELEASE(&block->hdr.bh1.block_status, TP_STATUS_KERNEL);
	ring->index++;
	return true;
}

/* Waits for a block. Gives false when the thread is to end. */
static bool wait_for_block(struct live_ring *ring)
{
	struct pollfd fds[] = {
		{ .fd = ring->fd, .events = POLLIN },
		{ .fd = ring->stop_fd, .events = POLLIN },
	};
	int error = 0;
	socklen_t size = sizeof(error);

	if (poll(fds, 2, -1) < 0) {
		if (errno == EINTR)
			return true;
		fail(ring, strerror(errno));
		return false;
	}
	if (fds[1].revents)
		return false;
	if (!(fds[0].revents & (POLLERR | POLLHUP | POLLNVAL)))
		return true;
	if (getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (!error)
		return true;
	fail(ring, error == ENETDOWN ? "the interface went down or away" : strerror(error));
	return false;
}

/*
 * Stops the flow: a filter that takes nothing, for what comes from now on, and a protocol that is
 * none, which makes the kernel wait for those CPUs that are writing into the ring.
 */
static void stop_flow(struct live_ring *ring)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &nothing };
	struct sockaddr_ll address = { .sll_family = AF_PACKET };

	setsockopt(ring->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
	(void)!bind(ring->fd, (struct sockaddr *)&address, sizeof(address));
}

static bool all_received(struct live_ring *ring)
{
	bool all;

	read_statistics(ring);
	pthread_mutex_lock(&ring->lock);
	all = ring->received + ring->lost >= ring->seen;
	pthread_mutex_unlock(&ring->lock);
	return all;
}

/* What the kernel has put into the ring is received, so that the figures add up. */
static void drain(struct live_ring *ring)
{
	stop_flow(ring);
	for (int ms = 0; ms < DRAIN_MS; ms++) {
		while (receive_next(ring))
			;
		if (all_received(ring))
			return;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

static void *capture(void *argument)
{
	struct live_ring *ring = argument;

	prctl(PR_SET_TIMERSLACK, TIMER_SLACK);
	do {
		while (!PFQ_READ_ONCE(ring->stopping) && receive_next(ring))
			;
	} while (wait_for_block(ring));
	drain(ring);
	return NULL;
}

/* The packets of one hardware queue; the kernel numbers them from 1, and 0 is a packet that came by
 * none. */
static int select_queue(struct live_ring *ring)
{
	struct sock_filter select[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_QUEUE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)ring->queue + 1, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(ring->queue ? ring->queue + 1 : 0),
			 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { .len = sizeof(select) / sizeof(select[0]), .filter = select };

	return setsockopt(ring->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

/* As much of a ring as the kernel gives. */
static int map_blocks(struct live_ring *ring, const struct interface *interface)
{
	struct tpacket_req3 request = {
		.tp_block_size = BLOCK_SIZE,
		.tp_frame_size = FRAME_SIZE,
		.tp_retire_blk_tov = BLOCK_TIMEOUT_MS,
		/* Asked for otherwise, the kernel would compute one itself, for every packet. */
		.tp_feature_req_word = interface->has_flow_hash ? TP_FT_REQ_FILL_RXHASH : 0,
	};
	int status = -1;

	for (ring->block_count = MAX_BLOCKS; ring->block_count >= MIN_BLOCKS;
	     ring->block_count /= 2) {
		request.tp_block_nr = ring->block_count;
		request.tp_frame_nr = ring->block_count * (BLOCK_SIZE / FRAME_SIZE);
		status =
			setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request));
		if (status == 0 || errno != ENOMEM)
			break;
	}
	if (status < 0)
		return -1;
	ring->blocks = mmap(NULL, (size_t)ring->block_count * BLOCK_SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED, ring->fd, 0);
	if (ring->blocks == MAP_FAILED) {
		ring->blocks = NULL;
		return -1;
	}
	/* A child that kept the mapping would keep the socket open. */
	return madvise(ring->blocks, (size_t)ring->block_count * BLOCK_SIZE, MADV_DONTFORK);
}

static int set_up(struct live_ring *ring, const struct interface *interface)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = interface->ifindex,
	};
	int version = TPACKET_V3;
	int on = 1;
	int stamps = SOF_TIMESTAMPING_RAW_HARDWARE;

	if (setsockopt(ring->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0)
		return -1;
	if (setsockopt(ring->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) < 0)
		return -1;
	if (interface->stamps_all)
		setsockopt(ring->fd, SOL_PACKET, PACKET_TIMESTAMP, &stamps, sizeof(stamps));
	if (map_blocks(ring, interface) < 0)
		return -1;
	if (ring->queue != Q_ANY_QUEUE && select_queue(ring) < 0)
		return -1;
	/* Nothing has come in up to here, since the socket was made for no protocol. */
	return bind(ring->fd, (struct sockaddr *)&address, sizeof(address));
}

static void free_ring(struct live_ring *ring)
{
	if (ring->blocks)
		munmap(ring->blocks, (size_t)ring->block_count * BLOCK_SIZE);
	if (ring->fd >= 0)
		close(ring->fd);
	if (ring->stop_fd >= 0)
		close(ring->stop_fd);
	pthread_mutex_destroy(&ring->lock);
	pfq_free(ring);
}

int live_ring_start(struct pfq_device *device, const char *name, const struct interface *interface,
		    int queue, struct live_ring **result, struct pfq_error *error)
{
	struct live_ring *ring = pfq_alloc(sizeof(*ring));
	int status;

	if (!ring)
		return pfq_fail(error, ENOMEM, "%s: no memory", name);
	ring->device = device;
	ring->queue = queue;
	ring->link = interface->link;
	snprintf(ring->name, sizeof(ring->name), "%s", name);
	pthread_mutex_init(&ring->lock, NULL);
	ring->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ring->stop_fd = thread_stop_fd();
	if (ring->fd < 0 || ring->stop_fd < 0 || set_up(ring, interface) < 0) {
		status = pfq_fail(error, errno, "%s: cannot capture: %s", name, strerror(errno));
		goto free_ring;
	}
	status = thread_start(&ring->thread, name, capture, ring);
	if (status < 0) {
		pfq_fail(error, -status, "%s: no thread: %s", name, strerror(-status));
		goto free_ring;
	}
	*result = ring;
	return 0;

free_ring:
	free_ring(ring);
	return status;
}

uint64_t live_ring_stop(struct live_ring *ring)
{
	uint64_t lost;

	PFQ_WRITE_ONCE(ring->stopping, true);
	thread_stop(ring->thread, ring->stop_fd);
	lost = ring->lost;
	free_ring(ring);
	return lost;
}

void live_ring_after_fork(struct live_ring *ring)
{
	close(ring->fd);
	close(ring->stop_fd);
}
