// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Computation, compile, renderDiagnostics } from "@pfq/lang";
import { MalformedCapture, readCapture } from "@pfq/lang/capture";
import type { Packet } from "@pfq/lang/evaluator";
import { modulesBeside } from "@pfq/lang/module-folder";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareAndReduce, compareMany } from "./comparison.js";
import { type Engine, startEngine } from "./engine.js";
import { mutate, mutation, packet, packetOf } from "./packets.js";
import { program, single } from "./programs.js";

/**
 * The engine against the reference evaluator. PFQ_PAIRS asks for a longer run (pairs of a program and a packet),
 * PFQ_SEED for the same one again.
 */
const usualPairs = process.env.PFQ_TEST_LONG === "1" ? 2_000_000 : 60_000;
const pairs = Number(process.env.PFQ_PAIRS ?? usualPairs);
const seed = Number(process.env.PFQ_SEED ?? Date.now() % 2 ** 31) | 0;
const timeout = 120_000 + pairs * 2;

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const engineFolder = fromRoot("packages/kernel-module");
const captures = fromRoot("../shared/captures");
const captureFiles = existsSync(captures) ? readdirSync(captures).filter((name) => /\.pcap(ng)?$/.test(name)) : [];

let running: Engine | undefined;
const engine = (): Engine => {
	if (running === undefined || running.ended()) running = startEngine(`${engineFolder}/build/evaluate`);
	return running;
};
beforeAll(() => {
	execFileSync("make", ["-C", engineFolder, "build/evaluate"], { stdio: ["ignore", "ignore", "inherit"] });
	console.log(`differential test: PFQ_SEED=${seed} PFQ_PAIRS=${pairs}`);
}, 300_000);
afterAll(() => running?.close());

const upTo = (maxLength: number, one: fc.Arbitrary<Packet>): fc.Arbitrary<Packet[]> =>
	fc.array(one, { minLength: 1, maxLength, size: "max" });

/** The packets of a capture of the link types that the engine knows, up to where it is cut off. */
const packetsOf = (file: string): Packet[] => {
	const packets: Packet[] = [];
	try {
		for (const { link, octets, length } of readCapture(readFileSync(file)))
			if (link !== null) packets.push({ link, octets, length, mark: 0 });
	} catch (error) {
		if (!(error instanceof MalformedCapture)) throw error;
	}
	return packets;
};

/** A program that is written in a file, its modules beside it; its devices are those of the engine. */
const compiled = (file: string): Computation => {
	const text = readFileSync(file, "utf8").replaceAll('"eth', '"d');
	const result = compile(text, { file, modules: modulesBeside(file) });
	if (!result.ok) throw new Error(renderDiagnostics(result.diagnostics));
	return result.computation;
};

describe("engine and evaluator agree", () => {
	it(
		"on generated programs and packets",
		async () => {
			await compareMany(engine, { programs: program, packets: upTo(100, packet), pairs, seed });
		},
		timeout,
	);

	it(
		"on single predicates, filters and actions",
		async () => {
			await compareMany(engine, { programs: single, packets: upTo(100, packet), pairs: pairs / 2, seed });
		},
		timeout,
	);

	const written = [
		fromRoot("packages/lang/src/testing/classic/Monitor.pfq"),
		...readdirSync(fromRoot("examples"))
			.filter((name) => name.endsWith(".pfq"))
			.map((name) => fromRoot(`examples/${name}`)),
	];
	it.each(written)(
		"on %s",
		async (file) => {
			const computation = compiled(file);
			const programs = fc.constant(computation);
			await compareMany(engine, { programs, packets: upTo(100, packet), pairs: pairs / 20, seed });
		},
		timeout,
	);

	const programs = fc.oneof(program, single);
	it.each(captureFiles)(
		"on %s, as it is, changed and cut off",
		async (name) => {
			const packets = packetsOf(`${captures}/${name}`);
			expect(packets.length).toBeGreaterThan(0);
			for (const program of fc.sample(programs, { seed, numRuns: 20 })) {
				await compareAndReduce(engine, { program, packets });
			}

			const changed = fc
				.tuple(fc.constantFrom(...packets), mutation)
				.map(([{ link, octets }, [changes, more]]) => packetOf(link, mutate(octets, changes), more));
			await compareMany(engine, { programs, packets: upTo(20, changed), pairs: pairs / 60, seed });
		},
		timeout,
	);
});
