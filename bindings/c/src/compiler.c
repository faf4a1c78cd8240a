/* SPDX-License-Identifier: BSD-3-Clause */
#include "compiler.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What the compiler has as standard input, and files in memory that it has as output and error. */
struct exchange {
	int fds[3];
};

static void close_exchange(struct exchange *exchange)
{
	for (int i = 1; i < 3; i++)
		if (exchange->fds[i] >= 0)
			close(exchange->fds[i]);
}

static int take_output(struct exchange *exchange)
{
	int fd = exchange->fds[1];

	exchange->fds[1] = -1;
	return fd;
}

static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, text, size);

		if (written < 0)
			return -1;
		text += written;
		size -= (size_t)written;
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

static int no_exchange(pfq_t *q)
{
	return failure(q, errno, "pfq-lang: no memory for what it reads and writes: %s",
		       strerror(errno));
}

static int file_in_memory(void)
{
	return memfd_create("pfq-lang", MFD_CLOEXEC);
}

static int open_exchange(pfq_t *q, struct exchange *exchange, int input)
{
	exchange->fds[0] = input;
	exchange->fds[1] = file_in_memory();
	exchange->fds[2] = file_in_memory();
	return exchange->fds[1] < 0 || exchange->fds[2] < 0 ? no_exchange(q) : 0;
}

/* posix_spawn() tells by this status what it does not tell by its value. */
#define NOT_RUN 127

static int not_run(pfq_t *q, const char *program, int error)
{
	return failure(q, error,
		       "%s: %s: put the compiler pfq-lang on PATH, name it in PFQ_LANG, or give an "
		       "image or JSON",
		       program, strerror(error));
}

static bool is_empty(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_size == 0;
}

/* Gives the status that the compiler ended with, 0 if it is not known (the program reaps its
 * children by itself); -1 if it could not be run. */
static int run_compiler(pfq_t *q, const struct exchange *exchange, const char *file)
{
	const char *wanted = secure_getenv("PFQ_LANG");
	const char *program = wanted && *wanted ? wanted : "pfq-lang";
	char *const argv[] = { (char *)(uintptr_t)program, "compile", "--", (char *)(uintptr_t)file,
			       NULL };
	posix_spawn_file_actions_t actions;
	int error, status = 0;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, exchange->fds[i], i);
	error = posix_spawnp(&child, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		return not_run(q, program, error);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_RUN && is_empty(exchange->fds[2]))
		return not_run(q, program, ENOENT);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* The first line of what the compiler said. */
static int tell(pfq_t *q, int fd)
{
	char text[PFQ_ERROR_TEXT];
	ssize_t size = pread(fd, text, sizeof(text) - 1, 0);

	text[size < 0 ? 0 : size] = 0;
	text[strcspn(text, "\n")] = 0;
	return failure(q, EINVAL, "%s", *text ? text : "pfq-lang ended without an image");
}

int compile_file(pfq_t *q, const char *path, int fd)
{
	struct exchange exchange;
	int status;

	status = open_exchange(q, &exchange, fd);
	if (status == 0)
		status = run_compiler(q, &exchange, path);
	if (status == 0 && is_empty(exchange.fds[1]))
		status = failure(q, EINVAL, "pfq-lang ended without an image");
	if (status > 0)
		status = tell(q, exchange.fds[2]);
	else if (status == 0)
		status = take_output(&exchange);
	close_exchange(&exchange);
	return status;
}

int compile_text(pfq_t *q, const char *text)
{
	int input = file_in_memory();
	int fd;

	if (input >= 0 && write_all(input, text, strlen(text)) == 0)
		fd = compile_file(q, "-", input);
	else
		fd = no_exchange(q);
	if (input >= 0)
		close(input);
	return fd;
}
