// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_memory - what sockets and queues take of memory
 *
 * Opens and enables so many sockets, reads no packet, and tells how much address space and how much
 * real memory the process has more than before, as one JSON object. The pages of a queue are taken
 * when packets first come to them; -t touches them all.
 */
#define _GNU_SOURCE
#include <pfq/pfq.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct memory {
	long mapped, resident; /* octets */
};

static struct memory read_memory(void)
{
	struct memory memory = { 0 };
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];

	while (status && fgets(line, sizeof(line), status)) {
		sscanf(line, "VmSize: %ld", &memory.mapped);
		sscanf(line, "VmRSS: %ld", &memory.resident);
	}
	if (status)
		fclose(status);
	memory.mapped *= 1024;
	memory.resident *= 1024;
	return memory;
}

static pfq_t *open_socket(size_t caplen, size_t slots, int touch)
{
	pfq_t *q = pfq_open(caplen, slots, 1514, 1024);

	if (!q || pfq_enable(q)) {
		fprintf(stderr, "bench_memory: %s\n", pfq_error(q));
		exit(1);
	}
	if (touch)
		for (ssize_t at = 4096; at < pfq_mem_size(q); at += 4096)
			((volatile char *)pfq_mem_addr(q))[at] = 0;
	return q;
}

int main(int argc, char **argv)
{
	size_t caplen = 128, slots = 8192, sockets = 1;
	struct memory none, first, all;
	int option, touch = 0;
	ssize_t queue = 0;

	while ((option = getopt(argc, argv, "n:c:s:t")) != -1) {
		switch (option) {
		case 'n':
			sockets = strtoul(optarg, NULL, 10);
			break;
		case 'c':
			caplen = strtoul(optarg, NULL, 10);
			break;
		case 's':
			slots = strtoul(optarg, NULL, 10);
			break;
		case 't':
			touch = 1;
			break;
		default:
			return 2;
		}
	}
	none = read_memory();
	for (size_t i = 0; i < sockets; i++) {
		queue = pfq_mem_size(open_socket(caplen, slots, touch));
		if (i == 0)
			first = read_memory();
	}
	all = read_memory();
	printf("{\"sockets\":%zu,\"slots\":%zu,\"queue\":%zd,\"firstMapped\":%ld,\"firstResident\":%ld,"
	       "\"mapped\":%ld,\"resident\":%ld}\n",
	       sockets, slots, queue, first.mapped - none.mapped, first.resident - none.resident,
	       all.mapped - none.mapped, all.resident - none.resident);
	return 0;
}
