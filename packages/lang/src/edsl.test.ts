// SPDX-License-Identifier: BSD-3-Clause
import { primitives, steeringKeys } from "@pfq/abi";
import { describe, expect, it } from "vitest";
import { bloomCalcM, bloomCalcN, bloomCalcP } from "./bloom.js";
import { compile } from "./compile.js";
import * as edsl from "./generated/edsl.js";
import { image, program } from "./program.js";
import { sequence } from "./term.js";

const { addr, and, filter, hasPort, hasVid, inc, ip, ipTtl, isTcp, key5tuple, less, mark, or, steerFlow, steerKey } =
	edsl;
const { udp, vlanId, when } = edsl;

const text = (source: string) => {
	const result = compile(source, { optimise: false });
	if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
	return result.computation.nodes.map(({ place, ...node }) => node);
};

describe("the eDSL", () => {
	it("has every primitive of the table, and the keys that have names", () => {
		expect(Object.keys(edsl).length).toBe(primitives.length + Object.keys(steeringKeys).length);
		expect(program(steerKey(key5tuple)).computation.nodes).toEqual(text("main = steer_key key_5tuple"));
	});

	it("works out the sizes of Bloom filters, as pfq-lang does", () => {
		expect([bloomCalcM(1000, 0.01), bloomCalcN(10523, 0.01), bloomCalcM(0, 0.5)]).toEqual([10523, 1000, 3]);
		expect(bloomCalcP(1000, 10523)).toBeCloseTo(0.01, 5);
		expect(() => bloomCalcM(10, 1)).toThrow(
			new RangeError("bloomCalcM: the share of false positives is between 0 and 1, as 0.01"),
		);
		expect(() => bloomCalcP(10, 0)).toThrow(RangeError);
	});

	it("makes the computation that the text makes", () => {
		const made = program(
			ip,
			when(or(hasPort(53), hasPort(80), less(ipTtl, 5)), mark(1)),
			addr("10.1.2.3/8"),
			steerFlow,
		);
		expect(made.computation.nodes).toEqual(
			text(
				'main = ip >-> when (has_port 53 .||. has_port 80 .||. ip_ttl .< 5) (mark 1) >-> addr "10.0.0.0/8" >-> steer_flow',
			),
		);
	});

	it("is sequence in sequence as one sequence", () => {
		expect(program(ip, sequence(udp, sequence()), steerFlow).computation).toEqual(
			program(ip, udp, steerFlow).computation,
		);
	});

	it("makes `unit` of no function", () => {
		expect(program().computation.nodes).toEqual([{ symbol: "unit", arguments: [], next: null }]);
	});

	it("makes equal parts once", () => {
		const twice = filter(and(less(ipTtl, 5n), less(ipTtl, 5)));
		expect(program(twice).computation.nodes.map(({ symbol }) => symbol)).toEqual(["filter", "and", "less", "ip_ttl"]);
	});

	it.each([
		[() => hasPort(70000), "hasPort: port: 70000 is out of range: a Word16 goes from 0 to 65535"],
		[() => hasPort(-1), "hasPort: port: -1 is out of range: a Word16 goes from 0 to 65535"],
		[() => hasPort(1.5), "hasPort: port: 1.5 is no integer"],
		[() => inc(64), "inc: counter: 64 is out of range: it goes from 0 to 63"],
		[() => hasVid(4096), "hasVid: vid: 4096 is out of range: it goes from 0 to 4095"],
		[() => vlanId([1, 5000]), "vlanId: vids: element 2: 5000 is out of range: it goes from 0 to 4095"],
		[
			() => less(ipTtl, 1n << 64n),
			"less: value: 18446744073709551616 is out of range: a Word64 goes from 0 to 18446744073709551615",
		],
		[() => addr("300.1.1.1"), 'addr: network: "300.1.1.1" is no CIDR: an octet is 0 to 255, not 300'],
		[() => addr("10.0.0.0/33"), 'addr: network: "10.0.0.0/33" is no CIDR: a prefix is 0 to 32, not 33'],
		[() => addr("1::2::3/8"), 'addr: network: "1::2::3/8" is no CIDR: an IPv6 address has `::` at most once'],
	])("refuses a value that does not fit (%#)", (make, message) => {
		expect(make).toThrow(new RangeError(message));
	});

	it("refuses what is of another kind, at compile time and when it runs", () => {
		// @ts-expect-error a NetFunction is no NetPredicate
		expect(() => filter(ip)).toThrow(new TypeError("filter: predicate: a NetPredicate is wanted"));
		// @ts-expect-error a NetPredicate is no NetFunction
		expect(() => program(ip, isTcp)).toThrow(TypeError);
		// @ts-expect-error a NetProperty is no NetPredicate
		expect(() => when(ipTtl, ip)).toThrow(new TypeError("when: predicate: a NetPredicate is wanted"));
	});

	it("takes a chain, and a predicate, of 20,000 parts", () => {
		let chain = ip;
		let tests = isTcp;
		for (let index = 0; index < 20_000; index++) {
			chain = sequence(chain, mark(index));
			tests = or(tests, hasPort(index));
		}
		expect(program(chain).computation.nodes.length).toBe(20_001);
		expect(image(program(filter(tests))).length).toBeGreaterThan(40_000);
	});
});
