/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads of devices, and how they are told to end: by an eventfd, which they can wait for along
 * with what they do. */
#ifndef PFQ_HOST_THREAD_H
#define PFQ_HOST_THREAD_H

#include "platform.h"

/* The eventfd, or -1. */
int thread_stop_fd(void);

/* Starts a thread that takes no signals, under the name of its device. Gives 0 or a negative errno.
 */
int thread_start(pthread_t *thread, const char *device, void *(*run)(void *), void *argument);

/* Tells it to end, and waits until it has. The eventfd may serve another one after that. */
void thread_stop(pthread_t thread, int stop_fd);

/* Whether the thread is to end; waits up to so many nanoseconds for that. */
bool thread_stopping(int stop_fd, uint64_t nsec);

#endif
