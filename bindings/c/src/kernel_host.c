/* SPDX-License-Identifier: BSD-3-Clause */
/* The engine in the kernel (pfq.ko): an open file of /dev/pfq is a socket. */
#include "handle.h"

#include "error.h"
#include "queue_memory.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define NODE "/dev/pfq"

static int fail_open(struct pfq_error *error)
{
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return pfq_fail(error, errno,
				"no kernel host: there is no " NODE
				"; load the module (modprobe pfq), or unset PFQ_HOST");
	case EACCES:
	case EPERM:
		return pfq_fail(error, errno,
				"no kernel host: " NODE
				": %s: run as root, or as a member of its group",
				strerror(errno));
	case ENOSPC:
		return pfq_fail(error, errno,
				NODE ": as many sockets are open as there may be: close one, or "
				     "load the module with a larger max_sockets");
	default:
		return pfq_fail(error, errno, "no kernel host: " NODE ": %s", strerror(errno));
	}
}

/* The engine signals the same eventfd as that of the user host. */
static int kernel_open(pfq_t *q, struct pfq_error *error)
{
	int status;

	q->fd = open(NODE, O_RDWR | O_CLOEXEC);
	if (q->fd < 0)
		return fail_open(error);
	if (ioctl(q->fd, PFQ_IOCTL_SIGNAL, &q->wake.fd) == 0)
		return 0;
	status = pfq_fail(error, errno, NODE ": not of this version: %s", strerror(errno));
	close(q->fd);
	return status;
}

static void forget_hugepages(pfq_t *q)
{
	if (q->hugepages)
		munmap(q->hugepages, q->hugepages_size);
	q->hugepages = NULL;
}

static void kernel_close(pfq_t *q)
{
	forget_hugepages(q);
	close(q->fd);
}

static int kernel_control(const pfq_t *q, unsigned int operation, const void *request,
			  size_t request_size, void *reply, size_t reply_size,
			  struct pfq_error *error)
{
	struct pfq_error reason = { .node = -1 };
	struct pfq_control_call call = {
		.operation = operation,
		.request = (uintptr_t)request,
		.request_size = request_size,
		.reply = (uintptr_t)reply,
		.reply_size = reply_size,
		.error = (uintptr_t)&reason,
	};

	if (ioctl(q->fd, PFQ_IOCTL_CONTROL, &call) == 0)
		return 0;
	if (!reason.text[0])
		return pfq_fail(error, errno, NODE ": operation %u: %s", operation,
				strerror(errno));
	if (error)
		*error = reason;
	return reason.code;
}

/* Where PFQ_HUGEPAGES asks for them; what fails is told, and the queues are in plain memory. */
static void kernel_prepare(pfq_t *q)
{
	struct pfq_queue_map plan;
	struct pfq_memory memory;

	forget_hugepages(q);
	if (!queue_memory_wants_hugepages() ||
	    kernel_control(q, PFQ_OP_PLAN_QUEUES, NULL, 0, &plan, sizeof(plan), NULL) < 0)
		return;
	q->hugepages_size = plan.size;
	q->hugepages = queue_memory_map_hugepages(&q->hugepages_size, MAP_SHARED);
	memory = (struct pfq_memory){ (uintptr_t)q->hugepages, q->hugepages_size };
	if (!q->hugepages || ioctl(q->fd, PFQ_IOCTL_MEMORY, &memory) == 0)
		return;
	queue_memory_warn_of_hugepages();
	forget_hugepages(q);
}

static void *kernel_map(pfq_t *q, struct pfq_error *error)
{
	void *memory;

	if (q->hugepages)
		return q->hugepages;
	memory = mmap(NULL, q->map.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, q->fd,
		      0);

	if (memory == MAP_FAILED) {
		pfq_fail(error, errno, "the queues cannot be mapped: %s", strerror(errno));
		return NULL;
	}
	return memory;
}

static void kernel_unmap(pfq_t *q)
{
	queue_memory_retire(q->memory, q->hugepages ? q->hugepages_size : q->map.size);
	q->hugepages = NULL;
}

static int kernel_check_tx(const char *name, struct pfq_error *error)
{
	(void)name;
	(void)error;
	return 0;
}

const struct handle_host kernel_host = {
	.name = "kernel",
	.open = kernel_open,
	.close = kernel_close,
	.control = kernel_control,
	.prepare = kernel_prepare,
	.map = kernel_map,
	.unmap = kernel_unmap,
	.check_tx = kernel_check_tx,
};
