/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* One run of a program on one packet: its state, and what comes of it. */
#ifndef PFQ_ENGINE_RUN_H
#define PFQ_ENGINE_RUN_H

#include "headers.h"
#include "program.h"

enum pfq_fanout_kind {
	PFQ_FANOUT_DROP,
	PFQ_FANOUT_PASS,
	PFQ_FANOUT_STEER,
	PFQ_FANOUT_STEER_NUMBER, /* to the socket of this number, not by this hash */
	PFQ_FANOUT_DOUBLE_STEER, /* by this hash, and by another one */
};

struct pfq_fanout {
	uint8_t kind;
	uint32_t hash;
};

/* What a lane keeps for a group, so that lanes share no cache line. */
struct pfq_group_lane {
	uint64_t packets; /* that devices brought */
	uint64_t recv;
	uint64_t lost;
	uint64_t drop;
	uint64_t frwd;
	uint64_t kern;
	int gid;
	uint32_t turn; /* of steer_rrobin */
	uint64_t counters[PFQ_GROUP_COUNTERS];
} __attribute__((aligned(64)));

struct pfq_run {
	struct pfq_packet *packet;
	struct pfq_group_lane *lane;
	const struct pfq_device *device; /* that the packet came in by; NULL if it is not known */
	struct pfq_fanout fanout;
	uint32_t second_hash; /* of a double steer */
	uint32_t dropped;     /* not 0: nobody gets the packet, whatever the fanout */
	uint32_t mark;
	uint32_t state;
	uint16_t mask;	       /* index of the class mask in the program */
	uint16_t headers_read; /* how many of `headers` are this packet's */
	uint64_t forwards;     /* bit n: the program's n-th forward was run */
	struct pfq_fanout saved[PFQ_MAX_SAVED];
	uint32_t saved_second[PFQ_MAX_SAVED];
	struct pfq_headers headers[PFQ_MAX_SHIFT + 1]; /* the outermost first */
};

/*
 * Runs the program; `run` needs a packet and a lane, and holds the outcome afterwards. The packet's
 * headers have been read then.
 */
void pfq_run_program(const struct pfq_program *program, struct pfq_run *run);

#endif
