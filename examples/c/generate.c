/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends small UDP packets of 64 flows: so many, or until Ctrl-C; at a rate, or as fast as it goes.
 *
 *   export PKG_CONFIG_PATH=$PWD/bindings/c/build
 *   cc examples/c/generate.c $(pkg-config --cflags --libs pfq) -o generate
 *   sudo ./generate eth0 1000000
 *   sudo ./generate eth0 0 5000      # 5,000 a second, without end
 *
 * after `make build`, or without the first line where libpfq is installed (`make install`).
 */
#include <pfq/pfq.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FLOWS 64

static volatile sig_atomic_t interrupted;

static uint8_t packet[60] = {
	/* Ethernet */
	0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00,
	/* IPv4, from 198.18.0.1 to 198.18.0.2: addresses of benchmarks (RFC 2544) */
	0x45, 0x00, 0x00, 0x2e, 0x00, 0x00, 0x00, 0x00, 0x40, 0x11, 0xee, 0x97, 0xc6, 0x12, 0x00,
	0x01, 0xc6, 0x12, 0x00, 0x02,
	/* UDP, from port 1024 and up to port 9; the rest is zeros */
	0x04, 0x00, 0x00, 0x09, 0x00, 0x1a, 0x00, 0x00
};

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void die(const char *text)
{
	fprintf(stderr, "generate: %s\n", text);
	exit(1);
}

/* What is no number that makes sense is -1. */
static double number(const char *text)
{
	char *end;
	const double value = strtod(text, &end);

	return *text && !*end && value >= 0 ? value : -1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void sleep_until(double time)
{
	const struct timespec until = { (time_t)time, (long)((time - (double)(time_t)time) * 1e9) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

int main(int argc, char *argv[])
{
	const double packets = argc > 2 ? number(argv[2]) : 0;
	const double rate = argc > 3 ? number(argv[3]) : 0;
	struct pfq_stats stats;
	double start;
	pfq_t *q;

	if (argc < 2 || argc > 4 || packets < 0 || rate < 0) {
		fprintf(stderr, "usage: generate DEVICE [PACKETS [PACKETS A SECOND]]\n");
		return 2;
	}
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	q = pfq_open_nogroup(64, 64, sizeof(packet), 1024);
	if (!q || pfq_bind_tx(q, argv[1], Q_ANY_QUEUE, Q_NO_KTHREAD) < 0 || pfq_enable(q) < 0)
		die(pfq_error(q));
	start = now();
	for (uint64_t i = 0; (packets == 0 || (double)i < packets) && !interrupted; i++) {
		if (rate > 0)
			sleep_until(start + (double)i / rate);
		packet[35] = (uint8_t)(i % FLOWS); /* of the source port */
		if (pfq_send(q, packet, sizeof(packet), 1, rate > 0 ? 1 : FLOWS) < 0)
			die(pfq_error(q));
	}
	if (pfq_sync_queue(q, 0) < 0 || pfq_get_stats(q, &stats) < 0)
		die(pfq_error(q));
	printf("%" PRIu64 " packets sent, %" PRIu64 " not taken by %s, in %.3f s\n", stats.sent,
	       stats.fail, argv[1], now() - start);
	pfq_close(q);
	return 0;
}
