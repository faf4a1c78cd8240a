// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "./computation.js";
import { findPrimitive } from "./primitive.js";

/** What is known of a node and, for a NetFunction, of all that runs from it on. */
export interface Traits {
	/** It drops every packet. */
	readonly drops: boolean;
	/** It drops no packet. */
	readonly passes: boolean;
	/** It asks for the mark or the state. */
	readonly reads: boolean;
	/** It may set the mark or the state. */
	readonly writes: boolean;
	/**
	 * All that it may do besides dropping is to set the fanout to Pass. Two such functions may change places: which of them drops,
	 * and which sets the fanout, depends on the packet alone, and nothing else tells which was first.
	 */
	readonly pure: boolean;
	/** About how many questions it asks of a packet at most; no more than MOST_COST. */
	readonly cost: number;
}

const MOST_COST = 1_000_000;
/** What reads from memory that is seldom in the cache. */
const scanning = /^bloom/;
const COST_OF_SCAN = 32;
const COST_OF_SHIFT = 8;

const dropping = new Set(["drop", "bridge", "detour"]);
const passing = new Set([
	...["unit", "mark", "put_state", "inc", "dec", "forward", "classify", "broadcast", "kernel", "kernel_if"],
	...["steer_rrobin", "steer_to", "steer_rss"],
]);
const COSTLY = 16;

/** What is worth asking after what is not. */
export const isCostly = ({ cost }: Pick<Traits, "cost">): boolean => cost >= COSTLY;

const pureControls = new Set([
	...["filter", "conditional", "when", "unless", "inv", "unit", "drop", "shift", "src", "dst"],
	...["par", "par3", "par4", "par5", "par6", "par7", "par8"],
]);

/** Whether a node alone, its operands being so, does no more than drop or set the fanout to Pass. */
const isPure = (symbol: string): boolean => {
	const row = findPrimitive(symbol);
	return row?.result !== "NetFunction" || row.form === "filter" || pureControls.has(symbol);
};

const costOf = (symbol: string, args: Node["arguments"]): number => {
	if (scanning.test(symbol)) return COST_OF_SCAN;
	if (symbol === "shift") return COST_OF_SHIFT;
	const list = args.find(({ value }) => Array.isArray(value));
	return list ? 1 + (list.value as readonly unknown[]).length / 8 : 1;
};

const reading = new Set(["has_mark", "has_state", "get_mark", "get_state"]);
const writing = new Set(["mark", "put_state"]);

export const traitsOf = ({ symbol, arguments: args, next }: Node, traits: (index: number) => Traits): Traits => {
	const operands = args.flatMap((each) => (each.type === "Fun" ? [traits(each.value)] : []));
	const [first, second, third] = operands;
	const own = { drops: dropping.has(symbol), passes: passing.has(symbol) };
	switch (symbol) {
		case "conditional":
			own.drops = (second?.drops ?? false) && (third?.drops ?? false);
			own.passes = (second?.passes ?? false) && (third?.passes ?? false);
			break;
		case "shift":
		case "src":
		case "dst":
			own.drops = first?.drops ?? false;
			own.passes = first?.passes ?? false;
			break;
		case "when":
		case "unless":
			own.passes = second?.passes ?? false;
			break;
		case "inv":
			own.drops = first?.passes ?? false;
			own.passes = first?.drops ?? false;
			break;
	}
	if (/^par[2-8]?$/.test(symbol)) {
		own.drops = operands.every(({ drops }) => drops);
		own.passes = operands.some(({ passes }) => passes);
	}
	const rest = next === null ? null : traits(next);
	return {
		drops: own.drops || (rest?.drops ?? false),
		passes: own.passes && (rest?.passes ?? true),
		reads: reading.has(symbol) || operands.some(({ reads }) => reads) || (rest?.reads ?? false),
		writes: writing.has(symbol) || operands.some(({ writes }) => writes) || (rest?.writes ?? false),
		pure: isPure(symbol) && operands.every(({ pure }) => pure) && (rest?.pure ?? true),
		cost: Math.min(
			operands.reduce((sum, { cost }) => sum + cost, costOf(symbol, args) + (rest?.cost ?? 0)),
			MOST_COST,
		),
	};
};
