/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
#include "totals.h"

#include "group.h"
#include "socket.h"

void pfq_totals_add_group(struct pfq_totals *totals, const struct pfq_group *group)
{
	struct pfq_stats stats;

	pfq_group_read_stats(group, &stats);
	totals->stats.recv += stats.recv;
	totals->stats.lost += stats.lost;
	totals->stats.drop += stats.drop;
	totals->stats.frwd += stats.frwd;
	totals->stats.kern += stats.kern;
}

/* What it received, its groups received; what it sent, devices sent. */
void pfq_totals_add_socket(struct pfq_totals *totals, const struct pfq_socket *socket)
{
	struct pfq_stats stats;

	pfq_socket_read_stats(socket, &stats);
	totals->stats.disc += stats.disc;
}

void pfq_totals_add_device(struct pfq_totals *totals, struct pfq_device *device)
{
	struct pfq_device_stats stats;

	pfq_device_read_stats(device, &stats);
	totals->packets += stats.recv;
	totals->missed += stats.lost;
	totals->stats.sent += stats.sent;
	totals->stats.fail += stats.fail;
}
