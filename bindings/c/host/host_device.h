/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices of the user host: a row of functions for each kind, in a file of its own. */
#ifndef PFQ_HOST_DEVICE_H
#define PFQ_HOST_DEVICE_H

#include "engine.h"
#include "error.h"

/* An open device. A driver embeds it as the first member of its own structure. */
struct host_device {
	const struct host_driver *driver;
	struct pfq_device *device; /* the engine's */
	int ifindex;
	char name[PFQ_DEVICE_NAME]; /* as the user wrote it */
};

/*
 * A kind of device. open() gets the name without the prefix; it allocates the device, and leaves
 * `driver`, `device` and `name` to the caller, and `ifindex` too if it is 0. See struct
 * pfq_host_ops for what the others do.
 */
struct host_driver {
	const char *prefix; /* of the names that are its own; "" takes what is left */
	const char *no_tx;  /* why nothing can be sent, or NULL */
	int (*open)(const char *name, struct host_device **device, struct pfq_error *error);
	void (*close)(struct host_device *device);
	int (*start)(struct host_device *device, int queue, struct pfq_error *error);
	void (*stop)(struct host_device *device, int queue);
	int (*promiscuous)(struct host_device *device, bool on, struct pfq_error *error);
	void (*stats)(struct host_device *device, struct pfq_device_stats *stats);
	unsigned int (*send)(struct host_device *device, int queue,
			     const struct pfq_packet *const *packets, unsigned int count);
	/* Whether it is an IPv4 address of the device; NULL for devices without any. */
	bool (*has_address)(struct host_device *device, uint32_t address);
	void (*after_fork)(
		void); /* in the child: let go of what keeps the parent's devices alive; or NULL */
};

extern const struct host_driver host_live_driver;
extern const struct host_driver host_capture_file_driver;
extern const struct host_driver host_memory_driver;

/* The operations of struct pfq_host_ops on devices. */
int host_device_open(void *host, struct pfq_device *device, const char *name, void **host_device,
		     int *ifindex, struct pfq_error *error);
void host_device_close(void *host, void *host_device);
int host_device_start(void *host, void *host_device, int queue, struct pfq_error *error);
void host_device_stop(void *host, void *host_device, int queue);
int host_device_promiscuous(void *host, void *host_device, bool on, struct pfq_error *error);
void host_device_stats(void *host, void *host_device, struct pfq_device_stats *stats);
unsigned int host_device_send(void *host, void *host_device, int queue,
			      const struct pfq_packet *const *packets, unsigned int count);

bool host_device_has_address(void *host_device, uint32_t address);

void host_devices_after_fork(void);

/* Lanes of the engine, and the one of the calling thread. */
unsigned int host_lanes(void);
unsigned int host_lane(void);

#endif
