// SPDX-License-Identifier: BSD-3-Clause
import { type FunctionType, type Parameter, primitives } from "@pfq/abi";
import fc from "fast-check";
import { isFunctionType } from "../primitive.js";
import { type ArgumentValue, call, type NetFunction, sequence, type Term } from "../term.js";
import { elementType, integerRange, isListType } from "../value.js";

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.oneof(
	fc.tuple(octet, octet, octet, octet).map((octets) => octets.join(".")),
	fc.constantFrom("0.0.0.0", "10.0.0.1", "255.255.255.255"),
);
const ipv6 = fc.oneof(
	fc
		.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
		.map((groups) => groups.map((group) => group.toString(16)).join(":")),
	fc.constantFrom("::", "::1", "2001:db8::", "fe80::1:0:0:2"),
);
const cidr = fc.oneof(
	fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => `${address}/${prefix}`),
	fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([address, prefix]) => `${address}/${prefix}`),
	ipv4,
);
const mac = fc
	.array(octet, { minLength: 6, maxLength: 6 })
	.map((octets) => octets.map((each) => each.toString(16).padStart(2, "0")).join(":"));
const text = fc.oneof(
	fc.constantFrom("eth0", "eth1", ""),
	fc.string({ unit: "binary", maxLength: 12 }).filter((each) => !each.includes("\0")),
);

const integer = (type: string, { min, max }: Parameter): fc.Arbitrary<bigint> => {
	const [lowest, highest] = integerRange(type) ?? [0n, 0n];
	const from = min === undefined ? lowest : BigInt(min);
	const to = max === undefined ? highest : BigInt(max);
	const small = from > 0n ? from : 0n;
	return fc.oneof(
		fc.bigInt(from, to),
		fc.bigInt(small, to < small + 64n ? to : small + 64n),
		fc.constantFrom(from, to),
	);
};

const scalar = (type: string, parameter: Parameter): fc.Arbitrary<bigint | string> => {
	if (integerRange(type)) return integer(type, parameter);
	return { IPv4: ipv4, IPv6: ipv6, CIDR: cidr, MAC: mac }[type] ?? text;
};

const value = (parameter: Parameter): fc.Arbitrary<ArgumentValue> => {
	const type = parameter.type as Parameter["type"] & string;
	return isListType(type) ? fc.array(scalar(elementType(type), parameter), { maxLength: 5 }) : scalar(type, parameter);
};

/** Programs of any primitives with any arguments, as deep as asked. */
export const arbitraryFunction = (depth = 3): fc.Arbitrary<NetFunction> => {
	const step = arbitraryTerm("NetFunction", depth) as fc.Arbitrary<NetFunction>;
	return fc.array(step, { minLength: 1, maxLength: depth > 1 ? 4 : 2 }).map((steps) => sequence(...steps));
};

const arbitraryTerm = (kind: FunctionType, depth: number): fc.Arbitrary<Term> => {
	const known = cache.get(`${kind} ${depth}`);
	if (known) return known;
	const rows = primitives.filter(
		({ result, parameters }) => result === kind && (depth > 0 || parameters.every(({ type }) => !isFunctionType(type))),
	);
	const made = fc.oneof(
		...rows.map((row) =>
			fc
				.tuple(
					...row.parameters.map((parameter): fc.Arbitrary<ArgumentValue> => {
						const { type } = parameter;
						if (!isFunctionType(type)) return value(parameter);
						return type === "NetFunction" ? arbitraryFunction(depth - 1) : arbitraryTerm(type, depth - 1);
					}),
				)
				.map((values) => call(kind, row.symbol, values) as Term),
		),
	);
	cache.set(`${kind} ${depth}`, made);
	return made;
};

const cache = new Map<string, fc.Arbitrary<Term>>();
