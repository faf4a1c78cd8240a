// SPDX-License-Identifier: GPL-2.0-only
#include "queue_memory.h"
#include "error.h"
#include "hugepages.h"
#include "reader.h"

#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

static int charge(struct mmpin *charge, size_t size, struct pfq_error *error)
{
	int status;

	*charge = (struct mmpin){ 0 };
	status = mm_account_pinned_pages(charge, size);
	if (!status)
		return 0;
	return pfq_fail(error, ENOMEM,
			"queues of %zu KiB: more than the locked-memory limit lets this user have "
			"(%lu KiB in all, ulimit -l)",
			size >> 10, rlimit(RLIMIT_MEMLOCK) >> 10);
}

static struct pfq_hugepages *exchange_offer(struct pfq_reader *reader,
					    struct pfq_hugepages *hugepages)
{
	struct pfq_hugepages *before;

	mutex_lock(&reader->memory_lock);
	before = reader->offered;
	reader->offered = hugepages;
	mutex_unlock(&reader->memory_lock);
	return before;
}

long pfq_queue_offer(struct pfq_reader *reader, const struct pfq_memory *memory)
{
	struct pfq_hugepages *hugepages = pfq_hugepages_pin(memory->address, memory->size);

	if (IS_ERR(hugepages))
		return PTR_ERR(hugepages);
	pfq_hugepages_release(exchange_offer(reader, hugepages));
	return 0;
}

void pfq_queue_withdraw_offer(struct pfq_reader *reader)
{
	pfq_hugepages_release(exchange_offer(reader, NULL));
}

/* The process has written to them. */
static int use_hugepages(struct pfq_reader *reader, struct pfq_hugepages *hugepages, size_t size,
			 struct pfq_error *error)
{
	if (hugepages->size < size) {
		int status = pfq_fail(error, EINVAL,
				      "HugePages of %zu KiB for queues of %zu KiB: give more",
				      hugepages->size >> 10, size >> 10);

		pfq_hugepages_release(hugepages);
		return status;
	}
	memset(hugepages->address, 0, size);
	reader->hugepages = hugepages;
	return 0;
}

int pfq_queue_alloc(void *host, struct pfq_socket *socket, size_t size, void **memory, size_t *page,
		    struct pfq_error *error)
{
	struct pfq_reader *reader = pfq_socket_host(socket);
	struct pfq_hugepages *hugepages = exchange_offer(reader, NULL);
	struct mmpin charged;
	void *queues;
	int status;

	if (hugepages) {
		status = use_hugepages(reader, hugepages, size, error);
		if (status)
			return status;
		*memory = hugepages->address;
		*page = hugepages->page_size;
		return 0;
	}
	size = PAGE_ALIGN(size);
	status = charge(&charged, size, error);
	if (status)
		return status;
	/* vmalloc() writes into the log about sizes that can never be had. */
	queues = size >> PAGE_SHIFT < si_mem_available() ? vmalloc_user(size) : NULL;
	if (!queues) {
		mm_unaccount_pinned_pages(&charged);
		return pfq_fail(error, ENOMEM, "no %zu MiB of memory for the queues",
				(size + 0xfffff) >> 20);
	}
	mutex_lock(&reader->memory_lock);
	reader->memory = queues;
	reader->memory_size = size;
	reader->charge = charged;
	mutex_unlock(&reader->memory_lock);
	*memory = queues;
	*page = PAGE_SIZE;
	return 0;
}

/* Pages that a process still maps stay with it until it unmaps them. */
void pfq_queue_free(void *host, struct pfq_socket *socket, void *memory, size_t size)
{
	struct pfq_reader *reader = pfq_socket_host(socket);

	if (reader->hugepages) {
		pfq_hugepages_release(reader->hugepages);
		reader->hugepages = NULL;
		return;
	}
	mutex_lock(&reader->memory_lock);
	reader->memory = NULL;
	mutex_unlock(&reader->memory_lock);
	vfree(memory);
	mm_unaccount_pinned_pages(&reader->charge);
}

int pfq_queue_map(struct pfq_reader *reader, struct vm_area_struct *area)
{
	int status = -ENODATA;

	if (!(area->vm_flags & VM_SHARED) || area->vm_pgoff)
		return -EINVAL;
	mutex_lock(&reader->memory_lock);
	if (reader->memory)
		status = remap_vmalloc_range(area, reader->memory, 0);
	mutex_unlock(&reader->memory_lock);
	return status;
}
