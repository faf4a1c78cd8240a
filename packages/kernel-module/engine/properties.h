/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The properties: gives false where the packet has no such field, so that no comparison with it
 * holds. */
#ifndef PFQ_ENGINE_PROPERTIES_H
#define PFQ_ENGINE_PROPERTIES_H

#include "run.h"

static inline bool pfq_value8(const uint8_t *field, uint64_t *value)
{
	if (!field)
		return false;
	*value = *field;
	return true;
}

static inline bool pfq_value16(const uint8_t *field, uint64_t *value)
{
	if (!field)
		return false;
	*value = pfq_read16(field);
	return true;
}

static inline const uint8_t *pfq_protocol_field(struct pfq_run *run, uint8_t protocol,
						uint32_t offset, uint32_t size)
{
	return pfq_is_protocol(run->packet, protocol)
		       ? pfq_transport_field(run->packet, offset, size)
		       : NULL;
}

static inline bool pfq_ip_tos(struct pfq_run *run, uint64_t *value)
{
	return pfq_value8(pfq_network_field(run->packet, 4, 1, 1), value);
}

static inline bool pfq_ip_tot_len(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_network_field(run->packet, 4, 2, 2), value);
}

static inline bool pfq_ip_id(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_network_field(run->packet, 4, 4, 2), value);
}

static inline bool pfq_ip_frag(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_network_field(run->packet, 4, 6, 2), value);
}

static inline bool pfq_ip_ttl(struct pfq_run *run, uint64_t *value)
{
	return pfq_value8(pfq_network_field(run->packet, 4, 8, 1), value);
}

static inline bool pfq_ip6_hop_limit(struct pfq_run *run, uint64_t *value)
{
	return pfq_value8(pfq_network_field(run->packet, 6, 7, 1), value);
}

static inline bool pfq_ip6_flow_label(struct pfq_run *run, uint64_t *value)
{
	const uint8_t *field = pfq_network_field(run->packet, 6, 0, 4);

	if (!field)
		return false;
	*value = pfq_read32(field) & 0xfffff;
	return true;
}

static inline bool pfq_tcp_source(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_protocol_field(run, PFQ_PROTOCOL_TCP, 0, 2), value);
}

static inline bool pfq_tcp_dest(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_protocol_field(run, PFQ_PROTOCOL_TCP, 2, 2), value);
}

static inline bool pfq_tcp_hdrlen(struct pfq_run *run, uint64_t *value)
{
	const uint8_t *field = pfq_protocol_field(run, PFQ_PROTOCOL_TCP, 12, 1);

	if (!field)
		return false;
	*value = (*field >> 4) * 4u;
	return true;
}

static inline bool pfq_tcp_flags(struct pfq_run *run, uint64_t *value)
{
	return pfq_value8(pfq_protocol_field(run, PFQ_PROTOCOL_TCP, 13, 1), value);
}

static inline bool pfq_udp_source(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_protocol_field(run, PFQ_PROTOCOL_UDP, 0, 2), value);
}

static inline bool pfq_udp_dest(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_protocol_field(run, PFQ_PROTOCOL_UDP, 2, 2), value);
}

static inline bool pfq_udp_len(struct pfq_run *run, uint64_t *value)
{
	return pfq_value16(pfq_protocol_field(run, PFQ_PROTOCOL_UDP, 4, 2), value);
}

static inline const uint8_t *pfq_icmp_field(struct pfq_run *run, uint32_t offset)
{
	return run->packet->headers.version == 4
		       ? pfq_protocol_field(run, PFQ_PROTOCOL_ICMP, offset, 1)
		       : NULL;
}

static inline bool pfq_icmp_type(struct pfq_run *run, uint64_t *value)
{
	return pfq_value8(pfq_icmp_field(run, 0), value);
}

static inline bool pfq_icmp_code(struct pfq_run *run, uint64_t *value)
{
	return pfq_value8(pfq_icmp_field(run, 1), value);
}

static inline bool pfq_get_mark(struct pfq_run *run, uint64_t *value)
{
	*value = run->mark;
	return true;
}

static inline bool pfq_get_state(struct pfq_run *run, uint64_t *value)
{
	*value = run->state;
	return true;
}

static inline bool pfq_pkt_len(struct pfq_run *run, uint64_t *value)
{
	*value = run->packet->len;
	return true;
}

static inline bool pfq_compare(const struct pfq_insn *insn, uint64_t value)
{
	switch ((enum pfq_comparison)insn->comparison) {
	case PFQ_LESS:
		return value < insn->value;
	case PFQ_LESS_EQ:
		return value <= insn->value;
	case PFQ_GREATER:
		return value > insn->value;
	case PFQ_GREATER_EQ:
		return value >= insn->value;
	case PFQ_EQUAL:
		return value == insn->value;
	case PFQ_NOT_EQUAL:
		return value != insn->value;
	case PFQ_ANY_BIT:
		return value & insn->value;
	case PFQ_ALL_BIT:
		return (value & insn->value) == insn->value;
	}
	return false;
}

#endif
