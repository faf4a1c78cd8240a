/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * A host for tests of the engine alone: ordinary memory, and devices d0 to d3, which can be
 * diverted, too. What is sent to them is read and swallowed; d3 sends nothing, unless it is told
 * to. Queue 13 of a device does not start, and d2 is never promiscuous. Its Tx threads run when a
 * test runs a round of them.
 */
#ifndef PFQ_TEST_QUIET_HOST_H
#define PFQ_TEST_QUIET_HOST_H

#include "../engine/state.h"

/* Device d0 has the address after this one, d1 the next one. */
#define QUIET_ADDRESS 0xc0000200u

struct quiet_host {
	uint64_t sent; /* packets, over all devices */
	uint64_t woken;
	uint64_t to_host;    /* packets that were given to the host's stack */
	uint64_t host_marks; /* the sum of their marks */
	uint64_t read;	     /* sum of the octets sent, so that they are read */
	char line[400];	     /* the last one of the log */
	unsigned int lines;
	int replaced; /* times that others got the names of all devices */
	int open;     /* devices */
	int started;  /* devices or queues of them */
	int promiscuous;
	struct pfq_tx_thread threads[2];
	int bound[2]; /* queues to each */
	uint64_t thread_wakes;
	uint64_t send_nsec; /* that a batch takes, where the clock stands still */
	bool d3_sends;
	void (*while_sending)(void); /* in a device */
};

extern const struct pfq_host_ops quiet_host_ops;

#endif
