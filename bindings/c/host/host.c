/* SPDX-License-Identifier: BSD-3-Clause */
#include "host.h"
#include "host_device.h"
#include "filter.h"
#include "log.h"
#include "queue_memory.h"
#include "tx_thread.h"

#include <sys/eventfd.h>
#include <unistd.h>

static pthread_mutex_t host_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pfq_engine *host_engine;
static unsigned int host_references;

#ifdef __SANITIZE_THREAD__
char pfq_rcu_order;
#endif

/* A full eventfd cannot be: its reader empties it long before 2^64 wake-ups. */
void pfq_wake(struct pfq_wake *wake)
{
	int saved = errno;

	(void)!eventfd_write(wake->fd, 1);
	errno = saved;
}

#define HELD_WAKES 32

static __thread struct {
	bool holding;
	unsigned int count;
	struct pfq_wake *wakes[HELD_WAKES];
} held;

/* Of the held ones none comes twice, since its reader asks again only after it was woken. */
static void host_wake(void *host, void *host_socket)
{
	(void)host;
	if (held.holding && held.count < HELD_WAKES)
		held.wakes[held.count++] = host_socket;
	else
		pfq_wake(host_socket);
}

void pfq_host_hold_wakes(void)
{
	pfq_rcu_read_lock();
	held.holding = true;
}

void pfq_host_release_wakes(void)
{
	held.holding = false;
	while (held.count)
		pfq_wake(held.wakes[--held.count]);
	pfq_rcu_read_unlock();
}

static int host_socket_process(void *host, void *host_socket)
{
	(void)host;
	(void)host_socket;
	return (int)getpid();
}

static const struct pfq_host_ops host_ops = {
	.device_open = host_device_open,
	.device_close = host_device_close,
	.device_start = host_device_start,
	.device_stop = host_device_stop,
	.device_promiscuous = host_device_promiscuous,
	.device_stats = host_device_stats,
	.filter_prepare = host_filter_prepare,
	.filter_free = host_filter_free,
	.filter_get = host_filter_get,
	.queue_alloc = host_queue_alloc,
	.queue_free = host_queue_free,
	.socket_process = host_socket_process,
	.tx_thread_get = host_tx_thread_get,
	.tx_thread_put = host_tx_thread_put,
	.tx_thread_wake = host_tx_thread_wake,
	.filter_run = host_filter_run,
	.device_send = host_device_send,
	.device_has_address = host_device_has_address,
	.log = host_log,
	.wake = host_wake,
};

/*
 * The child of a fork() has none of the threads, so its copy of the engine is dead. It is left
 * where it is, handles of the parent are refused (src/handle.c), and the first pfq_open() makes a
 * new engine.
 */
static void before_fork(void)
{
	pthread_mutex_lock(&host_lock);
	urcu_bp_before_fork();
}

static void after_fork_in_parent(void)
{
	urcu_bp_after_fork_parent();
	pthread_mutex_unlock(&host_lock);
}

static void after_fork_in_child(void)
{
	urcu_bp_after_fork_child();
	host_engine = NULL;
	host_references = 0;
	host_devices_after_fork();
	host_tx_threads_after_fork();
	pthread_mutex_unlock(&host_lock);
}

static void watch_forks(void)
{
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

struct pfq_engine *pfq_host_get(struct pfq_error *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct pfq_engine *engine;

	pthread_once(&once, watch_forks);
	pthread_mutex_lock(&host_lock);
	if (!host_engine)
		host_engine = pfq_engine_create(&host_ops, NULL, host_lanes());
	engine = host_engine;
	if (engine)
		host_references++;
	else
		pfq_fail(error, ENOMEM, "no memory for the engine");
	pthread_mutex_unlock(&host_lock);
	return engine;
}

void pfq_host_put(void)
{
	pthread_mutex_lock(&host_lock);
	if (--host_references == 0) {
		pfq_engine_destroy(host_engine);
		host_engine = NULL;
	}
	pthread_mutex_unlock(&host_lock);
}
