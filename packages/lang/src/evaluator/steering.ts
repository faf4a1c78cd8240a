// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "../computation.js";
import { integer, text, word64 } from "./argument.js";
import { masked } from "./bloom.js";
import { pass } from "./control.js";
import { addressHash, addressOnly, callHash, flowHash, linkHash, macOnly } from "./hash.js";
import { keyHash } from "./key.js";
import { contains, ipv4, network } from "./network.js";
import { type Address, ETHERTYPE, type Headers, number, readerOf } from "./packet.js";
import { BROADCAST_MAC, isBroadcastAddress } from "./predicates.js";
import type { Meanings, Run } from "./run.js";
import { inner } from "./tunnel.js";
import { isGtpControl, isGtpUser, isRtcp, isRtp, isSip } from "./voice.js";

/** Every class but the one of bit 63, the management class. */
export const ALL_CLASSES = (1n << 63n) - 1n;

export function broadcast(run: Run): boolean {
	run.classMask = ALL_CLASSES;
	return pass(run);
}

/** Steers; drops where there is nothing to steer by. */
function steer(run: Run, hash: number | undefined, by: "hash" | "number" = "hash"): boolean {
	if (hash === undefined) return false;
	run.fanout = { kind: "steer", hash, by };
	return true;
}

/** Steers by as many ends as there are: two, one; drops where there is none. */
function steerEnds(run: Run, hashes: readonly number[]): boolean {
	const [first, second] = hashes;
	if (first === undefined || second === undefined) return steer(run, first);
	run.fanout = { kind: "double", hashes: [first, second] };
	return true;
}

/** IP by its EtherType, though its addresses may be cut off. */
function isIp({ etherType }: Headers): boolean {
	return etherType === ETHERTYPE.ipv4 || etherType === ETHERTYPE.ipv6;
}

/** Both addresses are there, and one is the broadcast address. */
function isToAll({ source, destination }: Headers): boolean {
	const isThere = source !== undefined && destination !== undefined;
	return isThere && (isBroadcastAddress(source) || isBroadcastAddress(destination));
}

/** The MACs, where both are there: source, destination. */
function macsOf({ sourceMac, destinationMac }: Headers): readonly [number, number] | undefined {
	return sourceMac === undefined || destinationMac === undefined ? undefined : [sourceMac, destinationMac];
}

/** By the MACs, or to all what is sent to the broadcast MAC; drops what has none. */
function steerMacs(run: Run, choose: (source: number, destination: number) => readonly number[]): boolean {
	const macs = macsOf(run.headers);
	if (macs === undefined) return false;
	return macs[1] === BROADCAST_MAC ? broadcast(run) : steerEnds(run, choose(...macs).map(macOnly));
}

const agrees = (address: Address, net: bigint, prefix: number): boolean =>
	address.version === 4 && masked(address.value, prefix) === masked(net, prefix);

const present = ({ source, destination }: Headers): Address[] =>
	[source, destination].filter((address) => address !== undefined);

/** The number at an offset from the beginning of the packet. */
const field = ({ packet }: Run, node: Node, offset: number, size: number): number | undefined =>
	number(readerOf(packet.octets), integer(node, offset), integer(node, size));

const isCall = (headers: Headers): boolean => isRtp(headers) || isRtcp(headers);

/** Steering functions: whether they pass. */
export const steering: Meanings = {
	steer_flow: (run) => steer(run, isIp(run.headers) ? (flowHash(run.headers) ?? 0) : undefined),
	steer_p2p: (run) => {
		if (isToAll(run.headers)) return broadcast(run);
		return steer(run, isIp(run.headers) ? (addressHash(run.headers) ?? 0) : undefined);
	},
	double_steer_ip: (run) => {
		if (isToAll(run.headers)) return broadcast(run);
		if (!isIp(run.headers)) return false;
		const addresses = present(run.headers);
		return steerEnds(run, addresses.length === 2 ? addresses.map(addressOnly) : [0, 0]);
	},
	steer_local_ip: (run, node) => {
		const local = network(text(node, 0));
		return steerEnds(
			run,
			present(run.headers)
				.filter((address) => contains(local, address))
				.map(addressOnly),
		);
	},
	steer_local_net: (run, node) => {
		const local = ipv4(text(node, 0));
		return steerEnds(
			run,
			present(run.headers)
				.filter((address) => agrees(address, local, integer(node, 1)))
				.map(({ value }) => addressOnly({ version: 4, value: masked(value, integer(node, 2)) })),
		);
	},
	steer_link: (run) => {
		const hash = linkHash(run.headers);
		const toAll = run.headers.destinationMac === BROADCAST_MAC;
		return hash !== undefined && toAll ? broadcast(run) : steer(run, hash);
	},
	double_steer_mac: (run) => steerMacs(run, (source, destination) => [source, destination]),
	steer_local_link: (run, node) => {
		const gateway = Number.parseInt(text(node, 0).replaceAll(":", ""), 16);
		return steerMacs(run, (source, destination) => {
			if (source === gateway) return [destination];
			return destination === gateway ? [source] : [source, destination];
		});
	},
	steer_vlan: (run) => steer(run, run.headers.vlans[0]),
	steer_field: (run, node) => steer(run, field(run, node, 0, 1)),
	steer_field_symmetric: (run, node) => {
		const [first, second] = [field(run, node, 0, 2), field(run, node, 1, 2)];
		return first !== undefined && second !== undefined && steer(run, (first ^ second) >>> 0);
	},
	double_steer_field: (run, node) => {
		const [first, second] = [field(run, node, 0, 2), field(run, node, 1, 2)];
		return first !== undefined && second !== undefined && steerEnds(run, [first, second]);
	},
	steer_key: (run, node) => steer(run, keyHash(word64(node, 0), run.headers)),
	steer_rtp: (run) => steer(run, isCall(run.headers) ? callHash(run.headers) : undefined),
	steer_voip: (run) => {
		if (isSip(run.headers)) return broadcast(run);
		return steer(run, isCall(run.headers) ? callHash(run.headers) : undefined);
	},
	steer_gtp_usr: (run, node) => {
		if (isGtpControl(run.headers)) return broadcast(run);
		if (!isGtpUser(run.headers)) return false;
		const net = ipv4(text(node, 0));
		const user = present(inner(run.packet, run.headers)).find((address) => agrees(address, net, integer(node, 1)));
		return steer(run, user && addressOnly(user));
	},
	steer_rss: (run) => steer(run, run.packet.flowHash ?? flowHash(run.headers) ?? linkHash(run.headers) ?? 0),
	steer_rrobin: (run) => {
		const turn = run.group.roundRobin;
		run.group.roundRobin = (turn + 1) >>> 0;
		return steer(run, turn, "number");
	},
	steer_to: (run, node) => steer(run, integer(node, 0) >>> 0, "number"),
};
