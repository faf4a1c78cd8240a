// SPDX-License-Identifier: BSD-3-Clause
import { integer, integers, text } from "./argument.js";
import { mayContain } from "./bloom.js";
import { contains, ipv4, network } from "./network.js";
import { type Address, ETHERTYPE, PROTOCOL } from "./packet.js";
import type { Meanings, Run } from "./run.js";
import { isGtpControl, isGtpUser, isRtcp, isRtp, isSip } from "./voice.js";

export const BROADCAST_MAC = 0xffff_ffff_ffff;
export const BROADCAST_ADDRESS = 0xffff_ffffn;
/** The low bit of the first of six octets. */
const GROUP_BIT = 2 ** 40;

const multicastNetworks = [network("224.0.0.0/4"), network("ff00::/8")];

const within = (cidr: string, ...addresses: readonly (Address | undefined)[]): boolean =>
	addresses.some((address) => address !== undefined && contains(network(cidr), address));

export function isBroadcastAddress(address: Address | undefined): boolean {
	return address?.version === 4 && address.value === BROADCAST_ADDRESS;
}

export function isMulticastAddress(address: Address | undefined): boolean {
	return address !== undefined && multicastNetworks.some((multicast) => contains(multicast, address));
}

/** An IPv4 address of the device that the packet came in by. */
function isHostAddress({ packet, headers: { destination } }: Run): boolean {
	const addresses = packet.device?.addresses ?? [];
	return destination?.version === 4 && addresses.some((each) => ipv4(each) === destination.value);
}

/** Predicates: whether they hold. */
export const predicates: Meanings = {
	is_ip: ({ headers }) => headers.etherType === ETHERTYPE.ipv4,
	is_ip6: ({ headers }) => headers.etherType === ETHERTYPE.ipv6,
	is_l3_proto: ({ headers }, node) => headers.etherType === integer(node, 0),

	is_tcp: ({ headers }) => headers.protocol === PROTOCOL.tcp,
	is_udp: ({ headers }) => headers.protocol === PROTOCOL.udp,
	is_sctp: ({ headers }) => headers.protocol === PROTOCOL.sctp,
	is_flow: ({ headers: { protocol } }) =>
		protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp || protocol === PROTOCOL.sctp,
	is_icmp: ({ headers }) => headers.version === 4 && headers.protocol === PROTOCOL.icmp,
	is_icmp6: ({ headers }) => headers.version === 6 && headers.protocol === PROTOCOL.icmp6,
	is_l4_proto: ({ headers }, node) => headers.protocol === integer(node, 0),

	is_frag: ({ headers }) => headers.fragment !== undefined,
	is_first_frag: ({ headers }) => headers.fragment === "first",
	is_more_frag: ({ headers }) => headers.fragment === "more",

	has_port: ({ headers, ends }, node) => ends.some((end) => headers[`${end}Port`] === integer(node, 0)),
	has_src_port: ({ headers }, node) => headers.sourcePort === integer(node, 0),
	has_dst_port: ({ headers }, node) => headers.destinationPort === integer(node, 0),

	has_addr: ({ headers, ends }, node) => within(text(node, 0), ...ends.map((end) => headers[end])),
	has_src_addr: ({ headers }, node) => within(text(node, 0), headers.source),
	has_dst_addr: ({ headers }, node) => within(text(node, 0), headers.destination),
	is_ip_broadcast: ({ headers }) => isBroadcastAddress(headers.destination),
	is_ip_multicast: ({ headers }) => isMulticastAddress(headers.destination),
	is_ip_host: isHostAddress,
	is_incoming_host: (run) =>
		isHostAddress(run) || isBroadcastAddress(run.headers.destination) || isMulticastAddress(run.headers.destination),

	bloom: ({ headers, ends }, node) =>
		mayContain(
			node,
			ends.map((end) => headers[end]),
		),
	bloom_src: ({ headers }, node) => mayContain(node, [headers.source]),
	bloom_dst: ({ headers }, node) => mayContain(node, [headers.destination]),

	is_rtp: ({ headers }) => isRtp(headers),
	is_rtcp: ({ headers }) => isRtcp(headers),
	is_sip: ({ headers }) => isSip(headers),
	is_voip: ({ headers }) => isRtp(headers) || isRtcp(headers) || isSip(headers),
	is_gtp: ({ headers }) => isGtpControl(headers) || isGtpUser(headers),
	is_gtp_cp: ({ headers }) => isGtpControl(headers),
	is_gtp_up: ({ headers }) => isGtpUser(headers),

	has_vlan: ({ headers }) => headers.vlans.length > 0,
	has_vid: ({ headers }, node) => headers.vlans[0] === integer(node, 0),
	vlan_id: ({ headers: { vlans } }, node) => vlans[0] !== undefined && integers(node, 0).includes(vlans[0]),

	is_broadcast: ({ headers }) => headers.destinationMac === BROADCAST_MAC,
	is_multicast: ({ headers: { destinationMac } }) =>
		destinationMac !== undefined && Math.floor(destinationMac / GROUP_BIT) % 2 === 1,

	has_mark: ({ mark }, node) => mark === integer(node, 0),
	has_state: ({ state }, node) => state === integer(node, 0),
};
