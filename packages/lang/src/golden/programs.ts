// SPDX-License-Identifier: BSD-3-Clause
import { type FunctionType, type Parameter, type Primitive, primitives, type ScalarType } from "@pfq/abi";
import { findPrimitive, isFunctionType } from "../primitive.js";
import {
	type ArgumentValue,
	type Call,
	type Constant,
	type NetFunction,
	type NetPredicate,
	type NetProperty,
	sequence,
	type Term,
} from "../term.js";
import { elementType, integerRange, isListType } from "../value.js";

/** How a program is written in languages that have operators: with them, with the constant on the left, or without. */
export type Style = "operators" | "flipped" | "functions";

/**
 * A program that is written in every language, whose image must be the same bytes from each: see docs/image-format.md.
 * From these come the files in packages/lang/golden and the sources of the bindings' tests.
 */
export interface GoldenProgram {
	readonly name: string;
	readonly main: NetFunction;
	readonly style: Style;
}

/** A call whose values are as they are written: to make them canonical is up to each language. */
const written = <Kind extends FunctionType>(
	kind: Kind,
	symbol: string,
	values: readonly ArgumentValue[],
): Call<Kind> => ({
	kind,
	symbol,
	arguments: values.map((value, index) => {
		const type = findPrimitive(symbol)?.parameters[index]?.type;
		return type === undefined || isFunctionType(type)
			? (value as Term)
			: ({ kind: "Constant", type, value } as Constant);
	}),
});

const f = (symbol: string, ...values: readonly ArgumentValue[]): NetFunction => written("NetFunction", symbol, values);
const p = (symbol: string, ...values: readonly ArgumentValue[]): NetPredicate =>
	written("NetPredicate", symbol, values);
const property = (symbol: string): NetProperty => written("NetProperty", symbol, []);

const texts: Readonly<Record<string, readonly string[]>> = {
	String: ["mem:a", "mem:b:c", "mem:ünï→𝄞", 'mem:"quoted"\\'],
	IPv4: ["10.1.2.3", "0.0.0.0", "255.255.255.255"],
	IPv6: ["2001:db8::1", "::", "::ffff:192.0.2.1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
	CIDR: ["10.1.2.3/8", "0.0.0.0/0", "192.0.2.1", "255.255.255.255/31", "2001:db8:ffff::1/33", "::/0", "fe80::1"],
	MAC: ["00:1b:21:0a:0b:0c", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"],
};

/** The values at which something may go wrong, of one type. */
const edges = (type: ScalarType, { min, max }: Parameter): readonly (string | bigint | number)[] => {
	const range = integerRange(type);
	if (type === "Double") return [0.5, 1e300, -0.25];
	if (range === undefined) return texts[type] ?? [];
	const [lowest, highest] = [BigInt(min ?? range[0]), BigInt(max ?? range[1])];
	const within = [1n, 0n, lowest, highest].filter((value) => value >= lowest && value <= highest);
	return [...new Set(within)];
};

const functions: Readonly<Record<FunctionType, readonly ArgumentValue[]>> = {
	NetFunction: [f("ip"), f("mark", 1), sequence(f("udp"), f("steer_flow")), f("drop"), f("port", 53)],
	NetPredicate: [p("is_tcp"), p("has_port", 53), p("not", p("is_ip6"))],
	NetProperty: [property("ip_ttl"), property("pkt_len")],
};

const argumentValues = (parameter: Parameter): readonly ArgumentValue[] => {
	const { type } = parameter;
	if (isFunctionType(type)) return functions[type];
	if (!isListType(type)) return edges(type, parameter);
	const all = edges(elementType(type), parameter);
	return [all, [], all.slice(0, 1), [...all.slice(1), ...all, ...all.slice(1)]];
};

const asFunction = (result: FunctionType, symbol: string, values: readonly ArgumentValue[]): NetFunction => {
	if (result === "NetFunction") return f(symbol, ...values);
	if (result === "NetPredicate") return f("filter", p(symbol, ...values));
	return f("filter", p("equal", property(symbol), 1));
};

/** Each primitive with so many sets of arguments that each edge value of each of its parameters occurs. */
const ofPrimitive = ({ symbol, parameters, result }: Primitive): GoldenProgram[] => {
	const choices = parameters.map(argumentValues);
	const count = Math.max(1, ...choices.map(({ length }) => length));
	return Array.from({ length: count }, (_, index): GoldenProgram => {
		const values = choices.map((each, position) => each[(index + position) % each.length] as ArgumentValue);
		return { name: `${symbol}.${index + 1}`, main: asFunction(result, symbol, values), style: "functions" };
	});
};

const compared = ["less", "less_eq", "greater", "greater_eq", "equal", "not_equal"].map((symbol) => ({
	symbol,
	main: f("filter", p(symbol, property("ip_ttl"), 64)),
}));

const isTcp = p("is_tcp");
const isUdp = p("is_udp");
const port = (number: number): NetPredicate => p("has_port", number);
const ports = (count: number): readonly NetPredicate[] => Array.from({ length: count }, (_, index) => port(index));
const marks = (count: number): readonly NetFunction[] => Array.from({ length: count }, (_, index) => f("mark", index));
const nested = (depth: number): NetFunction =>
	depth === 0 ? f("steer_flow") : f("when", port(depth), sequence(f("mark", depth), nested(depth - 1)));

const operated: Readonly<Record<string, NetFunction>> = {
	...Object.fromEntries(compared.map(({ symbol, main }) => [symbol, main])),
	any_bit: f("filter", p("any_bit", property("tcp_flags"), 0x12)),
	all_bit: f("filter", p("all_bit", property("tcp_flags"), 0x12)),
	not: f("filter", p("not", isTcp)),
	not_not: f("filter", p("not", p("not", isTcp))),
	and: f("filter", p("and", isTcp, port(80))),
	or: f("filter", p("or", isTcp, isUdp)),
	xor: f("filter", p("xor", isTcp, port(80))),
	left_and: f("filter", p("and", p("and", isTcp, port(1)), port(2))),
	right_and: f("filter", p("and", isTcp, p("and", port(1), port(2)))),
	left_or: f("filter", p("or", p("or", isTcp, port(1)), port(2))),
	right_or: f("filter", p("or", isTcp, p("or", port(1), port(2)))),
	mixed: f("filter", p("or", p("and", isTcp, p("not", port(22))), p("xor", isUdp, p("less", property("ip_ttl"), 5)))),
	compared: f("filter", p("and", p("less", property("ip_ttl"), 5), p("greater_eq", property("pkt_len"), 1500))),
	same_operands: f("filter", p("and", isTcp, isTcp)),
	wide: f("filter", p("equal", property("pkt_len"), 0xffff_ffff_ffff_ffffn)),
	beyond_double: f("filter", p("not_equal", property("pkt_len"), 9007199254740993n)),
	many_or: f(
		"filter",
		ports(40).reduce((all, each) => p("or", all, each)),
	),
};

const composed: Readonly<Record<string, NetFunction>> = {
	two: sequence(f("ip"), f("port", 53)),
	three: sequence(f("udp"), f("mark", 7), f("steer_flow")),
	left: sequence(sequence(f("ip"), f("udp")), f("steer_flow")),
	right: sequence(f("ip"), sequence(f("udp"), f("steer_flow"))),
	unit_within: sequence(f("ip"), f("unit"), f("udp")),
	unit_last: sequence(f("ip"), f("unit")),
	drop_within: sequence(f("ip"), f("drop"), f("udp")),
	repeated: sequence(f("mark", 1), f("mark", 1), f("mark", 1)),
	long: sequence(...marks(120)),
	of_predicate: sequence(f("filter", isTcp), f("filter", isUdp)),
	when_mark: sequence(f("ip"), f("when", port(53), f("mark", 1)), f("steer_flow")),
	shared_tail: f(
		"conditional",
		isTcp,
		sequence(f("mark", 1), f("steer_flow")),
		sequence(f("mark", 2), f("steer_flow")),
	),
	shared_predicate: sequence(f("when", isTcp, f("mark", 1)), f("unless", isTcp, f("mark", 2))),
	shared_function: f("par", sequence(f("udp"), f("steer_flow")), sequence(f("udp"), f("steer_flow"))),
	shared_argument_and_next: sequence(f("when", isTcp, f("steer_flow")), f("steer_flow")),
	shared_string: sequence(
		f("forward", "mem:a"),
		f("tee", "mem:a", isTcp),
		f("tap", "mem:b", isUdp),
		f("bridge", "mem:b"),
	),
	shared_list: sequence(f("vlan_id_filter", [1, 2, 3]), f("vlan_id_filter", [1, 2, 3]), f("vlan_id_filter", [])),
	shared_network: sequence(f("src_addr", "10.9.8.7/8"), f("dst_addr", "10.0.0.0/8")),
	networks: f("filter", p("or", p("or", p("has_addr", "10.1.2.3/8"), p("has_addr", "2001:db8::/32")), port(1))),
	signed: sequence(f("steer_to", -1), f("classify", -2147483648)),
	inverted: f("inv", sequence(f("ip"), f("inv", f("udp")))),
	nested: nested(12),
	alternatives: f("par3", sequence(f("udp"), f("mark", 1)), f("par", f("tcp"), f("icmp")), f("unit")),
	argument_chains: f("conditional", isTcp, sequence(f("ip"), f("mark", 1)), sequence(f("ip6"), f("mark", 2))),
	everything: sequence(
		f("ip"),
		f("when", p("or", port(53), p("has_addr", "10.0.0.0/8")), sequence(f("mark", 0xffff_ffff), f("inc", 63))),
		f("conditional", p("less", property("ip_ttl"), 5), f("drop"), f("forward", "mem:a")),
		f("vlan_id_filter", [1, 2, 3]),
		f("par", f("inv", f("udp")), f("tee", "mem:b", p("has_addr", "2001:db8::/32"))),
		f("steer_flow"),
	),
};

const named = (group: string, style: Style, mains: Readonly<Record<string, NetFunction>>): GoldenProgram[] =>
	Object.entries(mains).map(([name, main]) => ({ name: `${group}.${name}`, main, style }));

export const goldenPrograms: readonly GoldenProgram[] = [
	...primitives.flatMap(ofPrimitive),
	...named("operator", "operators", operated),
	...named("flipped", "flipped", Object.fromEntries(compared.map(({ symbol, main }) => [symbol, main]))),
	...named("composed", "operators", composed),
];
