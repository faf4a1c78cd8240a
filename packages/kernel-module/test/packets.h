/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Packets for tests, put together header by header. */
#ifndef PFQ_TEST_PACKETS_H
#define PFQ_TEST_PACKETS_H

#include "../engine/engine.h"

struct octets {
	uint8_t data[2048];
	uint32_t size;
};

void put8(struct octets *octets, unsigned int value);
void put16(struct octets *octets, unsigned int value);
void put32(struct octets *octets, uint32_t value);
void put_zeros(struct octets *octets, uint32_t count);

/* Ethernet, from 02::1 to 02::2. */
void put_ethernet(struct octets *octets, unsigned int ethertype);

/* An IPv4 header with so many words; bits: flags and fragment offset. */
void put_ip4(struct octets *octets, unsigned int protocol, unsigned int words, unsigned int bits,
	     uint32_t source, uint32_t destination);

/* An IPv6 header, from 2001:db8::source to 2001:db8::destination. */
void put_ip6(struct octets *octets, unsigned int next, unsigned int source,
	     unsigned int destination);

/* An extension header of so many octets, a multiple of 8. */
void put_extension(struct octets *octets, unsigned int next, unsigned int size);

/* bits: offset, and M. */
void put_fragment6(struct octets *octets, unsigned int next, unsigned int bits);

void put_udp(struct octets *octets, unsigned int source, unsigned int destination);
void put_tcp(struct octets *octets, unsigned int source, unsigned int destination);

/* A whole UDP packet over IPv4. */
void put_flow(struct octets *octets, uint32_t source, uint32_t destination,
	      unsigned int source_port, unsigned int destination_port);

/* The octets as a packet on Ethernet; it points into them. */
struct pfq_packet packet_of(const struct octets *octets);

#endif
