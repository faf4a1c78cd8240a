// SPDX-License-Identifier: BSD-3-Clause
import { type FunctionType, type Primitive, primitives } from "@pfq/abi";

const bySymbol = new Map<string, Primitive>(primitives.map((row) => [row.symbol, row]));

export const findPrimitive = (symbol: string): Primitive | undefined => bySymbol.get(symbol);

/**
 * Makes a primitive of a third party known (docs/kernel.md): computations of nodes, images and JSON may name it from
 * then on, programs in text may not. Throws RangeError where there is one of its name.
 */
export const declarePrimitive = (row: Primitive): void => {
	if (bySymbol.has(row.symbol)) throw new RangeError(`primitive ${row.symbol}: there is one of this name`);
	bySymbol.set(row.symbol, row);
};

export const isFunctionType = (type: string): type is FunctionType =>
	type === "NetFunction" || type === "NetPredicate" || type === "NetProperty";

/** Filters by the predicate they ask for; those that drop where it holds are in `negated`. */
export const filterOf = (predicate: string, negated: boolean): Primitive | undefined =>
	(negated ? filtersUnless : filtersIf).get(predicate);

const filters = (negated: boolean): ReadonlyMap<string, Primitive> =>
	new Map(
		primitives.flatMap((row): [string, Primitive][] =>
			row.form === "filter" && (row.negated ?? false) === negated ? [[row.of, row]] : [],
		),
	);
const filtersIf = filters(false);
const filtersUnless = filters(true);
