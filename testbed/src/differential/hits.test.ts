// SPDX-License-Identifier: BSD-3-Clause
import { primitives } from "@pfq/abi";
import { validComputation } from "@pfq/lang";
import { evaluate, type LinkType, newGroupState } from "@pfq/lang/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packet } from "./packets.js";
import { program, single } from "./programs.js";

/** Differential tests are worth as much as what their pairs reach; this measures it. */
const PROGRAMS = 3_000;
const SINGLE = 8_000;
const PACKETS_EACH = 50;
const seed = 1;
const programs = fc.sample(program, { numRuns: PROGRAMS, seed });
const singles = fc.sample(single, { numRuns: SINGLE, seed });
const packets = fc.sample(packet, { numRuns: 4_000, seed });

interface Answers {
	yes: number;
	no: number;
}

/** How often each primitive was evaluated, and to what; a property by what its comparisons said. */
function measure(): ReadonlyMap<string, Answers> {
	const answers = new Map<string, Answers>(primitives.map(({ symbol }) => [symbol, { yes: 0, no: 0 }]));
	const count = (symbol: string | undefined, answer: boolean): void => {
		const found = symbol === undefined ? undefined : answers.get(symbol);
		if (found !== undefined) found[answer ? "yes" : "no"]++;
	};
	const compares = new Set(primitives.filter(({ form }) => form === "comparison").map(({ symbol }) => symbol));
	for (const [index, { nodes }] of [...programs, ...singles].entries()) {
		const group = newGroupState();
		for (let run = 0; run < PACKETS_EACH; run++) {
			const packet = packets[(index * PACKETS_EACH + run) % packets.length];
			if (packet === undefined) continue;
			evaluate({ nodes }, packet, group, (at, answer) => {
				const node = nodes[at];
				count(node?.symbol, answer);
				const [first] = node?.arguments ?? [];
				if (node !== undefined && compares.has(node.symbol) && first?.type === "Fun") {
					count(nodes[first.value]?.symbol, answer);
				}
			});
		}
	}
	return answers;
}

describe(`${PROGRAMS} programs and ${SINGLE} single primitives on ${PACKETS_EACH} packets each`, () => {
	const answers = measure();
	// `drop`, `bridge` and `detour` always drop, these always pass; the other functions and all predicates do both.
	const always = new Set(
		primitives
			.filter(
				({ form, symbol }) =>
					(form === "action" || /^(unit|kernel|kernel_if|forwardIO|link|dummy_\w+)$/.test(symbol)) &&
					!/^steer_(flow|p2p|link|vlan)$/.test(symbol),
			)
			.map(({ symbol }) => symbol),
	);
	const never = new Set(["drop", "bridge", "detour"]);

	it.each(primitives.map(({ symbol }) => symbol))("%s goes both ways", (symbol) => {
		const { yes, no } = answers.get(symbol) ?? { yes: 0, no: 0 };
		if (!never.has(symbol)) expect(yes, `held or passed ${yes} times`).toBeGreaterThanOrEqual(20);
		if (!always.has(symbol)) expect(no, `did not hold or dropped ${no} times`).toBeGreaterThanOrEqual(20);
	});
	it("prints what it measured on request", () => {
		if (process.env.PFQ_HITS !== undefined) console.table(Object.fromEntries(answers));
	});
	it("outcomes are of all kinds", () => {
		const kinds = new Map<string, number>();
		for (const [index, program] of programs.entries()) {
			const packet = packets[index];
			if (packet === undefined) continue;
			const { fanout } = evaluate(program, packet, newGroupState());
			const kind = fanout.kind === "steer" ? `steer by ${fanout.by}` : fanout.kind;
			kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
		}
		if (process.env.PFQ_HITS !== undefined) console.table(Object.fromEntries(kinds));
		for (const kind of ["drop", "pass", "steer by hash", "steer by number"]) {
			expect(kinds.get(kind) ?? 0, kind).toBeGreaterThanOrEqual(PROGRAMS / 80);
		}
	});
	it("packets are of all link types, whole and cut off", () => {
		for (const link of ["ethernet", "raw", "null", "sll", "sll2", "ppp"] satisfies LinkType[]) {
			const those = packets.filter((packet) => packet.link === link);
			expect(those.length).toBeGreaterThanOrEqual(packets.length / 40);
			expect(those.some(({ octets, length }) => octets.length < length)).toBe(true);
		}
	});
	it("programs are valid, and nodes are shared", () => {
		for (const program of programs) expect(() => validComputation(program)).not.toThrow();
		const shared = programs.filter(({ nodes }) => {
			const references = nodes.flatMap(({ arguments: args, next }) => [
				...args.flatMap((argument) => (argument.type === "Fun" ? [argument.value] : [])),
				...(next === null ? [] : [next]),
			]);
			return new Set(references).size < references.length;
		});
		expect(shared.length).toBeGreaterThanOrEqual(PROGRAMS / 20);
	});
});
