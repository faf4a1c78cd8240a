/* SPDX-License-Identifier: BSD-3-Clause */
#include <pfq/pfq.h>
#include <stdio.h>
#include <stdlib.h>

static void count(char *user, const struct pfq_pkthdr *header, const char *data)
{
	(void)data;
	*(size_t *)(void *)user += header->len;
}

int main(void)
{
	pfq_t *q = pfq_open(64, 4096, 64, 64);
	struct pfq_net_queue nq;
	size_t octets = 0, size;
	char *copy;

	if (!q)
		return 1;
	/* A device that one sends on, and receives from. */
	if (pfq_bind_tx(q, "mem:receiving", Q_ANY_QUEUE, Q_NO_KTHREAD) < 0 || pfq_enable(q) < 0 ||
	    pfq_bind(q, "mem:receiving", Q_ANY_QUEUE) < 0 || pfq_send(q, "packet", 6, 30, 1) < 0)
		goto error;
	/* A copy of one packet, ... */
	size = (size_t)pfq_get_rx_slot_size(q);
	copy = aligned_alloc(64, size);
	if (pfq_recv(q, copy, size, &nq, 1000000) < 0)
		goto error;
	free(copy);
	/* ... the others in place, ... */
	if (pfq_poll(q, 1000000) < 0 || pfq_read(q, &nq, 0) < 0)
		goto error;
	printf("a batch of %zu packets\n", nq.len);
	/* ... and with a function for each. */
	if (pfq_send(q, "packet", 6, 2, 1) < 0 ||
	    pfq_dispatch(q, count, 1000000, (char *)&octets) < 0)
		goto error;
	printf("%zu octets\n", octets);
	/* For an event loop: wait for pfq_get_fd() to be readable only where this gives 0. */
	if (pfq_arm(q) < 0 || pfq_disarm(q) < 0)
		goto error;
	return pfq_close(q) < 0;
error:
	fprintf(stderr, "%s\n", pfq_error(q));
	return 1;
}
