/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kernel_abuse - what programs do to /dev/pfq that they should not
 *
 *   kernel_abuse cycles DEVICE COUNT     opens, binds, reads and closes; every tenth time the
 * process is killed in the middle kernel_abuse garbage DEVICE SECONDS  calls with random
 * operations, sizes and addresses, and random octets all over the queues, while packets come in
 *
 * The exit status is 0 when the process came through; the kernel's log tells the rest.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pfq/pfq.h>

#define NODE "/dev/pfq"

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "kernel_abuse: %s: %s\n", what, why);
	return 1;
}

/* -- cycles */

static pfq_t *open_bound(const char *device)
{
	pfq_t *q = pfq_open(64, 4096, 64, 64);

	if (!q)
		return NULL;
	if (pfq_bind(q, device, Q_ANY_QUEUE) < 0 || pfq_enable(q) < 0) {
		fail(device, pfq_error(q));
		pfq_close(q);
		return NULL;
	}
	return q;
}

static int one_cycle(const char *device, uint64_t *received)
{
	pfq_t *q = open_bound(device);
	struct pfq_net_queue nq;
	int count;

	if (!q)
		return fail("open", pfq_error(NULL));
	if (strcmp(pfq_host(q), "kernel") != 0)
		return fail("open", "not the kernel host");
	count = pfq_read(q, &nq, 20000);
	if (count < 0)
		return fail("read", pfq_error(q));
	*received += (uint64_t)count;
	if (pfq_close(q) < 0)
		return fail("close", "failed");
	return 0;
}

/* A process that ends without a word, while it is fed. */
static int one_death(const char *device)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (!open_bound(device))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? 0 : fail("a process that is killed", "could not open");
}

static int cycles(const char *device, unsigned int count)
{
	uint64_t received = 0;

	for (unsigned int i = 0; i < count; i++)
		if (i % 10 == 9 ? one_death(device) : one_cycle(device, &received))
			return 1;
	printf("%u cycles, %llu packets\n", count, (unsigned long long)received);
	return received ? 0 : fail("cycles", "no packet came in");
}

/* -- garbage */

static uint64_t seed = 1;

static uint64_t random64(void)
{
	uint64_t x = seed += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static uint64_t pick(const uint64_t *values, size_t count)
{
	return values[random64() % count];
}

static uint8_t *buffer; /* one page; the one after it cannot be touched */
static uint8_t *forbidden;

static void fill_buffer(const char *device)
{
	for (size_t i = 0; i < 4096; i += 8) {
		uint64_t word = random64() & (random64() % 3 ? 3 : UINT64_MAX);

		memcpy(buffer + i, &word, 8);
	}
	/* where the requests about devices have its name */
	if (random64() % 2) {
		memset(buffer + 8, 0, PFQ_DEVICE_NAME);
		strcpy((char *)buffer + 8, device);
	}
}

static uint64_t random_address(void)
{
	const uint64_t addresses[] = {
		(uintptr_t)buffer,
		(uintptr_t)buffer,
		(uintptr_t)buffer,
		(uintptr_t)forbidden,
		0,
		(uintptr_t)forbidden - 4,
		UINT64_MAX - 3,
		0xffff888000000000ULL,
		0xffffffff81000000ULL,
		random64(),
	};

	return pick(addresses, sizeof(addresses) / sizeof(addresses[0]));
}

static uint64_t random_size(void)
{
	const uint64_t sizes[] = {
		0,
		0,
		8,
		8,
		16,
		16,
		24,
		32,
		56,
		64,
		264,
		264,
		296,
		512,
		4096,
		1 << 20,
		UINT64_MAX,
		random64(),
		random64() % 600,
	};

	return pick(sizes, sizeof(sizes) / sizeof(sizes[0]));
}

/* Sizes as they should be, more often than chance would have it, so that operations are reached. */
static const struct {
	uint32_t request, reply;
} right_sizes[] = {
	[PFQ_OP_GET_INFO] = { 0, sizeof(struct pfq_socket_info) },
	[PFQ_OP_CONFIGURE] = { sizeof(struct pfq_socket_config), 0 },
	[PFQ_OP_SET_WEIGHT] = { sizeof(struct pfq_value), 0 },
	[PFQ_OP_SET_TIMESTAMPING] = { sizeof(struct pfq_value), 0 },
	[PFQ_OP_PLAN_QUEUES] = { 0, sizeof(struct pfq_queue_map) },
	[PFQ_OP_ENABLE] = { 0, sizeof(struct pfq_queue_map) },
	[PFQ_OP_JOIN_GROUP] = { sizeof(struct pfq_group_join), sizeof(struct pfq_group_id) },
	[PFQ_OP_LEAVE_GROUP] = { sizeof(struct pfq_group_id), 0 },
	[PFQ_OP_GET_GROUPS] = { 0, sizeof(struct pfq_group_mask) },
	[PFQ_OP_BIND_GROUP] = { sizeof(struct pfq_binding), 0 },
	[PFQ_OP_UNBIND_GROUP] = { sizeof(struct pfq_binding), 0 },
	[PFQ_OP_SET_COMPUTATION] = { 256, 0 },
	[PFQ_OP_SET_FILTER] = { 24, 0 },
	[PFQ_OP_ENABLE_VLAN_FILTER] = { sizeof(struct pfq_vlan_filter), 0 },
	[PFQ_OP_SET_VLAN_FILTER] = { sizeof(struct pfq_vlan_filter), 0 },
	[PFQ_OP_GET_STATS] = { 0, sizeof(struct pfq_stats) },
	[PFQ_OP_GET_GROUP_STATS] = { sizeof(struct pfq_group_id), sizeof(struct pfq_stats) },
	[PFQ_OP_GET_DEVICE] = { sizeof(struct pfq_device_name), sizeof(struct pfq_value) },
	[PFQ_OP_SET_PROMISCUOUS] = { sizeof(struct pfq_device_name), 0 },
	[PFQ_OP_GET_DEVICE_STATS] = { sizeof(struct pfq_device_name),
				      sizeof(struct pfq_device_stats) },
	[PFQ_OP_BIND_TX] = { sizeof(struct pfq_tx_binding), sizeof(struct pfq_value) },
	[PFQ_OP_FLUSH_TX] = { sizeof(struct pfq_value), sizeof(struct pfq_value) },
	[PFQ_OP_BIND_EGRESS] = { sizeof(struct pfq_tx_binding), 0 },
	[PFQ_OP_UNBIND_EGRESS] = { 0, 0 },
	[PFQ_OP_WAKE_TX] = { sizeof(struct pfq_value), 0 },
};

static bool random_control(int fd, const char *device)
{
	const size_t operations = sizeof(right_sizes) / sizeof(right_sizes[0]);
	struct pfq_control_call call = { .operation = (uint32_t)(random64() % (operations + 4)) };
	bool right = call.operation < operations && random64() % 4;

	fill_buffer(device);
	call.reserved = random64() % 50 ? 0 : (uint32_t)random64();
	call.request = right ? (uintptr_t)buffer : random_address();
	call.request_size = right ? right_sizes[call.operation].request : random_size();
	call.reply = right ? (uintptr_t)buffer + 2048 : random_address();
	call.reply_size = right ? right_sizes[call.operation].reply : random_size();
	call.error = random64() % 2 ? 0 : random_address();
	return ioctl(fd, PFQ_IOCTL_CONTROL,
		     random64() % 50 ? (uint64_t)(uintptr_t)&call : random_address()) == 0;
}

/* Writes all over the queues, if it can map them, while packets come in. */
static void random_queues(int fd)
{
	size_t size = 4096 * (1 + random64() % 64);
	uint64_t *words =
		mmap(NULL, size, PROT_READ | PROT_WRITE, random64() % 8 ? MAP_SHARED : MAP_PRIVATE,
		     fd, random64() % 8 ? 0 : (off_t)(random64() % 16 * 4096));

	if (words == MAP_FAILED)
		return;
	for (int i = 0; i < 20000; i++)
		words[random64() % (random64() % 2 ? 64 : size / 8)] = random64();
	if (random64() % 2)
		munmap(words, size);
}

/* Gives memory for the queues: HugePages if there are any, all or some, or what is no such thing.
 */
static void random_memory(int fd)
{
	const size_t page = 2 << 20;
	const uint64_t sizes[] = { page, 2 * page, 4096, page + 4096, 0, UINT64_MAX, random64() };
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   (random64() % 4 ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS |
				   (random64() % 8 ? MAP_HUGETLB : 0),
			   -1, 0);
	struct pfq_memory memory = { .size = pick(sizes, sizeof(sizes) / sizeof(sizes[0])) };

	memory.address = pages == MAP_FAILED || random64() % 4 == 0 ? random_address()
			 : random64() % 4 == 0			    ? (uintptr_t)pages + page
								    : (uintptr_t)pages;
	ioctl(fd, PFQ_IOCTL_MEMORY,
	      random64() % 16 ? (uint64_t)(uintptr_t)&memory : random_address());
	if (pages == MAP_FAILED)
		return;
	for (int i = 0; i < 1000; i++)
		((uint64_t *)pages)[random64() % (2 * page / 8)] = random64();
	munmap(pages, 2 * page);
}

/* True for a control operation that succeeds. */
static bool random_call(int *fd, const char *device)
{
	struct pollfd poll_fd = { .fd = *fd, .events = POLLIN };

	switch (random64() % 64) {
	case 0:
		close(*fd);
		*fd = open(NODE, O_RDWR);
		break;
	case 1:
		ioctl(*fd, (unsigned long)random64(), random_address());
		break;
	case 2:
		ioctl(*fd, PFQ_IOCTL_SIGNAL, random_address());
		break;
	case 3:
		poll(&poll_fd, 1, 1);
		break;
	case 4:
		random_queues(*fd);
		break;
	case 5:
		random_memory(*fd);
		break;
	default:
		return random_control(*fd, device);
	}
	return false;
}

static int garbage(const char *device, unsigned int seconds)
{
	time_t end = time(NULL) + (time_t)seconds;
	uint64_t calls = 0, succeeded = 0;
	int fds[4];

	buffer = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	forbidden = buffer + 4096;
	mprotect(forbidden, 4096, PROT_NONE);
	for (int i = 0; i < 4; i++) {
		fds[i] = open(NODE, O_RDWR);
		if (fds[i] < 0)
			return fail(NODE, strerror(errno));
	}
	for (; time(NULL) < end; calls++)
		succeeded += random_call(&fds[random64() % 4], device);
	printf("%llu of %llu calls succeeded\n", (unsigned long long)succeeded,
	       (unsigned long long)calls);
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 4 && strcmp(argv[1], "cycles") == 0)
		return cycles(argv[2], (unsigned int)atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "garbage") == 0)
		return garbage(argv[2], (unsigned int)atoi(argv[3]));
	fprintf(stderr, "usage: kernel_abuse cycles DEVICE COUNT | garbage DEVICE SECONDS\n");
	return 2;
}
