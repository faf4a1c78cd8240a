// SPDX-License-Identifier: BSD-3-Clause
import { type ArgumentType, type FunctionType, type Parameter, type Primitive, primitives } from "@pfq/abi";
import type { Argument, Computation, Node } from "@pfq/lang";
import fc from "fast-check";
import * as pools from "./pools.js";
import { near, nearWord, weighted } from "./pools.js";

/** Well-typed computations over the whole table of primitives. */

/** A primitive with its arguments: chains (a predicate is a chain of one) and values. */
export interface Term {
	readonly symbol: string;
	readonly arguments: readonly (Chain | Argument)[];
}

/** Terms in a row, and then another chain, that others may end in, too. */
export interface Chain {
	readonly steps: readonly Term[];
	readonly tail?: Chain | undefined;
}

const only = (step: Term): Chain => ({ steps: [step] });

/** The graph of a chain. What is one object in the chain is one node in the graph. */
export function computationOf(main: Chain): Computation {
	// From the last node to the first, since a node's references are greater than its own index.
	const nodes: Node[] = [];
	const known = new Map<Chain, number>();
	const add = ({ symbol, arguments: args }: Term, next: number | null): number => {
		const placed = args.map(
			(argument): Argument => ("steps" in argument ? { type: "Fun", value: place(argument) } : argument),
		);
		return nodes.push({ symbol, arguments: placed, next }) - 1;
	};
	const place = (chain: Chain): number => {
		const before = known.get(chain);
		if (before !== undefined) return before;
		let next = chain.tail === undefined ? null : place(chain.tail);
		for (const step of chain.steps.toReversed()) next = add(step, next);
		if (next === null) throw new RangeError("an empty chain");
		known.set(chain, next);
		return next;
	};
	place(main);
	const turned = (index: number): number => nodes.length - 1 - index;
	return {
		nodes: nodes.toReversed().map((node) => ({
			...node,
			arguments: node.arguments.map((argument) =>
				argument.type === "Fun" ? { ...argument, value: turned(argument.value) } : argument,
			),
			next: node.next === null ? null : turned(node.next),
		})),
	};
}

const integers: Readonly<Record<string, fc.Arbitrary<number>>> = {
	port: nearWord(pools.ports, 16),
	ethertype: nearWord(pools.etherTypes, 16),
	protocol: nearWord([6, ...Object.values(pools.protocols), ...pools.otherProtocols, ...pools.extensions], 8),
	vid: nearWord(pools.vids, 12),
	mark: nearWord(pools.words32, 32),
	state: nearWord(pools.words32, 32),
	counter: fc.constantFrom(0, 1, 2, 62, 63),
	prefix: near(pools.prefixes, fc.nat(32)),
	subprefix: near(pools.prefixes, fc.nat(32)),
	bins: near(pools.bins, fc.integer({ min: 1, max: 4096 })),
	offset: near(pools.offsets, fc.nat(100)),
	offset1: near(pools.offsets, fc.nat(100)),
	offset2: near(pools.offsets, fc.nat(100)),
	size: fc.integer({ min: 1, max: 4 }),
	index: near([0, 1, 2, 7, -1, 2 ** 31 - 1, -(2 ** 31)], fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
	value: near([0, 1, -1], fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
	classes: near([1, 2, 3, 0, -1, 255, -(2 ** 31)], fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
};

function isFunction(type: ArgumentType): type is FunctionType {
	return type === "NetFunction" || type === "NetPredicate" || type === "NetProperty";
}

const macText = (mac: number): string =>
	Array.from({ length: 6 }, (_, octet) => Math.floor(mac / 256 ** (5 - octet)) % 256)
		.map((octet) => octet.toString(16).padStart(2, "0"))
		.join(":");

/** Values by type, where any of the type will do. */
const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
	String: fc.constantFrom("d0", "d1", "d2", "d3"),
	CIDR: fc.constantFrom(...pools.networks),
	IPv4: fc.constantFrom(...pools.addresses4),
	MAC: fc.constantFrom(...pools.macs.map(macText)),
};

const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 4 });

/** Values for an argument that is no function. */
function valueFor({ name, type }: Parameter): fc.Arbitrary<Argument> {
	if (isFunction(type)) throw new RangeError(`${name} is a function`);
	const text = texts[type];
	if (text !== undefined) return text.map((value) => ({ type, value }));
	const element = texts[type.replace(/^\[(.*)\]$/, "$1")];
	if (element !== undefined) return few(element).map((value) => ({ type, value }));
	if (type === "[Int]") return few(nearWord(pools.vids, 12)).map((value) => ({ type, value }));
	if (name === "key") return fc.constantFrom(...pools.keys).map((value) => ({ type, value }));
	const integer = integers[name];
	if (integer === undefined) throw new RangeError(`no values for ${name}, a ${type}`);
	return integer.map((value) => ({ type, value }));
}

/** What properties are compared with. */
const properties: Readonly<Record<string, readonly number[]>> = {
	ip_tos: pools.tos,
	ip_tot_len: pools.lengths,
	ip_id: pools.ids,
	ip_frag: pools.fragmentFields4,
	ip_ttl: pools.hops,
	ip6_hop_limit: pools.hops,
	ip6_flow_label: pools.flowLabels,
	tcp_source: pools.ports,
	tcp_dest: pools.ports,
	tcp_hdrlen: pools.tcpHeaderWords.map((words) => words * 4),
	tcp_flags: pools.tcpFlags,
	udp_source: pools.ports,
	udp_dest: pools.ports,
	udp_len: pools.udpLengths,
	icmp_type: pools.icmpTypes,
	icmp_code: pools.icmpCodes,
	get_mark: pools.words32,
	get_state: pools.words32,
	pkt_len: [54, 60, 100, 1500],
};
const oddWords = [0n, 1n, 2n, 0x10n, 0x1_0000_0000n, 0xffff_ffff_ffff_ffffn];

const rowsOf = (form: Primitive["form"]): Primitive[] => primitives.filter((primitive) => primitive.form === form);

const term = (row: Primitive, args: readonly fc.Arbitrary<Chain | Argument>[]): fc.Arbitrary<Term> =>
	fc.tuple(...args).map((args) => ({ symbol: row.symbol, arguments: args }));

const leaf = (row: Primitive): fc.Arbitrary<Term> => term(row, row.parameters.map(valueFor));

const comparison = (row: Primitive): fc.Arbitrary<Term> =>
	fc.constantFrom(...rowsOf("property")).chain(({ symbol }) => {
		const pool = properties[symbol];
		if (pool === undefined) throw new RangeError(`no values to compare ${symbol} with`);
		const value = weighted(
			[8, fc.constantFrom(...pool.map(BigInt))],
			[2, fc.constantFrom(...oddWords)],
			[1, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
		);
		return value.map((value) => ({
			symbol: row.symbol,
			arguments: [only({ symbol, arguments: [] }), { type: "Word64", value }],
		}));
	});

const takes = ({ parameters }: Primitive, type: FunctionType): boolean =>
	parameters.some((parameter) => parameter.type === type);
const functions = primitives.filter(({ result }) => result === "NetFunction");
/** What always drops: seldom, or little would be reached. */
const stops = functions.filter(({ symbol }) => ["drop", "bridge", "detour"].includes(symbol));
const filters = functions.filter(({ form }) => form === "filter");
/** Functions that ask a predicate, those that choose between functions by one, and other combinators. */
const asking = functions.filter((row) => takes(row, "NetPredicate") && !takes(row, "NetFunction"));
const choices = functions.filter((row) => takes(row, "NetPredicate") && takes(row, "NetFunction"));
const others = functions.filter((row) => !takes(row, "NetPredicate") && takes(row, "NetFunction"));
const effects = functions.filter((row) => ![...stops, ...filters, ...asking, ...choices, ...others].includes(row));
const of = (rows: readonly Primitive[], make: (row: Primitive) => fc.Arbitrary<Term>): fc.Arbitrary<Term> =>
	fc.oneof(...rows.map(make));

/** Predicates and chains that are referred to from several places: index into the program's library. */
interface Library {
	readonly predicates: readonly Chain[];
	readonly chains: readonly Chain[];
}

const plainPredicate = weighted(
	[10, of(rowsOf("predicate"), leaf)],
	[7, of(rowsOf("alias"), leaf)],
	[10, of(rowsOf("comparison"), comparison)],
);

/** Terms and chains that may refer to the library. */
function grammar(library: Library): { readonly predicate: fc.Arbitrary<Chain>; readonly chain: fc.Arbitrary<Chain> } {
	const { predicate, chain } = fc.letrec<{ predicate: Chain; step: Term; alternative: Chain; chain: Chain }>((tie) => {
		const argument = (parameter: Parameter): fc.Arbitrary<Chain | Argument> =>
			parameter.type === "NetPredicate"
				? tie("predicate")
				: parameter.type === "NetFunction"
					? tie("chain")
					: valueFor(parameter);
		const combined = (row: Primitive): fc.Arbitrary<Term> => term(row, row.parameters.map(argument));
		/** Alternatives that drop as often as not, so that all of them are tried. */
		const alternatives = (row: Primitive): fc.Arbitrary<Term> =>
			term(
				row,
				row.parameters.map(() => tie("alternative")),
			);
		const shared = (chains: readonly Chain[]): { weight: number; arbitrary: fc.Arbitrary<Chain> }[] =>
			chains.length === 0 ? [] : [{ weight: 3, arbitrary: fc.constantFrom(...chains) }];
		return {
			predicate: fc.oneof(
				{ maxDepth: 3, depthIdentifier: "predicate" },
				{ weight: 8, arbitrary: plainPredicate.map(only) },
				{ weight: 7, arbitrary: of(rowsOf("logic"), combined).map(only) },
				...shared(library.predicates),
			),
			step: fc.oneof(
				{ maxDepth: 3, depthIdentifier: "function" },
				{ weight: 14, arbitrary: of(effects, leaf) },
				{ weight: 4, arbitrary: of(filters, leaf) },
				{ weight: 1, arbitrary: of(stops, leaf) },
				{ weight: 18, arbitrary: of(choices, combined) },
				{ weight: 4, arbitrary: of(asking, combined) },
				{ weight: 6, arbitrary: of(others, alternatives) },
			),
			alternative: weighted(
				[1, tie("chain")],
				[2, fc.tuple(of(filters, leaf), tie("step")).map((steps): Chain => ({ steps }))],
				[1, of([...stops, ...filters], leaf).map(only)],
			),
			chain: fc.oneof(
				{
					weight: 9,
					arbitrary: fc.array(tie("step"), { minLength: 1, maxLength: 3 }).map((steps): Chain => ({ steps })),
				},
				...(library.chains.length === 0
					? []
					: [
							{
								weight: 2,
								arbitrary: fc
									.tuple(fc.array(tie("step"), { maxLength: 2 }), fc.constantFrom(...library.chains))
									.map(([steps, tail]): Chain => ({ steps, tail })),
							},
						]),
			),
		};
	});
	return { predicate, chain };
}

const plain = grammar({ predicates: [], chains: [] });
const library: fc.Arbitrary<Library> = fc.record({
	predicates: fc.array(plain.predicate, { maxLength: 3 }),
	chains: fc.array(plain.chain, { maxLength: 2 }),
});

export const program: fc.Arbitrary<Computation> = library.chain((library) => grammar(library).chain).map(computationOf);

/** One predicate, comparison, filter or action alone. */
export const single: fc.Arbitrary<Computation> = weighted(
	[2, plainPredicate.map((step): Chain => only({ symbol: "filter", arguments: [only(step)] }))],
	[1, of([...filters, ...effects], leaf).map(only)],
).map(computationOf);
