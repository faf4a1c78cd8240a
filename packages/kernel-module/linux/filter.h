/* SPDX-License-Identifier: GPL-2.0-only */
/* Berkeley filters, classic and extended: the kernel's own programs, compiled to machine code where
 * it does that. */
#ifndef PFQ_FILTER_H
#define PFQ_FILTER_H

#include "engine.h"

int pfq_filter_prepare(void *host, const void *insns, unsigned int count, void **filter,
		       struct pfq_error *error);
int pfq_filter_get(void *host, int fd, void **filter, struct pfq_error *error);
void pfq_filter_free(void *host, void *filter);
bool pfq_filter_run(void *filter, const struct pfq_packet *packet);

#endif
