/* SPDX-License-Identifier: BSD-3-Clause */
#include <linux/filter.h>
#include <pfq/pfq.h>
#include <stdio.h>
#include <string.h>

static void log_line(char *user, const char *line)
{
	fprintf(stderr, "%s: %s\n", user, line);
}

int main(int argc, char *argv[])
{
	struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K, 0xffff) };
	struct sock_fprog program = { 1, all };
	pfq_t *q = pfq_open(64, 4096, 64, 64);
	int gid, status = 0;

	if (!q)
		return 1;
	gid = pfq_group_id(q);
	/* What log_msg and its relatives write. */
	pfq_set_logger(log_line, "computation");
	/* A program in a file, as JSON, or as text. */
	if (argc > 1 && !strcmp(argv[1], "file"))
		status = pfq_set_group_computation_from_file(q, gid, argv[2]);
	else if (argc > 1 && !strcmp(argv[1], "json"))
		status = pfq_set_group_computation_from_json(q, gid, argv[2]);
	else if (argc > 1)
		status = pfq_set_group_computation_from_string(q, gid, argv[1]);
	/* Size 0 takes it away again. */
	if (status < 0 || pfq_set_group_computation(q, gid, NULL, 0) < 0)
		goto error;
	/* A classic BPF program; of eBPF there is a descriptor, if it was loaded. */
	if (pfq_group_fprog(q, gid, &program) < 0 || pfq_group_fprog_reset(q, gid) < 0)
		goto error;
	if (argc > 3 && pfq_group_fprog_fd(q, gid, 3) < 0)
		goto error;
	/* Untagged packets, and those of VLAN 42. */
	if (pfq_vlan_filters_enable(q, gid, 1) < 0 ||
	    pfq_vlan_set_filter(q, gid, Q_VLAN_UNTAG) < 0 || pfq_vlan_set_filter(q, gid, 42) < 0)
		goto error;
	/* And those of 42 no more. */
	if (pfq_vlan_reset_filter(q, gid, 42) < 0)
		goto error;
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "%s\n", pfq_error(q));
	return 1;
}
