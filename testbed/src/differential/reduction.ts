// SPDX-License-Identifier: BSD-3-Clause
import { primitives } from "@pfq/abi";
import type { Argument, Computation, Node } from "@pfq/lang";
import type { Packet } from "@pfq/lang/evaluator";

/** A program and packets on which something goes wrong. */
export interface Finding {
	readonly program: Computation;
	readonly packets: readonly Packet[];
}

const resultOf: ReadonlyMap<string, string> = new Map(primitives.map(({ symbol, result }) => [symbol, result]));
const MAX_ATTEMPTS = 4_000;

/** Makes a finding smaller as long as it still goes wrong; `wrong` is asked at most some thousand times. */
export async function reduce(finding: Finding, wrong: (smaller: Finding) => Promise<boolean>): Promise<Finding> {
	let smallest = finding;
	let attempts = 0;
	for (let again = true; again; ) {
		again = false;
		for (const smaller of smallerThan(smallest)) {
			if (++attempts > MAX_ATTEMPTS) return smallest;
			if (!(await wrong(smaller))) continue;
			smallest = smaller;
			again = true;
			break;
		}
	}
	return smallest;
}

/** What is a step smaller, boldest first. */
function* smallerThan({ program, packets }: Finding): Generator<Finding> {
	for (const fewer of fewerPackets(packets)) yield { program, packets: fewer };
	for (const smaller of smallerPrograms(program)) yield { program: smaller, packets };
	for (const [index, packet] of packets.entries()) {
		for (const plainer of plainerPackets(packet)) yield { program, packets: packets.with(index, plainer) };
	}
}

function* fewerPackets(packets: readonly Packet[]): Generator<readonly Packet[]> {
	for (let size = Math.floor(packets.length / 2); size >= 1; size = Math.floor(size / 2)) {
		for (let start = 0; start + size <= packets.length; start += size) yield packets.toSpliced(start, size);
	}
}

function* smallerPrograms({ nodes }: Computation): Generator<Computation> {
	for (const [index, { symbol, arguments: args, next }] of nodes.entries()) {
		const kind = resultOf.get(symbol);
		const followers = [...args.flatMap((argument) => (argument.type === "Fun" ? [argument.value] : [])), next];
		for (const follower of followers) {
			const node = follower === null ? undefined : nodes[follower];
			if (node === undefined || follower === null || resultOf.get(node.symbol) !== kind) continue;
			yield reachable(
				nodes.map((node) => redirected(node, index, follower)),
				index === 0 ? follower : 0,
			);
		}
		if (next !== null) yield reachable(nodes.with(index, { symbol, arguments: args, next: null }), 0);
		const simplest = kind === "NetFunction" ? "unit" : "is_ip";
		if (args.length > 0 && (kind === "NetFunction" || kind === "NetPredicate")) {
			yield reachable(nodes.with(index, { symbol: simplest, arguments: [], next }), 0);
		}
	}
}

/** The node, with its references to one node turned to another. */
function redirected(node: Node, from: number, to: number): Node {
	const turned = (index: number): number => (index === from ? to : index);
	return {
		symbol: node.symbol,
		arguments: node.arguments.map(
			(argument): Argument => (argument.type === "Fun" ? { type: "Fun", value: turned(argument.value) } : argument),
		),
		next: node.next === null ? null : turned(node.next),
	};
}

/** The nodes that can be reached from the entry, which comes first; references stay forward. */
function reachable(nodes: readonly Node[], entry: number): Computation {
	const places = new Map<number, number>();
	const wanted = new Set([entry]);
	const kept: Node[] = [];
	for (const [index, node] of nodes.entries()) {
		if (!wanted.has(index)) continue;
		places.set(index, kept.push(node) - 1);
		for (const argument of node.arguments) if (argument.type === "Fun") wanted.add(argument.value);
		if (node.next !== null) wanted.add(node.next);
	}
	const place = (index: number): number => places.get(index) ?? 0;
	return {
		nodes: kept.map(({ symbol, arguments: args, next }) => ({
			symbol,
			arguments: args.map(
				(argument): Argument => (argument.type === "Fun" ? { type: "Fun", value: place(argument.value) } : argument),
			),
			next: next === null ? null : place(next),
		})),
	};
}

function* plainerPackets(packet: Packet): Generator<Packet> {
	const { octets, length, mark, flowHash } = packet;
	if (flowHash !== undefined) yield { ...packet, flowHash: undefined };
	if (mark !== 0) yield { ...packet, mark: 0 };
	if (length !== octets.length) yield { ...packet, length: octets.length };
	for (let size = octets.length; size >= 1; size = Math.floor(size / 2)) {
		yield { ...packet, octets: octets.subarray(0, octets.length - size) };
	}
	for (const [index, octet] of octets.entries()) if (octet !== 0) yield { ...packet, octets: octets.with(index, 0) };
}
