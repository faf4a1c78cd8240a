// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "../computation.js";
import { integer, text } from "./argument.js";
import { pass } from "./control.js";
import { addressHash, flowHash, linkHash } from "./hash.js";
import { ETHERTYPE, type Headers } from "./packet.js";
import { BROADCAST_MAC, isBroadcastAddress } from "./predicates.js";
import type { Meanings, Run } from "./run.js";

/** Every class but the one of bit 63, the management class. */
const ALL_CLASSES = (1n << 63n) - 1n;

/** Steers; drops where there is nothing to steer by. */
function steer(run: Run, hash: number | undefined, by: "hash" | "number" = "hash"): boolean {
	if (hash === undefined) return false;
	run.fanout = { kind: "steer", hash, by };
	return true;
}

/** IP by its EtherType, though its addresses may be cut off. */
function isIp({ etherType }: Headers): boolean {
	return etherType === ETHERTYPE.ipv4 || etherType === ETHERTYPE.ipv6;
}

function broadcast(run: Run): boolean {
	run.classMask = ALL_CLASSES;
	return pass(run);
}

/** Adds to a counter of the group, modulo 2^64. */
function count({ group }: Run, node: Node, amount: bigint): boolean {
	const counter = integer(node, 0);
	group.counters[counter] = (group.counters[counter] ?? 0n) + amount;
	return true;
}

const forward = (run: Run, node: Node): void => {
	run.forwards.push(text(node, 0));
};

/** What acts on the packet, the run or the group: whether it passes. */
export const actions: Meanings = {
	steer_flow: (run) => steer(run, isIp(run.headers) ? (flowHash(run.headers) ?? 0) : undefined),
	steer_p2p: (run) => {
		const { source, destination } = run.headers;
		const hash = addressHash(run.headers);
		const toAll = isBroadcastAddress(source) || isBroadcastAddress(destination);
		if (hash !== undefined && toAll) return broadcast(run);
		return steer(run, isIp(run.headers) ? (hash ?? 0) : undefined);
	},
	steer_link: (run) => {
		const hash = linkHash(run.headers);
		const toAll = run.headers.destinationMac === BROADCAST_MAC;
		return hash !== undefined && toAll ? broadcast(run) : steer(run, hash);
	},
	steer_vlan: (run) => steer(run, run.headers.vlans[0]),
	steer_rss: (run) => steer(run, run.packet.flowHash ?? flowHash(run.headers) ?? linkHash(run.headers) ?? 0),
	steer_rrobin: (run) => {
		const turn = run.group.roundRobin;
		run.group.roundRobin = (turn + 1) >>> 0;
		return steer(run, turn, "number");
	},
	steer_to: (run, node) => steer(run, integer(node, 0) >>> 0, "number"),

	drop: () => false,
	broadcast,
	classify: (run, node) => {
		run.classMask = BigInt.asUintN(64, BigInt(integer(node, 0))) & ALL_CLASSES;
		return pass(run);
	},

	inc: (run, node) => count(run, node, 1n),
	dec: (run, node) => count(run, node, -1n),
	mark: (run, node) => {
		run.mark = integer(node, 0);
		return true;
	},
	put_state: (run, node) => {
		run.state = integer(node, 0);
		return true;
	},

	forward: (run, node) => {
		forward(run, node);
		return pass(run);
	},
	bridge: (run, node) => {
		forward(run, node);
		return false;
	},
	*tee(run, node) {
		forward(run, node);
		return (yield run.follow(node, 1)) && pass(run);
	},
	*tap(run, node) {
		if (yield run.follow(node, 1)) return pass(run);
		forward(run, node);
		return false;
	},

	kernel: (run) => {
		run.toHost = true;
		return pass(run);
	},
	detour: (run) => {
		run.toHost = true;
		return false;
	},
	*kernel_if(run, node) {
		if (yield run.follow(node, 0)) run.toHost = true;
		return pass(run);
	},
	*detour_if(run, node) {
		if (!(yield run.follow(node, 0))) return pass(run);
		run.toHost = true;
		return false;
	},
};
