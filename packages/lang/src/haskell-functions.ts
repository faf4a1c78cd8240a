// SPDX-License-Identifier: BSD-3-Clause
import type { Expanded, Expander, ListValue, NumberValue } from "./expanded.js";

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
const list = (value: Expanded | undefined): readonly Expanded[] => (value as ListValue).elements;
const integer = (value: Expanded | undefined): bigint => (value as NumberValue).value;
const truthOf = (value: Expanded | undefined): boolean => (value as { value: boolean }).value;
const textOf = (value: Expanded | undefined): string => (value as { value: string }).value;

const listValue = (elements: readonly Expanded[], { span }: Expander): Expanded => ({ kind: "list", elements, span });
const truth = (value: boolean): Expanded => ({ kind: "truth", value });
const pair = (...elements: readonly Expanded[]): Expanded => ({ kind: "tuple", elements });

const LARGEST = 1n << 128n;

const number = (value: bigint, { span, fail }: Expander): Expanded => {
	if (value >= LARGEST || value <= -LARGEST) fail("this number grows too large for any type");
	return { kind: "number", value, span };
};

const arithmetic =
	(work: (a: bigint, b: bigint) => bigint): Implementation =>
	([a, b], expander) =>
		number(work(integer(a), integer(b)), expander);

const division =
	(divide: (a: bigint, b: bigint) => bigint): Implementation =>
	([a, b], expander) =>
		integer(b) === 0n ? expander.fail("this divides by zero") : number(divide(integer(a), integer(b)), expander);

const floored = (a: bigint, b: bigint): bigint => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b);

/** The order of two values of one type, as Haskell's `compare`. */
const compare = (a: Expanded | undefined, b: Expanded | undefined, expander: Expander): number => {
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

const comparison =
	(holds: (order: number) => boolean): Implementation =>
	([a, b], expander) =>
		truth(holds(compare(a, b, expander)));

const nonEmpty = (value: Expanded | undefined, name: string, { fail }: Expander): readonly Expanded[] =>
	list(value).length === 0 ? fail(`\`${name}\` has no value on an empty list`) : list(value);

const foldLeft =
	(first: boolean): Implementation =>
	(args, expander) => {
		const [combine, start] = args;
		const elements = first ? nonEmpty(args[1], "foldl1", expander) : list(args[2]);
		let result = (first ? elements[0] : start) as Expanded;
		for (let index = first ? 1 : 0; index < elements.length; index++)
			result = expander.apply(combine as Expanded, [result, elements[index] as Expanded]);
		return result;
	};

const foldRight =
	(first: boolean): Implementation =>
	(args, expander) => {
		const [combine, start] = args;
		const elements = first ? nonEmpty(args[1], "foldr1", expander) : list(args[2]);
		let result = (first ? elements.at(-1) : start) as Expanded;
		for (let index = elements.length - (first ? 2 : 1); index >= 0; index--)
			result = expander.apply(combine as Expanded, [elements[index] as Expanded, result]);
		return result;
	};

const count = (value: Expanded | undefined): number => {
	const wanted = integer(value);
	return wanted < 0n ? 0 : wanted > 0xffff_ffffn ? 0xffff_ffff : Number(wanted);
};

const holds = (test: Expanded | undefined, value: Expanded, { apply }: Expander): boolean =>
	truthOf(apply(test as Expanded, [value]));

const prefixLength = (test: Expanded | undefined, elements: readonly Expanded[], expander: Expander): number => {
	const index = elements.findIndex((each) => !holds(test, each, expander));
	return index < 0 ? elements.length : index;
};

const joinedLists = (lists: readonly (readonly Expanded[])[], expander: Expander): Expanded => {
	expander.spend(lists.reduce((sum, each) => sum + each.length, 0));
	return listValue(lists.flat(), expander);
};

const shift = (value: bigint, by: bigint, expander: Expander): Expanded =>
	by > 128n || by < -128n ? expander.fail("this shifts by more bits than any type has") : number(value << by, expander);

const extreme =
	(name: string, sign: number): Implementation =>
	([values], expander) =>
		nonEmpty(values, name, expander).reduce((best, each) => (compare(each, best, expander) * sign > 0 ? each : best));

const sum: Implementation = ([values], expander) =>
	number(
		list(values).reduce((total, each) => total + integer(each), 0n),
		expander,
	);

const product: Implementation = ([values], expander) =>
	list(values).reduce((total, each) => number(integer(total) * integer(each), expander), number(1n, expander));

const power: Implementation = ([base, exponent], expander) => {
	let result = number(1n, expander);
	if (integer(exponent) < 0n || integer(exponent) > 1024n) return expander.fail("an exponent is from 0 to 1024");
	for (let left = integer(exponent); left > 0n; left--) result = number(integer(result) * integer(base), expander);
	return result;
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

const rows = (modules: readonly string[], table: readonly Row[]): HaskellFunction[] =>
	table.map(([name, type, run]) => ({ name, type, modules, arity: arityOf(type), run }));

export const haskellFunctions: readonly HaskellFunction[] = [
	...rows(
		["Network.PFQ.Types", "Network.PFQ.Lang", "Network.PFQ.Lang.Default"],
		[
			[
				"CIDR",
				"(String, Int) -> CIDR",
				([value], { span }) => {
					const [address, prefix] = (value as { elements: readonly Expanded[] }).elements;
					return { kind: "text", value: `${textOf(address)}/${integer(prefix)}`, span };
				},
			],
		],
	),
	...rows(
		["Prelude", "Data.List"],
		[
			[
				"map",
				"(a -> b) -> [a] -> [b]",
				([f, xs], e) =>
					listValue(
						list(xs).map((x) => e.apply(f as Expanded, [x])),
						e,
					),
			],
			[
				"filter",
				"(a -> Bool) -> [a] -> [a]",
				([f, xs], e) =>
					listValue(
						list(xs).filter((x) => holds(f, x, e)),
						e,
					),
			],
			["foldr", "(a -> b -> b) -> b -> [a] -> b", foldRight(false)],
			["foldl", "(b -> a -> b) -> b -> [a] -> b", foldLeft(false)],
			["foldr1", "(a -> a -> a) -> [a] -> a", foldRight(true)],
			["foldl1", "(a -> a -> a) -> [a] -> a", foldLeft(true)],
			[
				"concatMap",
				"(a -> [b]) -> [a] -> [b]",
				([f, xs], e) =>
					joinedLists(
						list(xs).map((x) => list(e.apply(f as Expanded, [x]))),
						e,
					),
			],
			["concat", "[[a]] -> [a]", ([xs], e) => joinedLists(list(xs).map(list), e)],
			["++", "[a] -> [a] -> [a]", ([xs, ys], e) => joinedLists([list(xs), list(ys)], e)],
			[":", "a -> [a] -> [a]", ([x, xs], e) => joinedLists([[x as Expanded], list(xs)], e)],
			[
				"zip",
				"[a] -> [b] -> [(a, b)]",
				([xs, ys], e) =>
					listValue(
						list(xs)
							.slice(0, list(ys).length)
							.map((x, index) => pair(x, list(ys)[index] as Expanded)),
						e,
					),
			],
			[
				"zipWith",
				"(a -> b -> c) -> [a] -> [b] -> [c]",
				([f, xs, ys], e) =>
					listValue(
						list(xs)
							.slice(0, list(ys).length)
							.map((x, index) => e.apply(f as Expanded, [x, list(ys)[index] as Expanded])),
						e,
					),
			],
			[
				"replicate",
				"Int -> a -> [a]",
				([n, x], e) => {
					e.spend(count(n));
					return listValue(new Array<Expanded>(count(n)).fill(x as Expanded), e);
				},
			],
			["length", "[a] -> Int", ([xs], e) => number(BigInt(list(xs).length), e)],
			["null", "[a] -> Bool", ([xs]) => truth(list(xs).length === 0)],
			["sum", "Num a => [a] -> a", sum],
			["product", "Num a => [a] -> a", product],
			["any", "(a -> Bool) -> [a] -> Bool", ([f, xs], e) => truth(list(xs).some((x) => holds(f, x, e)))],
			["all", "(a -> Bool) -> [a] -> Bool", ([f, xs], e) => truth(list(xs).every((x) => holds(f, x, e)))],
			["and", "[Bool] -> Bool", ([xs]) => truth(list(xs).every(truthOf))],
			["or", "[Bool] -> Bool", ([xs]) => truth(list(xs).some(truthOf))],
			["reverse", "[a] -> [a]", ([xs], e) => listValue(list(xs).toReversed(), e)],
			["take", "Int -> [a] -> [a]", ([n, xs], e) => listValue(list(xs).slice(0, count(n)), e)],
			["drop", "Int -> [a] -> [a]", ([n, xs], e) => listValue(list(xs).slice(count(n)), e)],
			[
				"takeWhile",
				"(a -> Bool) -> [a] -> [a]",
				([f, xs], e) => listValue(list(xs).slice(0, prefixLength(f, list(xs), e)), e),
			],
			[
				"dropWhile",
				"(a -> Bool) -> [a] -> [a]",
				([f, xs], e) => listValue(list(xs).slice(prefixLength(f, list(xs), e)), e),
			],
			["head", "[a] -> a", ([xs], e) => nonEmpty(xs, "head", e)[0] as Expanded],
			["last", "[a] -> a", ([xs], e) => nonEmpty(xs, "last", e).at(-1) as Expanded],
			["tail", "[a] -> [a]", ([xs], e) => listValue(nonEmpty(xs, "tail", e).slice(1), e)],
			["init", "[a] -> [a]", ([xs], e) => listValue(nonEmpty(xs, "init", e).slice(0, -1), e)],
			["elem", "a -> [a] -> Bool", ([x, xs], e) => truth(list(xs).some((each) => compare(x, each, e) === 0))],
			["notElem", "a -> [a] -> Bool", ([x, xs], e) => truth(list(xs).every((each) => compare(x, each, e) !== 0))],
			["minimum", "[a] -> a", extreme("minimum", -1)],
			["maximum", "[a] -> a", extreme("maximum", 1)],
			[
				"!!",
				"[a] -> Int -> a",
				([xs, n], e) => list(xs)[Number(integer(n))] ?? e.fail(`the list has no element ${integer(n)}`),
			],
		],
	),
	...rows(
		["Prelude", "Data.Monoid"],
		[
			["<>", "[a] -> [a] -> [a]", ([xs, ys], e) => joinedLists([list(xs), list(ys)], e)],
			["mappend", "[a] -> [a] -> [a]", ([xs, ys], e) => joinedLists([list(xs), list(ys)], e)],
			["mconcat", "[[a]] -> [a]", ([xs], e) => joinedLists(list(xs).map(list), e)],
		],
	),
	...rows(
		["Data.List"],
		[
			["foldl'", "(b -> a -> b) -> b -> [a] -> b", foldLeft(false)],
			[
				"sort",
				"[a] -> [a]",
				([xs], e) =>
					listValue(
						list(xs).toSorted((x, y) => compare(x, y, e)),
						e,
					),
			],
			[
				"nub",
				"[a] -> [a]",
				([xs], e) =>
					listValue(
						list(xs).reduce<Expanded[]>((kept, x) => {
							if (kept.every((each) => compare(x, each, e) !== 0)) kept.push(x);
							return kept;
						}, []),
						e,
					),
			],
		],
	),
	...rows(
		["Prelude"],
		[
			["id", "a -> a", ([x]) => x as Expanded],
			["const", "a -> b -> a", ([x]) => x as Expanded],
			[
				"flip",
				"(a -> b -> c) -> b -> a -> c",
				([f, x, y], e) => e.apply(f as Expanded, [y as Expanded, x as Expanded]),
			],
			[
				"uncurry",
				"(a -> b -> c) -> (a, b) -> c",
				([f, xs], e) => e.apply(f as Expanded, (xs as { elements: readonly Expanded[] }).elements),
			],
			["curry", "((a, b) -> c) -> a -> b -> c", ([f, ...xs], e) => e.apply(f as Expanded, [pair(...xs)])],
			["fst", "(a, b) -> a", ([xs]) => list(xs)[0] as Expanded],
			["snd", "(a, b) -> b", ([xs]) => list(xs)[1] as Expanded],
			[
				".",
				"(b -> c) -> (a -> b) -> a -> c",
				([f, g, x], e) => e.apply(f as Expanded, [e.apply(g as Expanded, [x as Expanded])]),
			],
			["$", "(a -> b) -> a -> b", ([f, x], e) => e.apply(f as Expanded, [x as Expanded])],
			["not", "Bool -> Bool", ([x]) => truth(!truthOf(x))],
			["&&", "Bool -> Bool -> Bool", ([x, y]) => truth(truthOf(x) && truthOf(y))],
			["||", "Bool -> Bool -> Bool", ([x, y]) => truth(truthOf(x) || truthOf(y))],
			["==", "a -> a -> Bool", comparison((order) => order === 0)],
			["/=", "a -> a -> Bool", comparison((order) => order !== 0)],
			["<", "a -> a -> Bool", comparison((order) => order < 0)],
			["<=", "a -> a -> Bool", comparison((order) => order <= 0)],
			[">", "a -> a -> Bool", comparison((order) => order > 0)],
			[">=", "a -> a -> Bool", comparison((order) => order >= 0)],
			["min", "a -> a -> a", ([x, y], e) => (compare(x, y, e) <= 0 ? x : y) as Expanded],
			["max", "a -> a -> a", ([x, y], e) => (compare(x, y, e) >= 0 ? x : y) as Expanded],
			["+", "Num a => a -> a -> a", arithmetic((a, b) => a + b)],
			["-", "Num a => a -> a -> a", arithmetic((a, b) => a - b)],
			["*", "Num a => a -> a -> a", arithmetic((a, b) => a * b)],
			["^", "(Num a, Num b) => a -> b -> a", power],
			["negate", "Num a => a -> a", ([x], e) => number(-integer(x), e)],
			["abs", "Num a => a -> a", ([x], e) => number(integer(x) < 0n ? -integer(x) : integer(x), e)],
			["div", "Num a => a -> a -> a", division(floored)],
			["mod", "Num a => a -> a -> a", division((a, b) => a - b * floored(a, b))],
			["quot", "Num a => a -> a -> a", division((a, b) => a / b)],
			["rem", "Num a => a -> a -> a", division((a, b) => a % b)],
			["even", "Num a => a -> Bool", ([x]) => truth(integer(x) % 2n === 0n)],
			["odd", "Num a => a -> Bool", ([x]) => truth(integer(x) % 2n !== 0n)],
			["fromIntegral", "(Num a, Num b) => a -> b", ([x]) => x as Expanded],
			["toInteger", "(Num a, Num b) => a -> b", ([x]) => x as Expanded],
		],
	),
	...rows(
		["Data.Bits"],
		[
			[".&.", "Num a => a -> a -> a", ([x, y], e) => number(integer(x) & integer(y), e)],
			[".|.", "Num a => a -> a -> a", ([x, y], e) => number(integer(x) | integer(y), e)],
			["xor", "Num a => a -> a -> a", ([x, y], e) => number(integer(x) ^ integer(y), e)],
			["shiftL", "Num a => a -> Int -> a", ([x, n], e) => shift(integer(x), integer(n), e)],
			["shiftR", "Num a => a -> Int -> a", ([x, n], e) => shift(integer(x), -integer(n), e)],
			["bit", "Num a => Int -> a", ([n], e) => shift(1n, integer(n), e)],
			[
				"testBit",
				"Num a => a -> Int -> Bool",
				([x, n], e) => truth((integer(shift(integer(x), -integer(n), e)) & 1n) === 1n),
			],
		],
	),
];
