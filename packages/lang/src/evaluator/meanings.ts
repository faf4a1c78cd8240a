// SPDX-License-Identifier: BSD-3-Clause
import { type Primitive, primitives } from "@pfq/abi";
import type { Node } from "../computation.js";
import { actions } from "./actions.js";
import { comparisons } from "./comparisons.js";
import { control, pass } from "./control.js";
import { logic } from "./logic.js";
import { predicates } from "./predicates.js";
import { type Property, properties } from "./properties.js";
import type { Meaning, Meanings } from "./run.js";
import { steering } from "./steering.js";

/** Each written out; aliases and filters follow from these. */
const written: Meanings = { ...predicates, ...comparisons, ...logic, ...control, ...steering, ...actions };

/** What a row of the table of primitives means; `undefined` if nobody said. Properties are not here. */
export function meaningOf(primitive: Primitive): Meaning | undefined {
	switch (primitive.form) {
		case "alias":
			return aliasOf(predicates[primitive.of], primitive.with);
		case "filter":
			return filterBy(predicates[primitive.of], primitive.negated ?? false);
		default:
			return written[primitive.symbol];
	}
}

/** The predicate with some arguments put before the row's own. */
function aliasOf(predicate: Meaning | undefined, before: readonly number[]): Meaning | undefined {
	if (predicate === undefined) return undefined;
	const first = before.map((value) => ({ type: "Int", value }) as const);
	return (run, node) => predicate(run, { ...node, arguments: [...first, ...node.arguments] });
}

/** Pass where the predicate holds (if `negated`, where it does not), else drop. */
function filterBy(predicate: Meaning | undefined, negated: boolean): Meaning | undefined {
	if (predicate === undefined) return undefined;
	return (run, node) => predicate(run, node) !== negated && pass(run);
}

const meanings: ReadonlyMap<string, Meaning> = new Map(
	primitives.flatMap((primitive) => {
		const meaning = meaningOf(primitive);
		return meaning === undefined ? [] : [[primitive.symbol, meaning] as const];
	}),
);

export function meaning(node: Node): Meaning {
	const found = meanings.get(node.symbol);
	if (found === undefined) throw new TypeError(`${node.symbol} is no predicate and no function`);
	return found;
}

export function property(node: Node): Property {
	const found = properties[node.symbol];
	if (found === undefined) throw new TypeError(`${node.symbol} is no property`);
	return found;
}
