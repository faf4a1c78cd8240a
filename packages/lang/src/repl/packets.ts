// SPDX-License-Identifier: BSD-3-Clause
import type { CapturedPacket } from "../capture/capture.js";
import { asPacket } from "../command/capture-file.js";
import { explanationLines } from "../command/explanation-lines.js";
import { Failure } from "../command/failure.js";
import { packetLine } from "../command/packet-line.js";
import { count, newTotals, totalsText } from "../command/totals.js";
import type { Computation } from "../computation.js";
import { dissect, evaluate, newGroupState, type Outcome } from "../evaluator/index.js";
import { properties } from "../evaluator/properties.js";
import { explain, type Step } from "../explanation/explanation.js";
import type { Answer } from "./session.js";

/** Packets that functions, predicates and properties are tried on. */
export interface Packets {
	readonly count: number;
	/** What a NetFunction does with all of them. */
	run(answer: Answer & { readonly kind: "function" | "predicate" }): string;
	/** The values of a property, the most frequent first. */
	values(symbol: string): string;
	/** Some of them, with what becomes of each by what was run last. */
	list(first: number, last: number): string;
	/** Which way one of them goes through what was run last. */
	explain(number: number): string;
}

const MOST_VALUES = 10;

const share = (part: number, all: number): string => `${part} of ${all} ${all === 1 ? "packet" : "packets"}`;

/** Places in a session are of no use to who typed it. */
const withoutPlaces = (steps: readonly Step[]): readonly Step[] =>
	steps.map(({ place: _, steps: inner, ...step }) => ({ ...step, steps: withoutPlaces(inner) }));

export const packetsFrom = (captured: readonly CapturedPacket[]): Packets => {
	const start = captured[0]?.time ?? null;
	let last: { readonly outcomes: readonly (Outcome | null)[]; readonly placed: Computation } | null = null;

	const outcomesOf = (computation: Computation, group = newGroupState()): (Outcome | null)[] =>
		captured.map((each) => {
			const packet = asPacket(each);
			return packet && evaluate(computation, packet, group);
		});

	return {
		count: captured.length,

		run({ kind, computation, placed }) {
			const group = newGroupState();
			const outcomes = outcomesOf(computation, group);
			last = { outcomes, placed };
			if (kind === "predicate") {
				const holds = outcomes.filter((outcome) => outcome && outcome.fanout.kind !== "drop");
				return `holds for ${share(holds.length, captured.length)}\n`;
			}
			const totals = newTotals();
			for (const outcome of outcomes) count(totals, outcome);
			return totalsText(totals, group);
		},

		values(symbol) {
			const counts = new Map<number | undefined, number>();
			for (const each of captured) {
				const packet = asPacket(each);
				const value = packet
					? properties[symbol]?.({ packet, headers: dissect(packet), mark: 0, state: 0 })
					: undefined;
				counts.set(value, (counts.get(value) ?? 0) + 1);
			}
			const frequent = [...counts].toSorted(([, a], [, b]) => b - a);
			const lines = frequent
				.slice(0, MOST_VALUES)
				.map(([value, times]) => `${String(times).padStart(8)}  ${value ?? "has none"}`);
			const left = frequent.length - lines.length;
			return [
				`${"packets".padStart(8)}  ${symbol}`,
				...lines,
				...(left > 0 ? [`          and ${left} other values`] : []),
				"",
			].join("\n");
		},

		list(first, end) {
			const lines = captured.slice(first - 1, end).map((each, index) => {
				const outcome = last?.outcomes[first - 1 + index];
				return outcome === undefined
					? packetLine(each, null, start).replace(/ {2}not run:.*$/, "")
					: packetLine(each, outcome, start);
			});
			return lines.map((line) => `${line.trimEnd()}\n`).join("");
		},

		explain(number) {
			if (last === null)
				throw new Failure("there is nothing to explain: enter a NetFunction first, such as  udp >-> port 53");
			const asked = captured[number - 1];
			if (asked === undefined) throw new Failure(`there is no packet ${number}; the last is ${captured.length}`);
			const group = newGroupState();
			for (const each of captured.slice(0, number - 1)) {
				const before = asPacket(each);
				if (before) evaluate(last.placed, before, group);
			}
			const packet = asPacket(asked);
			const explanation = packet && explain(last.placed, packet, group);
			const told = explanation && { ...explanation, steps: withoutPlaces(explanation.steps) };
			return explanationLines(asked, packet, told, { start, main: "" })
				.map((line) => `${line}\n`)
				.join("");
		},
	};
};
