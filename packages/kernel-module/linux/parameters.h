/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's parameters, fixed once it is loaded. What each may be stands in parameters.c. */
#ifndef PFQ_PARAMETERS_H
#define PFQ_PARAMETERS_H

#include <linux/cpumask.h>
#include <linux/types.h>

struct pfq_parameters {
	unsigned int xmit_batch;
	unsigned int max_slot_size;
	unsigned int max_sockets;
	unsigned int skb_tx_pool;
	unsigned int tx_retry;
	bool vlan_untag;
	bool capture_outgoing;
	struct cpumask tx_cpus;
};

extern const struct pfq_parameters *const pfq_parameters;

/* Refuses to load with the first value that is out of range, and says so in the log. */
int pfq_parameters_check(void);

#endif
