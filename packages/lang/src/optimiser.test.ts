// SPDX-License-Identifier: BSD-3-Clause
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import type { Computation } from "./computation.js";
import { evaluate } from "./evaluator/evaluate.js";
import { newGroupState } from "./evaluator/run.js";
import { computationOf } from "./graph.js";
import { optimise } from "./optimiser.js";
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
	])("%s = %s", (source, expected) => {
		expect(optimised(source)).toBe(expected);
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
