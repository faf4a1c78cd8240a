/* SPDX-License-Identifier: BSD-3-Clause */
#include <pfq/pfq.h>
#include <stdio.h>

int main(void)
{
	const char *pages = pfq_hugepages_mountpoint();
	pfq_t *q = pfq_open(64, 64, 64, 64);

	if (!q)
		return 1;
	if (pfq_set_caplen(q, 128) < 0 || pfq_set_rx_slots(q, 8192) < 0 ||
	    pfq_set_xmitlen(q, 1514) < 0 || pfq_set_tx_slots(q, 1024) < 0 ||
	    pfq_set_weight(q, 2) < 0 || pfq_timestamping_enable(q, 1) < 0 ||
	    pfq_bind(q, "mem:parameters", Q_ANY_QUEUE) < 0 ||
	    pfq_set_promisc(q, "mem:parameters", 1) < 0 || pfq_enable(q) < 0) {
		fprintf(stderr, "%s\n", pfq_error(q));
		return 1;
	}
	printf("rx: %zd slots of %zd octets, %zd of a packet\n", pfq_get_rx_slots(q),
	       pfq_get_rx_slot_size(q), pfq_get_caplen(q));
	printf("tx: %zd slots of %zd octets, %zd of a packet\n", pfq_get_tx_slots(q),
	       pfq_get_tx_slot_size(q), pfq_get_xmitlen(q));
	printf("weight %d, time stamps %d, device %d\n", pfq_get_weight(q),
	       pfq_is_timestamping_enabled(q), pfq_ifindex(q, "mem:parameters"));
	printf("%zd octets at %p, HugePages at %s\n", pfq_mem_size(q), pfq_mem_addr(q),
	       pages ? pages : "none");
	return pfq_close(q) < 0;
}
