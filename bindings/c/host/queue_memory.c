/* SPDX-License-Identifier: BSD-3-Clause */
#include "queue_memory.h"
#include "error.h"

#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

/*
 * A reader may still look at packets of its last batch when another thread closes the socket. So
 * the addresses of a freed queue stay readable for a while: they are remapped onto the zero page,
 * which gives the memory back and leaves an empty range. This many ranges are kept; the oldest goes
 * first.
 */
#define RETIRED_RANGES 32

struct range {
	void *memory;
	size_t size;
};

pthread_mutex_t queue_memory_lock = PTHREAD_MUTEX_INITIALIZER;
static struct range retired[RETIRED_RANGES];
static unsigned int next_retired;

static size_t round_up(size_t size, size_t page)
{
	return (size + page - 1) & ~(page - 1);
}

/* The page size that PFQ_HUGEPAGES names, or 0; `flags` is what mmap() wants for it. */
static size_t wanted_hugepage(int *flags)
{
	const char *text = getenv("PFQ_HUGEPAGES");

	if (!text || !*text || strcmp(text, "0") == 0)
		return 0;
	*flags = MAP_HUGETLB;
	if (strcmp(text, "1G") == 0) {
		*flags |= 30 << MAP_HUGE_SHIFT;
		return (size_t)1 << 30;
	}
	*flags |= 21 << MAP_HUGE_SHIFT;
	return (size_t)1 << 21;
}

static void *map(size_t size, int flags)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

bool queue_memory_wants_hugepages(void)
{
	int flags;

	return wanted_hugepage(&flags) != 0;
}

void queue_memory_warn_of_hugepages(void)
{
	static bool warned;
	int flags;
	size_t hugepage = wanted_hugepage(&flags);

	if (__atomic_exchange_n(&warned, true, __ATOMIC_RELAXED))
		return;
	fprintf(stderr, "pfq: no free HugePages of %zu KiB (%s): queues are in plain memory\n",
		hugepage >> 10, strerror(errno));
}

void *queue_memory_map_hugepages(size_t *size, int sharing)
{
	int flags = 0;
	size_t rounded = round_up(*size, wanted_hugepage(&flags));
	void *memory = map(rounded, flags | sharing);

	if (memory)
		*size = rounded;
	else
		queue_memory_warn_of_hugepages();
	return memory;
}

/* What is mapped, with the size rounded up to its pages. Guarded by the engine's lock, under which
 * queues are made and freed. */
static struct range live[PFQ_MAX_SOCKETS];

static void remember(void *memory, size_t size)
{
	for (unsigned int i = 0; i < PFQ_MAX_SOCKETS; i++) {
		if (!live[i].memory) {
			live[i] = (struct range){ memory, size };
			return;
		}
	}
}

static size_t forget(void *memory, size_t size)
{
	for (unsigned int i = 0; i < PFQ_MAX_SOCKETS; i++) {
		if (live[i].memory == memory) {
			size = live[i].size;
			live[i].memory = NULL;
			return size;
		}
	}
	return round_up(size, (size_t)sysconf(_SC_PAGESIZE));
}

int host_queue_alloc(void *host, struct pfq_socket *socket, size_t size, void **memory,
		     size_t *page, struct pfq_error *error)
{
	int flags;

	(void)host;
	(void)socket;
	if (queue_memory_wants_hugepages()) {
		size_t rounded = size;

		*page = wanted_hugepage(&flags);
		*memory = queue_memory_map_hugepages(&rounded, MAP_PRIVATE);
		if (*memory) {
			remember(*memory, rounded);
			return 0;
		}
	}
	*page = (size_t)sysconf(_SC_PAGESIZE);
	*memory = map(round_up(size, *page), MAP_PRIVATE);
	if (!*memory)
		return pfq_fail(error, errno, "no %zu MiB of memory for the queues: %s",
				(size + 0xfffff) >> 20, strerror(errno));
	remember(*memory, round_up(size, *page));
	return 0;
}

void queue_memory_retire(void *memory, size_t size)
{
	struct range now = { memory, size };
	struct range *slot, before;

	if (mmap(memory, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED) {
		munmap(memory, size);
		return;
	}
	pthread_mutex_lock(&queue_memory_lock);
	slot = &retired[next_retired++ % RETIRED_RANGES];
	before = *slot;
	*slot = now;
	pthread_mutex_unlock(&queue_memory_lock);
	if (before.memory)
		munmap(before.memory, before.size);
}

void host_queue_free(void *host, struct pfq_socket *socket, void *memory, size_t size)
{
	(void)host;
	(void)socket;
	queue_memory_retire(memory, forget(memory, size));
}
