// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Node } from "./computation.js";
import { filterOf, findPrimitive } from "./primitive.js";
import { isCostly, type Traits } from "./traits.js";

/** A node that is not in the graph yet; what it refers to is. */
export type Draft = Node;

/** The graph as the rules see it. */
export interface Rewriting {
	node(index: number): Draft;
	traits(index: number): Traits;
	traitsOf(draft: Draft): Traits;
}

/** Gives a smaller draft, the node of the graph that does the same, or null where the rule does not apply. */
export type Rule = (draft: Draft, graph: Rewriting) => Draft | number | null;

const operand = (draft: Draft, position: number): number => draft.arguments[position]?.value as number;

const fun = (value: number): Argument => ({ type: "Fun", value });

const sameArguments = (a: Draft, b: Draft): boolean =>
	a.arguments.length === b.arguments.length &&
	a.arguments.every(({ type, value }, index) => {
		const other = b.arguments[index];
		return type === other?.type && !Array.isArray(value) && value === other.value;
	});

/** `not (not p)` = `p` */
const doubleNot: Rule = (draft, graph) => {
	if (draft.symbol !== "not") return null;
	const inner = graph.node(operand(draft, 0));
	return inner.symbol === "not" ? operand(inner, 0) : null;
};

/** `p .&&. p` = `p`, `p .||. p` = `p` */
const samePredicate: Rule = (draft) =>
	(draft.symbol === "and" || draft.symbol === "or") && operand(draft, 0) === operand(draft, 1)
		? operand(draft, 0)
		: null;

/** `inv (inv f)` = `f` where f is one function that passes with the fanout Pass: `inv` sets it, so must f. */
const doubleInv: Rule = (draft, graph) => {
	if (draft.symbol !== "inv") return null;
	const outer = graph.node(operand(draft, 0));
	if (outer.symbol !== "inv" || outer.next !== null) return null;
	const inner = graph.node(operand(outer, 0));
	const setsPass =
		findPrimitive(inner.symbol)?.form === "filter" || ["filter", "inv", "tee", "tap"].includes(inner.symbol);
	return setsPass && inner.next === null ? { ...inner, next: draft.next } : null;
};

/** `filter is_ip` = `ip`, `filter (not is_frag)` = `no_frag`: the filter that has a name of its own. */
const namedFilter: Rule = (draft, graph) => {
	if (draft.symbol !== "filter") return null;
	const asked = graph.node(operand(draft, 0));
	const negated = asked.symbol === "not";
	const predicate = negated ? graph.node(operand(asked, 0)) : asked;
	const row = filterOf(predicate.symbol, negated);
	return row ? { ...draft, symbol: row.symbol, arguments: predicate.arguments } : null;
};

/** `unit >-> f` = `f`, `f >-> unit` = `f` */
const noUnit: Rule = (draft, graph) => {
	if (draft.next === null) return null;
	if (draft.symbol === "unit") return draft.next;
	const next = graph.node(draft.next);
	return next.symbol === "unit" && next.next === null ? { ...draft, next: null } : null;
};

/** `drop >-> f` = `drop`: nothing runs after what always drops. */
const deadCode: Rule = (draft, graph) => {
	if (draft.next === null) return null;
	const alone = { ...draft, next: null };
	return mayDrop.has(draft.symbol) && graph.traitsOf(alone).drops ? alone : null;
};

const mayDrop = new Set([
	"drop",
	"bridge",
	"detour",
	"conditional",
	"inv",
	"shift",
	"src",
	"dst",
	"par",
	...[3, 4, 5, 6, 7, 8].map((n) => `par${n}`),
]);

/** `when (not p) f` = `unless p f`, and so on: a condition is not negated. */
const negatedCondition: Rule = (draft, graph) => {
	const { symbol } = draft;
	if (symbol !== "when" && symbol !== "unless" && symbol !== "conditional") return null;
	const condition = graph.node(operand(draft, 0));
	if (condition.symbol !== "not") return null;
	const [, ...branches] = draft.arguments;
	return {
		...draft,
		symbol: symbol === "when" ? "unless" : symbol === "unless" ? "when" : symbol,
		arguments: [fun(operand(condition, 0)), ...branches.toReversed()],
	};
};

const isUnit = (graph: Rewriting, index: number): boolean => {
	const { symbol, next } = graph.node(index);
	return symbol === "unit" && next === null;
};

/** `conditional p f unit` = `when p f`, `conditional p unit f` = `unless p f`, `when p unit` = `unit` */
const unitBranch: Rule = (draft, graph) => {
	const [condition, first, second] = draft.arguments as [Argument, Argument, Argument];
	if (draft.symbol === "when" || draft.symbol === "unless")
		return isUnit(graph, operand(draft, 1)) ? { ...draft, symbol: "unit", arguments: [] } : null;
	if (draft.symbol !== "conditional") return null;
	if (isUnit(graph, operand(draft, 2))) return { ...draft, symbol: "when", arguments: [condition, first] };
	return isUnit(graph, operand(draft, 1)) ? { ...draft, symbol: "unless", arguments: [condition, second] } : null;
};

/** `conditional p f f` = `f`, where nothing comes after it (else the steps of f would have to be written again). */
const sameBranches: Rule = (draft) =>
	draft.symbol === "conditional" && draft.next === null && operand(draft, 1) === operand(draft, 2)
		? operand(draft, 1)
		: null;

const isFilter = ({ symbol }: Draft): boolean => symbol === "filter" || findPrimitive(symbol)?.form === "filter";

/** `filter p >-> filter p` = `filter p`: the packet is the same. */
const repeatedFilter: Rule = (draft, graph) => {
	if (draft.next === null || !isFilter(draft)) return null;
	const next = graph.node(draft.next);
	return next.symbol === draft.symbol && sameArguments(next, draft) ? { ...draft, next: next.next } : null;
};

const settings = new Set(["mark", "put_state", "classify"]);

/** `mark a >-> mark b` = `mark b`: what is set is set again at once. */
const overwritten: Rule = (draft, graph) =>
	draft.next !== null && settings.has(draft.symbol) && graph.node(draft.next).symbol === draft.symbol
		? draft.next
		: null;

/**
 * `when p f >-> unless p g` = `conditional p f g`, and the other way round, where p does not ask for what the first of the two
 * may set.
 */
const whenUnless: Rule = (draft, graph) => {
	if (draft.next === null || (draft.symbol !== "when" && draft.symbol !== "unless")) return null;
	const next = graph.node(draft.next);
	const opposite = draft.symbol === "when" ? "unless" : "when";
	const condition = operand(draft, 0);
	if (next.symbol !== opposite || operand(next, 0) !== condition) return null;
	const own = operand(draft, 1);
	if (graph.traits(condition).reads && graph.traits(own).writes) return null;
	const branches = draft.symbol === "when" ? [own, operand(next, 1)] : [operand(next, 1), own];
	return { ...draft, symbol: "conditional", arguments: [condition, ...branches].map(fun), next: next.next };
};

/**
 * `costly .&&. cheap` = `cheap .&&. costly`, and so with `.||.`: questions change nothing, so the cheap one may come first. Rows of
 * one operator stay as they are.
 */
const cheapFirst: Rule = (draft, graph) => {
	if (draft.symbol !== "and" && draft.symbol !== "or") return null;
	if (graph.node(operand(draft, 0)).symbol === draft.symbol) return null;
	const [left, right] = draft.arguments as [Argument, Argument];
	const isOutOfOrder = isCostly(graph.traits(operand(draft, 0))) && !isCostly(graph.traits(operand(draft, 1)));
	return isOutOfOrder ? { ...draft, arguments: [right, left] } : null;
};

const fanoutSetters = new Set(["filter", "forward", "forwardIO", "link", "kernel", "classify", "broadcast"]);
const steersAlways = new Set(["steer_to", "steer_rss"]);

/** `steer_to n >-> udp` = `udp`: a socket that is chosen, and not taken. */
const undoneSteering: Rule = (draft, graph) => {
	if (draft.next === null || !steersAlways.has(draft.symbol)) return null;
	const next = graph.node(draft.next);
	return isFilter(next) || fanoutSetters.has(next.symbol) || steersAlways.has(next.symbol) ? draft.next : null;
};

/** `src (dst f)` = `dst f`: the innermost counts. */
const innermostEnd: Rule = (draft, graph) => {
	if (draft.symbol !== "src" && draft.symbol !== "dst") return null;
	const inner = graph.node(operand(draft, 0));
	const isEnd = inner.symbol === "src" || inner.symbol === "dst";
	return isEnd && inner.next === null ? { ...inner, next: draft.next } : null;
};

export const rules: readonly Rule[] = [
	doubleNot,
	samePredicate,
	doubleInv,
	negatedCondition,
	unitBranch,
	sameBranches,
	namedFilter,
	noUnit,
	deadCode,
	repeatedFilter,
	overwritten,
	whenUnless,
	cheapFirst,
	undoneSteering,
	innermostEnd,
];
