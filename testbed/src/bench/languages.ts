// SPDX-License-Identifier: BSD-3-Clause
// S1: reading packets and looking at each one's length in C++, Haskell and TypeScript, against C.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Benchmark, build, type Context, nativeBenchmark, nodeBenchmark } from "./context.js";
import { buildNative, isInstalled } from "./process.js";
import type { Result, Row, Wanted } from "./result.js";

/** A queue of 1 MiB, which fits into the second-level cache: the language is measured and not the memory. */
const slots = 8192;
const rounds = 200;
const packetSize = 60;
/** Until the compilers of a run-time system have done what they will. */
const warmUp = 10;
/** Of each pair of processes. Where their pages lie in the cache makes a difference of some per cent, so that there are many pairs. */
const samplesOfPair = 5;

interface Counter {
	readonly language: string;
	readonly how: string;
	readonly command: readonly string[];
	/** Share of C's packets/s. */
	readonly share: number;
	readonly absent?: string | undefined;
}

const counterInC = { how: "pfq_read()", command: [nativeBenchmark("bench_count")] };
const typescript = (how: string, way: string, share: number): Counter => ({
	language: "TypeScript",
	how,
	command: [process.execPath, nodeBenchmark("count-packets"), way],
	share,
});

const counters: readonly Counter[] = [
	{ language: "C++", how: "for (packet : socket.read())", command: [nativeBenchmark("bench_count_cpp")], share: 0.95 },
	typescript("batch.len(i), socket.read()", "read", 0.33),
	typescript("batch.len(i), for await", "batches", 0.2),
	typescript("for (packet of batch), for await", "packets", 0.2),
	// the last, as its build may fail
	{
		language: "Haskell",
		how: "foldPackets",
		command: [nativeBenchmark("bench_count_haskell")],
		share: 0.77,
		absent: ["ghc", "cabal"].every(isInstalled) ? undefined : "GHC or cabal is not installed",
	},
];

/** A process that counts when it is asked to. */
class Process implements Disposable {
	readonly #child: ChildProcess;
	readonly #answers: AsyncIterator<string>;

	constructor(command: readonly string[]) {
		const [program = "", ...args] = [...command, String(slots), String(rounds)];
		this.#child = spawn(program, args, {
			stdio: ["pipe", "pipe", "inherit"],
			env: { ...process.env, PFQ_HOST: "user" },
		});
		if (!this.#child.stdout) throw new Error(`${program}: no output`);
		// that it did not start, or is there no more, is learnt from its answers
		this.#child.on("error", () => {});
		this.#child.stdin?.on("error", () => {});
		this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
	}

	/** Packets per second of processor time. */
	async sample(): Promise<number> {
		this.#child.stdin?.write("\n");
		const { value, done } = await this.#answers.next();
		if (done) throw new Error(`${this.#child.spawnfile} ended early`);
		const { octets, nanoseconds } = JSON.parse(value) as { octets: number; nanoseconds: number };
		const wanted = rounds * slots * packetSize;
		if (octets !== wanted) throw new Error(`${this.#child.spawnfile} counted ${octets} octets of ${wanted}`);
		return 1e9 / nanoseconds;
	}

	[Symbol.dispose](): void {
		this.#child.stdin?.end();
	}
}

/** The two take turns, and in going first. */
async function comparePair(command: readonly string[], ours: number[], theirs: number[]): Promise<void> {
	using counter = new Process(command);
	using peer = new Process(counterInC.command);
	const sides = [
		{ side: counter, samples: ours },
		{ side: peer, samples: theirs },
	];
	for (let n = 0; n < warmUp; n++) for (const { side } of sides) await side.sample();
	for (let n = 0; n < samplesOfPair; n++)
		for (const { side, samples } of n % 2 ? [...sides].reverse() : sides) samples.push(await side.sample());
}

async function measure(work: string, how: string, command: readonly string[], wanted: Wanted, pairs: number) {
	const ours: number[] = [];
	const peer: number[] = [];
	for (let pair = 0; pair < pairs; pair++) await comparePair(command, ours, peer);
	return {
		id: "S1",
		work,
		unit: "packets/s",
		ours: { name: how, samples: ours },
		peer: { name: counterInC.how, samples: peer },
		wanted,
	} satisfies Result;
}

async function* run({ quick, progress }: Context): AsyncGenerator<Row> {
	await buildNative();
	const pairs = quick ? 2 : 9;
	progress("C on both sides");
	yield await measure(
		"C, the same on both sides",
		counterInC.how,
		counterInC.command,
		{ ratio: "within", value: 1, share: 0.05 },
		pairs,
	);
	for (const { language, how, command, share, absent } of counters) {
		const work = `${language}: ${how}`;
		if (absent !== undefined) {
			yield { id: "S1", work, missing: absent };
			continue;
		}
		progress(work);
		if (language === "Haskell") await build("testbed/native", "bench.mk", "haskell");
		yield await measure(work, how, command, { ratio: "at least", value: share }, pairs);
	}
}

export const languagesBenchmark: Benchmark = { id: "S1", title: "reading in C++, Haskell and TypeScript", run };
