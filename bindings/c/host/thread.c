/* SPDX-License-Identifier: BSD-3-Clause */
#include "thread.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>

int thread_stop_fd(void)
{
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int thread_start(pthread_t *thread, const char *device, void *(*run)(void *), void *argument)
{
	char name[16]; /* what the kernel keeps */
	sigset_t all;
	sigset_t before;
	int status;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = pthread_create(thread, NULL, run, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (status)
		return -status;
	snprintf(name, sizeof(name), "pfq:%.11s", device);
	pthread_setname_np(*thread, name);
	return 0;
}

void thread_stop(pthread_t thread, int stop_fd)
{
	eventfd_t count;

	eventfd_write(stop_fd, 1);
	pthread_join(thread, NULL);
	eventfd_read(stop_fd, &count);
}

bool thread_stopping(int stop_fd, uint64_t nsec)
{
	struct pollfd fd = { .fd = stop_fd, .events = POLLIN };
	struct timespec timeout = {
		.tv_sec = (time_t)(nsec / 1000000000),
		.tv_nsec = (long)(nsec % 1000000000),
	};

	return ppoll(&fd, 1, &timeout, NULL) > 0;
}
