// SPDX-License-Identifier: BSD-3-Clause
/*
 * inject - sends the packets of its input on an interface, each as it is, in their order
 *
 * A packet is its length (32 bits, this machine's order) and its octets. With -g SIZE, packets are
 * TCP segments on IPv4 without a VLAN tag that the kernel takes for several of SIZE octets of
 * payload each (segmentation offload): a receiver without a network card in between sees them
 * whole. The exit status is 0 when the interface took every packet.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_OCTETS 70000

static uint8_t packet[MOST_OCTETS];

static int open_socket(const char *device, int with_offload)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int buffer = 1 << 22, one = 1;

	address.sll_ifindex = (int)if_nametoindex(device);
	if (fd < 0 || address.sll_ifindex == 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer)) ||
	    (with_offload && setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one))) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return -1;
	return fd;
}

static struct virtio_net_hdr offload_of(uint16_t size)
{
	size_t ip = ETH_HLEN, tcp = ip + (packet[ip] & 15) * 4;

	return (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.gso_size = size,
		.hdr_len = (uint16_t)(tcp + (packet[tcp + 12] >> 4) * 4),
		.csum_start = (uint16_t)tcp,
		.csum_offset = 16,
	};
}

static int send_packet(int fd, uint32_t length, uint16_t segment)
{
	struct virtio_net_hdr offload = { 0 };
	struct iovec parts[2] = { { &offload, sizeof(offload) }, { packet, length } };
	int first = segment ? 0 : 1;

	if (segment)
		offload = offload_of(segment);
	while (writev(fd, parts + first, 2 - first) < 0) {
		struct pollfd writable = { .fd = fd, .events = POLLOUT };

		/* the device's queue is full */
		if (errno != ENOBUFS && errno != EAGAIN)
			return -1;
		poll(&writable, 1, 1);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int segment = argc == 4 && strcmp(argv[2], "-g") == 0 ? atoi(argv[3]) : 0;
	uint32_t length;
	int fd;

	if (argc != 2 && segment <= 0) {
		fprintf(stderr, "usage: inject DEVICE [-g SIZE] <PACKETS\n");
		return 2;
	}
	fd = open_socket(argv[1], segment);
	if (fd < 0) {
		fprintf(stderr, "inject: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	while (fread(&length, sizeof(length), 1, stdin) == 1) {
		if (length > MOST_OCTETS || fread(packet, 1, length, stdin) != length) {
			fprintf(stderr, "inject: a packet is cut off\n");
			return 1;
		}
		if (send_packet(fd, length, (uint16_t)segment)) {
			fprintf(stderr, "inject: %s: %s\n", argv[1], strerror(errno));
			return 1;
		}
	}
	return 0;
}
