/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* An engine on the quiet host, control operations as calls, and a reader of Rx queues. */
#ifndef PFQ_TEST_WORLD_H
#define PFQ_TEST_WORLD_H

#include "quiet_host.h"

#include "../engine/group.h"
#include "../engine/steering.h"

struct world {
	struct quiet_host host;
	struct pfq_engine *engine;
	long live;		/* allocations before it began */
	struct pfq_error error; /* of the last call that failed */
};

/* These end the program where they fail: tests that expect success need not check. */
void world_begin(struct world *world, unsigned int lanes);

/* Ends the program, too, if something of the world is left. */
void world_end(struct world *world);

struct pfq_socket *world_socket(struct world *world, uint64_t owner);

/* An enabled socket of so many slots that has joined the group with these classes. */
struct pfq_socket *world_member(struct world *world, int gid, uint64_t class_mask,
				uint32_t rx_slots);

/* Gives what pfq_control() gives. */
int configure(struct world *world, struct pfq_socket *socket, uint64_t caplen, uint64_t rx_slots,
	      uint64_t xmitlen, uint64_t tx_slots);
int set_value(struct world *world, struct pfq_socket *socket, unsigned int operation,
	      uint64_t value);
int enable(struct world *world, struct pfq_socket *socket);
int disable(struct world *world, struct pfq_socket *socket);
int join(struct world *world, struct pfq_socket *socket, int gid, uint32_t policy,
	 uint64_t class_mask);
int leave(struct world *world, struct pfq_socket *socket, int gid);
int bind_group(struct world *world, struct pfq_socket *socket, int gid, const char *device,
	       int queue);
int unbind_group(struct world *world, struct pfq_socket *socket, int gid, const char *device,
		 int queue);
int load(struct world *world, struct pfq_socket *socket, int gid, const uint8_t *image,
	 size_t size);
int set_filter(struct world *world, struct pfq_socket *socket, int gid, uint32_t length);
int set_vlan(struct world *world, struct pfq_socket *socket, unsigned int operation, int gid,
	     int vid, bool on);
int bind_tx(struct world *world, struct pfq_socket *socket, const char *device);
int bind_async(struct world *world, struct pfq_socket *socket, const char *device, int thread);
int bind_egress(struct world *world, struct pfq_socket *socket, const char *device);
int set_promiscuous(struct world *world, struct pfq_socket *socket, const char *device, bool on);
int flush_tx(struct world *world, struct pfq_socket *socket, uint64_t queue, uint64_t *sent);
int wake_tx(struct world *world, struct pfq_socket *socket, uint64_t queue);
struct pfq_stats socket_stats(struct world *world, struct pfq_socket *socket);
struct pfq_stats group_stats(struct world *world, struct pfq_socket *socket, int gid);
struct pfq_device_stats device_stats_of(struct world *world, struct pfq_socket *socket,
					const char *device);

/* Builds programs of one function, or of one function without arguments before another. */
struct image_builder;
int load_built(struct world *world, struct pfq_socket *socket, int gid,
	       struct image_builder *builder);
int load_function(struct world *world, struct pfq_socket *socket, int gid, const char *symbol);

/* A Tx queue of an enabled socket as its process sees it; asynchronous ones stand behind the
 * others.
 */
struct pfq_tx_queue *tx_shared(struct pfq_socket *socket, uint32_t position);

/* Fills the next slot as a process does. */
void put_slot(struct pfq_socket *socket, uint32_t position, struct pfq_tx_header header);

struct reader {
	struct pfq_socket *socket;
	uint32_t position;
};

/* The next packet, or NULL; valid until it is released. */
const struct pfq_pkthdr *reader_next(struct reader *reader);

/* Gives back the slots of all packets read. */
void reader_release(struct reader *reader);

/* Reads and releases all there is, and gives the number of packets. */
uint32_t reader_drain(struct reader *reader);

#endif
