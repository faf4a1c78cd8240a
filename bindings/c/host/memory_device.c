/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Devices in memory. `mem:NAME` receives what is sent on it. `mem:A=B` is the A end of a cable:
 * what is sent on it is received at B, by `mem:B=A` and by plain `mem:B`, and it receives what is
 * sent towards A.
 *
 * A packet is delivered in the thread that sends it, before the call returns: there is no thread
 * and no queue in between, so nothing is lost but where a socket's queue is full.
 */
#include "host_device.h"

#include <time.h>

#define MAX_NAME 64

/* Packets are handed on in batches of this many: enough to spread the cost of a batch, few enough
 * for the stack. */
#define BATCH 64

/* Programs may forward from device to device in a circle; a packet that went around this often is
 * not sent on. */
#define MAX_DEPTH 8

struct receiver {
	struct pfq_device *device;
	int queue;
};

/* Who is started on a name, with gaps. Read under RCU; replaced by a longer one when it is full. */
struct receivers {
	unsigned int count;
	struct receiver receiver[];
};

/* A name, for as long as a device refers to it. */
struct endpoint {
	struct endpoint *next;
	unsigned int references;
	struct receivers *receivers;
	char name[MAX_NAME];
};

struct memory_device {
	struct host_device base;
	struct endpoint *from; /* receives what is sent to this name */
	struct endpoint *to;   /* and sends to that one */
};

/* Guarded by the engine's lock, as all but send() is. */
static struct endpoint *endpoints;

static struct endpoint *get_endpoint(const char *name, size_t length)
{
	struct endpoint *endpoint;

	for (endpoint = endpoints; endpoint; endpoint = endpoint->next) {
		if (strlen(endpoint->name) == length && !memcmp(endpoint->name, name, length)) {
			endpoint->references++;
			return endpoint;
		}
	}
	endpoint = pfq_alloc(sizeof(*endpoint));
	if (!endpoint)
		return NULL;
	memcpy(endpoint->name, name, length);
	endpoint->references = 1;
	endpoint->next = endpoints;
	endpoints = endpoint;
	return endpoint;
}

static void put_endpoint(struct endpoint *endpoint)
{
	struct endpoint **link = &endpoints;

	if (--endpoint->references)
		return;
	while (*link != endpoint)
		link = &(*link)->next;
	*link = endpoint->next;
	/* A sender that began before the last device closed may still read it. */
	pfq_rcu_synchronize();
	pfq_free(endpoint->receivers);
	pfq_free(endpoint);
}

static int bad_name(const char *name, struct pfq_error *error)
{
	return pfq_fail(
		error, EINVAL,
		"mem:%s: a memory device is mem:NAME, the end of a cable mem:A=B; a name has 1 to "
		"%d characters",
		name, MAX_NAME - 1);
}

static int memory_open(const char *name, struct host_device **result, struct pfq_error *error)
{
	struct memory_device *device;
	size_t from_length = strcspn(name, "=");
	const char *to = name[from_length] ? name + from_length + 1 : name;
	size_t to_length = strlen(to);

	if (!from_length || from_length >= MAX_NAME || !to_length || to_length >= MAX_NAME ||
	    strchr(to, '='))
		return bad_name(name, error);
	device = pfq_alloc(sizeof(*device));
	if (!device)
		goto no_memory;
	device->from = get_endpoint(name, from_length);
	if (!device->from)
		goto free_device;
	device->to = get_endpoint(to, to_length);
	if (!device->to)
		goto put_from;
	*result = &device->base;
	return 0;

put_from:
	put_endpoint(device->from);
free_device:
	pfq_free(device);
no_memory:
	return pfq_fail(error, ENOMEM, "mem:%s: no memory", name);
}

static void memory_close(struct host_device *base)
{
	struct memory_device *device = (struct memory_device *)base;

	put_endpoint(device->to);
	put_endpoint(device->from);
	pfq_free(device);
}

/* A free place in the list of those who receive from an endpoint; grows the list where there is
 * none. */
static struct receiver *get_receiver(struct endpoint *endpoint)
{
	struct receivers *old = endpoint->receivers;
	unsigned int count = old ? old->count : 0;
	struct receivers *new;

	for (unsigned int i = 0; i < count; i++)
		if (!old->receiver[i].device)
			return &old->receiver[i];
	new = pfq_alloc(sizeof(*new) + (count + 1) * sizeof(new->receiver[0]));
	if (!new)
		return NULL;
	if (count)
		memcpy(new->receiver, old->receiver, count * sizeof(new->receiver[0]));
	new->count = count + 1;
	PFQ_RCU_ASSIGN(endpoint->receivers, new);
	pfq_rcu_synchronize();
	pfq_free(old);
	return &new->receiver[count];
}

static int memory_start(struct host_device *base, int queue, struct pfq_error *error)
{
	struct memory_device *device = (struct memory_device *)base;
	struct receiver *receiver = get_receiver(device->from);

	if (!receiver)
		return pfq_fail(error, ENOMEM, "%s: no memory", base->name);
	receiver->queue = queue;
	PFQ_STORE_RELEASE(&receiver->device, base->device);
	return 0;
}

static void memory_stop(struct host_device *base, int queue)
{
	struct receivers *receivers = ((struct memory_device *)base)->from->receivers;

	for (unsigned int i = 0; i < receivers->count; i++) {
		struct receiver *receiver = &receivers->receiver[i];

		if (receiver->device == base->device && receiver->queue == queue)
			PFQ_WRITE_ONCE(receiver->device, NULL);
	}
	/* Nobody delivers there any more, and the place can be given to another. */
	pfq_rcu_synchronize();
}

static int memory_promiscuous(struct host_device *device, bool on, struct pfq_error *error)
{
	(void)device;
	(void)on;
	(void)error;
	return 0;
}

static void memory_stats(struct host_device *device, struct pfq_device_stats *stats)
{
	(void)device;
	stats->state = PFQ_DEVICE_RUNNING;
}

/* What comes out at the other end is a new packet: it has the octets, and nothing else of what the
 * sender knew. */
static void copy_packets(struct pfq_packet *copies, const struct pfq_packet *const *packets,
			 unsigned int count, int queue, const struct timespec *now)
{
	for (unsigned int i = 0; i < count; i++) {
		struct pfq_packet *copy = &copies[i];

		copy->data = packets[i]->data;
		copy->caplen = packets[i]->caplen;
		copy->len = packets[i]->len;
		copy->mark = 0;
		copy->hash = 0;
		copy->has_hash = false;
		copy->link = packets[i]->link;
		copy->queue = (uint16_t)queue;
		copy->sec = (uint32_t)now->tv_sec;
		copy->nsec = (uint32_t)now->tv_nsec;
		copy->handle = NULL;
		copy->headers.parsed = false;
	}
}

static void deliver(const struct receivers *receivers, int queue,
		    const struct pfq_packet *const *packets, unsigned int count,
		    const struct timespec *now)
{
	struct pfq_packet copies[BATCH] __attribute__((aligned(PFQ_CACHE_LINE)));

	for (unsigned int i = 0; i < receivers->count; i++) {
		const struct receiver *receiver = &receivers->receiver[i];
		struct pfq_device *device = PFQ_LOAD_ACQUIRE(&receiver->device);

		if (!device || (receiver->queue != Q_ANY_QUEUE && receiver->queue != queue))
			continue;
		copy_packets(copies, packets, count, queue, now);
		pfq_receive(device, host_lane(), receiver->queue, copies, count);
	}
}

static unsigned int memory_send(struct host_device *base, int queue,
				const struct pfq_packet *const *packets, unsigned int count)
{
	static __thread unsigned int depth;
	struct memory_device *device = (struct memory_device *)base;
	const struct receivers *receivers;
	struct timespec now;

	if (depth == MAX_DEPTH)
		return 0;
	depth++;
	if (queue == Q_ANY_QUEUE)
		queue = 0;
	clock_gettime(CLOCK_REALTIME, &now);
	pfq_rcu_read_lock();
	receivers = PFQ_RCU_DEREFERENCE(device->to->receivers);
	for (unsigned int sent = 0; receivers && sent < count; sent += BATCH)
		deliver(receivers, queue, packets + sent,
			count - sent < BATCH ? count - sent : BATCH, &now);
	pfq_rcu_read_unlock();
	depth--;
	return count;
}

static void memory_after_fork(void)
{
	endpoints = NULL;
}

const struct host_driver host_memory_driver = {
	.prefix = "mem:",
	.open = memory_open,
	.close = memory_close,
	.start = memory_start,
	.stop = memory_stop,
	.promiscuous = memory_promiscuous,
	.stats = memory_stats,
	.send = memory_send,
	.after_fork = memory_after_fork,
};
