/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* Headers within headers: IP in IP, GRE, VXLAN, GTP-U. The meaning is docs/packet-model.md. */
#ifndef PFQ_ENGINE_TUNNEL_H
#define PFQ_ENGINE_TUNNEL_H

#include "headers.h"

/* Headers that are all absent, in the same packet: the VLAN tag is the packet's all the same. */
void pfq_no_headers(const struct pfq_headers *outer, struct pfq_headers *inner);

/* Reads the headers one IP header further in; all of them are absent if there are none. */
void pfq_parse_inner(const struct pfq_packet *packet, const struct pfq_headers *outer,
		     struct pfq_headers *inner);

#endif
