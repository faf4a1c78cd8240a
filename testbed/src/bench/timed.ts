// SPDX-License-Identifier: BSD-3-Clause
// T1: how late packets with a time are sent, against a thread that sleeps until the same times.
import { type Benchmark, type Context, nativeBenchmark, runForJson } from "./context.js";
import { buildNative } from "./process.js";
import type { Row } from "./result.js";
import { quantile } from "./statistics.js";

const shares = [
	["half of the packets", 0.5],
	["99 of 100", 0.99],
] as const;

/** Microseconds after their times. */
async function delays(...options: string[]): Promise<readonly number[]> {
	const late = (await runForJson(nativeBenchmark("bench_timed"), options)) as number[];
	return late.map((nanoseconds) => nanoseconds / 1000);
}

async function* run({ quick, progress }: Context): AsyncGenerator<Row> {
	await buildNative();
	const packets: (readonly number[])[] = [];
	const sleeps: (readonly number[])[] = [];
	for (let repetition = 0; repetition < (quick ? 1 : 7); repetition++) {
		progress(`packets with a time, ${repetition + 1}`);
		packets.push(await delays());
		sleeps.push(await delays("-s"));
	}
	for (const [name, share] of shares)
		yield {
			id: "T1",
			work: `1,000 packets with a time, a millisecond apart: ${name} are at most so late`,
			unit: "µs",
			ours: { name: "Tx thread", samples: packets.map((late) => quantile(late, share)) },
			peer: { name: "clock_nanosleep", samples: sleeps.map((late) => quantile(late, share)) },
		};
}

export const timedBenchmark: Benchmark = { id: "T1", title: "how late packets with a time are sent", run };
