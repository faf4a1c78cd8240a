// SPDX-License-Identifier: GPL-2.0-only
#include "hugepages.h"
#include "platform.h"

#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

/* More than the queues of a socket can be. */
#define MAX_SIZE ((u64)(1 + 2 * PFQ_MAX_TX_QUEUES + 1) * PFQ_MAX_QUEUE_SIZE)

static int pin_pages(struct pfq_hugepages *hugepages, unsigned long address, unsigned long count)
{
	while (hugepages->count < count) {
		int pinned = pin_user_pages_fast(address + hugepages->count * PAGE_SIZE,
						 min(count - hugepages->count, 1UL << 20),
						 FOLL_WRITE | FOLL_LONGTERM,
						 hugepages->pages + hugepages->count);

		if (pinned <= 0)
			return pinned ? pinned : -EFAULT;
		hugepages->count += pinned;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/* All of one size, which is not the base size, and from the first octet of one to the last of one.
 */
static bool are_huge(struct pfq_hugepages *hugepages, unsigned long address)
{
	size_t size = page_size(compound_head(hugepages->pages[0]));

	if (size < PMD_SIZE || !IS_ALIGNED(address, size) || !IS_ALIGNED(hugepages->size, size))
		return false;
	for (unsigned long i = 0; i < hugepages->count; i += size >> PAGE_SHIFT)
		if (page_size(compound_head(hugepages->pages[i])) != size)
			return false;
	hugepages->page_size = size;
	return true;
}

static int pin(struct pfq_hugepages *hugepages, unsigned long address)
{
	unsigned long count = hugepages->size >> PAGE_SHIFT;
	int status = mm_account_pinned_pages(&hugepages->charge, hugepages->size);

	if (status)
		return status;
	hugepages->pages =
		kvmalloc_array(count, sizeof(*hugepages->pages), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!hugepages->pages)
		return -ENOMEM;
	status = pin_pages(hugepages, address, count);
	if (status)
		return status;
	if (!are_huge(hugepages, address))
		return -EINVAL;
	hugepages->address = vmap(hugepages->pages, count, VM_MAP, PAGE_KERNEL);
	return hugepages->address ? 0 : -ENOMEM;
}

struct pfq_hugepages *pfq_hugepages_pin(u64 address, u64 size)
{
	struct pfq_hugepages *hugepages;
	int status;

	if (!size || size > MAX_SIZE || size != (size_t)size || !PAGE_ALIGNED(size) ||
	    !PAGE_ALIGNED(address) || address != (unsigned long)address)
		return ERR_PTR(-EINVAL);
	hugepages = kzalloc(sizeof(*hugepages), GFP_KERNEL_ACCOUNT);
	if (!hugepages)
		return ERR_PTR(-ENOMEM);
	hugepages->size = size;
	status = pin(hugepages, address);
	if (!status)
		return hugepages;
	pfq_hugepages_release(hugepages);
	return ERR_PTR(status);
}

void pfq_hugepages_release(struct pfq_hugepages *hugepages)
{
	if (!hugepages)
		return;
	vunmap(hugepages->address);
	unpin_user_pages_dirty_lock(hugepages->pages, hugepages->count, true);
	kvfree(hugepages->pages);
	mm_unaccount_pinned_pages(&hugepages->charge);
	kfree(hugepages);
}
