/* SPDX-License-Identifier: BSD-3-Clause */
/* What benchmarks of pfq.ko share: the clock, the kernel's packet generator, how samples are
 * printed. */
#ifndef PFQ_BENCH_KERNEL_H
#define PFQ_BENCH_KERNEL_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	BURST = 8192, /* packets */
	MAX_ROUNDS = 101,
};

_Noreturn static inline void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
	exit(1);
}

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void print_samples(const char *name, const double *samples, unsigned int count)
{
	printf("\"%s\":[", name);
	for (unsigned int i = 0; i < count; i++)
		printf("%s%.1f", i ? "," : "", samples[i]);
	printf("],");
}

/* -- pktgen: see Documentation/networking/pktgen.rst of the kernel */

static inline void tell(const char *file, const char *command)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/net/pktgen/%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0 || dprintf(fd, "%s\n", command) < 0)
		fail(path, strerror(errno));
	close(fd);
}

static inline void set_up_sender(const char *device)
{
	char text[64];

	tell("kpktgend_0", "rem_device_all");
	snprintf(text, sizeof(text), "add_device %s", device);
	tell("kpktgend_0", text);
	snprintf(text, sizeof(text), "count %d", BURST);
	tell(device, text);
	tell(device, "pkt_size 60");
	tell(device, "delay 0");
	tell(device, "src_min 10.99.0.1");
	tell(device, "dst 10.98.0.1");
	tell(device, "dst_mac 02:00:00:00:00:01");
	tell(device, "udp_src_min 1024");
	tell(device, "udp_src_max 1279");
}

/* Sends a burst; gives how long it took, in nanoseconds. */
static inline uint64_t send_burst(const char *device)
{
	unsigned long long microseconds, packets;
	char path[64], text[4096];
	const char *result;
	ssize_t length;
	int fd;

	tell("pgctrl", "start");
	snprintf(path, sizeof(path), "/proc/net/pktgen/%s", device);
	fd = open(path, O_RDONLY);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (length < 0)
		fail(path, strerror(errno));
	close(fd);
	text[length] = 0;
	result = strstr(text, "Result: OK:");
	if (!result ||
	    sscanf(result, "Result: OK: %llu(%*[^)]) usec, %llu", &microseconds, &packets) != 2 ||
	    packets != BURST)
		fail(path, text);
	return microseconds * 1000;
}

#endif
