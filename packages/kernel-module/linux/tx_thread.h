/* SPDX-License-Identifier: GPL-2.0-only */
/* Tx threads: one on each CPU of the parameter tx_cpus, for the queues of all namespaces. */
#ifndef PFQ_TX_THREAD_H
#define PFQ_TX_THREAD_H

#include "tx_queue.h"

/* What struct pfq_host_ops asks for. */
int pfq_tx_thread_get(void *host, int index, struct pfq_tx_thread **thread,
		      struct pfq_error *error);
void pfq_tx_thread_put(void *host, struct pfq_tx_thread *thread);
void pfq_tx_thread_wake(void *host, struct pfq_tx_thread *thread);

int pfq_tx_threads_init(void);
void pfq_tx_threads_exit(void);

#endif
