/* SPDX-License-Identifier: BSD-3-Clause */
/* Tx threads of the user host: threads of the process, by index, each there while a queue is bound
 * to it. */
#ifndef PFQ_HOST_TX_THREAD_H
#define PFQ_HOST_TX_THREAD_H

#include "tx_queue.h"

/* What struct pfq_host_ops asks for. */
int host_tx_thread_get(void *host, int index, struct pfq_tx_thread **thread,
		       struct pfq_error *error);
void host_tx_thread_put(void *host, struct pfq_tx_thread *thread);
void host_tx_thread_wake(void *host, struct pfq_tx_thread *thread);

/* In the child: they are the parent's. */
void host_tx_threads_after_fork(void);

#endif
