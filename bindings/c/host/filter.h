/* SPDX-License-Identifier: BSD-3-Clause */
/* Classic BPF programs, interpreted by libpcap. */
#ifndef PFQ_HOST_FILTER_H
#define PFQ_HOST_FILTER_H

#include "engine.h"

int host_filter_prepare(void *host, const void *insns, unsigned int count, void **filter,
			struct pfq_error *error);
int host_filter_get(void *host, int fd, void **filter, struct pfq_error *error);
void host_filter_free(void *host, void *filter);
bool host_filter_run(void *filter, const struct pfq_packet *packet);

#endif
