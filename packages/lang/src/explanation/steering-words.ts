// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "../computation.js";
import { masked } from "../evaluator/bloom.js";
import { contains, ipv4, network } from "../evaluator/network.js";
import type { Address, Headers } from "../evaluator/packet.js";
import { BROADCAST_MAC, isBroadcastAddress } from "../evaluator/predicates.js";
import type { End } from "../evaluator/run.js";
import { inner } from "../evaluator/tunnel.js";
import { isGtpControl, isSip } from "../evaluator/voice.js";
import { addressText, macText } from "./field-names.js";
import { reasonFor } from "./reason.js";
import { noPorts, type Reason, type Scene } from "./scene.js";

const TO_ALL = "to every socket of every class";

/** By what a steering function chooses, and what it drops for the lack of. */
const plain: Readonly<Record<string, readonly [by: string, lacking: string]>> = {
	steer_p2p: ["to one socket, by its two addresses", "it is not IP"],
	double_steer_ip: ["to two sockets, by its source and by its destination address", "it is not IP"],
	steer_link: ["to one socket, by its two MACs", "it has no MAC addresses"],
	double_steer_mac: ["to two sockets, by its source and by its destination MAC", "it has no MAC addresses"],
	steer_vlan: ["to one socket, by its VLAN", "it has no VLAN tag"],
	steer_rss: ["to one socket, by the flow hash", ""],
	steer_rrobin: ["to one socket, in turn", ""],
};

const toBroadcastMac = ({ headers }: Scene): string | null =>
	headers.destinationMac === BROADCAST_MAC ? `${TO_ALL}, as it is sent to the broadcast MAC` : null;

const withBroadcastAddress = ({ headers: { source, destination } }: Scene): string | null => {
	const isThere = source !== undefined && destination !== undefined;
	return isThere && (isBroadcastAddress(source) || isBroadcastAddress(destination))
		? `${TO_ALL}, as it has a broadcast address`
		: null;
};

/** What some functions give to all. */
const toAll: Readonly<Record<string, (scene: Scene) => string | null>> = {
	steer_p2p: withBroadcastAddress,
	double_steer_ip: withBroadcastAddress,
	steer_link: toBroadcastMac,
	double_steer_mac: toBroadcastMac,
	steer_local_link: toBroadcastMac,
	steer_voip: ({ headers }) => (isSip(headers) ? `${TO_ALL}, as it is SIP` : null),
	steer_gtp_usr: ({ headers }) => (isGtpControl(headers) ? `${TO_ALL}, as it is of GTP's control plane` : null),
};

type Words = (scene: Scene, node: Node, passes: boolean) => string;

const value = (node: Node, index: number): string => String(node.arguments[index]?.value);

const endsOf = (headers: Headers): readonly { readonly end: End; readonly address: Address }[] =>
	(["source", "destination"] as const).flatMap((end) => {
		const address = headers[end];
		return address === undefined ? [] : [{ end, address }];
	});

/** By the ends of which something holds. */
const byLocal =
	(isLocal: (address: Address, node: Node) => boolean, where: (node: Node) => string): Words =>
	({ headers }, node) => {
		const ends = endsOf(headers);
		const local = ends.filter(({ address }) => isLocal(address, node));
		const [only] = local;
		if (local.length === 2) return `to two sockets, as both ends are in ${where(node)}`;
		if (only) return `to one socket, by its ${only.end} ${addressText(only.address)}`;
		if (ends.length === 0) return "drops: it has no addresses";
		return `drops: ${ends.map(({ end, address }) => `${end} ${addressText(address)}`).join(", ")}`;
	};

const agrees = (address: Address, node: Node): boolean => {
	const prefix = Number(value(node, 1));
	return address.version === 4 && masked(address.value, prefix) === masked(ipv4(value(node, 0)), prefix);
};
const netOf = (node: Node): string => `${value(node, 0)}/${value(node, 1)}`;

const octetsAt = (node: Node, offset: number, size: number): string => {
	const from = Number(value(node, offset));
	const count = Number(value(node, size));
	return count === 1 ? `octet ${from}` : `octets ${from} to ${from + count - 1}`;
};

const beyond = ({ packet }: Scene): string => `drops: only ${packet.octets.length} octets were captured`;

const keyFields = [
	...["EtherType", "source MAC", "destination MAC", "source address", "destination address", "IP protocol"],
	...["ECN", "DSCP", "", "source port", "destination port", "ICMP type", "ICMP code"],
];

const callOr: Reason = (scene, visit) => {
	const isOdd = (scene.headers.sourcePort ?? 0) % 2 === 1;
	return reasonFor(isOdd ? "is_rtcp" : "is_rtp", scene, visit);
};

const byCall: Words = (scene, node, passes) =>
	passes
		? "to one socket, by its addresses and ports, those of RTP and of its RTCP alike"
		: `drops: ${callOr(scene, { node, answer: false, mark: 0, state: 0 })}`;

const particular: Readonly<Record<string, Words>> = {
	steer_flow: (scene, node, passes) => {
		if (!passes) return "drops: it is not IP";
		const { sourcePort, destinationPort } = scene.headers;
		if (sourcePort !== undefined && destinationPort !== undefined) return "to one socket, by its addresses and ports";
		return `to one socket, by its addresses alone, as ${noPorts(scene, { node, answer: true, mark: 0, state: 0 })}`;
	},
	steer_to: (_, node) => `to one socket, number ${value(node, 0)}`,
	steer_local_ip: byLocal(
		(address, node) => contains(network(value(node, 0)), address),
		(node) => value(node, 0),
	),
	steer_local_net: byLocal(agrees, netOf),
	steer_local_link: ({ headers: { sourceMac, destinationMac } }, node, passes) => {
		if (!passes || sourceMac === undefined || destinationMac === undefined) return "drops: it has no MAC addresses";
		const gateway = value(node, 0);
		if (macText(sourceMac) === gateway) return `to one socket, by ${macText(destinationMac)}, as the gateway sends it`;
		if (macText(destinationMac) === gateway) return `to one socket, by ${macText(sourceMac)}, as it is for the gateway`;
		return "to two sockets, by its source and by its destination MAC, as neither is the gateway";
	},
	steer_field: (scene, node, passes) => (passes ? `to one socket, by its ${octetsAt(node, 0, 1)}` : beyond(scene)),
	steer_field_symmetric: (scene, node, passes) =>
		passes ? `to one socket, by its ${octetsAt(node, 0, 2)} and ${octetsAt(node, 1, 2)}` : beyond(scene),
	double_steer_field: (scene, node, passes) =>
		passes ? `to two sockets, by its ${octetsAt(node, 0, 2)} and by its ${octetsAt(node, 1, 2)}` : beyond(scene),
	steer_key: (_, node, passes) => {
		const key = BigInt(value(node, 0));
		const fields = keyFields.filter((name, bit) => name !== "" && ((key >> BigInt(bit)) & 1n) === 1n);
		const list = fields.length === 0 ? "nothing" : fields.join(", ");
		return passes ? `to one socket, by ${list}` : `drops: it lacks one of ${list}`;
	},
	steer_rtp: byCall,
	steer_voip: byCall,
	steer_gtp_usr: (scene, node, passes) => {
		const user = endsOf(inner(scene.packet, scene.headers));
		const found = user.find(({ address }) => agrees(address, node));
		if (passes && found) return `to one socket, by the inner ${found.end} ${addressText(found.address)}`;
		const notGtp = reasonFor("is_gtp_up", scene, { node, answer: false, mark: 0, state: 0 });
		if (user.length === 0) return `drops: no user's packet in it: ${notGtp}`;
		const list = user.map(({ end, address }) => `inner ${end} ${addressText(address)}`).join(", ");
		return `drops: ${list}, not in ${netOf(node)}`;
	},
};

/** What a steering function did, and why. */
export const steeringWords: Words = (scene, node, passes) => {
	const { symbol } = node;
	const all = toAll[symbol]?.(scene);
	if (all && passes) return all;
	const [by = "to one socket", lacking = "it lacks what is steered by"] = plain[symbol] ?? [];
	return particular[symbol]?.(scene, node, passes) ?? (passes ? by : `drops: ${lacking}`);
};
