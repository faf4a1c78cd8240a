// SPDX-License-Identifier: BSD-3-Clause
#include "bench_host.h"

#include "../engine/error.h"

#include <sys/mman.h>
#include <time.h>

_Noreturn void bench_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

uint64_t bench_cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int device_open(void *host, struct pfq_device *device, const char *name, void **host_device,
		       int *ifindex, struct pfq_error *error)
{
	(void)host;
	(void)name;
	(void)error;
	*host_device = device;
	*ifindex = 1;
	return 0;
}

static void device_close(void *host, void *host_device)
{
	(void)host;
	(void)host_device;
}

static int device_start(void *host, void *host_device, int queue, struct pfq_error *error)
{
	(void)host;
	(void)host_device;
	(void)queue;
	(void)error;
	return 0;
}

static void device_stop(void *host, void *host_device, int queue)
{
	(void)host;
	(void)host_device;
	(void)queue;
}

static int queue_alloc(void *host, struct pfq_socket *socket, size_t size, void **memory,
		       size_t *page, struct pfq_error *error)
{
	(void)host;
	(void)socket;
	*page = 4096;
	*memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (*memory == MAP_FAILED)
		return pfq_fail(error, errno, "queues of %zu octets: %s", size, strerror(errno));
	return 0;
}

static void queue_free(void *host, struct pfq_socket *socket, void *memory, size_t size)
{
	(void)host;
	(void)socket;
	munmap(memory, size);
}

static unsigned int device_send(void *host, void *host_device, int queue,
				const struct pfq_packet *const *packets, unsigned int count)
{
	(void)host;
	(void)host_device;
	(void)queue;
	(void)packets;
	return count;
}

static void wake(void *host, void *host_socket)
{
	(void)host;
	(void)host_socket;
}

const struct pfq_host_ops bench_host_ops = {
	.device_open = device_open,
	.device_close = device_close,
	.device_start = device_start,
	.device_stop = device_stop,
	.queue_alloc = queue_alloc,
	.queue_free = queue_free,
	.device_send = device_send,
	.wake = wake,
};
