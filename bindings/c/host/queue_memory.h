/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for the queues of a socket, in HugePages where PFQ_HUGEPAGES asks for them (2M or 1G; 1 is
 * 2M). */
#ifndef PFQ_HOST_QUEUE_MEMORY_H
#define PFQ_HOST_QUEUE_MEMORY_H

#include "platform.h"

int host_queue_alloc(void *host, struct pfq_socket *socket, size_t size, void **memory,
		     size_t *page, struct pfq_error *error);
void host_queue_free(void *host, struct pfq_socket *socket, void *memory, size_t size);

/* Whether PFQ_HUGEPAGES asks for them. */
bool queue_memory_wants_hugepages(void);

/* Memory in the HugePages that are wanted, shared or private; *size is rounded up to whole ones.
 * NULL, with a warning, where there are none. */
void *queue_memory_map_hugepages(size_t *size, int sharing);

/* Says once that the queues are in plain memory instead; errno is why. */
void queue_memory_warn_of_hugepages(void);

/* Gives a mapping up, whose addresses stay readable for a while. Size in whole pages. */
void queue_memory_retire(void *memory, size_t size);

/* Of the ranges that were given up; whoever forks holds it meanwhile. */
extern pthread_mutex_t queue_memory_lock;

#endif
