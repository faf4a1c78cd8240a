// SPDX-License-Identifier: BSD-3-Clause
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import type { Computation } from "./computation.js";
import { evaluate } from "./evaluator/evaluate.js";
import { newGroupState } from "./evaluator/run.js";
import { computationOf } from "./graph.js";
import { optimise } from "./optimiser.js";
import { sequence } from "./term.js";
import { arbitraryFunction } from "./testing/arbitrary-program.js";
import { samplePackets } from "./testing/sample-packets.js";
import { writeText } from "./text-writer.js";

const optimised = (expression: string): string => {
	const result = compile(`main = ${expression}`);
	return result.ok
		? writeText(result.computation)
				.trim()
				.replace(/^main = /, "")
		: JSON.stringify(result.diagnostics);
};

/** What a computation does to the sample packets, one after the other, and to the counters of the group. */
const effects = (computation: Computation) => {
	const group = newGroupState();
	const outcomes = samplePackets.map((packet) => evaluate(computation, packet, group));
	return { outcomes, counters: group.counters, roundRobin: group.roundRobin };
};

describe("the optimiser", () => {
	it.each([
		["filter (not (not (has_port 1)))", "port 1"],
		["when (is_tcp .&&. is_tcp) (mark 1)", "when is_tcp (mark 1)"],
		["inv (inv udp) >-> mark 1", "udp >-> mark 1"],
		["inv (inv steer_flow)", "inv (inv steer_flow)"],
		["filter is_ip >-> filter (not is_frag)", "ip >-> no_frag"],
		["unit >-> ip >-> unit >-> udp >-> unit", "ip >-> udp"],
		["unit", "unit"],
		["drop >-> mark 1", "drop"],
		['conditional is_tcp drop (bridge "a") >-> mark 1', 'conditional is_tcp drop (bridge "a")'],
		["inv (mark 1) >-> mark 2", "inv (mark 1)"],
		["inv udp >-> mark 2", "inv udp >-> mark 2"],
		["when (not is_tcp) (mark 1)", "unless is_tcp (mark 1)"],
		["conditional (not is_tcp) (mark 1) (mark 2)", "conditional is_tcp (mark 2) (mark 1)"],
		["conditional is_tcp unit (mark 1)", "unless is_tcp (mark 1)"],
		["conditional is_tcp (mark 1) unit", "when is_tcp (mark 1)"],
		["ip >-> when is_tcp unit >-> udp", "ip >-> udp"],
		["conditional is_tcp (mark 1) (mark 1)", "mark 1"],
		["udp >-> udp >-> filter is_udp", "udp"],
		["mark 1 >-> mark 2", "mark 2"],
		["inc 1 >-> inc 1", "inc 1 >-> inc 1"],
		["when is_tcp (mark 1) >-> unless is_tcp (mark 2)", "conditional is_tcp (mark 1) (mark 2)"],
		["unless is_tcp (mark 1) >-> when is_tcp (mark 2)", "conditional is_tcp (mark 2) (mark 1)"],
		[
			"when (has_mark 0) (mark 1) >-> unless (has_mark 0) (mark 2)",
			"when (has_mark 0) (mark 1) >-> unless (has_mark 0) (mark 2)",
		],
		["steer_to 3 >-> udp", "udp"],
		["steer_rss >-> steer_to 1", "steer_to 1"],
		["steer_rrobin >-> udp", "steer_rrobin >-> udp"],
		["steer_flow >-> udp", "steer_flow >-> udp"],
	])("%s = %s", (source, expected) => {
		expect(optimised(source)).toBe(expected);
	});

	/** A predicate that asks many questions. */
	const costly = (from: number): string =>
		Array.from({ length: 9 }, (_, index) => `has_port ${from + index}`).join(" .||. ");

	it.each([
		[`filter (${costly(1)}) >-> udp >-> inc 1`, `udp >-> filter (${costly(1)}) >-> inc 1`],
		[`filter (${costly(1)}) >-> inc 1 >-> udp`, `filter (${costly(1)}) >-> inc 1 >-> udp`],
		[`filter (${costly(1)}) >-> steer_flow >-> udp`, `filter (${costly(1)}) >-> steer_flow >-> udp`],
		[
			`filter (${costly(1)}) >-> filter (${costly(100)}) >-> udp >-> unless is_frag vlan`,
			`udp >-> unless is_frag vlan >-> filter (${costly(1)}) >-> filter (${costly(100)})`,
		],
		[`udp >-> filter (${costly(1)}) >-> udp`, `udp >-> filter (${costly(1)})`],
		[`filter ((${costly(1)}) .&&. is_udp)`, `filter (is_udp .&&. (${costly(1)}))`],
		[`filter (not (${costly(1)}) .||. is_udp)`, `filter (is_udp .||. not (${costly(1)}))`],
	])("asks what is cheap first: %s", (source, expected) => {
		expect(optimised(source)).toBe(expected);
	});

	it("a function that two chains go on with stays where it is", () => {
		const result = compile(`tail' = udp >-> inc 1\nmain = conditional is_ip (filter (${costly(1)}) >-> tail') tail'`);
		expect(result.ok && result.computation.nodes.filter(({ symbol }) => symbol === "udp")).toHaveLength(1);
	});

	it("makes no program of 1,000 nodes larger, and keeps what it does", () => {
		const large = fc.array(arbitraryFunction(), { minLength: 60, maxLength: 120, size: "max" });
		fc.assert(
			fc.property(large, (parts) => {
				const computation = computationOf(sequence(...parts));
				const smaller = optimise(computation);
				expect(smaller.nodes.length).toBeLessThanOrEqual(computation.nodes.length);
				expect(effects(smaller)).toEqual(effects(computation));
				expect(optimise(smaller)).toEqual(smaller);
			}),
			{ numRuns: 100 },
		);
	});

	it("keeps what a program does, and makes none larger", () => {
		fc.assert(
			fc.property(arbitraryFunction(), (made) => {
				const computation = computationOf(made);
				const smaller = optimise(computation);
				expect(smaller.nodes.length).toBeLessThanOrEqual(computation.nodes.length);
				expect(effects(smaller)).toEqual(effects(computation));
				expect(optimise(smaller)).toEqual(smaller);
			}),
			{ numRuns: 1_000 },
		);
	});
});
