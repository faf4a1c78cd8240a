// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Node } from "./computation.js";
import { inImageOrder } from "./graph.js";
import { findPrimitive } from "./primitive.js";
import { isCostly, type Traits, traitsOf } from "./traits.js";

/**
 * `costly >-> cheap` = `cheap >-> costly`, both being pure (see Traits): in each run of pure functions, those that ask much of a
 * packet come after those that ask little; else their order stays. A function that other chains go on with begins a run of
 * its own, so that nothing is written twice. Null where all are in order.
 */
export const withCheapFiltersFirst = ({ nodes }: Computation): Computation | null => {
	const traits: Traits[] = new Array(nodes.length);
	const uses = new Uint32Array(nodes.length);
	for (let index = nodes.length - 1; index >= 0; index--) {
		const node = nodes[index] as Node;
		traits[index] = traitsOf(node, (at) => traits[at] as Traits);
		for (const each of node.arguments) if (each.type === "Fun") uses[each.value] = (uses[each.value] ?? 0) + 1;
		if (node.next !== null) uses[node.next] = (uses[node.next] ?? 0) + 1;
	}
	const alone = nodes.map((node) => traitsOf({ ...node, next: null }, (at) => traits[at] as Traits));
	const isPure = (index: number): boolean =>
		findPrimitive((nodes[index] as Node).symbol)?.result === "NetFunction" && (alone[index]?.pure ?? false);

	const ordered = nodes.slice();
	const seen = new Uint8Array(nodes.length);
	let moved = false;
	for (let start = 0; start < nodes.length; start++) {
		if (seen[start] || !isPure(start)) continue;
		const run = [start];
		for (let at = nodes[start]?.next ?? null; at !== null && isPure(at) && uses[at] === 1; at = nodes[at]?.next ?? null)
			run.push(at);
		for (const index of run) seen[index] = 1;
		const cheap = run.filter((index) => !isCostly(alone[index] as Traits));
		const order = [...cheap, ...run.filter((index) => isCostly(alone[index] as Traits))];
		if (order.every((index, at) => index === run[at])) continue;
		moved = true;
		// What a place of the run holds changes, and not where it is: whoever refers to its start still does.
		for (const [at, place] of run.entries()) {
			const { symbol, arguments: args, place: source } = nodes[order[at] as number] as Node;
			const { next } = nodes[place] as Node;
			ordered[place] = { symbol, arguments: args, next, ...(source && { place: source }) };
		}
	}
	return moved ? inImageOrder(ordered, 0) : null;
};
