/* SPDX-License-Identifier: BSD-3-Clause */
/* The IPv4 addresses of an interface, as they were at most a second ago. */
#ifndef PFQ_HOST_INTERFACE_ADDRESSES_H
#define PFQ_HOST_INTERFACE_ADDRESSES_H

#include "host_platform.h"

#include <net/if.h>

/* The most addresses of an interface that are known. */
#define INTERFACE_ADDRESSES 64

struct interface_addresses {
	uint32_t second; /* in which they were read; never 0 after that */
	uint32_t reading;
	uint32_t count;
	uint32_t address[INTERFACE_ADDRESSES];
};

/*
 * Whether the interface of this name has the address. For many threads at once; one of them asks
 * the kernel, through any socket, once a second.
 */
bool interface_has_address(struct interface_addresses *addresses, int fd, const char *name,
			   uint32_t address);

#endif
