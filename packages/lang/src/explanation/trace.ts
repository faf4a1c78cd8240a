// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Node } from "../computation.js";
import { evaluate, type GroupState, type Outcome } from "../evaluator/index.js";
import type { Packet } from "../evaluator/packet.js";

/** A node that was evaluated on a packet. */
export interface Visit {
	readonly index: number;
	readonly node: Node;
	/** Whether it held (a predicate) or passed (a function). */
	readonly answer: boolean;
	/** What it asked or ran: a chain of visits for each, in order. */
	readonly inner: readonly (readonly Visit[])[];
	/** What the run had in mark and state when this was evaluated; a function's own change is in them. */
	readonly mark: number;
	readonly state: number;
	/** For `inc` and `dec`: what the counter was then. */
	readonly counter?: bigint;
}

export interface Trace {
	readonly visits: readonly Visit[];
	readonly outcome: Outcome;
}

/** Runs a computation on a packet, and keeps what was evaluated. `group` is changed as the computation says. */
export const traceOf = (computation: Computation, packet: Packet, group: GroupState): Trace => {
	let { mark } = packet;
	let state = 0;
	/** Visits whose parent is still to come, by depth. */
	const open: Visit[][] = [];
	const counters = group.counters.slice();
	const outcome = evaluate(computation, packet, group, (index, answer, depth) => {
		const node = computation.nodes[index] as Node;
		const value = node.arguments[0]?.value;
		if (node.symbol === "mark") mark = value as number;
		if (node.symbol === "put_state") state = value as number;
		const visit = { index, node, answer, inner: chainsOf(open[depth + 1] ?? []), mark, state };
		open[depth + 1] = [];
		const level = open[depth] ?? [];
		open[depth] = level;
		const step = node.symbol === "inc" ? 1n : node.symbol === "dec" ? -1n : null;
		if (step === null) level.push(visit);
		else {
			const counter = value as number;
			counters[counter] = (counters[counter] as bigint) + step;
			level.push({ ...visit, counter: counters[counter] as bigint });
		}
	});
	return { visits: open[1] ?? [], outcome };
};

/** Cuts a row of visits where a chain ended: at a drop, and where nothing comes next. */
const chainsOf = (visits: readonly Visit[]): Visit[][] => {
	const chains: Visit[][] = [];
	let chain: Visit[] = [];
	for (const visit of visits) {
		chain.push(visit);
		if (visit.answer && visit.node.next !== null) continue;
		chains.push(chain);
		chain = [];
	}
	return chains;
};
