/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "report.h"

#include "group.h"
#include "socket.h"

typedef unsigned long long number;

/* What is in the queue, as far as its reader can be believed. */
static uint32_t used_slots(const struct pfq_socket *socket)
{
	const struct pfq_rx *rx = &socket->rx;
	uint32_t used;

	if (!socket->enabled)
		return 0;
	used = PFQ_READ_ONCE(rx->head) - PFQ_READ_ONCE(rx->shared->tail);
	return used < rx->slot_count ? used : rx->slot_count;
}

static void print_groups_of(const struct pfq_socket *socket, const struct pfq_text *text)
{
	const char *before = "";

	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++) {
		const struct pfq_group *group = socket->engine->groups[gid];

		if (!group || !pfq_group_has(group, socket))
			continue;
		pfq_print(text, "%s%d", before, gid);
		before = ",";
	}
	pfq_print(text, *before ? "\n" : "-\n");
}

static void print_socket(struct pfq_engine *engine, unsigned int row, const struct pfq_text *text)
{
	const struct pfq_socket *socket = engine->sockets[row];
	struct pfq_stats stats;

	if (!socket)
		return;
	pfq_socket_read_stats(socket, &stats);
	pfq_print(text, "%6d %7d %-8s %6u %6u %8u %8u %12llu %12llu %12llu %12llu %12llu %12llu  ",
		  socket->id, engine->ops->socket_process(engine->host, socket->host),
		  socket->enabled ? "enabled" : "disabled", socket->weight, socket->caplen,
		  socket->rx_slots, used_slots(socket), (number)(stats.recv + stats.lost),
		  (number)stats.recv, (number)stats.lost, (number)stats.sent, (number)stats.disc,
		  (number)stats.fail);
	print_groups_of(socket, text);
}

static const char *policy_name(uint32_t policy)
{
	static const char *const names[] = {
		[Q_POLICY_GROUP_PRIVATE] = "private",
		[Q_POLICY_GROUP_RESTRICTED] = "restricted",
		[Q_POLICY_GROUP_SHARED] = "shared",
	};

	return names[policy];
}

static void print_devices_of(const struct pfq_group *group, const struct pfq_text *text)
{
	const char *before = "";

	for (struct pfq_device *device = group->engine->devices; device; device = device->next) {
		for (const struct pfq_device_binding *each = device->bindings; each;
		     each = each->next) {
			if (each->group != group)
				continue;
			pfq_print(text, "%s", before);
			pfq_print_word(text, device->name);
			if (each->queue != Q_ANY_QUEUE)
				pfq_print(text, ":%d", each->queue);
			before = ",";
		}
	}
	pfq_print(text, *before ? "\n" : "-\n");
}

static void print_group(struct pfq_engine *engine, unsigned int row, const struct pfq_text *text)
{
	const struct pfq_group *group = engine->groups[row];
	struct pfq_stats stats;

	if (!group)
		return;
	pfq_group_read_stats(group, &stats);
	pfq_print(text,
		  "%5d %-10s %7u %12llu %12llu %12llu %12llu %12llu %12llu %12llu %11s %6s %4s  ",
		  group->gid, policy_name(group->policy), group->member_count,
		  (number)pfq_group_packets(group), (number)(stats.recv + stats.lost + stats.drop),
		  (number)stats.recv, (number)stats.lost, (number)stats.drop, (number)stats.frwd,
		  (number)stats.kern, group->program ? "yes" : "no", group->filter ? "yes" : "no",
		  group->vlan.enabled ? "yes" : "no");
	print_devices_of(group, text);
}

static struct pfq_device *nth_device(const struct pfq_engine *engine, unsigned int row)
{
	struct pfq_device *device = engine->devices;

	while (device && row-- > 0)
		device = device->next;
	return device;
}

static void print_device(struct pfq_engine *engine, unsigned int row, const struct pfq_text *text)
{
	static const char *const states[] = {
		[PFQ_DEVICE_RUNNING] = "running",
		[PFQ_DEVICE_FINISHED] = "finished",
		[PFQ_DEVICE_FAILED] = "failed",
	};
	struct pfq_device *device = nth_device(engine, row);
	struct pfq_device_stats stats;
	unsigned int bindings = 0;

	if (!device)
		return;
	for (const struct pfq_device_binding *each = device->bindings; each; each = each->next)
		bindings++;
	pfq_device_read_stats(device, &stats);
	pfq_print(text, "%6d %-8s %8u %12llu %12llu %12llu %12llu  ", device->ifindex,
		  states[stats.state], bindings, (number)stats.recv, (number)stats.lost,
		  (number)stats.sent, (number)stats.fail);
	pfq_print_word(text, device->name);
	pfq_print(text, "\n");
}

static void print_computation(struct pfq_engine *engine, unsigned int row,
			      const struct pfq_text *text)
{
	const struct pfq_group *group = engine->groups[row];

	if (!group || !group->program)
		return;
	pfq_print(text, "\n-- group %d\n", group->gid);
	pfq_print_program(text, &group->program->image);
}

static void print_memory(struct pfq_engine *engine, unsigned int row, const struct pfq_text *text)
{
	const struct pfq_socket *socket = engine->sockets[row];

	if (!socket || !socket->enabled)
		return;
	pfq_print(text, "%6d %12llu %10llu %8u %12u %9u %8u %12u    -\n", socket->id,
		  (number)socket->map.size, (number)socket->map.hugepage, socket->rx_slots,
		  pfq_socket_rx_slot_size(socket), socket->map.tx_queues + socket->map.tx_async,
		  socket->tx_slots, pfq_socket_tx_slot_size(socket));
}

static unsigned int count_devices(const struct pfq_engine *engine, struct pfq_totals *totals)
{
	unsigned int count = 0;

	for (struct pfq_device *device = engine->devices; device; device = device->next) {
		pfq_totals_add_device(totals, device);
		count++;
	}
	return count;
}

static unsigned int count_groups(const struct pfq_engine *engine, struct pfq_totals *totals)
{
	unsigned int count = 0;

	for (int gid = 0; gid < PFQ_MAX_GROUPS; gid++) {
		if (!engine->groups[gid])
			continue;
		pfq_totals_add_group(totals, engine->groups[gid]);
		count++;
	}
	return count;
}

static unsigned int count_sockets(const struct pfq_engine *engine, struct pfq_totals *totals)
{
	unsigned int count = 0;

	for (int id = 0; id < PFQ_MAX_SOCKETS; id++) {
		if (!engine->sockets[id])
			continue;
		pfq_totals_add_socket(totals, engine->sockets[id]);
		count++;
	}
	return count;
}

static void print_stats(struct pfq_engine *engine, unsigned int row, const struct pfq_text *text)
{
	struct pfq_totals totals = engine->ended;
	const struct pfq_stats *sum = &totals.stats;
	unsigned int sockets = count_sockets(engine, &totals);
	unsigned int groups = count_groups(engine, &totals);
	unsigned int devices = count_devices(engine, &totals);

	(void)row;
	pfq_print(
		text,
		"%7u %6u %7u %12llu %12llu %12llu %12llu %12llu %12llu %12llu %12llu %12llu %12llu %12llu\n",
		sockets, groups, devices, (number)totals.packets, (number)totals.missed,
		(number)(sum->recv + sum->lost + sum->drop), (number)sum->recv, (number)sum->lost,
		(number)sum->drop, (number)sum->frwd, (number)sum->kern, (number)sum->sent,
		(number)sum->disc, (number)sum->fail);
}

const struct pfq_report pfq_reports[PFQ_REPORTS] = {
	{
		.name = "sockets",
		.header =
			"socket process state    weight caplen    slots     used     received"
			"    delivered         lost         sent    discarded       failed  groups\n",
		.rows = PFQ_MAX_SOCKETS,
		.print = print_socket,
	},
	{
		.name = "groups",
		.header = "group policy     members      packets     received    delivered"
			  "         lost      dropped    forwarded       kernel computation filter"
			  " vlan  devices\n",
		.rows = PFQ_MAX_GROUPS,
		.print = print_group,
	},
	{
		.name = "devices",
		.header = " index state    bindings      packets       missed         sent"
			  "       failed  device\n",
		.rows = 4096,
		.print = print_device,
	},
	{
		.name = "computations",
		.header = "-- computations of the groups\n",
		.rows = PFQ_MAX_GROUPS,
		.confidential = true,
		.print = print_computation,
	},
	{
		.name = "memory",
		.header = "socket       octets       page rx_slots rx_slot_size tx_queues tx_slots"
			  " tx_slot_size  cpu\n",
		.rows = PFQ_MAX_SOCKETS,
		.print = print_memory,
	},
	{
		.name = "stats",
		.header = "sockets groups devices      packets       missed     received"
			  "    delivered         lost      dropped    forwarded       kernel"
			  "         sent    discarded       failed\n",
		.rows = 1,
		.print = print_stats,
	},
};

void pfq_report_print(const struct pfq_report *report, struct pfq_engine *engine, unsigned int row,
		      const struct pfq_text *text)
{
	pfq_mutex_lock(&engine->lock);
	report->print(engine, row, text);
	pfq_mutex_unlock(&engine->lock);
}
