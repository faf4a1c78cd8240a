// SPDX-License-Identifier: BSD-3-Clause
/*
 * bench_usage - runs a command to its end, passes signals on to it, and tells what it cost
 *
 * The last line on its standard output is one JSON object: processor time of the command and of all
 * that it waited for, in seconds, the largest size of its memory, and how it ended.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;

static void pass_on(int signal)
{
	if (child > 0)
		kill(child, signal);
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = pass_on };
	struct rusage usage;
	double start = now();
	int status;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_usage COMMAND [ARGUMENT]...\n");
		return 2;
	}
	child = fork();
	if (child < 0) {
		fprintf(stderr, "bench_usage: %s\n", strerror(errno));
		return 1;
	}
	if (child == 0) {
		execvp(argv[1], argv + 1);
		fprintf(stderr, "bench_usage: %s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (wait4(child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			return 1;
	printf("{\"user\":%.6f,\"system\":%.6f,\"seconds\":%.6f,\"memory\":%ld,\"status\":%d}\n",
	       seconds(usage.ru_utime), seconds(usage.ru_stime), now() - start,
	       usage.ru_maxrss * 1024,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
