// SPDX-License-Identifier: BSD-3-Clause
import { type Computation, readImage } from "@pfq/lang";
import { evaluate, newGroupState, type Outcome, type Packet } from "@pfq/lang/evaluator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, compareMany } from "./comparison.js";
import type { Engine } from "./engine.js";
import { packet } from "./packets.js";
import { program } from "./programs.js";

/** The evaluator in the engine's place, with a fault. */
function standIn(fault: (outcome: Outcome, packet: Packet) => Outcome = (outcome) => outcome): Engine {
	let loaded: Computation = { nodes: [] };
	let group = newGroupState();
	return {
		load: async (image) => {
			loaded = readImage(image);
			group = newGroupState();
		},
		run: async (packets) => packets.map((packet) => fault(evaluate(loaded, packet, group), packet)),
		counters: async () => group.counters,
		ended: () => false,
		close: async () => {},
	};
}

const unit: Computation = { nodes: [{ symbol: "unit", arguments: [], next: null }] };
const empty: Packet = { link: "raw", octets: new Uint8Array(), length: 7, mark: 3 };
const campaign = {
	programs: program,
	packets: fc.array(packet, { minLength: 1, maxLength: 20 }),
	pairs: 2_000,
	seed: 1,
};

describe("the comparison", () => {
	it("finds nothing where there is nothing, through images and back", async () => {
		const engine = standIn();
		expect(await compareMany(() => engine, campaign)).toBeGreaterThanOrEqual(2_000);
	});

	it("tells program, packet and both outcomes", async () => {
		const engine = standIn((outcome) => ({ ...outcome, mark: 4 }));
		await expect(compare(engine, unit, [empty])).rejects.toThrow(
			[
				"main = unit",
				"raw, 0 of 7 octets, mark 3, flow hash none: ",
				"packet 1 of 1",
				"evaluator: pass, classes 0x1, mark 3, state 0, forwards []",
				"engine:    pass, classes 0x1, mark 4, state 0, forwards []",
			].join("\n"),
		);
	});

	it("sees each part of an outcome, and the counters", async () => {
		const wrong: Partial<Outcome>[] = [
			{ fanout: { kind: "drop" } },
			{ fanout: { kind: "steer", hash: 0, by: "hash" } },
			{ classMask: 3n },
			{ state: 1 },
			{ forwards: ["d0"] },
			{ toHost: true },
		];
		for (const part of wrong) {
			await expect(
				compare(
					standIn((outcome) => ({ ...outcome, ...part })),
					unit,
					[empty],
				),
			).rejects.toThrow();
		}
		const miscounting: Engine = { ...standIn(), counters: async () => newGroupState().counters.fill(1n) };
		await expect(compare(miscounting, unit, [empty])).rejects.toThrow("engine:    counters 0: 1, 1: 1");
	});

	it("tells what the engine was given when it failed", async () => {
		const failing: Engine = { ...standIn(), run: () => Promise.reject(new Error("the engine ended")) };
		await expect(compare(failing, unit, [empty])).rejects.toThrow(/main = unit\nraw, .*\nthe engine ended/);
	});

	it("makes a rare difference small", async () => {
		const forgetful = standIn((outcome, { octets }) =>
			octets.length > 60 && outcome.forwards.length > 1 ? { ...outcome, forwards: outcome.forwards.slice(1) } : outcome,
		);
		const error: unknown = await compareMany(() => forgetful, { ...campaign, pairs: 100_000 }).catch(
			(error: unknown) => error,
		);
		expect(error).toBeInstanceOf(Error);
		const lines = error instanceof Error ? error.message.split("\n") : [];
		expect(lines.find((line) => line.startsWith("main"))?.length).toBeLessThan(200);
		expect(lines).toContainEqual(expect.stringMatching(/^packet \d of \d$/));
	});
});
