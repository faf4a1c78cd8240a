// SPDX-License-Identifier: BSD-3-Clause
/*
 * kernel_abuse - what programs do to /dev/pfq that they should not
 *
 * cycles: opens, binds, reads and closes; every tenth time the process is killed in the middle.
 *
 * garbage: control operations as they should be, damaged, or of random octets, sizes and addresses,
 * while packets come in; the same ones for the same seed. Computations are the files of a folder.
 *
 * scribble: writes random words all over the queues of a socket that is fed from one device and
 * sends to another.
 *
 * locked: enables, maps and disables a socket until no more memory may be locked, which has to
 * come.
 *
 * faults: each control operation, with each allocation of memory that it makes failing in turn. Of
 * the debug kernel alone.
 *
 * The exit status is 0 when the process came through; the kernel's log tells the rest.
 */
#define _GNU_SOURCE
#include <dirent.h>
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
#include <sys/eventfd.h>
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
static uint8_t reply[4096];

/* Computation images to load. */
static struct {
	uint8_t octets[4096 - 8];
	uint32_t size;
} images[256];
static uint32_t image_count;

static void read_images(const char *folder)
{
	struct dirent **names;
	int count = scandir(folder, &names, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		char path[4096];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		file = names[i]->d_name[0] == '.' ? NULL : fopen(path, "rb");
		if (file && image_count < sizeof(images) / sizeof(images[0])) {
			images[image_count].size = (uint32_t)fread(images[image_count].octets, 1,
								   sizeof(images[0].octets), file);
			image_count++;
		}
		if (file)
			fclose(file);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static void fill_random(void)
{
	for (size_t i = 0; i < 4096; i += 8) {
		uint64_t word = random64() & (random64() % 3 ? 3 : UINT64_MAX);

		memcpy(buffer + i, &word, 8);
	}
}

static int random_gid(void)
{
	return random64() % 8 ? (int)(random64() % 4) : Q_ANY_GROUP;
}

static struct pfq_tx_binding random_tx_binding(const char *device)
{
	struct pfq_tx_binding binding = { .queue = Q_ANY_QUEUE,
					  .thread = random64() % 4 ? Q_NO_KTHREAD
								   : (int)(random64() % 3) };

	strncpy(binding.device, device, sizeof(binding.device) - 1);
	return binding;
}

#define REQUEST(type, ...)                                 \
	do {                                               \
		type request = __VA_ARGS__;                \
		memcpy(buffer, &request, sizeof(request)); \
		return sizeof(request);                    \
	} while (0)

/* Writes a request that makes sense into the buffer, and tells its size. */
static size_t fill_sensible(uint32_t operation, const char *device)
{
	struct pfq_binding binding = { .gid = random_gid(), .queue = Q_ANY_QUEUE };
	struct pfq_device_name name = { .value = (int)(random64() % 2) };
	const int policies[] = { Q_POLICY_GROUP_PRIVATE, Q_POLICY_GROUP_RESTRICTED,
				 Q_POLICY_GROUP_SHARED, Q_POLICY_GROUP_SHARED };

	memset(buffer, 0, 4096);
	strncpy(binding.device, device, sizeof(binding.device) - 1);
	strncpy(name.device, device, sizeof(name.device) - 1);
	switch (operation) {
	case PFQ_OP_CONFIGURE:
		REQUEST(struct pfq_socket_config, { .caplen = 64 + random64() % 2000,
						    .rx_slots = 16 << random64() % 8,
						    .xmitlen = 64 + random64() % 2000,
						    .tx_slots = 16 << random64() % 6 });
	case PFQ_OP_SET_WEIGHT:
		REQUEST(struct pfq_value, { 1 + random64() % 1024 });
	case PFQ_OP_SET_TIMESTAMPING:
		REQUEST(struct pfq_value, { random64() % 2 });
	case PFQ_OP_JOIN_GROUP:
		REQUEST(struct pfq_group_join, { .gid = random_gid(),
						 .policy = (uint32_t)policies[random64() % 4],
						 .class_mask = Q_CLASS_DEFAULT });
	case PFQ_OP_LEAVE_GROUP:
	case PFQ_OP_GET_GROUP_STATS:
	case PFQ_OP_GET_GROUP_COUNTERS:
		REQUEST(struct pfq_group_id, { .gid = random_gid() });
	case PFQ_OP_BIND_GROUP:
	case PFQ_OP_UNBIND_GROUP:
		memcpy(buffer, &binding, sizeof(binding));
		return sizeof(binding);
	case PFQ_OP_SET_COMPUTATION: {
		uint32_t image = image_count ? (uint32_t)(random64() % image_count) : 0;

		*(int32_t *)buffer = random_gid();
		memcpy(buffer + sizeof(struct pfq_computation), images[image].octets,
		       images[image].size);
		return sizeof(struct pfq_computation) + images[image].size;
	}
	case PFQ_OP_SET_FILTER: {
		const uint64_t accept_all = 6 | UINT64_C(0xffff) << 32;

		*(struct pfq_filter *)buffer = (struct pfq_filter){ random_gid(), 1 };
		memcpy(buffer + sizeof(struct pfq_filter), &accept_all, 8);
		return sizeof(struct pfq_filter) + 8;
	}
	case PFQ_OP_ENABLE_VLAN_FILTER:
	case PFQ_OP_SET_VLAN_FILTER:
		REQUEST(struct pfq_vlan_filter, { .gid = random_gid(),
						  .vid = (int)(random64() % 4097) - 2,
						  .on = (uint32_t)(random64() % 2) });
	case PFQ_OP_GET_DEVICE:
	case PFQ_OP_SET_PROMISCUOUS:
	case PFQ_OP_GET_DEVICE_STATS:
		memcpy(buffer, &name, sizeof(name));
		return sizeof(name);
	case PFQ_OP_BIND_TX:
	case PFQ_OP_BIND_EGRESS:
		REQUEST(struct pfq_tx_binding, random_tx_binding(device));
	case PFQ_OP_FLUSH_TX:
	case PFQ_OP_WAKE_TX:
		REQUEST(struct pfq_value, { random64() % 5 });
	default:
		return 0;
	}
}

static void damage(size_t size)
{
	for (uint64_t count = random64() % 4; count && size; count--)
		buffer[random64() % size] ^= (uint8_t)(1 << random64() % 8);
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

static const uint32_t reply_sizes[] = {
	[PFQ_OP_GET_INFO] = sizeof(struct pfq_socket_info),
	[PFQ_OP_ENABLE] = sizeof(struct pfq_queue_map),
	[PFQ_OP_JOIN_GROUP] = sizeof(struct pfq_group_id),
	[PFQ_OP_GET_GROUPS] = sizeof(struct pfq_group_mask),
	[PFQ_OP_GET_STATS] = sizeof(struct pfq_stats),
	[PFQ_OP_GET_GROUP_STATS] = sizeof(struct pfq_stats),
	[PFQ_OP_GET_GROUP_COUNTERS] = sizeof(struct pfq_counters),
	[PFQ_OP_GET_DEVICE] = sizeof(struct pfq_value),
	[PFQ_OP_GET_DEVICE_STATS] = sizeof(struct pfq_device_stats),
	[PFQ_OP_BIND_TX] = sizeof(struct pfq_value),
	[PFQ_OP_FLUSH_TX] = sizeof(struct pfq_value),
	[PFQ_OP_WAKE_TX] = 0,
	[PFQ_OP_PLAN_QUEUES] = sizeof(struct pfq_queue_map),
};

#define OPERATIONS (sizeof(reply_sizes) / sizeof(reply_sizes[0]))

static bool random_control(int fd, const char *device)
{
	struct pfq_control_call call = { .operation = (uint32_t)(random64() % (OPERATIONS + 4)) };
	bool sensible = call.operation < OPERATIONS && random64() % 4;

	if (sensible) {
		call.request_size = fill_sensible(call.operation, device);
		call.reply_size = reply_sizes[call.operation];
		if (random64() % 3 == 0)
			damage(call.request_size);
	} else {
		fill_random();
		call.request_size = random_size();
		call.reply_size = random_size();
	}
	call.reserved = random64() % 50 ? 0 : (uint32_t)random64();
	call.request = sensible ? (uintptr_t)buffer : random_address();
	call.reply = sensible ? (uintptr_t)reply : random_address();
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

	printf("seed %llu\n", (unsigned long long)seed);
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

/* -- scribble */

static volatile bool over;

static void *scribble_words(void *memory)
{
	const struct pfq_queue_map *map = memory;
	uint64_t *words = (uint64_t *)(uintptr_t)map->hugepage; /* where it is mapped */
	uint64_t state = (uintptr_t)&state;

	while (!over)
		for (int i = 0; i < 1000; i++) {
			state = state * 6364136223846793005ULL + 1442695040888963407ULL;
			/* one half on the headers and the first slots */
			words[(state >> 20) % (state & 1 ? 512 : map->size / 8)] = state;
		}
	return NULL;
}

static long call_control(int fd, uint32_t operation, const void *request, size_t request_size,
			 void *result, size_t result_size)
{
	struct pfq_control_call call = {
		.operation = operation,
		.request = (uintptr_t)request,
		.request_size = request_size,
		.reply = (uintptr_t)result,
		.reply_size = result_size,
	};

	return ioctl(fd, PFQ_IOCTL_CONTROL, &call);
}

#define CALL(fd, operation, request) \
	call_control(fd, operation, &(request), sizeof(request), reply, reply_sizes[operation])
#define CALL_EMPTY(fd, operation) \
	call_control(fd, operation, NULL, 0, reply, reply_sizes[operation])

static struct pfq_socket_config small_queues = {
	.caplen = 64, .rx_slots = 256, .xmitlen = 64, .tx_slots = 64
};
static struct pfq_group_join join_any = { .gid = Q_ANY_GROUP,
					  .policy = Q_POLICY_GROUP_SHARED,
					  .class_mask = Q_CLASS_DEFAULT };

static struct pfq_binding binding_of(const char *device)
{
	struct pfq_binding binding = { .queue = Q_ANY_QUEUE };

	strncpy(binding.device, device, sizeof(binding.device) - 1);
	return binding;
}

static struct pfq_tx_binding tx_binding_of(const char *device)
{
	struct pfq_tx_binding binding = { .queue = Q_ANY_QUEUE, .thread = Q_NO_KTHREAD };

	strncpy(binding.device, device, sizeof(binding.device) - 1);
	return binding;
}

static int scribble(const char *device, const char *far, unsigned int seconds)
{
	struct pfq_binding binding = binding_of(device);
	struct pfq_tx_binding tx = tx_binding_of(far);
	time_t end = time(NULL) + (time_t)seconds;
	struct pfq_value queue = { 0 };
	struct pfq_queue_map map;
	uint64_t flushes = 0;
	pthread_t writers[2];
	int fd = open(NODE, O_RDWR);

	if (fd < 0 || CALL(fd, PFQ_OP_CONFIGURE, small_queues) ||
	    CALL(fd, PFQ_OP_JOIN_GROUP, join_any))
		return fail("scribble", strerror(errno));
	binding.gid = ((struct pfq_group_id *)reply)->gid;
	if (CALL(fd, PFQ_OP_BIND_TX, tx) || CALL_EMPTY(fd, PFQ_OP_ENABLE))
		return fail("scribble", strerror(errno));
	memcpy(&map, reply, sizeof(map));
	map.hugepage = (uintptr_t)mmap(NULL, map.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if ((void *)(uintptr_t)map.hugepage == MAP_FAILED || CALL(fd, PFQ_OP_BIND_GROUP, binding))
		return fail("scribble", strerror(errno));
	for (int i = 0; i < 2; i++)
		pthread_create(&writers[i], NULL, scribble_words, &map);
	for (; time(NULL) < end; flushes++) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

		CALL(fd, PFQ_OP_FLUSH_TX, queue);
		poll(&poll_fd, 1, 0);
	}
	over = true;
	for (int i = 0; i < 2; i++)
		pthread_join(writers[i], NULL);
	printf("%llu flushes\n", (unsigned long long)flushes);
	return close(fd) ? fail("close", strerror(errno)) : 0;
}

/* -- locked */

/* Maps the queues, which stay mapped when the socket is disabled; MAP_FAILED with errno if not. */
static void *map_once(int fd)
{
	struct pfq_queue_map *map = (struct pfq_queue_map *)reply;
	void *memory;

	if (CALL_EMPTY(fd, PFQ_OP_ENABLE))
		return MAP_FAILED;
	memory = mmap(NULL, map->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (CALL_EMPTY(fd, PFQ_OP_DISABLE))
		return MAP_FAILED;
	return memory;
}

static int locked(unsigned int count)
{
	int fd = open(NODE, O_RDWR);
	void *maps[4096];
	unsigned int n = 0;
	size_t size;

	if (fd < 0 || count > sizeof(maps) / sizeof(maps[0]))
		return fail("locked", "cannot begin");
	while (n < count && (maps[n] = map_once(fd)) != MAP_FAILED)
		n++;
	if (n == count)
		return fail("locked", "there is no limit");
	if (errno != ENOMEM)
		return fail("locked", strerror(errno));
	CALL_EMPTY(fd, PFQ_OP_PLAN_QUEUES);
	size = ((struct pfq_queue_map *)reply)->size;
	printf("%u mappings of %zu KiB\n", n, size >> 10);
	/* in two parts, the second of which is all that is left */
	munmap(maps[0], 4096);
	if (map_once(fd) != MAP_FAILED)
		return fail("locked", "a mapping of which a part is left is not charged");
	munmap((char *)maps[0] + 4096, size - 4096);
	if (map_once(fd) == MAP_FAILED)
		return fail("locked", "what is unmapped stays charged");
	close(fd);
	return 0;
}

/* -- faults */

struct place {
	const char *device, *far;
};

static int group;

static int step_open(int *fd, const struct place *place)
{
	(void)place;
	*fd = open(NODE, O_RDWR);
	return *fd < 0 ? -1 : 0;
}

static int step_configure(int *fd, const struct place *place)
{
	(void)place;
	return (int)CALL(*fd, PFQ_OP_CONFIGURE, small_queues);
}

static int step_join(int *fd, const struct place *place)
{
	(void)place;
	if (CALL(*fd, PFQ_OP_JOIN_GROUP, join_any))
		return -1;
	group = ((struct pfq_group_id *)reply)->gid;
	return 0;
}

static int step_bind(int *fd, const struct place *place)
{
	struct pfq_binding binding = binding_of(place->device);

	binding.gid = group;
	return (int)CALL(*fd, PFQ_OP_BIND_GROUP, binding);
}

static int step_bind_tx(int *fd, const struct place *place)
{
	struct pfq_tx_binding binding = tx_binding_of(place->far);

	return (int)CALL(*fd, PFQ_OP_BIND_TX, binding);
}

static int step_filter(int *fd, const struct place *place)
{
	const struct {
		struct pfq_filter header;
		uint64_t instruction;
	} filter = { { group, 1 }, 6 | UINT64_C(0xffff) << 32 };

	(void)place;
	return (int)CALL(*fd, PFQ_OP_SET_FILTER, filter);
}

static int step_vlan_filter(int *fd, const struct place *place)
{
	struct pfq_vlan_filter filter = { .gid = group, .vid = 5, .on = 1 };

	(void)place;
	return (int)(CALL(*fd, PFQ_OP_ENABLE_VLAN_FILTER, filter) ||
		     CALL(*fd, PFQ_OP_SET_VLAN_FILTER, filter))
		       ? -1
		       : 0;
}

static uint32_t image_in_turn;

static int step_computation(int *fd, const struct place *place)
{
	static uint8_t request[4096];
	size_t size = images[image_in_turn].size;

	(void)place;
	memset(request, 0, sizeof(struct pfq_computation));
	memcpy(request, &group, sizeof(group));
	memcpy(request + sizeof(struct pfq_computation), images[image_in_turn].octets, size);
	return (int)call_control(*fd, PFQ_OP_SET_COMPUTATION, request,
				 sizeof(struct pfq_computation) + size, NULL, 0);
}

static int step_promiscuous(int *fd, const struct place *place)
{
	struct pfq_device_name name = { .value = 1 };

	strncpy(name.device, place->device, sizeof(name.device) - 1);
	return (int)CALL(*fd, PFQ_OP_SET_PROMISCUOUS, name);
}

static int step_enable(int *fd, const struct place *place)
{
	(void)place;
	return (int)CALL_EMPTY(*fd, PFQ_OP_ENABLE);
}

static int step_map(int *fd, const struct place *place)
{
	struct pfq_queue_map *map = (struct pfq_queue_map *)reply;
	void *memory = mmap(NULL, map->size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);

	(void)place;
	if (memory == MAP_FAILED)
		return -1;
	munmap(memory, map->size);
	return 0;
}

static int step_signal(int *fd, const struct place *place)
{
	int event = eventfd(0, 0);
	int status = event < 0 ? -1 : ioctl(*fd, PFQ_IOCTL_SIGNAL, &event);

	(void)place;
	close(event);
	return status;
}

static int step_unbind(int *fd, const struct place *place)
{
	struct pfq_binding binding = binding_of(place->device);

	binding.gid = group;
	return (int)CALL(*fd, PFQ_OP_UNBIND_GROUP, binding);
}

static int step_disable(int *fd, const struct place *place)
{
	(void)place;
	return (int)CALL_EMPTY(*fd, PFQ_OP_DISABLE);
}

static int step_leave(int *fd, const struct place *place)
{
	struct pfq_group_id id = { .gid = group };

	(void)place;
	return (int)CALL(*fd, PFQ_OP_LEAVE_GROUP, id);
}

/* The largest of the images that make sense is the one to load. */
static int choose_image(const struct place *place)
{
	uint32_t best = 0, size = 0;
	int fd;

	if (step_open(&fd, place) || step_join(&fd, place))
		return fail(NODE, strerror(errno));
	for (image_in_turn = 0; image_in_turn < image_count; image_in_turn++)
		if (images[image_in_turn].size > size && step_computation(&fd, place) == 0) {
			best = image_in_turn;
			size = images[best].size;
		}
	image_in_turn = best;
	close(fd);
	return size ? 0 : fail("images", "none of them can be loaded");
}

static const struct {
	const char *name;
	int (*perform)(int *fd, const struct place *place);
} steps[] = {
	{ "open", step_open },
	{ "configure", step_configure },
	{ "join", step_join },
	{ "filter", step_filter },
	{ "vlan filter", step_vlan_filter },
	{ "computation", step_computation },
	{ "bind tx", step_bind_tx },
	{ "enable", step_enable },
	{ "map", step_map },
	{ "bind", step_bind },
	{ "promiscuous", step_promiscuous },
	{ "signal", step_signal },
	{ "computation again", step_computation },
	{ "unbind", step_unbind },
	{ "disable", step_disable },
	{ "leave", step_leave },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t written = fd < 0 ? -1 : write(fd, text, strlen(text));

	close(fd);
	return written < 0 ? fail(path, strerror(errno)) : 0;
}

/* The n-th allocation of this thread from now on fails; 0: none does. */
static int fail_nth(int fd, unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	return pwrite(fd, text, (size_t)length, 0) < 0 ? -1 : 0;
}

/* Whether there were not so many. */
static bool unspent(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) > 0;
}

/* All steps up to one, whose n-th allocation fails. 1: it has none; -1: something is wrong. */
static int try_fault(int control, size_t last, unsigned int n, const struct place *place)
{
	bool none = false;
	int fd = -1, status = 0, reason;

	for (size_t step = 0; step <= last && !status; step++) {
		if (step == last)
			fail_nth(control, n);
		status = steps[step].perform(&fd, place);
		reason = errno;
		if (step == last) {
			none = unspent(control);
			fail_nth(control, 0);
		}
		if (status && (step < last || none)) {
			close(fd);
			return fail(steps[step].name, strerror(reason));
		}
	}
	/* what failed can be done again, unless it has made room for nothing to go on with */
	if (status && steps[last].perform(&fd, place)) {
		close(fd);
		return fail(steps[last].name, "fails after a failure, with memory enough");
	}
	close(fd);
	return none ? 1 : 0;
}

static int faults_of(int control, size_t step, const struct place *place)
{
	for (unsigned int n = 1; n < 10000; n++) {
		int status = try_fault(control, step, n, place);

		if (status < 0 || (status == 1 && n == 0))
			return -1;
		if (status == 1) {
			printf("%s: %u allocations\n", steps[step].name, n - 1);
			return 0;
		}
	}
	return fail(steps[step].name, "no end of allocations");
}

static int prepare_faults(void)
{
	return write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N") ||
	       write_file("/sys/kernel/debug/failslab/verbose", "0") ||
	       write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N") ||
	       write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N") ||
	       write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0") ||
	       write_file("/sys/kernel/debug/fail_page_alloc/verbose", "0");
}

static int faults(const char *device, const char *far)
{
	const struct place place = { device, far };
	int control, status = 0;

	if (choose_image(&place) || prepare_faults() || mlockall(MCL_CURRENT | MCL_FUTURE))
		return 1;
	control = open("/proc/thread-self/fail-nth", O_RDWR);
	if (control < 0)
		return fail("/proc/thread-self/fail-nth", strerror(errno));
	/* the test of the log knows these lines: see testbed/src/vm/kernel-log.ts */
	write_file("/dev/kmsg", "kernel_abuse: allocations fail from here on");
	for (size_t step = 0; step < STEPS && !status; step++)
		status = faults_of(control, step, &place);
	write_file("/dev/kmsg", "kernel_abuse: allocations fail no more");
	close(control);
	return status ? 1 : 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 2 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 4)
		seed = strtoull(argv[4], NULL, 0);
	if (argc == 4 && strcmp(command, "cycles") == 0)
		return cycles(argv[2], (unsigned int)atoi(argv[3]));
	if (argc == 3 && strcmp(command, "locked") == 0)
		return locked((unsigned int)atoi(argv[2]));
	if (argc >= 4 && strcmp(command, "garbage") == 0) {
		if (argc > 5)
			read_images(argv[5]);
		return garbage(argv[2], (unsigned int)atoi(argv[3]));
	}
	if (argc == 5 && strcmp(command, "scribble") == 0)
		return scribble(argv[2], argv[3], (unsigned int)atoi(argv[4]));
	if (argc == 5 && strcmp(command, "faults") == 0) {
		read_images(argv[4]);
		return faults(argv[2], argv[3]);
	}
	fprintf(stderr,
		"usage: kernel_abuse cycles DEVICE COUNT | garbage DEVICE SECONDS [SEED [FOLDER]] |\n"
		"  scribble DEVICE FAR SECONDS | locked COUNT | faults DEVICE FAR FOLDER\n");
	return 2;
}
