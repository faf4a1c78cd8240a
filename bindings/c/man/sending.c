/* SPDX-License-Identifier: BSD-3-Clause */
#include <pfq/pfq.h>
#include <stdio.h>
#include <time.h>

int main(void)
{
	pfq_t *q = pfq_open_nogroup(64, 64, 1514, 1024);
	struct timespec now;
	uint64_t soon;

	if (!q)
		return 1;
	if (pfq_bind_tx(q, "mem:sending", Q_ANY_QUEUE, Q_NO_KTHREAD) < 0 ||
	    pfq_bind_tx(q, "mem:sending", Q_ANY_QUEUE, 0) < 0 || pfq_enable(q) < 0)
		goto error;
	/* Ten packets, sent together. */
	for (int i = 0; i < 10; i++)
		if (pfq_send(q, "packet", 6, 1, 0) < 0)
			goto error;
	printf("%d packets\n", pfq_sync_queue(q, 0));
	/* One by a thread, and one by it 10 ms later. */
	clock_gettime(CLOCK_REALTIME, &now);
	soon = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec + 10000000;
	if (pfq_send_async(q, "packet", 6, 1, Q_ANY_KTHREAD) < 0 ||
	    pfq_send_raw(q, "packet", 6, soon, 1, Q_ANY_KTHREAD) < 0)
		goto error;
	while (pfq_async_pending(q, 0) > 0)
		pfq_yield();
	if (pfq_disable(q) < 0 || pfq_unbind_tx(q) < 0)
		goto error;
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "%s\n", pfq_error(q));
	return 1;
}
