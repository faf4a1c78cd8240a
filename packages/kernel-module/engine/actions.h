/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* The actions: they change the state of the run, and give false to drop. */
#ifndef PFQ_ENGINE_ACTIONS_H
#define PFQ_ENGINE_ACTIONS_H

#include "key.h"
#include "predicates.h"
#include "tunnel.h"

static inline bool pfq_steer(struct pfq_run *run, uint32_t hash)
{
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_STEER, .hash = hash };
	return true;
}

static inline bool pfq_steer_number(struct pfq_run *run, uint32_t number)
{
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_STEER_NUMBER, .hash = number };
	return true;
}

static inline bool pfq_steer_double(struct pfq_run *run, uint32_t hash, uint32_t second)
{
	run->fanout = (struct pfq_fanout){ .kind = PFQ_FANOUT_DOUBLE_STEER, .hash = hash };
	run->second_hash = second;
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

/* The sum of the hashes of both ends, so that the direction does not matter; their ports are halved
 * so many times before. False if there are no addresses. */
static inline bool pfq_hash_ends(struct pfq_run *run, bool with_ports, unsigned int halvings,
				 uint32_t *hash)
{
	struct pfq_packet *packet = run->packet;
	const uint8_t *addresses;
	uint16_t source_port = 0, destination_port = 0;

	if (with_ports && pfq_has_ports(packet)) {
		const uint8_t *ports = pfq_transport_field(packet, 0, 4);

		if (ports) {
			source_port = pfq_read16(ports) >> halvings;
			destination_port = pfq_read16(ports + 2) >> halvings;
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
	pfq_hash_ends(run, with_ports, 0, &hash);
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

/* The hash of an end of which the address is this. */
static inline uint32_t pfq_hash_address4(uint32_t address)
{
	return pfq_fold64(pfq_hash_end4(address, 0));
}

/* That of the source (0) or the destination (1); 0 if it is absent. */
static inline uint32_t pfq_hash_address(const struct pfq_packet *packet, unsigned int end)
{
	const uint8_t *address = pfq_network_field(packet, 4, 12 + end * 4, 4);

	if (address)
		return pfq_hash_address4(pfq_read32(address));
	address = pfq_network_field(packet, 6, 8 + end * 16, 16);
	if (!address)
		return 0;
	return pfq_fold64(pfq_hash_end6(pfq_read64(address), pfq_read64(address + 8), 0));
}

static inline bool pfq_double_steer_ip(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_packet *packet = run->packet;
	const uint8_t *addresses = pfq_network_field(packet, 4, 12, 8);

	if (addresses) {
		uint32_t source = pfq_read32(addresses), destination = pfq_read32(addresses + 4);

		if (source == 0xffffffff || destination == 0xffffffff)
			return pfq_broadcast(run, insn);
		return pfq_steer_double(run, pfq_hash_address4(source),
					pfq_hash_address4(destination));
	}
	if (packet->headers.ethertype != PFQ_ETHERTYPE_IP &&
	    packet->headers.ethertype != PFQ_ETHERTYPE_IP6)
		return false;
	if (!pfq_network_field(packet, 6, 8, 32))
		return pfq_steer_double(run, 0, 0);
	return pfq_steer_double(run, pfq_hash_address(packet, 0), pfq_hash_address(packet, 1));
}

/* By the hash of whichever end is local, or of both. */
static inline bool pfq_steer_local(struct pfq_run *run, bool source_is_local, uint32_t source,
				   bool destination_is_local, uint32_t destination)
{
	if (source_is_local && destination_is_local)
		return pfq_steer_double(run, source, destination);
	if (source_is_local)
		return pfq_steer(run, source);
	return destination_is_local && pfq_steer(run, destination);
}

static inline bool pfq_steer_local_ip(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_packet *packet = run->packet;

	return pfq_steer_local(run, pfq_address_in(run, 0, 0, insn), pfq_hash_address(packet, 0),
			       pfq_address_in(run, 1, 1, insn), pfq_hash_address(packet, 1));
}

static inline bool pfq_steer_local_net(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t net = (uint32_t)insn->value, mask = (uint32_t)(insn->value >> 32);
	uint32_t submask = pfq_prefix_mask4(insn->index);
	bool local[2];
	uint32_t hash[2];

	for (unsigned int end = 0; end < 2; end++) {
		const uint8_t *field = pfq_network_field(run->packet, 4, 12 + end * 4, 4);
		uint32_t address = field ? pfq_read32(field) : 0;

		local[end] = field && (address & mask) == net;
		hash[end] = pfq_hash_address4(address & submask);
	}
	return pfq_steer_local(run, local[0], hash[0], local[1], hash[1]);
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

static inline uint32_t pfq_hash_mac(uint64_t mac)
{
	return pfq_fold64(pfq_mix(mac));
}

static inline bool pfq_double_steer_mac(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *field = pfq_mac_field(run->packet, 1);
	uint64_t destination;

	if (!field)
		return false;
	destination = pfq_read48(run->packet->data);
	if (destination == 0xffffffffffffULL)
		return pfq_broadcast(run, insn);
	return pfq_steer_double(run, pfq_hash_mac(pfq_read48(field)), pfq_hash_mac(destination));
}

static inline bool pfq_steer_local_link(struct pfq_run *run, const struct pfq_insn *insn)
{
	const uint8_t *field = pfq_mac_field(run->packet, 1);

	if (!pfq_double_steer_mac(run, insn))
		return false;
	if (run->fanout.kind != PFQ_FANOUT_DOUBLE_STEER)
		return true;
	if (pfq_read48(field) == insn->value)
		return pfq_steer(run, run->second_hash);
	if (pfq_read48(run->packet->data) == insn->value)
		return pfq_steer(run, run->fanout.hash);
	return true;
}

static inline bool pfq_steer_rss(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t hash = 0;

	(void)insn;
	if (run->packet->has_hash)
		return pfq_steer(run, run->packet->hash);
	if (!pfq_hash_ends(run, true, 0, &hash))
		pfq_hash_macs(run, &hash);
	return pfq_steer(run, hash);
}

static inline bool pfq_steer_vlan(struct pfq_run *run, const struct pfq_insn *insn)
{
	const struct pfq_headers *headers = &run->packet->headers;

	(void)insn;
	return headers->has_vlan && pfq_steer(run, headers->tci & Q_VLAN_VID_MASK);
}

/* So many octets from there on as a number. */
static inline bool pfq_read_field(const struct pfq_packet *packet, uint32_t offset, uint32_t size,
				  uint32_t *value)
{
	if (offset + size > packet->caplen)
		return false;
	*value = 0;
	for (uint32_t i = 0; i < size; i++)
		*value = *value << 8 | packet->data[offset + i];
	return true;
}

/* The fields of an instruction: two offsets, and their size. */
static inline bool pfq_read_fields(const struct pfq_packet *packet, const struct pfq_insn *insn,
				   uint32_t *first, uint32_t *second)
{
	uint32_t size = (uint32_t)(insn->value >> 32);

	return pfq_read_field(packet, (uint16_t)insn->value, size, first) &&
	       pfq_read_field(packet, (uint16_t)(insn->value >> 16), size, second);
}

static inline bool pfq_steer_field(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t value;

	return pfq_read_field(run->packet, (uint16_t)insn->value, (uint32_t)(insn->value >> 32),
			      &value) &&
	       pfq_steer(run, value);
}

static inline bool pfq_steer_field_symmetric(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t first, second;

	return pfq_read_fields(run->packet, insn, &first, &second) &&
	       pfq_steer(run, first ^ second);
}

static inline bool pfq_double_steer_field(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t first, second;

	return pfq_read_fields(run->packet, insn, &first, &second) &&
	       pfq_steer_double(run, first, second);
}

static inline bool pfq_steer_key(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t hash;

	return pfq_hash_key(run->packet, insn->value, &hash) && pfq_steer(run, hash);
}

/* RTP has the even port below the odd one of its RTCP: half of each is the same. */
static inline bool pfq_steer_rtp(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t hash = 0;

	if (!pfq_is_rtp(run, insn) && !pfq_is_rtcp(run, insn))
		return false;
	pfq_hash_ends(run, true, 1, &hash);
	return pfq_steer(run, hash);
}

static inline bool pfq_steer_voip(struct pfq_run *run, const struct pfq_insn *insn)
{
	return pfq_is_sip(run, insn) ? pfq_broadcast(run, insn) : pfq_steer_rtp(run, insn);
}

static inline bool pfq_steer_gtp_usr(struct pfq_run *run, const struct pfq_insn *insn)
{
	uint32_t net = (uint32_t)insn->value, mask = (uint32_t)(insn->value >> 32);
	const struct pfq_packet *packet = run->packet;
	struct pfq_headers inner;

	if (pfq_is_gtp_cp(run, insn))
		return pfq_broadcast(run, insn);
	if (!pfq_is_gtp_up(run, insn))
		return false;
	pfq_parse_inner(packet, &packet->headers, &inner);
	if (inner.version != 4)
		return false;
	for (uint32_t at = inner.network + 12u; at <= inner.network + 16u; at += 4) {
		uint32_t address;

		if (at + 4 > packet->caplen)
			return false;
		address = pfq_read32(packet->data + at);
		if ((address & mask) == net)
			return pfq_steer(run, pfq_hash_address4(address));
	}
	return false;
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
