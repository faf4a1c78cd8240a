/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * The engine as its hosts see it. Control calls may sleep and take the engine's lock. pfq_receive()
 * takes no lock, allocates nothing, and may run on many lanes at once.
 */
#ifndef PFQ_ENGINE_H
#define PFQ_ENGINE_H

#include "platform.h"

/* The most packets that pfq_receive() takes at once. */
#define PFQ_BATCH 512

/*
 * What the headers of a packet come to: one of these if all that there is is known from it (neither
 * VLAN tags nor fragments nor options nor extension headers), PFQ_SHAPE_ANY if not. See shapes.h.
 */
enum pfq_shape {
	PFQ_SHAPE_ANY,
	PFQ_SHAPE_NO_IP, /* no IP header, and so nothing in it; perhaps VLAN tags */
	PFQ_SHAPE_TCP,	 /* on either version of IP */
	PFQ_SHAPE_UDP,
	PFQ_SHAPE_ICMP,	     /* on IPv4 */
	PFQ_SHAPE_ICMP6,     /* on IPv6 */
	PFQ_SHAPE_IP4_OTHER, /* on IPv4, and neither TCP nor UDP nor ICMP */
	PFQ_SHAPE_IP6_OTHER, /* on IPv6, and neither TCP nor UDP nor ICMPv6 */
	PFQ_SHAPES,
};

/* What is known of one IP header and what is around it; see docs/packet-model.md and headers.h. */
struct pfq_headers {
	uint32_t transport; /* offset of the transport header; PFQ_ABSENT where there is none */
	uint16_t network;   /* offset of the network header */
	uint16_t ethertype;
	uint16_t protocol; /* of IP; PFQ_PROTOCOL_ABSENT where it is */
	uint16_t tci;	   /* of the outermost VLAN tag */
	uint8_t version;   /* 4 or 6; 0 where there is no IP header */
	uint8_t fragment;  /* PFQ_FRAGMENT_* */
	uint8_t shape;	   /* enum pfq_shape */
	bool has_vlan : 1;
	bool has_ethertype : 1;
	bool parsed : 1;
};

/*
 * A packet on its way in. The host fills in all but `ifindex` and zeroes `headers.parsed`. One is
 * as large as a cache line, and an array of them is best aligned to one.
 */
struct pfq_packet {
	const uint8_t
		*data; /* the captured octets, from the link header on, VLAN tags in their place */
	uint32_t caplen;
	uint32_t len; /* on the wire */
	uint32_t mark;
	uint32_t hash;	/* the device's flow hash, if has_hash */
	int ifindex;	/* set by pfq_receive() */
	uint16_t queue; /* hardware queue that it came from */
	uint8_t link;	/* PFQ_LINK_* */
	bool has_hash : 1;
	bool last_use : 1;  /* nobody gets it after the device that it is being sent to */
	uint32_t sec, nsec; /* when it was received */
	void *handle;	    /* the host's own */
	struct pfq_headers headers;
};

/*
 * One lane for each thread that may receive at the same time, and one more for each level of
 * receiving within sending within receiving. A lane that is taken is passed over for another; when
 * all are, the batch is lost, and counted so.
 */
struct pfq_engine *pfq_engine_create(const struct pfq_host_ops *ops, void *host,
				     unsigned int lanes);

/* At most so many sockets, PFQ_MAX_SOCKETS where nothing is said. Before the first one is made. */
void pfq_engine_limit_sockets(struct pfq_engine *engine, unsigned int count);

/* Slots of Rx queues of at most so many octets, what PFQ_MAX_CAPLEN needs where nothing is said. */
void pfq_engine_limit_slots(struct pfq_engine *engine, uint32_t octets);

/* All sockets are closed. */
void pfq_engine_destroy(struct pfq_engine *engine);

/* A socket for `owner` (a process id, or what else tells apart who may join restricted groups). */
int pfq_socket_create(struct pfq_engine *engine, uint64_t owner, bool admin, void *host_socket,
		      struct pfq_socket **socket, struct pfq_error *error);

/* Leaves all groups, frees the queues and the socket. */
void pfq_socket_destroy(struct pfq_socket *socket);

/* The one control entry: see packages/abi/src/operations.ts. Returns 0 or a negative errno, and
 * fills in *error. */
int pfq_control(struct pfq_socket *socket, unsigned int operation, const void *request,
		size_t request_size, void *reply, size_t reply_size, struct pfq_error *error);

/* The mapping that queue_alloc gave for an enabled socket, or NULL. */
void *pfq_socket_memory(const struct pfq_socket *socket);

/* What pfq_socket_create() was given as the host's own. */
void *pfq_socket_host(const struct pfq_socket *socket);

/*
 * Whether there are packets that the reader has not released. If there are none, the next one wakes
 * it. False for a socket that is not enabled. May sleep.
 */
bool pfq_socket_readable(struct pfq_socket *socket);

/*
 * Hands a batch to the groups bound to the device or to the queue. Within an RCU read-side section
 * or not. The packets are the caller's again when it returns. `lane` is the one to try first.
 * Bindings to just this queue are fed: a host whose devices tell queues apart calls it for the
 * queue, and for Q_ANY_QUEUE.
 */
void pfq_receive(struct pfq_device *device, unsigned int lane, int queue,
		 struct pfq_packet *packets, unsigned int count);

/*
 * The same for a single packet, in less time: for hosts whose devices bring one at a time. It feeds
 * the bindings to all queues and those to packet->queue. Called within an RCU read-side section;
 * what calls it with this lane, which is one of the engine's, is not interrupted by another that
 * does. (It may come to be called from within itself, by a device that it sends to.)
 */
void pfq_receive_one(struct pfq_device *device, unsigned int lane, struct pfq_packet *packet);

/* Whether an enabled socket is in a group that is fed by this queue, or by all. Called as
 * pfq_receive_one(). */
bool pfq_device_is_read(const struct pfq_device *device, unsigned int queue);

/*
 * For a packet whose outermost VLAN tag the host has taken out: gives it to the headers. They are
 * read by it.
 */
void pfq_put_tag(struct pfq_packet *packet, uint16_t tci);

/*
 * For devices that can wait (files): how many packets every socket that might get one has room for;
 * 0 while no enabled socket is bound to the device.
 */
unsigned int pfq_receive_room(struct pfq_device *device, int queue);

#endif
