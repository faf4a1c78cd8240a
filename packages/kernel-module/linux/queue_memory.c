// SPDX-License-Identifier: GPL-2.0-only
#include "queue_memory.h"
#include "error.h"
#include "hugepages.h"
#include "reader.h"

#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

/* Held by the socket and by each mapping: pages are charged for as long as there are any. */
struct pfq_queue_memory {
	refcount_t references;
	void *address;
	struct mmpin charge; /* against the locked-memory limit of who enabled the socket */
};

static void put_memory(struct pfq_queue_memory *memory)
{
	if (!refcount_dec_and_test(&memory->references))
		return;
	vfree(memory->address);
	mm_unaccount_pinned_pages(&memory->charge);
	kfree(memory);
}

static int charge(struct pfq_queue_memory *memory, size_t size, struct pfq_error *error)
{
	if (!mm_account_pinned_pages(&memory->charge, size))
		return 0;
	return pfq_fail(error, ENOMEM,
			"queues of %zu KiB: more than the locked-memory limit lets this user have "
			"(%lu KiB in all, ulimit -l)",
			size >> 10, rlimit(RLIMIT_MEMLOCK) >> 10);
}

/* vmalloc() writes into the log about sizes that can never be had. */
static int fill(struct pfq_queue_memory *memory, size_t size, struct pfq_error *error)
{
	if (size >> PAGE_SHIFT < si_mem_available())
		memory->address = vmalloc_user(size);
	return memory->address ? 0
			       : pfq_fail(error, ENOMEM, "no %zu MiB of memory for the queues",
					  (size + 0xfffff) >> 20);
}

static int create_memory(size_t size, struct pfq_queue_memory **result, struct pfq_error *error)
{
	struct pfq_queue_memory *memory = kzalloc(sizeof(*memory), GFP_KERNEL_ACCOUNT);
	int status;

	if (!memory)
		return pfq_fail(error, ENOMEM, "queues: out of memory");
	refcount_set(&memory->references, 1);
	status = charge(memory, size, error);
	status = status ? status : fill(memory, size, error);
	if (status)
		put_memory(memory);
	else
		*result = memory;
	return status;
}

static struct pfq_queue_memory *exchange_memory(struct pfq_reader *reader,
						struct pfq_queue_memory *memory)
{
	struct pfq_queue_memory *before;

	mutex_lock(&reader->memory_lock);
	before = reader->memory;
	reader->memory = memory;
	mutex_unlock(&reader->memory_lock);
	return before;
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

/* The process has written to them, and gets what it writes from now on. */
static int clear(struct pfq_hugepages *hugepages)
{
	for (size_t at = 0; at < hugepages->size; at += PMD_SIZE) {
		memset(hugepages->address + at, 0, PMD_SIZE);
		if (pfq_interrupted())
			return -EINTR;
	}
	return 0;
}

/* They are cleared here since this takes no lock that others wait for. */
long pfq_queue_offer(struct pfq_reader *reader, const struct pfq_memory *memory)
{
	struct pfq_hugepages *hugepages = pfq_hugepages_pin(memory->address, memory->size);
	int status;

	if (IS_ERR(hugepages))
		return PTR_ERR(hugepages);
	status = clear(hugepages);
	if (status) {
		pfq_hugepages_release(hugepages);
		return status;
	}
	pfq_hugepages_release(exchange_offer(reader, hugepages));
	return 0;
}

void pfq_queue_withdraw_offer(struct pfq_reader *reader)
{
	pfq_hugepages_release(exchange_offer(reader, NULL));
}

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
	reader->hugepages = hugepages;
	return 0;
}

int pfq_queue_alloc(void *host, struct pfq_socket *socket, size_t size, void **memory, size_t *page,
		    struct pfq_error *error)
{
	struct pfq_reader *reader = pfq_socket_host(socket);
	struct pfq_hugepages *hugepages = exchange_offer(reader, NULL);
	struct pfq_queue_memory *plain;
	int status;

	if (hugepages) {
		status = use_hugepages(reader, hugepages, size, error);
		if (status)
			return status;
		*memory = hugepages->address;
		*page = hugepages->page_size;
		return 0;
	}
	status = create_memory(PAGE_ALIGN(size), &plain, error);
	if (status)
		return status;
	*memory = plain->address;
	*page = PAGE_SIZE;
	exchange_memory(reader, plain);
	return 0;
}

/* A process that still maps them keeps them, charged, until it unmaps the last. */
void pfq_queue_free(void *host, struct pfq_socket *socket, void *memory, size_t size)
{
	struct pfq_reader *reader = pfq_socket_host(socket);

	if (reader->hugepages) {
		pfq_hugepages_release(reader->hugepages);
		reader->hugepages = NULL;
		return;
	}
	put_memory(exchange_memory(reader, NULL));
}

/* Also of a process that forks, and of a mapping that is cut in two. */
static void open_area(struct vm_area_struct *area)
{
	struct pfq_queue_memory *memory = area->vm_private_data;

	refcount_inc(&memory->references);
}

static void close_area(struct vm_area_struct *area)
{
	put_memory(area->vm_private_data);
}

static const struct vm_operations_struct area_operations = {
	.open = open_area,
	.close = close_area,
};

static int map_memory(struct pfq_queue_memory *memory, struct vm_area_struct *area)
{
	int status = remap_vmalloc_range(area, memory->address, 0);

	if (status)
		return status;
	area->vm_private_data = memory;
	area->vm_ops = &area_operations;
	open_area(area);
	return 0;
}

int pfq_queue_map(struct pfq_reader *reader, struct vm_area_struct *area)
{
	int status = -ENODATA;

	if (!(area->vm_flags & VM_SHARED) || area->vm_pgoff)
		return -EINVAL;
	mutex_lock(&reader->memory_lock);
	if (reader->memory)
		status = map_memory(reader->memory, area);
	mutex_unlock(&reader->memory_lock);
	return status;
}
