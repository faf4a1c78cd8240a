// SPDX-License-Identifier: BSD-3-Clause
// bench_count in TypeScript (testbed/native/bench_count.c tells what it does): the same work, by @pfq/core.
//
//   node count-packets.js read|batches|packets SLOTS ROUNDS
import { createInterface } from "node:readline";
import { type Batch, Socket } from "@pfq/core";

const [way = "", slots = 0, rounds = 0] = [process.argv[2], ...process.argv.slice(3).map(Number)];

using sender = Socket.open({ caplen: 64, rxSlots: 64, xmitlen: 64, txSlots: 64 });
using reader = Socket.open({ caplen: 64, rxSlots: slots, xmitlen: 64, txSlots: 64 });
const packet = new Uint8Array(60);

const fill = (): void => sender.send(packet, { copies: slots });

/** Processor time in nanoseconds, that of the garbage collector's threads too. */
const now = (): number => {
	const { user, system } = process.cpuUsage();
	return (user + system) * 1000;
};

interface Sample {
	octets: number;
	nanoseconds: number;
}

function countLengths(batch: Batch): number {
	let octets = 0;
	for (let index = 0; index < batch.length; index++) octets += batch.len(index);
	return octets;
}

function countPackets(batch: Batch): number {
	let octets = 0;
	for (const { length } of batch) octets += length;
	return octets;
}

function readAll(): number {
	let octets = 0;
	for (let batch = reader.read(); batch; batch = reader.read()) octets += countLengths(batch);
	return octets;
}

function sampleOfReads(): Sample {
	const sample = { octets: 0, nanoseconds: 0 };
	for (let round = 0; round < rounds; round++) {
		fill();
		sample.nanoseconds -= now();
		sample.octets += readAll();
		sample.nanoseconds += now();
	}
	return sample;
}

/** The queue is filled anew when the last of its packets was looked at. */
async function sampleOfIteration(count: (batch: Batch) => number): Promise<Sample> {
	let octets = 0;
	let nanoseconds = 0;
	let round = 0;
	let left = slots;
	fill();
	nanoseconds -= now();
	for await (const batch of reader) {
		octets += count(batch);
		left -= batch.length;
		if (left > 0) continue;
		nanoseconds += now();
		if (++round === rounds) break;
		batch.release();
		fill();
		left = slots;
		nanoseconds -= now();
	}
	return { octets, nanoseconds };
}

const ways: Readonly<Record<string, () => Sample | Promise<Sample>>> = {
	read: sampleOfReads,
	batches: () => sampleOfIteration(countLengths),
	packets: () => sampleOfIteration(countPackets),
};

const sample = ways[way];
if (!sample || !slots || !rounds) throw new Error("usage: count-packets read|batches|packets SLOTS ROUNDS");
sender.bindTx("mem:count");
reader.joinGroup({ policy: "private" }).bind("mem:count");
sender.enable();
reader.enable();
for await (const _ of createInterface({ input: process.stdin })) {
	const { octets, nanoseconds } = await sample();
	console.log(JSON.stringify({ octets, nanoseconds: nanoseconds / (rounds * slots) }));
}
