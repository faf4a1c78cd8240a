/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Errors are kept twice: by thread, so that a thread reads the text of its own failure in peace,
 * and by socket, for a thread that asks after another one's call.
 */
#include "handle.h"

#include "error.h"

pthread_mutex_t failure_lock = PTHREAD_MUTEX_INITIALIZER;

static __thread struct {
	const pfq_t *of;
	struct pfq_error error; /* of the last call on `of` */
	struct pfq_error open;	/* of the last pfq_open() that failed */
} mine = { .error.node = -1, .open.node = -1 };

int failure_of(const pfq_t *q, const struct pfq_error *error)
{
	if (q) {
		mine.of = q;
		mine.error = *error;
		pthread_mutex_lock(&failure_lock);
		((pfq_t *)(uintptr_t)q)->error = *error;
		pthread_mutex_unlock(&failure_lock);
	} else {
		mine.open = *error;
	}
	errno = -error->code;
	return -1;
}

static int failure_with(const pfq_t *q, int code, const char *format, va_list arguments)
{
	struct pfq_error error;

	pfq_vfail(&error, code, -1, format, arguments);
	return failure_of(q, &error);
}

int failure(const pfq_t *q, int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	failure_with(q, code, format, arguments);
	va_end(arguments);
	return -1;
}

int refusal(const pfq_t *q, int code, const char *format, ...)
{
	va_list arguments;

	if (!handle_enter(q))
		return -1;
	va_start(arguments, format);
	failure_with(q, code, format, arguments);
	va_end(arguments);
	handle_leave(q);
	return -1;
}

void failure_clear(pfq_t *q)
{
	if (mine.of == q)
		mine.of = NULL;
	pthread_mutex_lock(&failure_lock);
	q->error = (struct pfq_error){ .node = -1 };
	pthread_mutex_unlock(&failure_lock);
}

/* The thread's own error of the socket, or a copy of another thread's, which is looked up again the
 * next time. */
static const struct pfq_error *find(const pfq_t *q)
{
	if (!q)
		return &mine.open;
	if (mine.of != q) {
		mine.of = NULL;
		pthread_mutex_lock(&failure_lock);
		mine.error = q->error;
		pthread_mutex_unlock(&failure_lock);
	}
	return &mine.error;
}

const char *pfq_error(const pfq_t *q)
{
	return find(q)->text;
}

int pfq_error_node(const pfq_t *q)
{
	return find(q)->node;
}
