// SPDX-License-Identifier: BSD-3-Clause
import { isDeepStrictEqual } from "node:util";
import { type Computation, writeImage } from "@pfq/lang";
import { evaluate, newGroupState, type Outcome, type Packet } from "@pfq/lang/evaluator";
import fc from "fast-check";
import type { Engine } from "./engine.js";
import { packetText, programText } from "./print.js";
import { type Finding, reduce } from "./reduction.js";

/** Engine and evaluator differ, or the engine fails: the message has the program, the packets and what each says. */
export class Difference extends Error {
	override readonly name = "Difference";
}

const show = (outcome: Outcome | undefined): string => {
	if (outcome === undefined) return "nothing";
	const { fanout, classMask, mark, state, forwards, toHost } = outcome;
	const steering =
		fanout.kind === "steer"
			? ` ${fanout.hash} by ${fanout.by}`
			: fanout.kind === "double"
				? ` ${fanout.hashes.join(" and ")}`
				: "";
	return `${fanout.kind}${steering}, classes 0x${classMask.toString(16)}, mark ${mark}, state ${state}, forwards [${forwards}]${toHost ? ", to the host" : ""}`;
};

/** In which order different devices get their copies is not part of the meaning; what is logged goes to the host. */
const comparable = (outcome: Outcome | undefined): Outcome | undefined =>
	outcome && { ...outcome, forwards: outcome.forwards.toSorted(), logs: [] };

const showCounters = (counters: BigUint64Array): string =>
	[...counters.entries()].flatMap(([index, count]) => (count === 0n ? [] : [`${index}: ${count}`])).join(", ");

/**
 * Runs the program on the packets, in their order, here and there. Throws a Difference at the first packet on which
 * engine and evaluator do not agree, or if the counters differ at the end.
 */
export async function compare(engine: Engine, program: Computation, packets: readonly Packet[]): Promise<void> {
	const differ = (packets: readonly Packet[], ...lines: readonly string[]): Difference =>
		new Difference([programText(program), ...packets.map(packetText), ...lines].join("\n"));

	const image = writeImage(program);
	const run = async () => {
		await engine.load(image);
		return { theirs: await engine.run(packets), theirCounters: await engine.counters() };
	};
	const { theirs, theirCounters } = await run().catch((error: unknown) => {
		throw differ(packets, error instanceof Error ? error.message : String(error));
	});

	const group = newGroupState();
	for (const [index, packet] of packets.entries()) {
		const ours = evaluate(program, packet, group);
		const their = theirs[index];
		if (!isDeepStrictEqual(comparable(ours), comparable(their))) {
			const place = `packet ${index + 1} of ${packets.length}`;
			throw differ([packet], place, `evaluator: ${show(ours)}`, `engine:    ${show(their)}`);
		}
	}
	if (!isDeepStrictEqual(group.counters, theirCounters)) {
		const [ours, their] = [group.counters, theirCounters].map(showCounters);
		throw differ(packets, `evaluator: counters ${ours}`, `engine:    counters ${their}`);
	}
}

/** Gives the Difference to which a finding leads, if it does. */
async function differenceOf(engine: Engine, { program, packets }: Finding): Promise<Difference | undefined> {
	try {
		await compare(engine, program, packets);
		return undefined;
	} catch (error) {
		if (error instanceof Difference) return error;
		throw error;
	}
}

/**
 * Compares, and throws the Difference that is left of one when it is made small. `engine` gives the engine, started
 * again if it has ended.
 */
export async function compareAndReduce(engine: () => Engine, finding: Finding): Promise<void> {
	const difference = await differenceOf(engine(), finding);
	if (difference === undefined) return;
	const smallest = await reduce(finding, async (smaller) => (await differenceOf(engine(), smaller)) !== undefined);
	throw (await differenceOf(engine(), smallest)) ?? difference;
}

/** How to compare many pairs of a program and a packet. */
export interface Campaign {
	readonly programs: fc.Arbitrary<Computation>;
	readonly packets: fc.Arbitrary<readonly Packet[]>;
	readonly pairs: number;
	readonly seed: number;
}

/** Compares until it has done so many pairs, and returns how many. */
export async function compareMany(engine: () => Engine, { programs, packets, pairs, seed }: Campaign): Promise<number> {
	const findings = fc.record({ program: programs, packets });
	let done = 0;
	for (let round = 0; done < pairs; round++) {
		for (const finding of fc.sample(findings, { seed: seed + round, numRuns: 100 })) {
			await compareAndReduce(engine, finding);
			done += finding.packets.length;
		}
	}
	return done;
}
