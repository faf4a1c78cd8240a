/* SPDX-License-Identifier: BSD-3-Clause */
#include "handle.h"

#include <mntent.h>

static int get_info(const pfq_t *q, struct pfq_socket_info *info)
{
	return handle_control(q, PFQ_OP_GET_INFO, NULL, 0, info, sizeof(*info));
}

/* The sizes stand in both structures, at the same places. */
_Static_assert(offsetof(struct pfq_socket_info, tx_slots) ==
		       offsetof(struct pfq_socket_config, tx_slots),
	       "the information about a socket begins with its configuration");

static ssize_t get_size(const pfq_t *q, size_t field)
{
	struct pfq_socket_info info;
	uint64_t size;

	if (get_info(q, &info) < 0)
		return -1;
	memcpy(&size, (const char *)&info + field, sizeof(size));
	return (ssize_t)size;
}

static int configure(pfq_t *q, size_t field, uint64_t size)
{
	struct pfq_socket_config config;
	struct pfq_socket_info info;

	if (get_info(q, &info) < 0)
		return -1;
	memcpy(&config, &info, sizeof(config));
	memcpy((char *)&config + field, &size, sizeof(size));
	return handle_control(q, PFQ_OP_CONFIGURE, &config, sizeof(config), NULL, 0);
}

/* Sets one of the sizes, and leaves alone what another thread sets meanwhile. */
static int set_size(pfq_t *q, size_t field, size_t size)
{
	int status;

	if (!handle_enter(q))
		return -1;
	pthread_mutex_lock(&q->lock);
	status = configure(q, field, size);
	pthread_mutex_unlock(&q->lock);
	handle_leave(q);
	return status;
}

int pfq_set_caplen(pfq_t *q, size_t octets)
{
	return set_size(q, offsetof(struct pfq_socket_config, caplen), octets);
}

int pfq_set_xmitlen(pfq_t *q, size_t octets)
{
	return set_size(q, offsetof(struct pfq_socket_config, xmitlen), octets);
}

int pfq_set_rx_slots(pfq_t *q, size_t slots)
{
	return set_size(q, offsetof(struct pfq_socket_config, rx_slots), slots);
}

int pfq_set_tx_slots(pfq_t *q, size_t slots)
{
	return set_size(q, offsetof(struct pfq_socket_config, tx_slots), slots);
}

ssize_t pfq_get_caplen(const pfq_t *q)
{
	return get_size(q, offsetof(struct pfq_socket_info, caplen));
}

ssize_t pfq_get_xmitlen(const pfq_t *q)
{
	return get_size(q, offsetof(struct pfq_socket_info, xmitlen));
}

ssize_t pfq_get_rx_slots(const pfq_t *q)
{
	return get_size(q, offsetof(struct pfq_socket_info, rx_slots));
}

ssize_t pfq_get_tx_slots(const pfq_t *q)
{
	return get_size(q, offsetof(struct pfq_socket_info, tx_slots));
}

ssize_t pfq_get_rx_slot_size(const pfq_t *q)
{
	struct pfq_socket_info info;

	return get_info(q, &info) < 0 ? -1 : (ssize_t)info.rx_slot_size;
}

ssize_t pfq_get_tx_slot_size(const pfq_t *q)
{
	struct pfq_socket_info info;

	return get_info(q, &info) < 0 ? -1 : (ssize_t)info.tx_slot_size;
}

int pfq_id(const pfq_t *q)
{
	struct pfq_socket_info info;

	return get_info(q, &info) < 0 ? -1 : info.id;
}

int pfq_group_id(const pfq_t *q)
{
	struct pfq_socket_info info;

	if (get_info(q, &info) < 0)
		return -1;
	if (info.gid < 0)
		return failure(q, ENOENT, "socket %d: a member of no group: join one", info.id);
	return info.gid;
}

int pfq_is_enabled(const pfq_t *q)
{
	struct pfq_socket_info info;

	return get_info(q, &info) < 0 ? -1 : (int)info.enabled;
}

int pfq_set_weight(pfq_t *q, int weight)
{
	struct pfq_value value = { .value = (uint64_t)(int64_t)weight };

	if (weight < 1)
		return refusal(q, EINVAL, "weight %d: must be 1 to %d", weight, PFQ_MAX_WEIGHT);
	return handle_control(q, PFQ_OP_SET_WEIGHT, &value, sizeof(value), NULL, 0);
}

int pfq_get_weight(const pfq_t *q)
{
	struct pfq_socket_info info;

	return get_info(q, &info) < 0 ? -1 : (int)info.weight;
}

int pfq_timestamping_enable(pfq_t *q, int on)
{
	struct pfq_value value = { .value = on != 0 };

	return handle_control(q, PFQ_OP_SET_TIMESTAMPING, &value, sizeof(value), NULL, 0);
}

int pfq_is_timestamping_enabled(const pfq_t *q)
{
	struct pfq_socket_info info;

	return get_info(q, &info) < 0 ? -1 : (int)info.timestamping;
}

/* The map stays as it is while the lock is held. */
static const void *memory(const pfq_t *q, size_t *size)
{
	pfq_t *handle = (pfq_t *)(uintptr_t)q;
	const void *address = NULL;

	if (!handle_enter(q))
		return NULL;
	pthread_mutex_lock(&handle->lock);
	if (handle->enabled) {
		address = handle->memory;
		*size = handle->map.size;
	} else {
		failure(q, EBADF, "the socket is not enabled: it has no queues");
	}
	pthread_mutex_unlock(&handle->lock);
	handle_leave(q);
	return address;
}

ssize_t pfq_mem_size(const pfq_t *q)
{
	size_t size;

	return memory(q, &size) ? (ssize_t)size : -1;
}

const void *pfq_mem_addr(const pfq_t *q)
{
	size_t size;

	return memory(q, &size);
}

int pfq_ifindex(const pfq_t *q, const char *device)
{
	struct pfq_device_name request = { .value = 0 };
	struct pfq_value index;

	if (handle_name_device(q, request.device, device) < 0)
		return -1;
	if (handle_control(q, PFQ_OP_GET_DEVICE, &request, sizeof(request), &index, sizeof(index)) <
	    0)
		return -1;
	return (int)index.value;
}

int pfq_set_promisc(pfq_t *q, const char *device, int on)
{
	struct pfq_device_name request = { .value = on != 0 };

	if (handle_name_device(q, request.device, device) < 0)
		return -1;
	return handle_control(q, PFQ_OP_SET_PROMISCUOUS, &request, sizeof(request), NULL, 0);
}

int pfq_get_device_stats(const pfq_t *q, const char *device, struct pfq_device_stats *stats)
{
	struct pfq_device_name request = { .value = 0 };

	if (handle_name_device(q, request.device, device) < 0)
		return -1;
	return handle_control(q, PFQ_OP_GET_DEVICE_STATS, &request, sizeof(request), stats,
			      sizeof(*stats));
}

const char *pfq_hugepages_mountpoint(void)
{
	static __thread char directory[256];
	struct mntent entry;
	char buffer[1024];
	FILE *mounts = setmntent("/proc/mounts", "re");
	const char *found = NULL;

	if (!mounts)
		return NULL;
	while (!found && getmntent_r(mounts, &entry, buffer, sizeof(buffer))) {
		if (strcmp(entry.mnt_type, "hugetlbfs") == 0) {
			snprintf(directory, sizeof(directory), "%s", entry.mnt_dir);
			found = directory;
		}
	}
	endmntent(mounts);
	return found;
}
