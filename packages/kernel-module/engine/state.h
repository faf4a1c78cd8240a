/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* What the engine is made of. The lock guards all that is changed by control calls; what the data
 * path reads, it reads by RCU. */
#ifndef PFQ_ENGINE_STATE_H
#define PFQ_ENGINE_STATE_H

#include "device.h"
#include "queue.h"
#include "run.h"
#include "steering.h"
#include "totals.h"
#include "tx_queue.h"

/* Words of a bitmap with one bit for each packet of a batch: one cache line. */
#define PFQ_BATCH_WORDS (PFQ_BATCH / 64)

struct pfq_batch_bits {
	uint64_t words[PFQ_BATCH_WORDS];
} __attribute__((aligned(64)));

struct pfq_socket_lane {
	uint64_t recv;
	uint64_t lost;
};

enum {
	PFQ_TARGET_PASS = 0x8000, /* and an index of a class mask: all members of these classes */
	PFQ_TARGET_TWO = 0xc000,  /* and a member: this one, and the one in `second` */
	PFQ_TARGET_NONE = 0xffff,
};

/* Where the packets of a batch go in the queue of a member. */
struct pfq_cursor {
	struct pfq_socket *socket;
	uint8_t *slots;
	uint32_t position;
	uint32_t left; /* slots reserved and not yet filled */
	uint32_t slot_mask;
	uint32_t slot_size;
	uint32_t caplen;
	uint8_t slot_shift;
	bool timestamping;
};

/* What one receiving thread works with; a thread has it for itself while it is in pfq_receive(). */
struct pfq_lane {
	uint32_t busy __attribute__((aligned(64)));
	uint64_t touched[PFQ_MAX_SOCKETS / 64]; /* members that get something of this batch */
	uint16_t given[PFQ_MAX_SOCKETS];	/* by member: how many packets of it */
	uint16_t passed[PFQ_MAX_MASKS]; /* by class mask: how many packets all of them get */
	uint16_t target[PFQ_BATCH];	/* by packet: the member that gets it, or PFQ_TARGET_* */
	uint16_t second[PFQ_BATCH];	/* by packet: the other member that gets it */
	struct pfq_cursor cursors[PFQ_MAX_SOCKETS];	   /* by member */
	struct pfq_batch_bits forwarded[PFQ_MAX_FORWARDS]; /* by forward */
	uint32_t mark[PFQ_BATCH];
	uint32_t state[PFQ_BATCH];
	const struct pfq_packet *gathered[PFQ_BATCH];
	uint32_t gathered_mark[PFQ_BATCH];
	struct pfq_socket_lane sockets[PFQ_MAX_SOCKETS]; /* by socket id */
	struct pfq_run run;
};

struct pfq_member {
	struct pfq_socket *socket;
	uint64_t class_mask;
};

struct pfq_vlan_filter_set {
	bool enabled;
	bool untagged;
	bool any_tag;
	struct pfq_vlan_set vids;
};

/* What the data path sees of a group: immutable, replaced as a whole. */
struct pfq_view {
	const struct pfq_program *program; /* NULL: everything passes */
	void *filter;
	struct pfq_vlan_filter_set vlan;
	uint32_t member_count; /* enabled ones */
	uint32_t mask_count;
	struct pfq_member members[PFQ_MAX_SOCKETS];
	struct pfq_steering *steering[PFQ_MAX_MASKS]; /* by class mask of the program */
};

struct pfq_group {
	struct pfq_engine *engine;
	int gid;
	uint32_t policy;
	uint64_t owner;
	struct pfq_view *view;	   /* by RCU */
	struct pfq_view *prepared; /* while a change to several groups is made */
	struct pfq_group_lane *lanes;
	struct pfq_program *program;
	void *filter;
	struct pfq_vlan_filter_set vlan;
	uint32_t member_count;
	struct pfq_member members[PFQ_MAX_SOCKETS]; /* in the order of their ids */
};

struct pfq_socket {
	/*
	 * One cache line with all that a batch needs: with many sockets each gets few packets of
	 * it. That a producer writes the head there harms no other, who would need that line for
	 * himself anyway.
	 */
	struct pfq_rx rx __attribute__((aligned(64)));
	struct pfq_device *egress; /* by RCU; what the socket is given goes there */
	int id;
	bool timestamping;
	bool admin;
	bool enabled;

	uint32_t weight;
	struct pfq_engine *engine;
	void *host;
	uint64_t owner;
	uint32_t caplen, rx_slots, xmitlen, tx_slots;
	void *memory;
	size_t memory_size;
	struct pfq_queue_map map;
	/* Of what polling and sending read: each taken within the engine's lock, or alone. Nobody
	 * waits for one who sends but who ends that, by this flag. */
	struct pfq_mutex rx_lock, tx_lock;
	bool tx_stops;
	struct pfq_tx tx[PFQ_TX_QUEUES]; /* so many as `map` says */
	struct pfq_tx_batch batch;	 /* of the synchronous queue that is being sent */
	uint64_t sent, discarded, failed;
	int egress_queue;
	struct pfq_device *promiscuous[8];
	uint32_t promiscuous_count;
};

/* What goes to the log: so many lines, and then none before the next period begins. */
struct pfq_log_limit {
	uint32_t period;
	uint32_t lines;
	uint64_t left_out;
};

struct pfq_engine {
	const struct pfq_host_ops *ops;
	void *host;
	struct pfq_mutex lock;
	unsigned int lane_count;
	int max_sockets;
	uint32_t max_slot_size; /* of Rx queues */
	struct pfq_lane *lanes;
	struct pfq_device *devices;
	struct pfq_socket *sockets[PFQ_MAX_SOCKETS];
	struct pfq_group *groups[PFQ_MAX_GROUPS];
	struct pfq_log_limit log __attribute__((aligned(64))); /* apart from what all read */
	struct pfq_totals ended;			       /* of what is there no more */
};

#endif
