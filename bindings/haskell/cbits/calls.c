/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions of libpfq as Haskell calls them: each gives what it gives, or, where it fails, less
 * than 0: an address, negated, of why. A thread of Haskell's moves from one thread of the system's
 * to another between two calls, so it could not ask for its own error afterwards.
 */
#include <pfq/pfq.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct failure {
	int32_t number; /* errno */
	int32_t node;
	char text[PFQ_ERROR_TEXT];
};

static struct failure no_memory = { ENOMEM, -1, "no memory to tell of a failure" };

void pfq_haskell_forget(struct failure *failure)
{
	if (failure != &no_memory)
		free(failure);
}

static long long failed(const pfq_t *q)
{
	int number = errno;
	struct failure *failure = malloc(sizeof(*failure));

	if (!failure)
		return -(long long)(intptr_t)&no_memory;
	failure->number = number;
	failure->node = q ? pfq_error_node(q) : -1;
	strncpy(failure->text, pfq_error(q), sizeof(failure->text) - 1);
	failure->text[sizeof(failure->text) - 1] = 0;
	return -(long long)(intptr_t)failure;
}

static long long given(const pfq_t *q, const void *address)
{
	return address ? (long long)(intptr_t)address : failed(q);
}

#define CALL(name, parameters, arguments)               \
	long long pfq_haskell_##name parameters         \
	{                                               \
		long long value = pfq_##name arguments; \
                                                        \
		return value < 0 ? failed(q) : value;   \
	}

/* clang-format off */
CALL(close, (pfq_t *q), (q))
CALL(enable, (pfq_t *q), (q))
CALL(disable, (pfq_t *q), (q))
CALL(is_enabled, (const pfq_t *q), (q))
CALL(id, (const pfq_t *q), (q))
CALL(group_id, (const pfq_t *q), (q))
CALL(get_fd, (pfq_t *q), (q))
CALL(set_caplen, (pfq_t *q, size_t octets), (q, octets))
CALL(set_xmitlen, (pfq_t *q, size_t octets), (q, octets))
CALL(set_rx_slots, (pfq_t *q, size_t slots), (q, slots))
CALL(set_tx_slots, (pfq_t *q, size_t slots), (q, slots))
CALL(get_caplen, (const pfq_t *q), (q))
CALL(get_xmitlen, (const pfq_t *q), (q))
CALL(get_rx_slots, (const pfq_t *q), (q))
CALL(get_tx_slots, (const pfq_t *q), (q))
CALL(get_rx_slot_size, (const pfq_t *q), (q))
CALL(get_tx_slot_size, (const pfq_t *q), (q))
CALL(set_weight, (pfq_t *q, int weight), (q, weight))
CALL(get_weight, (const pfq_t *q), (q))
CALL(timestamping_enable, (pfq_t *q, int on), (q, on))
CALL(is_timestamping_enabled, (const pfq_t *q), (q))
CALL(mem_size, (const pfq_t *q), (q))
CALL(ifindex, (const pfq_t *q, const char *device), (q, device))
CALL(set_promisc, (pfq_t *q, const char *device, int on), (q, device, on))
CALL(join_group, (pfq_t *q, int gid, uint64_t class_mask, int policy), (q, gid, class_mask, policy))
CALL(leave_group, (pfq_t *q, int gid), (q, gid))
CALL(get_groups, (const pfq_t *q, struct pfq_group_mask *groups), (q, groups))
CALL(bind, (pfq_t *q, const char *device, int queue), (q, device, queue))
CALL(unbind, (pfq_t *q, const char *device, int queue), (q, device, queue))
CALL(bind_group, (pfq_t *q, int gid, const char *device, int queue), (q, gid, device, queue))
CALL(unbind_group, (pfq_t *q, int gid, const char *device, int queue), (q, gid, device, queue))
CALL(egress_bind, (pfq_t *q, const char *device, int queue), (q, device, queue))
CALL(egress_unbind, (pfq_t *q), (q))
CALL(set_group_computation, (pfq_t *q, int gid, const void *image, size_t size), (q, gid, image, size))
CALL(set_group_computation_from_string, (pfq_t *q, int gid, const char *program), (q, gid, program))
CALL(set_group_computation_from_json, (pfq_t *q, int gid, const char *json), (q, gid, json))
CALL(set_group_computation_from_file, (pfq_t *q, int gid, const char *path), (q, gid, path))
CALL(group_fprog, (pfq_t *q, int gid, const struct sock_fprog *program), (q, gid, program))
CALL(group_fprog_fd, (pfq_t *q, int gid, int fd), (q, gid, fd))
CALL(group_fprog_reset, (pfq_t *q, int gid), (q, gid))
CALL(vlan_filters_enable, (pfq_t *q, int gid, int on), (q, gid, on))
CALL(vlan_set_filter, (pfq_t *q, int gid, int vid), (q, gid, vid))
CALL(vlan_reset_filter, (pfq_t *q, int gid, int vid), (q, gid, vid))
CALL(read, (pfq_t *q, struct pfq_net_queue *nq, long int microseconds), (q, nq, microseconds))
CALL(recv, (pfq_t *q, void *buf, size_t len, struct pfq_net_queue *nq, long int microseconds), (q, buf, len, nq, microseconds))
CALL(poll, (pfq_t *q, long int microseconds), (q, microseconds))
CALL(arm, (pfq_t *q), (q))
CALL(disarm, (pfq_t *q), (q))
CALL(bind_tx, (pfq_t *q, const char *device, int queue, int kthread), (q, device, queue, kthread))
CALL(unbind_tx, (pfq_t *q), (q))
CALL(send, (pfq_t *q, const void *packet, size_t len, size_t copies, unsigned int sync), (q, packet, len, copies, sync))
CALL(send_async, (pfq_t *q, const void *packet, size_t len, size_t copies, int async), (q, packet, len, copies, async))
CALL(send_raw, (pfq_t *q, const void *packet, size_t len, uint64_t nsec, size_t copies, int async), (q, packet, len, nsec, copies, async))
CALL(async_pending, (pfq_t *q, int async), (q, async))
CALL(sync_queue, (pfq_t *q, int queue), (q, queue))
CALL(get_stats, (const pfq_t *q, struct pfq_stats *stats), (q, stats))
CALL(get_group_stats, (const pfq_t *q, int gid, struct pfq_stats *stats), (q, gid, stats))
CALL(get_group_counters, (const pfq_t *q, int gid, struct pfq_counters *counters), (q, gid, counters))
CALL(get_device_stats, (const pfq_t *q, const char *device, struct pfq_device_stats *stats), (q, device, stats))
/* clang-format on */

long long pfq_haskell_open_nogroup(size_t caplen, size_t rx_slots, size_t xmitlen, size_t tx_slots)
{
	return given(NULL, pfq_open_nogroup(caplen, rx_slots, xmitlen, tx_slots));
}

long long pfq_haskell_open_group(uint64_t class_mask, int policy, size_t caplen, size_t rx_slots,
				 size_t xmitlen, size_t tx_slots)
{
	return given(NULL, pfq_open_group(class_mask, policy, caplen, rx_slots, xmitlen, tx_slots));
}

long long pfq_haskell_host(const pfq_t *q)
{
	return given(q, pfq_host(q));
}
