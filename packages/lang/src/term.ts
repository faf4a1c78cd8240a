// SPDX-License-Identifier: BSD-3-Clause
import { camelCase, type FunctionType, type ListType, type Parameter, type ScalarType } from "@pfq/abi";
import type { Place, Value } from "./computation.js";
import { findPrimitive, isFunctionType } from "./primitive.js";
import { checkValue } from "./value.js";

/**
 * Programs as immutable values: what the eDSL's functions make, and what the front end expands a text to. A term is
 * a tree whose parts may be shared; `computationOf` makes the graph of it.
 */
export type NetFunction = Call<"NetFunction"> | Sequence;
export type NetPredicate = Call<"NetPredicate">;
export type NetProperty = Call<"NetProperty">;
export type Term = NetFunction | NetPredicate | NetProperty;

/** A primitive with all of its arguments. */
export interface Call<Kind extends FunctionType> {
	readonly kind: Kind;
	readonly symbol: string;
	readonly arguments: readonly (Term | Constant)[];
	readonly place?: Place;
}

/** Kleisli composition: each step runs unless one before it dropped. No step at all is `unit`. */
export interface Sequence {
	readonly kind: "NetFunction";
	readonly steps: readonly NetFunction[];
}

export interface Constant {
	readonly kind: "Constant";
	readonly type: ScalarType | ListType;
	readonly value: Value | readonly Value[];
}

/** What a compile-time value may be where an argument of each type is wanted. */
export type ArgumentValue = Term | Value | readonly Value[];

const argument = (symbol: string, parameter: Parameter, value: ArgumentValue | undefined): Term | Constant => {
	const where = `${camelCase(symbol)}: ${parameter.name}`;
	const { type } = parameter;
	if (isFunctionType(type)) {
		if (typeof value === "object" && "kind" in value && value.kind === type) return value;
		throw new TypeError(`${where}: a ${type} is wanted`);
	}
	const checked = checkValue(type, value, parameter);
	if (!checked.ok) throw new RangeError(`${where}: ${checked.reason}`);
	return Object.freeze({ kind: "Constant", type, value: checked.value });
};

/**
 * The call of a primitive. Throws a RangeError that names primitive and argument where a value does not fit its type,
 * a TypeError where an argument is of another kind.
 */
export const call = <Kind extends FunctionType>(
	kind: Kind,
	symbol: string,
	values: readonly ArgumentValue[] = [],
	place?: Place,
): Call<Kind> => {
	const row = findPrimitive(symbol);
	if (row?.result !== kind) throw new TypeError(`no ${kind} is called ${symbol}`);
	if (values.length !== row.parameters.length)
		throw new TypeError(`${camelCase(symbol)}: ${row.parameters.length} arguments are wanted, not ${values.length}`);
	return Object.freeze({
		kind,
		symbol,
		arguments: Object.freeze(row.parameters.map((parameter, index) => argument(symbol, parameter, values[index]))),
		...(place && { place }),
	});
};

/** Runs the functions from left to right, each unless one before it dropped (`>->` in pfq-lang). */
export const sequence = (...functions: readonly NetFunction[]): NetFunction => {
	for (const each of functions)
		if (typeof each !== "object" || each?.kind !== "NetFunction")
			throw new TypeError("sequence: NetFunctions are wanted (`filter` makes one of a NetPredicate)");
	return Object.freeze({ kind: "NetFunction", steps: Object.freeze(functions.slice()) });
};
