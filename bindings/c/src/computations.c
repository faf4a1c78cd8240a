/* SPDX-License-Identifier: BSD-3-Clause */
/* Computations as text, as JSON, and in files. */
#include "compiler.h"
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The whole of a file, of which `size` octets are there; to be unmapped. NULL if there are none. */
static void *map_file(int fd, size_t *size)
{
	struct stat status;
	void *octets;

	if (fstat(fd, &status) < 0 || status.st_size <= 0)
		return NULL;
	*size = (size_t)status.st_size;
	octets = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	return octets == MAP_FAILED ? NULL : octets;
}

static int load_json(pfq_t *q, int gid, const char *json, size_t size)
{
	struct pfq_error error;
	size_t image_size;
	void *image = image_from_json(json, size, &image_size, &error);
	int status;

	if (!image)
		return failure_of(q, &error);
	status = pfq_set_group_computation(q, gid, image, image_size);
	free(image);
	return status;
}

/* Takes the descriptor that the compiler gave. */
static int load_compiled(pfq_t *q, int gid, int fd)
{
	size_t size = 0;
	void *image;
	int status;

	if (fd < 0)
		return -1;
	image = map_file(fd, &size);
	close(fd);
	if (!image)
		return failure(q, errno, "pfq-lang: its image: %s", strerror(errno));
	status = pfq_set_group_computation(q, gid, image, size);
	munmap(image, size);
	return status;
}

int pfq_set_group_computation_from_string(pfq_t *q, int gid, const char *program)
{
	int status;

	if (!handle_enter(q))
		return -1;
	status = program ? load_compiled(q, gid, compile_text(q, program))
			 : failure(q, EINVAL, "no text: it is NULL");
	handle_leave(q);
	return status;
}

int pfq_set_group_computation_from_json(pfq_t *q, int gid, const char *json)
{
	int status;

	if (!handle_enter(q))
		return -1;
	status = json ? load_json(q, gid, json, strlen(json))
		      : failure(q, EINVAL, "no JSON: it is NULL");
	handle_leave(q);
	return status;
}

static bool is_image(const void *octets, size_t size)
{
	uint32_t magic = 0;

	memcpy(&magic, octets, size < sizeof(magic) ? size : sizeof(magic));
	return magic == (uint32_t)PFQ_IMAGE_MAGIC;
}

/* No text in pfq-lang begins like this. */
static bool is_json(const char *octets, size_t size)
{
	size_t at = 0;

	while (at < size && memchr(" \t\r\n", octets[at], 4))
		at++;
	return at < size && octets[at] == '[';
}

/* What has no octets to be looked at, as a pipe, is the compiler's to read. */
static int load_file(pfq_t *q, int gid, const char *path, int fd)
{
	size_t size = 0;
	void *octets = map_file(fd, &size);
	int status;

	if (octets && is_image(octets, size))
		status = pfq_set_group_computation(q, gid, octets, size);
	else if (octets && is_json(octets, size))
		status = load_json(q, gid, octets, size);
	else
		status = load_compiled(q, gid, compile_file(q, path, fd));
	if (octets)
		munmap(octets, size);
	return status;
}

static int load_path(pfq_t *q, int gid, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status;

	if (fd < 0)
		return failure(q, errno, "%s: %s", path, strerror(errno));
	status = load_file(q, gid, path, fd);
	close(fd);
	return status;
}

int pfq_set_group_computation_from_file(pfq_t *q, int gid, const char *path)
{
	int status;

	if (!handle_enter(q))
		return -1;
	status = path ? load_path(q, gid, path) : failure(q, EINVAL, "no file: its name is NULL");
	handle_leave(q);
	return status;
}
