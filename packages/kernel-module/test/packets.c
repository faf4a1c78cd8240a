/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "packets.h"

void put8(struct octets *octets, unsigned int value)
{
	octets->data[octets->size++] = (uint8_t)value;
}

void put16(struct octets *octets, unsigned int value)
{
	put8(octets, value >> 8);
	put8(octets, value);
}

void put32(struct octets *octets, uint32_t value)
{
	put16(octets, value >> 16);
	put16(octets, value);
}

void put_zeros(struct octets *octets, uint32_t count)
{
	while (count-- > 0)
		put8(octets, 0);
}

void put_ethernet(struct octets *octets, unsigned int ethertype)
{
	put16(octets, 0x0200);
	put32(octets, 2);
	put16(octets, 0x0200);
	put32(octets, 1);
	put16(octets, ethertype);
}

void put_ip4(struct octets *octets, unsigned int protocol, unsigned int words, unsigned int bits,
	     uint32_t source, uint32_t destination)
{
	put8(octets, 0x40 | words);
	put8(octets, 0x10);    /* type of service */
	put16(octets, 100);    /* total length */
	put16(octets, 0x1234); /* identification */
	put16(octets, bits);
	put8(octets, 64); /* time to live */
	put8(octets, protocol);
	put16(octets, 0);
	put32(octets, source);
	put32(octets, destination);
	if (words > 5)
		put_zeros(octets, (words - 5) * 4);
}

void put_ip6(struct octets *octets, unsigned int next, unsigned int source,
	     unsigned int destination)
{
	put32(octets, 0x60012345); /* version, class, flow label */
	put16(octets, 100);
	put8(octets, next);
	put8(octets, 63);
	put32(octets, 0x20010db8);
	put_zeros(octets, 8);
	put32(octets, source);
	put32(octets, 0x20010db8);
	put_zeros(octets, 8);
	put32(octets, destination);
}

void put_extension(struct octets *octets, unsigned int next, unsigned int size)
{
	put8(octets, next);
	put8(octets, size / 8 - 1);
	put_zeros(octets, size - 2);
}

void put_fragment6(struct octets *octets, unsigned int next, unsigned int bits)
{
	put8(octets, next);
	put8(octets, 0);
	put16(octets, bits);
	put32(octets, 77);
}

void put_udp(struct octets *octets, unsigned int source, unsigned int destination)
{
	put16(octets, source);
	put16(octets, destination);
	put16(octets, 20);
	put16(octets, 0);
}

void put_tcp(struct octets *octets, unsigned int source, unsigned int destination)
{
	put16(octets, source);
	put16(octets, destination);
	put32(octets, 1);
	put32(octets, 2);
	put8(octets, 0x50);
	put8(octets, 0x12);
	put16(octets, 1000);
	put32(octets, 0);
}

void put_flow(struct octets *octets, uint32_t source, uint32_t destination,
	      unsigned int source_port, unsigned int destination_port)
{
	put_ethernet(octets, 0x0800);
	put_ip4(octets, 17, 5, 0, source, destination);
	put_udp(octets, source_port, destination_port);
	put_zeros(octets, 12);
}

struct pfq_packet packet_of(const struct octets *octets)
{
	return (struct pfq_packet){
		.data = octets->data,
		.caplen = octets->size,
		.len = octets->size,
	};
}
