/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The actions: they change the state of the run, and give false to drop. */
#ifndef PFQ_ENGINE_ACTIONS_H
#define PFQ_ENGINE_ACTIONS_H

#include "hash.h"
#include "run.h"

static inline bool pfq_steer(struct pfq_run *run, uint32_t hash)
{
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_STEER, .hash = hash };
	return true;
}

static inline bool pfq_steer_number(struct pfq_run *run, uint32_t number)
{
	run->fanout =
		(struct pfq_fanout){ .kind = PFQ_FANOUT_STEER, .by_number = true, .hash = number };
	return true;
}

static inline bool pfq_broadcast(struct pfq_run *run, const struct pfq_insn *insn)
{
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
	run->mask = insn->index;
	return true;
}

static inline bool pfq_classify(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_broadcast(run, insn);
}

static inline bool pfq_steer_rrobin(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_steer_number(run, run->lane->turn++);
}

static inline bool pfq_steer_to(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_steer_number(run, (uint32_t)insn->value);
}

/* The sum of the hashes of both ends, so that the direction does not matter. False if there are no
 * addresses. */
static inline bool pfq_hash_ends(struct pfq_run *run, bool with_ports, uint32_t *hash)
{
	struct pfq_packet *packet = run->packet;
	const uint8_t *addresses;
	uint16_t source_port = 0, destination_port = 0;

	if (with_ports && pfq_has_ports(packet)) {
		const uint8_t *ports = pfq_transport_field(packet, 0, 4);

		if (ports) {
			source_port = pfq_read16(ports);
			destination_port = pfq_read16(ports + 2);
		}
	}
	addresses = pfq_network_field(packet, 4, 12, 8);
	if (addresses) {
		*hash = pfq_fold64(pfq_hash_end4(pfq_read32(addresses), source_port) +
				   pfq_hash_end4(pfq_read32(addresses + 4), destination_port));
		return true;
	}
	addresses = pfq_network_field(packet, 6, 8, 32);
	if (!addresses)
		return false;
	*hash = pfq_fold64(
		pfq_hash_end6(pfq_read64(addresses), pfq_read64(addresses + 8), source_port) +
		pfq_hash_end6(pfq_read64(addresses + 16), pfq_read64(addresses + 24),
			      destination_port));
	return true;
}

/*
 * Steers what is IP. Packets of which an address is cut off cannot be told apart: they go to one
 * socket, rather than to none.
 */
static inline bool pfq_steer_ends(struct pfq_run *run, bool with_ports)
{
	const struct pfq_headers *headers = &run->packet->headers;
	uint32_t hash = 0;

	if (headers->ethertype != PFQ_ETHERTYPE_IP && headers->ethertype != PFQ_ETHERTYPE_IP6)
		return false;
	pfq_hash_ends(run, with_ports, &hash);
	return pfq_steer(run, hash);
}

static inline bool pfq_steer_flow(struct pfq_run *run, const struct pfq_insn *insn)
{
	(void)insn;
	return pfq_steer_ends(run, true);
}

static inline bool pfq_steer_p2p(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *addresses = pfq_network_field(run->packet, 4, 12, 8);

	if (addresses &&
	    (pfq_read32(addresses) == 0xffffffff || pfq_read32(addresses + 4) == 0xffffffff))
		return pfq_broadcast(run, insn);
	return pfq_steer_ends(run, false);
}

/* False if there are no MACs. */
static inline bool pfq_hash_macs(struct pfq_run *run, uint32_t *hash)
{
	const uint8_t *source = pfq_mac_field(run->packet, 1);

	if (!source)
		return false;
	*hash = pfq_fold64(pfq_mix(pfq_read48(source)) + pfq_mix(pfq_read48(run->packet->data)));
	return true;
}

static inline bool pfq_steer_link(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t hash;

	if (!pfq_hash_macs(run, &hash))
		return false;
	if (pfq_read48(run->packet->data) == 0xffffffffffffULL)
		return pfq_broadcast(run, insn);
	return pfq_steer(run, hash);
}

static inline bool pfq_steer_rss(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t hash = 0;

	(void)insn;
	if (run->packet->has_hash)
		return pfq_steer(run, run->packet->hash);
	if (!pfq_hash_ends(run, true, &hash))
		pfq_hash_macs(run, &hash);
	return pfq_steer(run, hash);
}

static inline bool pfq_steer_vlan(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_headers *headers = &run->packet->headers;

	(void)insn;
	return headers->has_vlan && pfq_steer(run, headers->tci & Q_VLAN_VID_MASK);
}

static inline bool pfq_inc(struct pfq_run *run, const struct pfq_insn *insn)
{
	run->lane->counters[insn->value]++;
	return true;
}

static inline bool pfq_dec(struct pfq_run *run, const struct pfq_insn *insn)
{
	run->lane->counters[insn->value]--;
	return true;
}

static inline bool pfq_mark(struct pfq_run *run, const struct pfq_insn *insn)
{
	run->mark = (uint32_t)insn->value;
	return true;
}

static inline bool pfq_put_state(struct pfq_run *run, const struct pfq_insn *insn)
{
	run->state = (uint32_t)insn->value;
	return true;
}

static inline bool pfq_forward(struct pfq_run *run, const struct pfq_insn *insn)
{
	run->forwards |= 1ULL << insn->index;
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_PASS };
	return true;
}

#endif
