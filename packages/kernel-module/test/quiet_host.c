/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "quiet_host.h"

#include "../engine/error.h"

static int index_of(const struct quiet_host *quiet, const char *name)
{
	return name[1] - '0' + 1 + 4 * quiet->replaced;
}

static int device_open(void *host, struct pfq_device *device, const char *name, void **host_device,
		       int *ifindex, struct pfq_error *error)
{
	struct quiet_host *quiet = host;

	if (pfq_device_diverts(name))
		name += strlen(PFQ_DIVERT_PREFIX);
	if (name[0] != 'd' || name[1] < '0' || name[1] > '3' || name[2])
		return pfq_fail(error, ENODEV, "%s: no such device; have: d0, d1, d2, d3", name);
	*host_device = device;
	*ifindex = index_of(quiet, name);
	quiet->open++;
	return 0;
}

static bool device_is_stale(void *host_device)
{
	const struct pfq_device *device = host_device;
	const struct quiet_host *quiet = device->engine->host;
	const char *name = device->name;

	if (pfq_device_diverts(name))
		name += strlen(PFQ_DIVERT_PREFIX);
	return device->ifindex != index_of(quiet, name);
}

static void device_close(void *host, void *host_device)
{
	struct quiet_host *quiet = host;

	(void)host_device;
	quiet->open--;
}

static int device_start(void *host, void *host_device, int queue, struct pfq_error *error)
{
	struct quiet_host *quiet = host;
	const struct pfq_device *device = host_device;

	if (queue == 13)
		return pfq_fail(error, EIO, "%s: queue 13 does not start", device->name);
	quiet->started++;
	return 0;
}

static void device_stop(void *host, void *host_device, int queue)
{
	struct quiet_host *quiet = host;

	(void)host_device;
	(void)queue;
	quiet->started--;
}

static int device_promiscuous(void *host, void *host_device, bool on, struct pfq_error *error)
{
	struct quiet_host *quiet = host;
	const struct pfq_device *device = host_device;

	if (strcmp(device->name, "d2") == 0)
		return pfq_fail(error, EOPNOTSUPP, "d2: cannot be promiscuous");
	quiet->promiscuous += on ? 1 : -1;
	return 0;
}

static void device_stats(void *host, void *host_device, struct pfq_device_stats *stats)
{
	(void)host;
	(void)host_device;
	(void)stats;
}

/* A filter of one instruction lets packets through that are as long as its constant says. */
static int filter_prepare(void *host, const void *insns, unsigned int count, void **filter,
			  struct pfq_error *error)
{
	uint32_t *length;

	(void)host;
	if (count != 1)
		return pfq_fail(error, EINVAL, "filter: this host takes one instruction");
	length = pfq_alloc(sizeof(*length));
	if (!length)
		return pfq_fail(error, ENOMEM, "filter: out of memory");
	memcpy(length, (const uint8_t *)insns + 4, sizeof(*length));
	*filter = length;
	return 0;
}

static int filter_get(void *host, int fd, void **filter, struct pfq_error *error)
{
	(void)host;
	if (fd < 0)
		return pfq_fail(error, EBADF, "filter: no program");
	*filter = pfq_alloc(sizeof(uint32_t));
	if (!*filter)
		return pfq_fail(error, ENOMEM, "filter: out of memory");
	*(uint32_t *)*filter = (uint32_t)fd;
	return 0;
}

static void filter_free(void *host, void *filter)
{
	(void)host;
	pfq_free(filter);
}

static int queue_alloc(void *host, struct pfq_socket *socket, size_t size, void **memory,
		       size_t *page, struct pfq_error *error)
{
	(void)host;
	(void)socket;
	*page = 4096;
	*memory = size > 64 << 20 ? NULL : pfq_alloc(size);
	return *memory ? 0 : pfq_fail(error, ENOMEM, "queues of %zu octets: out of memory", size);
}

static void queue_free(void *host, struct pfq_socket *socket, void *memory, size_t size)
{
	(void)host;
	(void)socket;
	(void)size;
	pfq_free(memory);
}

static int socket_process(void *host, void *host_socket)
{
	(void)host;
	(void)host_socket;
	return 77;
}

static int tx_thread_get(void *host, int index, struct pfq_tx_thread **thread,
			 struct pfq_error *error)
{
	struct quiet_host *quiet = host;

	if (index == Q_ANY_KTHREAD)
		index = quiet->bound[1] < quiet->bound[0];
	if (index < 0 || index > 1)
		return pfq_fail(error, EINVAL, "Tx thread %d: there are two", index);
	if (quiet->bound[index]++ == 0)
		pfq_tx_thread_init(&quiet->threads[index]);
	*thread = &quiet->threads[index];
	return 0;
}

static void tx_thread_put(void *host, struct pfq_tx_thread *thread)
{
	struct quiet_host *quiet = host;

	if (--quiet->bound[thread - quiet->threads] == 0)
		pfq_tx_thread_destroy(thread);
}

static void tx_thread_wake(void *host, struct pfq_tx_thread *thread)
{
	struct quiet_host *quiet = host;

	(void)thread;
	PFQ_ADD(&quiet->thread_wakes, 1);
}

static bool filter_run(void *filter, const struct pfq_packet *packet)
{
	return *(uint32_t *)filter == packet->len;
}

static unsigned int device_send(void *host, void *host_device, int queue,
				const struct pfq_packet *const *packets, unsigned int count)
{
	struct quiet_host *quiet = host;
	const struct pfq_device *device = host_device;

	(void)queue;
	for (unsigned int i = 0; i < count; i++)
		for (uint32_t at = 0; at < packets[i]->caplen; at++)
			PFQ_ADD(&quiet->read, packets[i]->data[at]);
	if (quiet->send_nsec)
		test_clock_advance(quiet->send_nsec);
	if (quiet->while_sending)
		quiet->while_sending();
	if (strcmp(device->name, "d3") == 0 && !quiet->d3_sends)
		return 0;
	PFQ_ADD(&quiet->sent, count);
	return count;
}

static bool device_has_address(void *host_device, uint32_t address)
{
	const struct pfq_device *device = host_device;

	return address == QUIET_ADDRESS + (uint32_t)device->ifindex;
}

static void write_log(void *host, const char *line)
{
	struct quiet_host *quiet = host;

	snprintf(quiet->line, sizeof(quiet->line), "%s", line);
	quiet->lines++;
}

static void to_host(void *host, void *host_device, const struct pfq_packet *const *packets,
		    const uint32_t *marks, unsigned int count)
{
	struct quiet_host *quiet = host;
	const struct pfq_device *device = host_device;

	for (unsigned int i = 0; i < count; i++) {
		if (packets[i]->ifindex != device->ifindex)
			abort();
		PFQ_ADD(&quiet->host_marks, marks[i]);
	}
	PFQ_ADD(&quiet->to_host, count);
}

static void wake(void *host, void *host_socket)
{
	struct quiet_host *quiet = host;

	(void)host_socket;
	PFQ_ADD(&quiet->woken, 1);
}

const struct pfq_host_ops quiet_host_ops = {
	.device_open = device_open,
	.device_close = device_close,
	.device_is_stale = device_is_stale,
	.device_start = device_start,
	.device_stop = device_stop,
	.device_promiscuous = device_promiscuous,
	.device_stats = device_stats,
	.filter_prepare = filter_prepare,
	.filter_free = filter_free,
	.filter_get = filter_get,
	.queue_alloc = queue_alloc,
	.queue_free = queue_free,
	.socket_process = socket_process,
	.tx_thread_get = tx_thread_get,
	.tx_thread_put = tx_thread_put,
	.tx_thread_wake = tx_thread_wake,
	.filter_run = filter_run,
	.device_send = device_send,
	.device_has_address = device_has_address,
	.log = write_log,
	.to_host = to_host,
	.wake = wake,
};
