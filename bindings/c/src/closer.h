/* SPDX-License-Identifier: BSD-3-Clause */
/* The thread that ends sockets: who closes one, be it a signal handler, hands it over. */
#ifndef PFQ_SRC_CLOSER_H
#define PFQ_SRC_CLOSER_H

#include "handle.h"

/* Starts the thread, once in each process that opens sockets. Gives 0, or a negative errno and the
 * reason. */
int closer_start(struct pfq_error *error);

/* Takes over a socket that is HANDLE_CLOSING. Async-signal-safe. */
void closer_take(pfq_t *q);

/* Around a fork(): the child has no such thread, and what was to be closed is its parent's. */
void closer_before_fork(void);
void closer_after_fork(void);
void closer_after_fork_in_child(void);

#endif
