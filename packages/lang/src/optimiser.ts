// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Computation } from "./computation.js";
import { withCheapFiltersFirst } from "./filter-order.js";
import { type GraphBuilder, graphBuilder, inImageOrder } from "./graph.js";
import { type Draft, type Rewriting, rules } from "./rewriting.js";
import { type Traits, traitsOf } from "./traits.js";

/** Makes a computation smaller, and puts what is cheap before what is not, without changing what it does to any packet. */
export const optimise = (computation: Computation): Computation => {
	let smallest = rewriteAll(computation);
	// Functions that were moved may meet others that make them superfluous, and these in turn leave others side by side.
	for (let ordered = withCheapFiltersFirst(smallest); ordered; ordered = withCheapFiltersFirst(smallest))
		smallest = rewriteAll(ordered);
	return smallest;
};

/**
 * Operands come before their users, so that one pass over the nodes meets each with its operands already rewritten; no rule makes
 * a program larger.
 */
const rewriteAll = ({ nodes }: Computation): Computation => {
	const graph: GraphBuilder = graphBuilder();
	const traits: Traits[] = [];
	const rewriting: Rewriting = {
		node: (index) => graph.nodes[index] as Draft,
		traits: (index) => traits[index] as Traits,
		traitsOf: (draft) => traitsOf(draft, rewriting.traits),
	};
	const add = (draft: Draft): number => {
		const index = graph.add(draft.symbol, draft.arguments, draft.next, draft.place);
		traits[index] ??= rewriting.traitsOf(draft);
		return index;
	};
	const rewritten: number[] = [];
	for (let index = nodes.length - 1; index >= 0; index--) {
		const node = nodes[index] as Draft;
		const args = node.arguments.map(
			(each): Argument => (each.type === "Fun" ? { type: "Fun", value: rewritten[each.value] as number } : each),
		);
		const next = node.next === null ? null : (rewritten[node.next] as number);
		const result = rewrite({ ...node, arguments: args, next }, rewriting);
		rewritten[index] = typeof result === "number" ? result : add(result);
	}
	return inImageOrder(graph.nodes, rewritten[0] as number);
};

/** Applies rules until none applies; each makes the node, or what hangs from it, smaller. */
const rewrite = (node: Draft, graph: Rewriting): Draft | number => {
	let draft = node;
	for (let index = 0; index < rules.length; index++) {
		const result = rules[index]?.(draft, graph) ?? null;
		if (typeof result === "number") return result;
		if (result === null) continue;
		draft = result;
		index = -1;
	}
	return draft;
};
