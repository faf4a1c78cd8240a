// SPDX-License-Identifier: BSD-3-Clause
import { GROUP_COUNTERS } from "@pfq/abi";
import type { Node } from "../computation.js";
import type { Headers, Packet } from "./packet.js";

/** Who gets the packet. */
export type Fanout =
	| { readonly kind: "drop" }
	| { readonly kind: "pass" }
	| { readonly kind: "steer"; readonly hash: number; readonly by: "hash" | "number" }
	/** To the sockets of two hashes; once, if they are the same. */
	| { readonly kind: "double"; readonly hashes: readonly [number, number] };

/** Which end of the packet the functions look at that may look at either. */
export type End = "source" | "destination";

/** What a run has said to the log. */
export interface LogEntry {
	readonly what: "message" | "octets" | "packet" | "trace";
	readonly text: string;
}

/** What a group keeps from packet to packet. */
export interface GroupState {
	readonly counters: BigUint64Array;
	/** 32 bits. */
	roundRobin: number;
}

export function newGroupState(): GroupState {
	return { counters: new BigUint64Array(GROUP_COUNTERS), roundRobin: 0 };
}

/** The state that a run threads through its functions. */
export interface Run {
	readonly packet: Packet;
	/** The set of headers that the run looks at. */
	headers: Headers;
	/** The ends that it looks at. */
	ends: readonly End[];
	readonly group: GroupState;
	/** What the fanout is as long as nothing drops. */
	fanout: Fanout;
	classMask: bigint;
	mark: number;
	state: number;
	readonly forwards: string[];
	/** Whether the host's own stack gets the packet. */
	toHost: boolean;
	readonly logs: LogEntry[];
	/** Asks the predicate, or runs the chain of functions, that an argument of the node refers to. */
	readonly follow: (node: Node, argument: number) => Steps;
	/** The value of the property that an argument of the node refers to. */
	readonly read: (node: Node, argument: number) => bigint | undefined;
}

/**
 * A computation under way that gives whether a predicate holds, or whether a function passes (does not drop). It
 * yields another one to get that one's answer: nesting takes memory, and no stack.
 */
export interface Steps extends Generator<Steps, boolean, boolean> {}

/** What a node does: an answer at once, or the steps to it. */
export type Meaning = (run: Run, node: Node) => boolean | Steps;

export type Meanings = Readonly<Record<string, Meaning>>;

/** Carries out the steps. */
export function settle(steps: Steps): boolean {
	const pending = [steps];
	let answer = false;
	for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
		const step = top.next(answer);
		if (step.done === true) {
			answer = step.value;
			pending.pop();
		} else {
			pending.push(step.value);
		}
	}
	return answer;
}
