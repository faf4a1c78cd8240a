/* SPDX-License-Identifier: BSD-3-Clause */
#include "host_device.h"
#include "host.h"

#include <unistd.h>

/* Devices that are no network interface have indices from here on, out of the way of the kernel's.
 */
#define FIRST_IFINDEX 1000000

#define MIN_LANES     32
#define MAX_LANES     256

static const struct host_driver *const drivers[] = {
	&host_capture_file_driver,
	&host_memory_driver,
	&host_live_driver,
};

#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

/* The last driver takes every name that has no other's prefix. */
static const struct host_driver *find_driver(const char *name)
{
	size_t i = 0;

	while (strncmp(name, drivers[i]->prefix, strlen(drivers[i]->prefix)) != 0)
		i++;
	return drivers[i];
}

int host_device_open(void *host, struct pfq_device *engine_device, const char *name,
		     void **host_device, int *ifindex, struct pfq_error *error)
{
	static int next_ifindex = FIRST_IFINDEX;
	const struct host_driver *driver = find_driver(name);
	struct host_device *device;
	int status;

	(void)host;
	status = driver->open(name + strlen(driver->prefix), &device, error);
	if (status < 0)
		return status;
	device->driver = driver;
	device->device = engine_device;
	snprintf(device->name, sizeof(device->name), "%s", name);
	if (!device->ifindex)
		device->ifindex = next_ifindex++; /* under the engine's lock */
	*host_device = device;
	*ifindex = device->ifindex;
	return 0;
}

void host_device_close(void *host, void *host_device)
{
	struct host_device *device = host_device;

	(void)host;
	device->driver->close(device);
}

int host_device_start(void *host, void *host_device, int queue, struct pfq_error *error)
{
	struct host_device *device = host_device;

	(void)host;
	return device->driver->start(device, queue, error);
}

void host_device_stop(void *host, void *host_device, int queue)
{
	struct host_device *device = host_device;

	(void)host;
	device->driver->stop(device, queue);
}

int host_device_promiscuous(void *host, void *host_device, bool on, struct pfq_error *error)
{
	struct host_device *device = host_device;

	(void)host;
	return device->driver->promiscuous(device, on, error);
}

void host_device_stats(void *host, void *host_device, struct pfq_device_stats *stats)
{
	struct host_device *device = host_device;

	(void)host;
	device->driver->stats(device, stats);
}

unsigned int host_device_send(void *host, void *host_device, int queue,
			      const struct pfq_packet *const *packets, unsigned int count)
{
	struct host_device *device = host_device;

	(void)host;
	return device->driver->send(device, queue, packets, count);
}

bool host_device_has_address(void *host_device, uint32_t address)
{
	struct host_device *device = host_device;

	return device->driver->has_address && device->driver->has_address(device, address);
}

int pfq_host_check_tx(const char *name, struct pfq_error *error)
{
	const struct host_driver *driver = find_driver(name);

	return driver->no_tx ? pfq_fail(error, EOPNOTSUPP, "%s: %s", name, driver->no_tx) : 0;
}

void host_devices_after_fork(void)
{
	for (size_t i = 0; i < DRIVERS; i++)
		if (drivers[i]->after_fork)
			drivers[i]->after_fork();
}

/* A lane is held by a thread that receives, even while it waits for a processor: hence more than
 * processors. */
unsigned int host_lanes(void)
{
	static unsigned int lanes;

	if (!lanes) {
		long wanted = 2 * sysconf(_SC_NPROCESSORS_CONF);

		if (wanted < MIN_LANES)
			wanted = MIN_LANES;
		lanes = wanted > MAX_LANES ? MAX_LANES : (unsigned int)wanted;
	}
	return lanes;
}

/* Threads prefer lanes in turn; the engine finds another where two want the same. */
unsigned int host_lane(void)
{
	static unsigned int next;
	static __thread unsigned int lane_plus_one;

	if (!lane_plus_one)
		lane_plus_one = 1 + __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % host_lanes();
	return lane_plus_one - 1;
}
