/* SPDX-License-Identifier: BSD-3-Clause */
/* What a benchmark works on: a program and packets, from files. */
#ifndef PFQ_BENCH_INPUT_H
#define PFQ_BENCH_INPUT_H

#include "bench_host.h"

struct bench_packets {
	struct pfq_packet *packets;
	unsigned int count;
	uint8_t *octets;
};

/* The computation image in this file. */
void *bench_read_file(const char *path, size_t *size);

struct pfq_program *bench_load_program(struct pfq_engine *engine, const char *path);

/*
 * The Ethernet packets of the captures, at most `most` of them, cut off after `caplen` octets and
 * laid one after the other, 64-octet aligned. Captures of other link types are passed over.
 */
void bench_load_packets(struct bench_packets *packets, char *const *paths, int path_count,
			unsigned int most, uint32_t caplen);

#endif
