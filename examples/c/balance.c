/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Balances the packets of a device over threads, both directions of a flow on the same one, until
 * Ctrl-C or the end of a file, and tells how many each had.
 *
 *   export PKG_CONFIG_PATH=$PWD/bindings/c/build
 *   export PFQ_LANG=$PWD/packages/lang/bin/pfq-lang.js
 *   cc examples/c/balance.c $(pkg-config --cflags --libs pfq) -pthread -o balance
 *   ./balance pcap:traffic.pcap
 *   sudo --preserve-env=PFQ_LANG ./balance eth0 8
 *
 * after `make build`. PFQ_LANG is the compiler of the program, where it is not on PATH.
 */
#include <pfq/pfq.h>

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_THREADS 64

static struct worker {
	pfq_t *q;
	pthread_t thread;
	uint64_t packets;
} workers[MAX_THREADS];

static volatile sig_atomic_t interrupted;
static atomic_bool finished;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* Reads a socket until no more will come. */
static void *work(void *argument)
{
	struct worker *self = argument;
	struct pfq_net_queue batch;
	int length;
	bool last;

	do {
		last = finished;
		length = pfq_read(self->q, &batch, 10000);
		if (length > 0)
			self->packets += (uint64_t)length; /* the packets are at batch.queue */
	} while (length > 0 || (length == 0 && !last));
	return NULL;
}

/* Ends with what libpfq says of a call that failed. */
static int checked(const pfq_t *q, int value)
{
	if (value < 0) {
		fprintf(stderr, "balance: %s\n", pfq_error(q));
		exit(1);
	}
	return value;
}

int main(int argc, char *argv[])
{
	const int threads = argc == 3 ? atoi(argv[2]) : 4;
	struct pfq_device_stats device = { .state = PFQ_DEVICE_RUNNING };
	struct pfq_stats group;
	int gid = Q_ANY_GROUP;
	pfq_t *first;

	if (argc < 2 || argc > 3 || threads < 1 || threads > MAX_THREADS) {
		fprintf(stderr, "usage: balance DEVICE [THREADS], of which there may be %d\n",
			MAX_THREADS);
		return 2;
	}
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);

	/* The first socket makes the group, the others join it. */
	for (int i = 0; i < threads; i++) {
		pfq_t *q = workers[i].q = pfq_open_nogroup(64, 8192, 64, 64);

		checked(NULL, q ? 0 : -1);
		gid = checked(q,
			      pfq_join_group(q, gid, Q_CLASS_DEFAULT, Q_POLICY_GROUP_RESTRICTED));
		checked(q, pfq_enable(q));
	}
	first = workers[0].q;
	checked(first, pfq_set_group_computation_from_string(first, gid, "main = steer_flow"));
	checked(first, pfq_bind_group(first, gid, argv[1], Q_ANY_QUEUE));
	for (int i = 0; i < threads; i++)
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	while (!interrupted && device.state == PFQ_DEVICE_RUNNING) {
		usleep(10000);
		checked(first, pfq_get_device_stats(first, argv[1], &device));
	}

	/* What has arrived by now is handed on, and nothing after it. */
	pfq_unbind_group(first, gid, argv[1], Q_ANY_QUEUE);
	finished = true;
	for (int i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		printf("thread %d: %" PRIu64 " packets\n", i, workers[i].packets);
	}
	pfq_get_group_stats(first, gid, &group);
	printf("%" PRIu64 " dropped, %" PRIu64 " lost\n", group.drop, device.lost + group.lost);
	for (int i = 0; i < threads; i++)
		pfq_close(workers[i].q);
	if (device.state == PFQ_DEVICE_FAILED)
		fprintf(stderr, "balance: %s\n", device.text);
	return device.state == PFQ_DEVICE_FAILED;
}
