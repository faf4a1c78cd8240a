// SPDX-License-Identifier: BSD-3-Clause
import type { Expanded, Expander } from "./expanded.js";
import {
	compare,
	count,
	fraction,
	type HaskellFunction,
	holds,
	type Implementation,
	integer,
	joinedLists,
	list,
	listValue,
	nonEmpty,
	number,
	pair,
	real,
	rows,
	textOf,
	truth,
	truthOf,
} from "./haskell-values.js";

/** Works with integers where both are integers, else with fractions. */
const arithmetic =
	(exact: (a: bigint, b: bigint) => bigint, inexact: (a: number, b: number) => number): Implementation =>
	([a, b], expander) =>
		a?.kind === "fraction" || b?.kind === "fraction"
			? fraction(inexact(real(a), real(b)), expander)
			: number(exact(integer(a), integer(b)), expander);

const add = arithmetic(
	(a, b) => a + b,
	(a, b) => a + b,
);
const subtract = arithmetic(
	(a, b) => a - b,
	(a, b) => a - b,
);
const multiply = arithmetic(
	(a, b) => a * b,
	(a, b) => a * b,
);

const division =
	(divide: (a: bigint, b: bigint) => bigint): Implementation =>
	([a, b], expander) =>
		integer(b) === 0n ? expander.fail("this divides by zero") : number(divide(integer(a), integer(b)), expander);

const floored = (a: bigint, b: bigint): bigint => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b);
const floorRest = (a: bigint, b: bigint): bigint => a - b * floored(a, b);

const both =
	(first: Implementation, second: Implementation): Implementation =>
	(args, expander) =>
		pair(first(args, expander), second(args, expander));

const greatestDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : greatestDivisor(b, a % b));

const comparison =
	(holds: (order: number) => boolean): Implementation =>
	([a, b], expander) =>
		truth(holds(compare(a, b, expander)));

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

const prefixLength = (test: Expanded | undefined, elements: readonly Expanded[], expander: Expander): number => {
	const index = elements.findIndex((each) => !holds(test, each, expander));
	return index < 0 ? elements.length : index;
};

const shift = (value: bigint, by: bigint, expander: Expander): Expanded =>
	by > 128n || by < -128n ? expander.fail("this shifts by more bits than any type has") : number(value << by, expander);

const oneBit = (n: Expanded | undefined, expander: Expander): bigint => integer(shift(1n, integer(n), expander));

const extreme =
	(name: string, sign: number): Implementation =>
	([values], expander) =>
		nonEmpty(values, name, expander).reduce((best, each) => (compare(each, best, expander) * sign > 0 ? each : best));

const sum: Implementation = ([values], expander) => {
	expander.spend(list(values).length);
	return list(values).reduce((total, each) => add([total, each], expander), number(0n, expander));
};

const product: Implementation = ([values], expander) =>
	list(values).reduce((total, each) => multiply([total, each], expander), number(1n, expander));

const power: Implementation = ([base, exponent], expander) => {
	let result = number(1n, expander);
	if (integer(exponent) < 0n || integer(exponent) > 1024n) return expander.fail("an exponent is from 0 to 1024");
	for (let left = integer(exponent); left > 0n; left--) result = multiply([result, base as Expanded], expander);
	return result;
};

/** A value as a program would write it. */
const shownAs = (value: Expanded | undefined, expander: Expander): string => {
	expander.spend(1);
	switch (value?.kind) {
		case "number":
		case "fraction":
			return String(value.value);
		case "text":
			return JSON.stringify(value.value);
		case "truth":
			return value.value ? "True" : "False";
		case "list":
			return `[${value.elements.map((each) => shownAs(each, expander)).join(",")}]`;
		case "tuple":
			return `(${value.elements.map((each) => shownAs(each, expander)).join(",")})`;
		default:
			return expander.fail("functions cannot be shown");
	}
};

const LONGEST_TEXT = 100_000;

const text = (value: string, { span, fail }: Expander): Expanded =>
	value.length > LONGEST_TEXT ? fail("this string grows too long") : { kind: "text", value, span };

/** Two lists, or two strings, joined. */
const append: Implementation = ([left, right], expander) =>
	left?.kind === "text" ? text(left.value + textOf(right), expander) : joinedLists([list(left), list(right)], expander);

/** The list in runs of which each begins where `starts` holds of an element and the one before. */
const runs = (
	elements: readonly Expanded[],
	starts: (before: Expanded, each: Expanded) => boolean,
	expander: Expander,
): Expanded => {
	const found: Expanded[][] = [];
	for (const [index, each] of elements.entries())
		if (index === 0 || starts(elements[index - 1] as Expanded, each)) found.push([each]);
		else found.at(-1)?.push(each);
	return listValue(
		found.map((run) => listValue(run, expander)),
		expander,
	);
};

/** The first of each value that occurs, in order. */
const different = (elements: readonly Expanded[], expander: Expander): Expanded[] =>
	elements.reduce<Expanded[]>((kept, x) => {
		if (kept.every((each) => compare(x, each, expander) !== 0)) kept.push(x);
		return kept;
	}, []);

const isIn = (x: Expanded, elements: readonly Expanded[], expander: Expander): boolean =>
	elements.some((each) => compare(x, each, expander) === 0);

/** The elements for which the function holds, and the others. */
const parted = (test: Expanded | undefined, elements: readonly Expanded[], expander: Expander): Expanded => {
	const kept: Expanded[] = [];
	const left: Expanded[] = [];
	for (const each of elements) (holds(test, each, expander) ? kept : left).push(each);
	return pair(listValue(kept, expander), listValue(left, expander));
};

const cut = (elements: readonly Expanded[], at: number, expander: Expander): Expanded =>
	pair(listValue(elements.slice(0, at), expander), listValue(elements.slice(at), expander));

const rounded =
	(round: (value: number) => number): Implementation =>
	([x], expander) =>
		number(BigInt(round(real(x))), expander);

/** To the nearest integer; halfway, to the even one. */
const toNearest = (value: number): number => {
	const down = Math.floor(value);
	const over = value - down;
	return over > 0.5 || (over === 0.5 && down % 2 !== 0) ? down + 1 : down;
};

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
			["++", "Semigroup a => a -> a -> a", append],
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
			["span", "(a -> Bool) -> [a] -> ([a], [a])", ([f, xs], e) => cut(list(xs), prefixLength(f, list(xs), e), e)],
			["splitAt", "Int -> [a] -> ([a], [a])", ([n, xs], e) => cut(list(xs), count(n), e)],
			[
				"unzip",
				"[(a, b)] -> ([a], [b])",
				([xs], e) =>
					pair(
						listValue(
							list(xs).map((each) => list(each)[0] as Expanded),
							e,
						),
						listValue(
							list(xs).map((each) => list(each)[1] as Expanded),
							e,
						),
					),
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
			["<>", "Semigroup a => a -> a -> a", append],
			["mappend", "Semigroup a => a -> a -> a", append],
			["mempty", "[a]", (_, e) => listValue([], e)],
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
			["nub", "[a] -> [a]", ([xs], e) => listValue(different(list(xs), e), e)],
			["group", "[a] -> [[a]]", ([xs], e) => runs(list(xs), (a, b) => compare(a, b, e) !== 0, e)],
			[
				"sortOn",
				"(a -> b) -> [a] -> [a]",
				([f, xs], e) => {
					const keyed = list(xs).map((x) => ({ x, key: e.apply(f as Expanded, [x]) }));
					return listValue(
						keyed.sort((a, b) => compare(a.key, b.key, e)).map(({ x }) => x),
						e,
					);
				},
			],
			["partition", "(a -> Bool) -> [a] -> ([a], [a])", ([f, xs], e) => parted(f, list(xs), e)],
			[
				"intersperse",
				"a -> [a] -> [a]",
				([x, xs], e) =>
					listValue(
						list(xs).flatMap((each, index) => (index === 0 ? [each] : [x as Expanded, each])),
						e,
					),
			],
			[
				"delete",
				"a -> [a] -> [a]",
				([x, xs], e) => {
					const at = list(xs).findIndex((each) => compare(x, each, e) === 0);
					return at < 0 ? (xs as Expanded) : listValue(list(xs).toSpliced(at, 1), e);
				},
			],
			[
				"\\\\",
				"[a] -> [a] -> [a]",
				([xs, ys], e) =>
					listValue(
						list(ys).reduce<readonly Expanded[]>((left, y) => {
							const at = left.findIndex((each) => compare(y, each, e) === 0);
							return at < 0 ? left : left.toSpliced(at, 1);
						}, list(xs)),
						e,
					),
			],
			[
				"union",
				"[a] -> [a] -> [a]",
				([xs, ys], e) => {
					const more = different(list(ys), e).filter((y) => !isIn(y, list(xs), e));
					return joinedLists([list(xs), more], e);
				},
			],
			[
				"intersect",
				"[a] -> [a] -> [a]",
				([xs, ys], e) =>
					listValue(
						list(xs).filter((x) => isIn(x, list(ys), e)),
						e,
					),
			],
			[
				"isPrefixOf",
				"[a] -> [a] -> Bool",
				([xs, ys], e) => truth(list(xs).every((x, index) => compare(x, list(ys)[index], e) === 0)),
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
			["+", "Num a => a -> a -> a", add],
			["-", "Num a => a -> a -> a", subtract],
			["*", "Num a => a -> a -> a", multiply],
			["^", "(Num a, Integral b) => a -> b -> a", power],
			["negate", "Num a => a -> a", ([x], e) => subtract([number(0n, e), x as Expanded], e)],
			[
				"abs",
				"Num a => a -> a",
				([x], e) => (real(x) < 0 ? subtract([number(0n, e), x as Expanded], e) : (x as Expanded)),
			],
			["div", "Integral a => a -> a -> a", division(floored)],
			["mod", "Integral a => a -> a -> a", division(floorRest)],
			["quot", "Integral a => a -> a -> a", division((a, b) => a / b)],
			["rem", "Integral a => a -> a -> a", division((a, b) => a % b)],
			[
				"quotRem",
				"Integral a => a -> a -> (a, a)",
				both(
					division((a, b) => a / b),
					division((a, b) => a % b),
				),
			],
			["divMod", "Integral a => a -> a -> (a, a)", both(division(floored), division(floorRest))],
			["gcd", "Integral a => a -> a -> a", ([a, b], e) => number(greatestDivisor(integer(a), integer(b)), e)],
			["subtract", "Num a => a -> a -> a", ([x, y], e) => subtract([y as Expanded, x as Expanded], e)],
			[
				"/",
				"Fractional a => a -> a -> a",
				([x, y], e) => (real(y) === 0 ? e.fail("this divides by zero") : fraction(real(x) / real(y), e)),
			],
			["sqrt", "Fractional a => a -> a", ([x], e) => fraction(Math.sqrt(real(x)), e)],
			["log", "Fractional a => a -> a", ([x], e) => fraction(Math.log(real(x)), e)],
			["exp", "Fractional a => a -> a", ([x], e) => fraction(Math.exp(real(x)), e)],
			["**", "Fractional a => a -> a -> a", ([x, y], e) => fraction(real(x) ** real(y), e)],
			["ceiling", "Integral a => Double -> a", rounded(Math.ceil)],
			["floor", "Integral a => Double -> a", rounded(Math.floor)],
			["round", "Integral a => Double -> a", rounded(toNearest)],
			["truncate", "Integral a => Double -> a", rounded(Math.trunc)],
			["show", "a -> String", ([x], e) => text(shownAs(x, e), e)],
			["even", "Integral a => a -> Bool", ([x]) => truth(integer(x) % 2n === 0n)],
			["odd", "Integral a => a -> Bool", ([x]) => truth(integer(x) % 2n !== 0n)],
			["fromIntegral", "(Integral a, Num b) => a -> b", ([x]) => x as Expanded],
			["toInteger", "(Integral a, Integral b) => a -> b", ([x]) => x as Expanded],
		],
	),
	...rows(
		["Data.Bits"],
		[
			[".&.", "Integral a => a -> a -> a", ([x, y], e) => number(integer(x) & integer(y), e)],
			[".|.", "Integral a => a -> a -> a", ([x, y], e) => number(integer(x) | integer(y), e)],
			["xor", "Integral a => a -> a -> a", ([x, y], e) => number(integer(x) ^ integer(y), e)],
			["shiftL", "Integral a => a -> Int -> a", ([x, n], e) => shift(integer(x), integer(n), e)],
			["shiftR", "Integral a => a -> Int -> a", ([x, n], e) => shift(integer(x), -integer(n), e)],
			["bit", "Integral a => Int -> a", ([n], e) => shift(1n, integer(n), e)],
			[
				"popCount",
				"Integral a => a -> Int",
				([x], e) => {
					if (integer(x) < 0n) return e.fail("only what is not negative has its bits counted");
					return number(BigInt(integer(x).toString(2).replaceAll("0", "").length), e);
				},
			],
			["setBit", "Integral a => a -> Int -> a", ([x, n], e) => number(integer(x) | oneBit(n, e), e)],
			["clearBit", "Integral a => a -> Int -> a", ([x, n], e) => number(integer(x) & ~oneBit(n, e), e)],
			["shift", "Integral a => a -> Int -> a", ([x, n], e) => shift(integer(x), integer(n), e)],
			[
				"testBit",
				"Integral a => a -> Int -> Bool",
				([x, n], e) => truth((integer(shift(integer(x), -integer(n), e)) & 1n) === 1n),
			],
		],
	),
];
