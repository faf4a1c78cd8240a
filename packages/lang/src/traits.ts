// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "./computation.js";

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
}

const dropping = new Set(["drop", "bridge", "detour"]);
const passing = new Set([
	...["unit", "mark", "put_state", "inc", "dec", "forward", "classify", "broadcast", "kernel", "kernel_if"],
	...["steer_rrobin", "steer_to", "steer_rss"],
]);
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
	};
};
