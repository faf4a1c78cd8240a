// SPDX-License-Identifier: BSD-3-Clause
import type { Expanded, Expander, ListValue, NumberValue } from "./expanded.js";

/** What the functions of Haskell's libraries do with values is made of these. */

export type Implementation = (args: readonly Expanded[], expander: Expander) => Expanded;

/** A function of Haskell's libraries, which works on lists, numbers and truth values while a program is expanded. */
export interface HaskellFunction {
	readonly name: string;
	readonly type: string;
	readonly modules: readonly string[];
	readonly arity: number;
	readonly run: Implementation;
}

/** Type inference has made sure of the kind of each argument. */
export const list = (value: Expanded | undefined): readonly Expanded[] => (value as ListValue).elements;
export const integer = (value: Expanded | undefined): bigint => (value as NumberValue).value;
export const truthOf = (value: Expanded | undefined): boolean => (value as { value: boolean }).value;
export const textOf = (value: Expanded | undefined): string => (value as { value: string }).value;

export const listValue = (elements: readonly Expanded[], { span }: Expander): Expanded => ({
	kind: "list",
	elements,
	span,
});
export const truth = (value: boolean): Expanded => ({ kind: "truth", value });
export const pair = (...elements: readonly Expanded[]): Expanded => ({ kind: "tuple", elements });

/** A Double may be written as an integer. */
export const real = (value: Expanded | undefined): number => Number((value as NumberValue).value);

export const fraction = (value: number, { span, fail }: Expander): Expanded =>
	Number.isFinite(value) ? { kind: "fraction", value, span } : fail("this is no number");

const LARGEST = 1n << 128n;

export const number = (value: bigint, { span, fail }: Expander): Expanded => {
	if (value >= LARGEST || value <= -LARGEST) fail("this number grows too large for any type");
	return { kind: "number", value, span };
};

/** The order of two values of one type, as Haskell's `compare`. */
export const compare = (a: Expanded | undefined, b: Expanded | undefined, expander: Expander): number => {
	expander.spend(1);
	if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
	switch (a.kind) {
		case "number":
		case "fraction":
		case "text":
		case "truth": {
			const [left, right] = [a.value, (b as typeof a).value];
			return left < right ? -1 : left > right ? 1 : 0;
		}
		case "list":
		case "tuple": {
			const others = (b as ListValue).elements;
			for (let index = 0; index < a.elements.length || index < others.length; index++) {
				const order = compare(a.elements[index], others[index], expander);
				if (order !== 0) return order;
			}
			return 0;
		}
		default:
			return expander.fail("functions cannot be compared");
	}
};

export const nonEmpty = (value: Expanded | undefined, name: string, { fail }: Expander): readonly Expanded[] =>
	list(value).length === 0 ? fail(`\`${name}\` has no value on an empty list`) : list(value);

export const count = (value: Expanded | undefined): number => {
	const wanted = integer(value);
	return wanted < 0n ? 0 : wanted > 0xffff_ffffn ? 0xffff_ffff : Number(wanted);
};

export const holds = (test: Expanded | undefined, value: Expanded, { apply }: Expander): boolean =>
	truthOf(apply(test as Expanded, [value]));

export const joinedLists = (lists: readonly (readonly Expanded[])[], expander: Expander): Expanded => {
	expander.spend(lists.reduce((sum, each) => sum + each.length, 0));
	return listValue(lists.flat(), expander);
};

type Row = readonly [name: string, type: string, run: Implementation];

/** How many arguments a function type takes before its result. */
const arityOf = (type: string): number => {
	let depth = 0;
	let arity = 0;
	for (const part of type.replace(/^.*=> /, "").split(/(->|[()[\]])/)) {
		if (part === "(" || part === "[") depth++;
		else if (part === ")" || part === "]") depth--;
		else if (part === "->" && depth === 0) arity++;
	}
	return arity;
};

export const rows = (modules: readonly string[], table: readonly Row[]): HaskellFunction[] =>
	table.map(([name, type, run]) => ({ name, type, modules, arity: arityOf(type), run }));
