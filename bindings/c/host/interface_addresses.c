/* SPDX-License-Identifier: BSD-3-Clause */
#include "interface_addresses.h"

#include <arpa/inet.h>
#include <sys/ioctl.h>
#include <time.h>

/* Addresses of all interfaces that are looked through. */
#define LISTED 512

/* Secondary addresses may stand under a name with a colon and a label. */
static bool is_of(const char *label, const char *name)
{
	size_t length = strlen(name);

	return strncmp(label, name, length) == 0 && (label[length] == 0 || label[length] == ':');
}

static void read_addresses(struct interface_addresses *addresses, int fd, const char *name)
{
	struct ifreq listed[LISTED];
	struct ifconf list = { .ifc_len = sizeof(listed), .ifc_req = listed };
	uint32_t count = 0;

	if (ioctl(fd, SIOCGIFCONF, &list) < 0)
		list.ifc_len = 0;
	for (size_t i = 0; i < (size_t)list.ifc_len / sizeof(listed[0]); i++) {
		struct sockaddr_in address;

		if (!is_of(listed[i].ifr_name, name) || count == INTERFACE_ADDRESSES)
			continue;
		memcpy(&address, &listed[i].ifr_addr, sizeof(address));
		PFQ_WRITE_ONCE(addresses->address[count], ntohl(address.sin_addr.s_addr));
		count++;
	}
	PFQ_STORE_RELEASE(&addresses->count, count);
}

static uint32_t current_second(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint32_t)now.tv_sec | 1u << 31;
}

bool interface_has_address(struct interface_addresses *addresses, int fd, const char *name,
			   uint32_t address)
{
	uint32_t second = current_second();
	uint32_t count;

	if (PFQ_LOAD_ACQUIRE(&addresses->second) != second &&
	    !PFQ_EXCHANGE(&addresses->reading, 1)) {
		read_addresses(addresses, fd, name);
		PFQ_STORE_RELEASE(&addresses->second, second);
		PFQ_STORE_RELEASE(&addresses->reading, 0);
	}
	count = PFQ_LOAD_ACQUIRE(&addresses->count);
	for (uint32_t i = 0; i < count; i++)
		if (PFQ_READ_ONCE(addresses->address[i]) == address)
			return true;
	return false;
}
