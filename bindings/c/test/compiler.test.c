/* SPDX-License-Identifier: BSD-3-Clause */
/* Computations as text, by the compiler that is built in packages/lang. */
#include "harness.h"

#include <fcntl.h>

#define COMPILER "../../packages/lang/bin/pfq-lang.js"

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file && fputs(text, file) >= 0);
	fclose(file);
}

/* The mark that a packet has when the group's computation is done. */
static uint32_t mark_of_a_packet(pfq_t *q, pfq_t *sender)
{
	struct pfq_net_queue nq;

	send_number(sender, 1, 60);
	CHECK_EQUAL(OK(q, pfq_read(q, &nq, 0)), 1);
	return pfq_pkt_header(pfq_net_queue_begin(&nq))->info.data.mark;
}

TEST(programs_are_compiled_from_strings_and_files)
{
	const char *device = fresh_name("mem:text");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	const char *path = temporary_file("program.pfq");
	int gid = pfq_group_id(q);

	setenv("PFQ_LANG", COMPILER, 1);
	OK(q, pfq_set_group_computation_from_string(q, gid, "main = mark 7"));
	CHECK_EQUAL(mark_of_a_packet(q, sender), 7);
	write_file(path, "main = mark 9\n");
	OK(q, pfq_set_group_computation_from_file(q, gid, path));
	CHECK_EQUAL(mark_of_a_packet(q, sender), 9);
	pfq_close(sender);
	pfq_close(q);
}

/* Of this process, which the compiler is to read. */
static void set_standard_input(int fd)
{
	CHECK(fd >= 0 && dup2(fd, 0) == 0);
	close(fd);
}

TEST(a_program_is_compiled_from_standard_input)
{
	const char *device = fresh_name("mem:stdin");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	const char *path = temporary_file("stdin.pfq"), text[] = "main = mark 12\n";
	int pipe_ends[2];

	setenv("PFQ_LANG", COMPILER, 1);
	write_file(path, "main = mark 11\n");
	set_standard_input(open(path, O_RDONLY));
	OK(q, pfq_set_group_computation_from_file(q, pfq_group_id(q), "/dev/stdin"));
	CHECK_EQUAL(mark_of_a_packet(q, sender), 11);
	CHECK(pipe(pipe_ends) == 0 &&
	      write(pipe_ends[1], text, strlen(text)) == (ssize_t)strlen(text));
	close(pipe_ends[1]);
	set_standard_input(pipe_ends[0]);
	OK(q, pfq_set_group_computation_from_file(q, pfq_group_id(q), "/dev/stdin"));
	CHECK_EQUAL(mark_of_a_packet(q, sender), 12);
	pfq_close(sender);
	pfq_close(q);
}

TEST(an_image_in_a_file_needs_no_compiler)
{
	const char *device = fresh_name("mem:image");
	pfq_t *q = open_on(device, 64, 64), *sender = open_sender(device);
	const char *path = temporary_file("program.image");

	CHECK(shell(COMPILER " compile -o '%s' -e 'main = mark 10'", path));
	setenv("PFQ_LANG", "/nonexistent", 1);
	OK(q, pfq_set_group_computation_from_file(q, pfq_group_id(q), path));
	CHECK_EQUAL(mark_of_a_packet(q, sender), 10);
	FAILS(q, pfq_set_group_computation_from_string(q, pfq_group_id(q), "main = ip"),
	      "/nonexistent: No such file or directory: put the compiler pfq-lang on PATH");
	pfq_close(sender);
	pfq_close(q);
}

TEST(the_compiler_s_first_line_is_the_error)
{
	pfq_t *q = pfq_open(64, 64, 64, 64);
	int gid = pfq_group_id(q);

	setenv("PFQ_LANG", COMPILER, 1);
	FAILS(q, pfq_set_group_computation_from_string(q, gid, "main = ip >-> steer_flw"),
	      ":1:15: error: nothing is called `steer_flw`");
	FAILS(q, pfq_set_group_computation_from_file(q, gid, "/nonexistent.pfq"),
	      "/nonexistent.pfq: No such file or directory");
	FAILS(q, pfq_set_group_computation_from_file(q, gid, "/"), "/");
	FAILS(q, pfq_set_group_computation_from_string(q, gid, NULL), "NULL");
	FAILS(q, pfq_set_group_computation_from_file(q, gid, NULL), "NULL");
	FAILS(q, pfq_set_group_computation_from_string(q, 200, "main = ip"), "200");
	setenv("PFQ_LANG", "/bin/true", 1);
	FAILS(q, pfq_set_group_computation_from_string(q, gid, "main = ip"),
	      "pfq-lang ended without an image");
	setenv("PFQ_LANG", "/bin/false", 1);
	FAILS(q, pfq_set_group_computation_from_string(q, gid, "main = ip"),
	      "pfq-lang ended without an image");
	CHECK(pfq_set_group_computation_from_string(NULL, 0, "main = ip") == -1);
	pfq_close(q);
}
