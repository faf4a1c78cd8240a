// SPDX-License-Identifier: BSD-3-Clause
import type { Expanded, Expander } from "./expanded.js";
import {
	compare,
	type HaskellFunction,
	holds,
	type Implementation,
	list,
	listValue,
	number,
	pair,
	rows,
	truth,
} from "./haskell-values.js";

/**
 * Data.Map and Data.Set. A set is a list of its elements, a map a list of pairs, in ascending order and without repetitions of
 * elements or keys; type inference keeps them apart from lists.
 */
const keyOf = (entry: Expanded | undefined): Expanded => list(entry)[0] as Expanded;
const worthOf = (entry: Expanded | undefined): Expanded => list(entry)[1] as Expanded;
const itself = (element: Expanded): Expanded => element;

type KeyOf = (entry: Expanded) => Expanded;

/** Where a key is, or would be: and whether it is there. */
const find = (
	entries: readonly Expanded[],
	key: Expanded | undefined,
	keyed: KeyOf,
	expander: Expander,
): { readonly at: number; readonly isThere: boolean } => {
	let low = 0;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const order = compare(keyed(entries[middle] as Expanded), key, expander);
		if (order === 0) return { at: middle, isThere: true };
		if (order < 0) low = middle + 1;
		else high = middle;
	}
	return { at: low, isThere: false };
};

/** Entries in order; of those with one key, the last, or what `join` makes of the later and the earlier. */
const ordered = (
	entries: readonly Expanded[],
	keyed: KeyOf,
	expander: Expander,
	join: (later: Expanded, earlier: Expanded) => Expanded = (later) => later,
): Expanded => {
	const kept: Expanded[] = [];
	for (const entry of entries.toSorted((a, b) => compare(keyed(a), keyed(b), expander))) {
		const before = kept.at(-1);
		if (before !== undefined && compare(keyed(before), keyed(entry), expander) === 0)
			kept[kept.length - 1] = join(entry, before);
		else kept.push(entry);
	}
	return listValue(kept, expander);
};

const member =
	(keyed: KeyOf, wanted: boolean): Implementation =>
	([key, entries], e) =>
		truth(find(list(entries), key, keyed, e).isThere === wanted);

const without =
	(keyed: KeyOf): Implementation =>
	([key, entries], e) => {
		const { at, isThere } = find(list(entries), key, keyed, e);
		return isThere ? listValue(list(entries).toSpliced(at, 1), e) : (entries as Expanded);
	};

const put = (entries: readonly Expanded[], entry: Expanded, keyed: KeyOf, e: Expander): Expanded => {
	e.spend(entries.length);
	const { at, isThere } = find(entries, keyed(entry), keyed, e);
	return listValue(entries.toSpliced(at, isThere ? 1 : 0, entry), e);
};

/** The entries of the first that `wanted` says are also in the second, or are not. */
const compared =
	(keyed: KeyOf, wanted: boolean): Implementation =>
	([first, second], e) =>
		listValue(
			list(first).filter((entry) => find(list(second), keyed(entry), keyed, e).isThere === wanted),
			e,
		);

/** All entries; those of the first where both have a key. */
const united =
	(keyed: KeyOf): Implementation =>
	([first, second], e) =>
		ordered([...list(second), ...list(first)], keyed, e);

const size: Implementation = ([entries], e) => number(BigInt(list(entries).length), e);
const empty: Implementation = (_, e) => listValue([], e);
const isEmpty: Implementation = ([entries]) => truth(list(entries).length === 0);
const asList: Implementation = ([entries], e) => listValue(list(entries), e);

const mapped = (entries: Expanded | undefined, e: Expander, work: (entry: Expanded) => Expanded): Expanded =>
	listValue(list(entries).map(work), e);

const lookUp = (entries: Expanded | undefined, key: Expanded | undefined, e: Expander): Expanded | undefined => {
	const { at, isThere } = find(list(entries), key, keyOf, e);
	return isThere ? worthOf(list(entries)[at]) : undefined;
};

const maps: readonly HaskellFunction[] = rows(
	["Data.Map", "Data.Map.Strict"],
	[
		["empty", "Map k v", empty],
		["singleton", "k -> v -> Map k v", ([k, v], e) => listValue([pair(k as Expanded, v as Expanded)], e)],
		["fromList", "[(k, v)] -> Map k v", ([xs], e) => ordered(list(xs), keyOf, e)],
		[
			"fromListWith",
			"(v -> v -> v) -> [(k, v)] -> Map k v",
			([f, xs], e) =>
				ordered(list(xs), keyOf, e, (later, earlier) =>
					pair(keyOf(later), e.apply(f as Expanded, [worthOf(later), worthOf(earlier)])),
				),
		],
		["toList", "Map k v -> [(k, v)]", asList],
		["assocs", "Map k v -> [(k, v)]", asList],
		["keys", "Map k v -> [k]", ([m], e) => mapped(m, e, keyOf)],
		["elems", "Map k v -> [v]", ([m], e) => mapped(m, e, worthOf)],
		["size", "Map k v -> Int", size],
		["null", "Map k v -> Bool", isEmpty],
		["member", "k -> Map k v -> Bool", member(keyOf, true)],
		["notMember", "k -> Map k v -> Bool", member(keyOf, false)],
		["findWithDefault", "v -> k -> Map k v -> v", ([v, k, m], e) => lookUp(m, k, e) ?? (v as Expanded)],
		["!", "Map k v -> k -> v", ([m, k], e) => lookUp(m, k, e) ?? e.fail("the map has no such key")],
		[
			"insert",
			"k -> v -> Map k v -> Map k v",
			([k, v, m], e) => put(list(m), pair(k as Expanded, v as Expanded), keyOf, e),
		],
		["delete", "k -> Map k v -> Map k v", without(keyOf)],
		["union", "Map k v -> Map k v -> Map k v", united(keyOf)],
		["difference", "Map k v -> Map k v -> Map k v", compared(keyOf, false)],
		["intersection", "Map k v -> Map k v -> Map k v", compared(keyOf, true)],
		[
			"map",
			"(v -> w) -> Map k v -> Map k w",
			([f, m], e) => mapped(m, e, (entry) => pair(keyOf(entry), e.apply(f as Expanded, [worthOf(entry)]))),
		],
		[
			"mapWithKey",
			"(k -> v -> w) -> Map k v -> Map k w",
			([f, m], e) =>
				mapped(m, e, (entry) => pair(keyOf(entry), e.apply(f as Expanded, [keyOf(entry), worthOf(entry)]))),
		],
		[
			"filter",
			"(v -> Bool) -> Map k v -> Map k v",
			([f, m], e) =>
				listValue(
					list(m).filter((entry) => holds(f, worthOf(entry), e)),
					e,
				),
		],
		[
			"foldr",
			"(v -> r -> r) -> r -> Map k v -> r",
			([f, start, m], e) =>
				list(m).reduceRight((rest, entry) => e.apply(f as Expanded, [worthOf(entry), rest]), start as Expanded),
		],
		[
			"foldrWithKey",
			"(k -> v -> r -> r) -> r -> Map k v -> r",
			([f, start, m], e) =>
				list(m).reduceRight(
					(rest, entry) => e.apply(f as Expanded, [keyOf(entry), worthOf(entry), rest]),
					start as Expanded,
				),
		],
	],
);

const sets: readonly HaskellFunction[] = rows(
	["Data.Set"],
	[
		["empty", "Set a", empty],
		["singleton", "a -> Set a", ([x], e) => listValue([x as Expanded], e)],
		["fromList", "[a] -> Set a", ([xs], e) => ordered(list(xs), itself, e)],
		["toList", "Set a -> [a]", asList],
		["elems", "Set a -> [a]", asList],
		["size", "Set a -> Int", size],
		["null", "Set a -> Bool", isEmpty],
		["member", "a -> Set a -> Bool", member(itself, true)],
		["notMember", "a -> Set a -> Bool", member(itself, false)],
		["insert", "a -> Set a -> Set a", ([x, s], e) => put(list(s), x as Expanded, itself, e)],
		["delete", "a -> Set a -> Set a", without(itself)],
		["union", "Set a -> Set a -> Set a", united(itself)],
		["difference", "Set a -> Set a -> Set a", compared(itself, false)],
		["intersection", "Set a -> Set a -> Set a", compared(itself, true)],
		[
			"map",
			"(a -> b) -> Set a -> Set b",
			([f, s], e) =>
				ordered(
					list(s).map((x) => e.apply(f as Expanded, [x])),
					itself,
					e,
				),
		],
		[
			"filter",
			"(a -> Bool) -> Set a -> Set a",
			([f, s], e) =>
				listValue(
					list(s).filter((x) => holds(f, x, e)),
					e,
				),
		],
		[
			"foldr",
			"(a -> r -> r) -> r -> Set a -> r",
			([f, start, s], e) => list(s).reduceRight((rest, x) => e.apply(f as Expanded, [x, rest]), start as Expanded),
		],
	],
);

export const containerFunctions: readonly HaskellFunction[] = [...maps, ...sets];

/** Their names are those of other functions, too: a program has them only where it imports them. */
export const containerModules: readonly string[] = ["Data.Map", "Data.Map.Strict", "Data.Set"];
