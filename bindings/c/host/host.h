/* SPDX-License-Identifier: BSD-3-Clause */
/* The user host: the engine in this process, and what the rest of libpfq asks of it. */
#ifndef PFQ_HOST_H
#define PFQ_HOST_H

#include "engine.h"

/*
 * Takes a reference to the process's engine, and makes it with the first. Gives NULL, and says why,
 * if that fails. Balanced by pfq_host_put(); the engine goes with its last reference.
 */
struct pfq_engine *pfq_host_get(struct pfq_error *error);
void pfq_host_put(void);

/* What a handle is to the engine's wake(): an eventfd, or -1. The handle outlives its socket. */
struct pfq_wake {
	int fd;
};

void pfq_wake(struct pfq_wake *wake);

/*
 * Between the two, the calling thread's pfq_receive() wakes nobody; then all readers that wait are
 * woken at once. A reader that is woken for much costs less than one that is woken often. It is an
 * RCU read-side section, so that none of those sockets goes away: keep it short, and do not sleep
 * in it.
 */
void pfq_host_hold_wakes(void);
void pfq_host_release_wakes(void);

/* 0 if packets can be sent to the device of that name, else a negative errno and the reason. */
int pfq_host_check_tx(const char *name, struct pfq_error *error);

#endif
