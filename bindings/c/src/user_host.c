/* SPDX-License-Identifier: BSD-3-Clause */
/* The engine in this process. */
#include "handle.h"

#include <unistd.h>

static int user_open(pfq_t *q, struct pfq_error *error)
{
	struct pfq_engine *engine = pfq_host_get(error);
	int status;

	if (!engine)
		return -ENOMEM;
	/* Nothing is between the members of one process and its own engine: whoever opens may
	 * configure. */
	status = pfq_socket_create(engine, (uint64_t)getpid(), true, q, &q->socket, error);
	if (status < 0)
		pfq_host_put();
	return status;
}

static void user_close(pfq_t *q)
{
	pfq_socket_destroy(q->socket);
	q->socket = NULL;
	pfq_host_put();
}

static int user_control(const pfq_t *q, unsigned int operation, const void *request,
			size_t request_size, void *reply, size_t reply_size,
			struct pfq_error *error)
{
	return pfq_control(q->socket, operation, request, request_size, reply, reply_size, error);
}

static void user_prepare(pfq_t *q)
{
	(void)q;
}

static void *user_map(pfq_t *q, struct pfq_error *error)
{
	(void)error;
	return pfq_socket_memory(q->socket);
}

/* The engine gave the memory up when the socket was disabled. */
static void user_unmap(pfq_t *q)
{
	(void)q;
}

const struct handle_host user_host = {
	.name = "user",
	.open = user_open,
	.close = user_close,
	.control = user_control,
	.prepare = user_prepare,
	.map = user_map,
	.unmap = user_unmap,
	.check_tx = pfq_host_check_tx,
};
