/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends what arrives at one device out of another, until Ctrl-C or the end of a file. A second one,
 * `forward TO FROM`, makes it a bridge.
 *
 *   export PKG_CONFIG_PATH=$PWD/bindings/c/build
 *   export PFQ_LANG=$PWD/packages/lang/bin/pfq-lang.js
 *   cc examples/c/forward.c $(pkg-config --cflags --libs pfq) -o forward
 *   sudo --preserve-env=PFQ_LANG ./forward eth0 eth1
 *   sudo --preserve-env=PFQ_LANG ./forward pcap:traffic.pcap eth1
 *
 * after `make build`. PFQ_LANG is the compiler of the program, where it is not on PATH.
 */
#include <pfq/pfq.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void die(const char *text)
{
	fprintf(stderr, "forward: %s\n", text);
	exit(1);
}

int main(int argc, char *argv[])
{
	struct pfq_device_stats device = { .state = PFQ_DEVICE_RUNNING };
	struct pfq_stats group;
	char program[256];
	pfq_t *q;
	int gid;

	if (argc != 3) {
		fprintf(stderr, "usage: forward FROM TO\n");
		return 2;
	}
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	snprintf(program, sizeof(program), "main = bridge \"%s\"", argv[2]);

	/* bridge sends a packet on, and leaves none for the socket. */
	q = pfq_open(64, 64, 64, 64);
	gid = pfq_group_id(q);
	if (!q || pfq_set_group_computation_from_string(q, gid, program) < 0 || pfq_enable(q) < 0 ||
	    pfq_bind(q, argv[1], Q_ANY_QUEUE) < 0)
		die(pfq_error(q));
	while (!interrupted && device.state == PFQ_DEVICE_RUNNING) {
		usleep(10000);
		if (pfq_get_device_stats(q, argv[1], &device) < 0)
			die(pfq_error(q));
	}

	/* What has arrived by now is sent on, and nothing after it. */
	pfq_unbind(q, argv[1], Q_ANY_QUEUE);
	pfq_get_group_stats(q, gid, &group);
	printf("%" PRIu64 " packets sent on, %" PRIu64 " not taken by %s, %" PRIu64 " lost\n",
	       group.frwd, group.fail, argv[2], device.lost);
	pfq_close(q);
	if (device.state == PFQ_DEVICE_FAILED)
		die(device.text);
	return 0;
}
