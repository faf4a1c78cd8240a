/* SPDX-License-Identifier: GPL-2.0-only */
/* HugePages that a process has mapped, and gives for the queues of its socket. They stay where they
 * are, in the kernel's addresses too, and count against the locked-memory limit. */
#ifndef PFQ_HUGEPAGES_H
#define PFQ_HUGEPAGES_H

#include <linux/skbuff.h>

struct pfq_hugepages {
	void *address; /* in the kernel */
	size_t size;
	size_t page_size;
	unsigned long count; /* of base pages */
	struct page **pages;
	struct mmpin charge;
};

/* Of the calling process; an ERR_PTR() if there are no such pages, or too many. */
struct pfq_hugepages *pfq_hugepages_pin(u64 address, u64 size);
void pfq_hugepages_release(struct pfq_hugepages *hugepages);

#endif
