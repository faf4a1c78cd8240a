// SPDX-License-Identifier: BSD-3-Clause
/*
 * blast - sends generated UDP packets as fast as one core can, or at a rate
 *
 * For live tests and benchmarks: the packets leave through a PACKET_TX_RING that bypasses the
 * queueing discipline, so that what is measured is the receiver. The packets are Ethernet, IPv4,
 * UDP with valid IPv4 checksums and no UDP checksum; flow k of N is 10.99.x.y:1024+k
 * -> 10.98.0.1:9, and the flows take turns.
 *
 * The last line of its output is one JSON object; the exit status is 0 when every packet asked for
 * was accepted by the device.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_COUNT 1024
#define BATCH	    64
#define HEADERS	    (ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))

struct options {
	const char *device;
	uint64_t count; /* 0: until interrupted */
	uint64_t rate;	/* packets per second, 0: as fast as it goes */
	double seconds; /* 0: no limit */
	uint32_t size;	/* of the frame, without its checksum */
	uint32_t flows;
};

struct ring {
	int fd;
	uint8_t *frames;
	size_t frame_size;
	uint32_t next;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint16_t ip_checksum(const struct iphdr *ip)
{
	const uint16_t *words = (const uint16_t *)ip;
	uint32_t sum = 0;

	for (int i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

static void write_packet(uint8_t *frame, uint32_t size, uint32_t flow)
{
	static const uint8_t addresses[2 * ETH_ALEN] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.tot_len = htons((uint16_t)(size - ETH_HLEN)),
		.saddr = htonl(0x0a630000u + (flow & 0xffff)),
		.daddr = htonl(0x0a620001u),
	};
	struct udphdr udp = {
		.source = htons((uint16_t)(1024 + flow % 60000)),
		.dest = htons(9),
		.len = htons((uint16_t)(size - ETH_HLEN - sizeof(ip))),
	};

	ip.check = ip_checksum(&ip);
	memcpy(frame, addresses, sizeof(addresses));
	frame[12] = ETHERTYPE_IP >> 8;
	frame[13] = ETHERTYPE_IP & 0xff;
	memcpy(frame + ETH_HLEN, &ip, sizeof(ip));
	memcpy(frame + ETH_HLEN + sizeof(ip), &udp, sizeof(udp));
}

static int open_ring(const struct options *options, struct ring *ring)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	struct tpacket_req request;
	int version = TPACKET_V2, one = 1;

	ring->frame_size = 256;
	while (ring->frame_size < options->size + TPACKET2_HDRLEN)
		ring->frame_size *= 2;
	request = (struct tpacket_req){
		.tp_frame_size = (unsigned int)ring->frame_size,
		.tp_frame_nr = FRAME_COUNT,
		.tp_block_size = (unsigned int)(ring->frame_size * 64),
		.tp_block_nr = FRAME_COUNT / 64,
	};
	address.sll_ifindex = (int)if_nametoindex(options->device);
	if (address.sll_ifindex == 0)
		return -1;
	/* protocol 0: it receives nothing */
	ring->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (ring->fd < 0 ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof(request)) ||
	    bind(ring->fd, (struct sockaddr *)&address, sizeof(address)))
		return -1;
	ring->frames = mmap(NULL, ring->frame_size * FRAME_COUNT, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_POPULATE, ring->fd, 0);
	return ring->frames == MAP_FAILED ? -1 : 0;
}

static struct tpacket2_hdr *ring_frame(struct ring *ring, uint32_t index)
{
	return (struct tpacket2_hdr *)(ring->frames + (index % FRAME_COUNT) * ring->frame_size);
}

/* Hands what was filled in to the device. The call returns once all of it was taken. */
static int flush(struct ring *ring)
{
	while (send(ring->fd, NULL, 0, 0) < 0) {
		/* a full device queue: the ring keeps the packet, and the next call tries again */
		if (errno != EINTR && errno != ENOBUFS && errno != EAGAIN)
			return -1;
		if (interrupted)
			return 0;
	}
	return 0;
}

/* Packets that may have been sent by now, so that the rate is kept. */
static uint64_t due(const struct options *options, uint64_t start)
{
	if (options->rate == 0)
		return UINT64_MAX;
	return (uint64_t)((double)(now_ns() - start) * (double)options->rate / 1e9) + 1;
}

static int transmit(const struct options *options, struct ring *ring, uint64_t *sent)
{
	uint64_t start = now_ns();
	uint64_t end =
		options->seconds > 0 ? start + (uint64_t)(options->seconds * 1e9) : UINT64_MAX;
	uint64_t count = options->count != 0 ? options->count : UINT64_MAX;
	uint32_t flow = 0;

	while (*sent < count && !interrupted && (end == UINT64_MAX || now_ns() < end)) {
		uint64_t allowed = due(options, start);
		uint32_t batch = 0;

		while (batch < BATCH && *sent + batch < count && *sent + batch < allowed) {
			struct tpacket2_hdr *header = ring_frame(ring, ring->next);
			uint8_t *data =
				(uint8_t *)header + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll);

			if (__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) !=
			    TP_STATUS_AVAILABLE)
				break;
			write_packet(data, options->size, flow);
			header->tp_len = options->size;
			__atomic_store_n(&header->tp_status, TP_STATUS_SEND_REQUEST,
					 __ATOMIC_RELEASE);
			flow = flow + 1 == options->flows ? 0 : flow + 1;
			ring->next++;
			batch++;
		}
		if (batch == 0) {
			struct timespec pause = { .tv_nsec = 20000 };

			nanosleep(&pause, NULL);
		} else if (flush(ring)) {
			return -1;
		}
		*sent += batch;
	}
	return 0;
}

/* Waits for the packets still in the ring; returns how many never left. */
static uint32_t drain(struct ring *ring)
{
	uint32_t left = 0;

	for (int tries = 0; tries < 1000; tries++) {
		left = 0;
		for (uint32_t i = 0; i < FRAME_COUNT; i++)
			left += __atomic_load_n(&ring_frame(ring, i)->tp_status,
						__ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE;
		if (left == 0)
			break;
		send(ring->fd, NULL, 0, MSG_DONTWAIT);
		usleep(1000);
	}
	return left;
}

static void usage(FILE *to)
{
	fprintf(to, "usage: blast -d DEVICE [-n PACKETS] [-t SECONDS] [-r PACKETS/S] [-s SIZE] "
		    "[-k FLOWS]\n"
		    "  sends UDP packets of SIZE bytes (default 60) of FLOWS flows (default 1)\n"
		    "  until PACKETS or SECONDS are over, or it is interrupted\n");
}

static uint64_t number(const char *text, uint64_t least, uint64_t most)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end != '\0' || text[0] == '-' || value < least ||
	    value > most) {
		fprintf(stderr, "blast: %s: want a number from %" PRIu64 " to %" PRIu64 "\n", text,
			least, most);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	struct options options = { .size = 60, .flows = 1 };
	struct sigaction action = { .sa_handler = interrupt };
	struct ring ring = { .fd = -1 };
	uint64_t sent = 0, start, elapsed;
	uint32_t left;
	int option;

	while ((option = getopt(argc, argv, "d:n:t:r:s:k:h")) != -1) {
		switch (option) {
		case 'd':
			options.device = optarg;
			break;
		case 'n':
			options.count = number(optarg, 1, UINT64_MAX - 1);
			break;
		case 't':
			options.seconds = (double)number(optarg, 1, 86400);
			break;
		case 'r':
			options.rate = number(optarg, 1, 1000000000);
			break;
		case 's':
			options.size = (uint32_t)number(optarg, HEADERS, 9014);
			break;
		case 'k':
			options.flows = (uint32_t)number(optarg, 1, 1000000);
			break;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (options.device == NULL || optind != argc) {
		usage(stderr);
		return 2;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (open_ring(&options, &ring)) {
		fprintf(stderr, "blast: %s: %s\n", options.device, strerror(errno));
		return 1;
	}
	start = now_ns();
	if (transmit(&options, &ring, &sent)) {
		fprintf(stderr, "blast: %s: %s\n", options.device, strerror(errno));
		return 1;
	}
	elapsed = now_ns() - start;
	left = drain(&ring);
	printf("{\"sent\":%" PRIu64 ",\"seconds\":%.6f,\"rate\":%.0f}\n", sent - left,
	       (double)elapsed / 1e9, (double)(sent - left) * 1e9 / (double)elapsed);
	return left == 0 ? 0 : 1;
}
