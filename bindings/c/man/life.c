/* SPDX-License-Identifier: BSD-3-Clause */
#include <pfq/pfq.h>
#include <stdio.h>

int main(void)
{
	pfq_t *q = pfq_open(128, 4096, 1514, 1024);
	pfq_t *alone = pfq_open_nogroup(128, 4096, 1514, 1024);
	pfq_t *shared =
		pfq_open_group(Q_CLASS_DEFAULT, Q_POLICY_GROUP_SHARED, 128, 4096, 1514, 1024);

	if (!q || !alone || !shared) {
		fprintf(stderr, "%s\n", pfq_error(NULL));
		return 1;
	}
	printf("host %s, socket %d, group %d\n", pfq_host(q), pfq_id(q), pfq_group_id(q));
	if (pfq_enable(q) < 0 || pfq_get_fd(q) < 0) {
		fprintf(stderr, "%s (node %d)\n", pfq_error(q), pfq_error_node(q));
		return 1;
	}
	if (pfq_is_enabled(q))
		pfq_disable(q);
	pfq_close(shared);
	pfq_close(alone);
	return pfq_close(q) < 0;
}
