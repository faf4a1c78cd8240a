/* SPDX-License-Identifier: BSD-3-Clause */
#include <pfq/pfq.h>
#include <stdio.h>

int main(void)
{
	pfq_t *q = pfq_open(128, 4096, 1514, 1024);
	struct pfq_group_mask groups;
	unsigned long mask;
	int gid;

	if (!q)
		return 1;
	gid = pfq_join_group(q, Q_ANY_GROUP, Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED);
	if (gid < 0 || pfq_groups_mask(q, &mask) < 0 || pfq_get_groups(q, &groups) < 0)
		goto error;
	printf("groups 0x%lx\n", mask);
	/* Its own group has one device, the shared one another. */
	if (pfq_bind(q, "mem:mine", Q_ANY_QUEUE) < 0 ||
	    pfq_bind_group(q, gid, "mem:ours", Q_ANY_QUEUE) < 0)
		goto error;
	/* From here on what the socket is given goes out at a third. */
	if (pfq_enable(q) < 0 || pfq_egress_bind(q, "mem:out", Q_ANY_QUEUE) < 0)
		goto error;
	if (pfq_egress_unbind(q) < 0 || pfq_unbind(q, "mem:mine", Q_ANY_QUEUE) < 0 ||
	    pfq_unbind_group(q, gid, "mem:ours", Q_ANY_QUEUE) < 0 || pfq_leave_group(q, gid) < 0)
		goto error;
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "%s\n", pfq_error(q));
	return 1;
}
