/* SPDX-License-Identifier: BSD-3-Clause */
/* Children: they have no sockets but their own. */
#include "harness.h"

#include <pthread.h>
#include <sys/wait.h>

static int run_child(int (*child)(pfq_t *q, const char *device), pfq_t *q, const char *device)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(child(q, device));
	waitpid(pid, &status, 0);
	return status;
}

static bool busy_stops;

/* Opens, fails and closes all the time: the locks of the library are held most of it. */
static void *keep_busy(void *argument)
{
	struct pfq_net_queue nq;

	(void)argument;
	while (!__atomic_load_n(&busy_stops, __ATOMIC_RELAXED)) {
		pfq_t *q = pfq_open_nogroup(64, 64, 64, 64);

		for (int i = 0; i < 100; i++)
			pfq_read(q, &nq, 0);
		pfq_close(q);
	}
	return NULL;
}

/* An alarm ends a child that waits for a lock that nobody will release. */
static int open_and_close(pfq_t *q, const char *device)
{
	struct pfq_net_queue nq;
	pfq_t *own;

	(void)device;
	alarm(60);
	if (pfq_read(q, &nq, 0) >= 0)
		return 1;
	own = pfq_open(64, 64, 64, 64);
	return own && pfq_close(own) == 0 ? 0 : 2;
}

/* The first: so every socket that is lost to a child is one that keep_busy() opened
 * (valgrind.supp). */
TEST(a_fork_while_other_threads_are_in_the_library_leaves_no_lock_behind)
{
	const char *device = fresh_device("busy");
	pfq_t *q = open_on(device, 64, 64);
	pthread_t threads[2];

	__atomic_store_n(&busy_stops, false, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, keep_busy, NULL);
	for (unsigned int i = rounds_of(100); i > 0; i--)
		CHECK_EQUAL(run_child(open_and_close, q, device), 0);
	__atomic_store_n(&busy_stops, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pfq_close(q);
}

/* Exit status 0 if the handle of the parent is refused, and one of the child's own works. */
static int child_of(pfq_t *q, const char *device)
{
	struct pfq_net_queue nq;
	pfq_t *own, *sender;
	char packet[60] = { 1 };

	if (pfq_read(q, &nq, 0) >= 0 || !strstr(pfq_error(q), "parent"))
		return 1;
	if (pfq_id(q) >= 0 || pfq_close(q) >= 0)
		return 2;
	own = pfq_open(64, 64, 64, 64);
	if (!own || pfq_enable(own) < 0 || pfq_bind(own, device, Q_ANY_QUEUE) < 0)
		return 3;
	sender = pfq_open_nogroup(64, 64, 64, 64);
	if (!sender || pfq_bind_tx(sender, far_end(device), Q_ANY_QUEUE, Q_NO_KTHREAD) < 0 ||
	    pfq_enable(sender) < 0)
		return 4;
	if (pfq_send(sender, packet, sizeof(packet), 1, 1) < 0 || pfq_read(own, &nq, -1) != 1)
		return 5;
	return pfq_close(sender) < 0 || pfq_close(own) < 0 ? 6 : 0;
}

TEST(a_child_cannot_use_its_parents_socket_and_can_open_its_own)
{
	const char *device = fresh_device("fork");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	struct pfq_net_queue nq;

	CHECK_EQUAL(run_child(child_of, q, device), 0);
	/* The parent's go on. A device of the user host is its process's own, an interface is
	 * everybody's. */
	if (on_kernel_host())
		CHECK_EQUAL(read_batch(q, &nq), 1);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 0);
	send_number(sender, 5, 60);
	CHECK_EQUAL(read_batch(q, &nq), 1);
	CHECK_EQUAL(number_of(nq.queue), 5);
	pfq_close(sender);
	pfq_close(q);
}
