/* SPDX-License-Identifier: BSD-3-Clause */
#include <pfq/pfq.h>
#include <stdio.h>

int main(void)
{
	pfq_t *q = pfq_open(128, 4096, 128, 64);
	static const char frame[100] = { [12] = 8, [14] = 0x45 };
	struct pfq_net_queue nq;
	pfq_iterator_t it;

	if (!q)
		return 1;
	if (pfq_bind_tx(q, "mem:batch", Q_ANY_QUEUE, Q_NO_KTHREAD) < 0 || pfq_enable(q) < 0 ||
	    pfq_bind(q, "mem:batch", Q_ANY_QUEUE) < 0 || pfq_send(q, frame, 100, 3, 1) < 0 ||
	    pfq_read(q, &nq, 1000000) < 0) {
		fprintf(stderr, "%s\n", pfq_error(q));
		return 1;
	}
	for (it = pfq_net_queue_begin(&nq); it != pfq_net_queue_end(&nq);
	     it = pfq_net_queue_next(&nq, it)) {
		while (!pfq_pkt_ready(&nq, it)) {
			pfq_relax();
			pfq_yield();
		}
		printf("%u octets, worker %u\n", pfq_pkt_header(it)->len,
		       pfq_fold(pfq_symmetric_hash(pfq_pkt_data(it)), 4));
	}
	/* The last one. */
	it = pfq_net_queue_prev(&nq, pfq_net_queue_end(&nq));
	printf("last: %u octets\n", pfq_pkt_header(it)->len);
	return pfq_close(q) < 0;
}
