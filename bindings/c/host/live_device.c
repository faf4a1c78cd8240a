/* SPDX-License-Identifier: BSD-3-Clause */
/* Network interfaces, by their name. They receive through rings (live_ring.h) and send through one
 * packet socket. */
#include "host_device.h"
#include "interface.h"
#include "interface_addresses.h"
#include "live_ring.h"

#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEND_BATCH  64
#define SEND_BUFFER (4 << 20)

struct started_ring {
	struct started_ring *next;
	struct live_ring *ring;
	int queue;
};

struct live_device {
	struct host_device base;
	struct live_device *next;
	struct interface interface;
	int fd; /* sends, and holds promiscuous mode */
	struct started_ring *rings;
	uint64_t lost_before; /* by rings that were stopped */
	struct interface_addresses addresses;
};

/* All open ones; guarded by the engine's lock, as all is but send(). */
static struct live_device *devices;

static int fail_socket(const char *name, struct pfq_error *error)
{
	if (errno == EPERM || errno == EACCES)
		return pfq_fail(
			error, EPERM,
			"%s: capturing needs CAP_NET_RAW: run as root, or give the program the "
			"capability (setcap cap_net_raw+ep PROGRAM)",
			name);
	return pfq_fail(error, errno, "%s: no packet socket: %s", name, strerror(errno));
}

/* For protocol 0, so that it sends and never receives. */
static int open_socket(const char *name, const struct interface *interface, struct pfq_error *error)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = interface->ifindex,
	};
	int on = 1;
	int buffer = SEND_BUFFER;
	int status;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail_socket(name, error);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		status = fail_socket(name, error);
		close(fd);
		return status;
	}
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	return fd;
}

static int live_open(const char *name, struct host_device **result, struct pfq_error *error)
{
	struct live_device *device = pfq_alloc(sizeof(*device));
	int status;

	if (!device)
		return pfq_fail(error, ENOMEM, "%s: no memory", name);
	status = interface_look_up(name, &device->interface, error);
	if (status < 0)
		goto free_device;
	status = open_socket(name, &device->interface, error);
	if (status < 0)
		goto free_device;
	device->fd = status;
	device->base.ifindex = device->interface.ifindex;
	device->next = devices;
	devices = device;
	*result = &device->base;
	return 0;

free_device:
	pfq_free(device);
	return status;
}

static void live_close(struct host_device *base)
{
	struct live_device *device = (struct live_device *)base;
	struct live_device **link = &devices;

	while (*link != device)
		link = &(*link)->next;
	*link = device->next;
	close(device->fd);
	pfq_free(device);
}

/* The interface may have gone and come back under the same name since the device was opened. */
static int check_start(struct live_device *device, int queue, struct pfq_error *error)
{
	const char *name = device->base.name;
	struct interface now;
	unsigned int queues;
	int status = interface_look_up(name, &now, error);

	if (status < 0)
		return status;
	if (now.ifindex != device->interface.ifindex)
		return pfq_fail(
			error, ENODEV,
			"%s: the interface was replaced by another of that name: let go of it "
			"first, by each socket that binds it, sends on it or made it promiscuous",
			name);
	device->interface = now;
	if (!device->interface.up)
		return pfq_fail(error, ENETDOWN, "%s: the interface is down: ip link set %s up",
				name, name);
	if (queue == Q_ANY_QUEUE)
		return 0;
	queues = interface_rx_queues(now.ifindex);
	if (queue < 0 || (unsigned int)queue >= queues)
		return pfq_fail(error, EINVAL, "%s: no queue %d; it has %u, from 0 on", name, queue,
				queues);
	return 0;
}

static int live_start(struct host_device *base, int queue, struct pfq_error *error)
{
	struct live_device *device = (struct live_device *)base;
	struct started_ring *started;
	int status = check_start(device, queue, error);

	if (status < 0)
		return status;
	started = pfq_alloc(sizeof(*started));
	if (!started)
		return pfq_fail(error, ENOMEM, "%s: no memory", base->name);
	status = live_ring_start(base->device, base->name, &device->interface, queue,
				 &started->ring, error);
	if (status < 0) {
		pfq_free(started);
		return status;
	}
	started->queue = queue;
	started->next = device->rings;
	device->rings = started;
	return 0;
}

static void live_stop(struct host_device *base, int queue)
{
	struct live_device *device = (struct live_device *)base;
	struct started_ring **link = &device->rings;
	struct started_ring *started;

	while (*link && (*link)->queue != queue)
		link = &(*link)->next;
	started = *link;
	if (!started)
		return;
	*link = started->next;
	device->lost_before += live_ring_stop(started->ring);
	pfq_free(started);
}

static int live_promiscuous(struct host_device *base, bool on, struct pfq_error *error)
{
	struct live_device *device = (struct live_device *)base;
	struct packet_mreq request = {
		.mr_ifindex = device->interface.ifindex,
		.mr_type = PACKET_MR_PROMISC,
	};
	int option = on ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP;

	if (setsockopt(device->fd, SOL_PACKET, option, &request, sizeof(request)) < 0)
		return pfq_fail(error, errno, "%s: cannot switch promiscuous mode %s: %s",
				base->name, on ? "on" : "off", strerror(errno));
	return 0;
}

static void live_stats(struct host_device *base, struct pfq_device_stats *stats)
{
	struct live_device *device = (struct live_device *)base;

	stats->state = PFQ_DEVICE_RUNNING;
	stats->lost = device->lost_before;
	for (struct started_ring *started = device->rings; started; started = started->next) {
		stats->lost += live_ring_lost(started->ring);
		if (live_ring_failed(started->ring, stats->text))
			stats->state = PFQ_DEVICE_FAILED;
	}
}

/* Gives how many of the first packets went out; the one after them failed, if there is one. */
static unsigned int send_some(int fd, const struct pfq_packet *const *packets, unsigned int count)
{
	struct mmsghdr messages[SEND_BATCH];
	struct iovec vectors[SEND_BATCH];
	int sent;

	memset(messages, 0, count * sizeof(messages[0]));
	for (unsigned int i = 0; i < count; i++) {
		vectors[i].iov_base = (void *)(uintptr_t)packets[i]->data;
		vectors[i].iov_len = packets[i]->caplen;
		messages[i].msg_hdr.msg_iov = &vectors[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	do {
		sent = sendmmsg(fd, messages, count, MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? 0 : (unsigned int)sent;
}

/* The hardware queue is the kernel's choice: packet sockets have no say in it. */
static unsigned int live_send(struct host_device *base, int queue,
			      const struct pfq_packet *const *packets, unsigned int count)
{
	struct live_device *device = (struct live_device *)base;
	unsigned int sent = 0;
	unsigned int done = 0;

	(void)queue;
	while (done < count) {
		unsigned int wanted = count - done < SEND_BATCH ? count - done : SEND_BATCH;
		unsigned int some = send_some(device->fd, packets + done, wanted);

		sent += some;
		done += some < wanted ? some + 1 : some;
	}
	return sent;
}

static bool live_has_address(struct host_device *base, uint32_t address)
{
	struct live_device *device = (struct live_device *)base;

	return interface_has_address(&device->addresses, device->fd, base->name, address);
}

static void live_after_fork(void)
{
	for (struct live_device *device = devices; device; device = device->next) {
		for (struct started_ring *started = device->rings; started; started = started->next)
			live_ring_after_fork(started->ring);
		close(device->fd);
	}
	devices = NULL;
}

const struct host_driver host_live_driver = {
	.prefix = "",
	.open = live_open,
	.close = live_close,
	.start = live_start,
	.stop = live_stop,
	.promiscuous = live_promiscuous,
	.stats = live_stats,
	.send = live_send,
	.has_address = live_has_address,
	.after_fork = live_after_fork,
};
