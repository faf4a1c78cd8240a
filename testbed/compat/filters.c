/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * filters DEVICE IMAGE: a program as they were written for PFQ 6. A group with classes, a
 * computation, a BPF program and a VLAN filter, one after the other, on a device that brings
 * packets.
 */
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>

#include <pfq/pfq.h>

int main(int argc, char *argv[])
{
	const char *dev = argc > 1 ? argv[1] : "eth0";
	struct sock_filter refuse[] = { { 0x06, 0, 0, 0 } };
	struct sock_fprog program = { 1, refuse };
	char *buffer;
	struct pfq_net_queue nq;
	int gid, many;

	pfq_t *q = pfq_open_group(Q_CLASS(3) | Q_CLASS_USER_PLANE | Q_CLASS_DEFAULT,
				  Q_POLICY_GROUP_PRIVATE, 64, 1024, 64, 64);
	if (q == NULL) {
		fprintf(stderr, "error: %s\n", pfq_error(NULL));
		return 1;
	}
	gid = pfq_group_id(q);
	if (argc > 2 && pfq_set_group_computation_from_file(q, gid, argv[2]) < 0)
		goto error;
	if (pfq_group_fprog(q, gid, &program) < 0 || pfq_group_fprog_reset(q, gid) < 0)
		goto error;
	if (pfq_vlan_filters_enable(q, gid, 1) < 0 || pfq_vlan_set_filter(q, gid, 42) < 0 ||
	    pfq_vlan_reset_filter(q, gid, 42) < 0 ||
	    pfq_vlan_set_filter(q, gid, Q_VLAN_UNTAG) < 0 ||
	    pfq_vlan_set_filter(q, gid, Q_VLAN_ANYTAG) < 0 ||
	    pfq_vlan_filters_enable(q, gid, 0) < 0)
		goto error;
	if (pfq_enable(q) < 0 || pfq_bind_group(q, gid, dev, Q_ANY_QUEUE) < 0)
		goto error;
	buffer = (char *)aligned_alloc(64, 16 * (size_t)pfq_get_rx_slot_size(q));
	if (pfq_poll(q, 1000000) < 0)
		goto error;
	many = pfq_recv(q, buffer, 16 * (size_t)pfq_get_rx_slot_size(q), &nq, 1000000);
	free(buffer);
	if (many < 0)
		goto error;
	printf("received %s\n", many > 0 ? "packets" : "none");
	if (pfq_unbind_group(q, gid, dev, Q_ANY_QUEUE) < 0 || pfq_leave_group(q, gid) < 0)
		goto error;
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "error: %s\n", pfq_error(q));
	pfq_close(q);
	return 1;
}
