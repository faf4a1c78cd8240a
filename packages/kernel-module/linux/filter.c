// SPDX-License-Identifier: GPL-2.0-only
#include "filter.h"
#include "error.h"

#include <linux/bpf.h>
#include <linux/filter.h>

int pfq_filter_prepare(void *host, const void *insns, unsigned int count, void **filter,
		       struct pfq_error *error)
{
	struct sock_fprog_kern program = {
		.len = count, .filter = (struct sock_filter *)insns, /* it is copied */
	};
	struct bpf_prog *prepared;
	int status = bpf_prog_create(&prepared, &program);

	if (status == -EINVAL)
		return pfq_fail(error, EINVAL,
				"filter: no valid BPF program (unknown instruction, jump out of "
				"the program, or no return at its end)");
	if (status)
		return pfq_fail(error, -status, "filter: no memory for %u instructions", count);
	*filter = prepared;
	return 0;
}

int pfq_filter_get(void *host, int fd, void **filter, struct pfq_error *error)
{
	struct bpf_prog *program = bpf_prog_get_type_dev(fd, BPF_PROG_TYPE_SOCKET_FILTER, false);

	if (IS_ERR(program))
		return pfq_fail(error, (int)-PTR_ERR(program),
				"filter: file descriptor %d is no eBPF program of type socket "
				"filter",
				fd);
	*filter = program;
	return 0;
}

/* Frees what was prepared, and gives back what was got. */
void pfq_filter_free(void *host, void *filter)
{
	bpf_prog_destroy(filter);
}

bool pfq_filter_run(void *filter, const struct pfq_packet *packet)
{
	return bpf_prog_run_clear_cb(filter, packet->handle) != 0;
}
