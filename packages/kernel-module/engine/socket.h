/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* A socket's life: its queues, its devices. All calls with the engine's lock held. */
#ifndef PFQ_ENGINE_SOCKET_H
#define PFQ_ENGINE_SOCKET_H

#include "state.h"

int pfq_socket_configure(struct pfq_socket *socket, const struct pfq_socket_config *config,
			 struct pfq_error *error);
/* Where the queues of a socket would be if it were enabled now; of one that is, where they are. */
void pfq_socket_plan(const struct pfq_socket *socket, struct pfq_queue_map *map);
int pfq_socket_enable(struct pfq_socket *socket, struct pfq_error *error);
void pfq_socket_disable(struct pfq_socket *socket);

uint32_t pfq_socket_rx_slot_size(const struct pfq_socket *socket);
uint32_t pfq_socket_tx_slot_size(const struct pfq_socket *socket);

int pfq_socket_bind_egress(struct pfq_socket *socket, const char *device, int queue,
			   struct pfq_error *error);
void pfq_socket_unbind_egress(struct pfq_socket *socket);

int pfq_socket_promiscuous(struct pfq_socket *socket, const char *device, bool on,
			   struct pfq_error *error);

void pfq_socket_read_stats(const struct pfq_socket *socket, struct pfq_stats *stats);

#endif
