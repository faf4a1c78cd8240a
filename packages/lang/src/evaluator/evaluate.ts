// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Node } from "../computation.js";
import { reference } from "./argument.js";
import { meaning, property } from "./meanings.js";
import { dissect, type Packet } from "./packet.js";
import { type Fanout, type GroupState, type LogEntry, type Run, type Steps, settle } from "./run.js";

/** What became of a packet. */
export interface Outcome {
	readonly fanout: Fanout;
	/** The classes whose sockets are eligible. */
	readonly classMask: bigint;
	readonly mark: number;
	readonly state: number;
	/** The devices that get a copy, as often as they were named. Their order has no meaning. */
	readonly forwards: readonly string[];
	/** Whether the host's own stack gets the packet. */
	readonly toHost: boolean;
	/** What was written to the log. */
	readonly logs: readonly LogEntry[];
}

/**
 * Told of each node when it was evaluated, and whether it held (a predicate) or passed (a function). The nodes that it asked
 * or ran come before it, one deeper.
 */
export type Observer = (index: number, answer: boolean, depth: number) => void;

/** Runs the computation on a packet. `group` is changed as the computation says. */
export function evaluate(
	{ nodes }: Computation,
	packet: Packet,
	group: GroupState,
	observe: Observer = () => {},
): Outcome {
	const nodeAt = (index: number): Node => {
		const node = nodes[index];
		if (node === undefined) throw new RangeError(`there is no node ${index}`);
		return node;
	};

	/** How many chains are under way. */
	let depth = 0;

	/** A node, and then those after it as long as none drops. */
	function* chain(start: number): Steps {
		depth++;
		const passes = yield* links(start);
		depth--;
		return passes;
	}

	function* links(start: number): Steps {
		for (let index: number | null = start; index !== null; ) {
			const node = nodeAt(index);
			const answer = meaning(node)(run, node);
			const passes = typeof answer === "boolean" ? answer : yield answer;
			observe(index, passes, depth);
			if (!passes) return false;
			index = node.next;
		}
		return true;
	}

	const run: Run = {
		packet,
		headers: dissect(packet),
		ends: ["source", "destination"],
		group,
		fanout: { kind: "pass" },
		classMask: 1n,
		mark: packet.mark,
		state: 0,
		forwards: [],
		toHost: false,
		logs: [],
		follow: (node, argument) => chain(reference(node, argument)),
		read: (node, argument) => {
			const value = property(nodeAt(reference(node, argument)))(run);
			return value === undefined ? undefined : BigInt(value);
		},
	};

	const fanout: Fanout = settle(chain(0)) ? run.fanout : { kind: "drop" };
	const { classMask, mark, state, forwards, toHost, logs } = run;
	return { fanout, classMask, mark, state, forwards, toHost, logs };
}
