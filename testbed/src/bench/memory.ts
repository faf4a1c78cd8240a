// SPDX-License-Identifier: BSD-3-Clause
// M1: what sockets and queues take of memory, and that it grows in proportion.
import { type Benchmark, type Context, nativeBenchmark, runForJson } from "./context.js";
import { buildNative } from "./process.js";
import type { Row } from "./result.js";

/** What bench_memory prints, in octets. */
interface Taken {
	readonly queue: number;
	readonly mapped: number;
	readonly resident: number;
	readonly firstResident: number;
}

async function take(...options: string[]): Promise<Taken> {
	return (await runForJson(nativeBenchmark("bench_memory"), options)) as Taken;
}

async function* run({ progress }: Context): AsyncGenerator<Row> {
	await buildNative();
	progress("sockets that receive nothing");
	const one = await take("-n", "1");
	const half = await take("-n", "128");
	const all = await take("-n", "256");
	const mebi = (octets: number) => octets / 2 ** 20;
	yield {
		id: "M1",
		work: "256 idle sockets: real memory",
		unit: "MiB",
		ours: { name: "256 sockets", samples: [mebi(all.resident)], details: all },
		note: `${((all.resident - half.resident) / 128 / 1024).toFixed(1)} KiB for each of the second 128, ${((half.resident - one.resident) / 127 / 1024).toFixed(1)} KiB for each of the first; the engine itself takes ${mebi(one.firstResident).toFixed(2)} MiB with the first`,
	};
	yield {
		id: "M1",
		work: "256 idle sockets: address space",
		unit: "MiB",
		ours: { name: "256 sockets", samples: [mebi(all.mapped)] },
		note: `${mebi(one.queue).toFixed(2)} MiB for the queue of each, 8,192 slots for 128 octets of a packet`,
	};
	for (const slots of [32_768, 65_536, 131_072]) {
		progress(`a queue of ${slots} slots`);
		const taken = await take("-n", "1", "-s", String(slots), "-t");
		yield {
			id: "M1",
			work: `a queue of ${slots / 1024} Ki slots, 128 octets of a packet, all used`,
			unit: "MiB",
			ours: { name: "queue", samples: [mebi(taken.queue)], details: taken },
			note: `${taken.queue} octets, ${((taken.queue - 4096) / slots).toFixed(0)} a slot, and one page`,
		};
	}
}

export const memoryBenchmark: Benchmark = { id: "M1", title: "memory of sockets and queues", run };
