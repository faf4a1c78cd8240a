/* SPDX-License-Identifier: BSD-3-Clause */
#include "pipe_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct pipe {
	FILE *file; /* closed in the end; nothing is read through it */
	int stop_fd;
};

static ssize_t pipe_read(void *cookie, char *buffer, size_t size)
{
	struct pipe *pipe = cookie;
	struct pollfd fds[] = {
		{ .fd = fileno(pipe->file), .events = POLLIN },
		{ .fd = pipe->stop_fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return -1;
	if (fds[1].revents) {
		errno = ECANCELED;
		return -1;
	}
	return read(fds[0].fd, buffer, size);
}

static int pipe_close(void *cookie)
{
	struct pipe *pipe = cookie;
	int status = fclose(pipe->file);

	free(pipe);
	return status;
}

FILE *pipe_stream(FILE *file, int stop_fd)
{
	static const cookie_io_functions_t functions = { .read = pipe_read, .close = pipe_close };
	struct pipe *pipe = malloc(sizeof(*pipe));
	FILE *stream = NULL;

	if (pipe) {
		*pipe = (struct pipe){ .file = file, .stop_fd = stop_fd };
		stream = fopencookie(pipe, "r", functions);
	}
	if (!stream) {
		free(pipe);
		fclose(file);
		errno = ENOMEM;
	}
	return stream;
}
