/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory for the queues of a socket, which its process maps; charged to the locked-memory limit. */
#ifndef PFQ_QUEUE_MEMORY_H
#define PFQ_QUEUE_MEMORY_H

#include "engine.h"

struct pfq_reader;
struct vm_area_struct;

int pfq_queue_alloc(void *host, struct pfq_socket *socket, size_t size, void **memory, size_t *page,
		    struct pfq_error *error);
void pfq_queue_free(void *host, struct pfq_socket *socket, void *memory, size_t size);

/* HugePages of the calling process, for the queues of the socket when it is enabled the next time.
 */
long pfq_queue_offer(struct pfq_reader *reader, const struct pfq_memory *memory);
void pfq_queue_withdraw_offer(struct pfq_reader *reader);

/* Maps the queues of an enabled socket, from their beginning on. */
int pfq_queue_map(struct pfq_reader *reader, struct vm_area_struct *area);

#endif
