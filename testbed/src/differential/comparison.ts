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
	const { fanout, classMask, mark, state, forwards } = outcome;
	const steering = fanout.kind === "steer" ? ` ${fanout.hash} by ${fanout.by}` : "";
	return `${fanout.kind}${steering}, classes 0x${classMask.toString(16)}, mark ${mark}, state ${state}, forwards [${forwards}]`;
};

const showCounters = (counters: BigUint64Array): string =>
	[...counters.entries()].flatMap(([index, count]) => (count === 0n ? [] : [`${index}: ${count}`])).join(", ");

/**
 * Runs the program on the packets, in their order, here and there. Throws a Difference at the first packet on which
 * engine and evaluator do not agree, or if the counters differ at the end.
 */
export async function compare(engine: Engine, program: Computation, packets: readonly Packet[]): Promise<void> {
	const differ = (packets: readonly Packet[], ...lines: readonly string[]): Difference =>
		new Difference([programText(program), ...packets.map(packetText), ...lines].join("\n"));

	const [theirs, theirCounters] = await engine
		.load(writeImage(program))
		.then(() => Promise.all([engine.run(packets), engine.counters()]))
		.catch((error: unknown) => {
			throw differ(packets, error instanceof Error ? error.message : String(error));
		});

	const group = newGroupState();
	for (const [index, packet] of packets.entries()) {
		const ours = evaluate(program, packet, group);
		const their = theirs[index];
		if (!isDeepStrictEqual(ours, their)) {
			const place = `packet ${index + 1} of ${packets.length}`;
			throw differ([packet], place, `evaluator: ${show(ours)}`, `engine:    ${show(their)}`);
		}
	}
	if (!isDeepStrictEqual(group.counters, theirCounters)) {
		const [ours, their] = [group.counters, theirCounters].map(showCounters);
		throw differ(packets, `evaluator: counters ${ours}`, `engine:    counters ${their}`);
	}
}

/** How to compare many pairs of a program and a packet. */
export interface Campaign {
	readonly programs: fc.Arbitrary<Computation>;
	readonly packets: fc.Arbitrary<readonly Packet[]>;
	readonly pairs: number;
	readonly seed: number;
}

/**
 * Compares until it has done so many pairs, which it returns; throws the Difference that is left of the first that it
 * finds when it is made small. An engine that has ended is to be started again by `engine`.
 */
export async function compareMany(
	engine: () => Promise<Engine>,
	{ programs, packets, pairs, seed }: Campaign,
): Promise<number> {
	const differenceOf = async (finding: Finding): Promise<Difference | undefined> => {
		try {
			await compare(await engine(), finding.program, finding.packets);
			return undefined;
		} catch (error) {
			if (error instanceof Difference) return error;
			throw error;
		}
	};
	const findings = fc.record({ program: programs, packets });
	let done = 0;
	for (let round = 0; done < pairs; round++) {
		for (const finding of fc.sample(findings, { seed: seed + round, numRuns: 100 })) {
			const difference = await differenceOf(finding);
			if (difference !== undefined) {
				const smallest = await reduce(finding, async (smaller) => (await differenceOf(smaller)) !== undefined);
				throw (await differenceOf(smallest)) ?? difference;
			}
			done += finding.packets.length;
		}
	}
	return done;
}
