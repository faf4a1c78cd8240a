// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Fanout, LinkType, Outcome, Packet } from "@pfq/lang/evaluator";

/**
 * The engine behind a pipe: packages/kernel-module/build/evaluate. All integers are little-endian; requests may be
 * written ahead of their replies, which come in order. One call at a time.
 */
export interface Engine {
	/** Loads a computation image and clears the group's state. Throws what the engine says against it. */
	readonly load: (image: Uint8Array) => Promise<void>;
	readonly run: (packets: readonly Packet[]) => Promise<Outcome[]>;
	readonly counters: () => Promise<BigUint64Array>;
	/** Whether the process is gone. */
	readonly ended: () => boolean;
	readonly close: () => Promise<void>;
}

const REQUEST = { program: 1, packet: 2, counters: 3, quit: 4 } as const;
const LINKS: Readonly<Record<LinkType, number>> = { ethernet: 0, raw: 1, null: 2, sll: 3, sll2: 4, ppp: 5 };
const COUNTERS = 64;
/** In milliseconds. */
const PATIENCE = 20_000;
/** Of the reply to a packet, up to its forwards. */
const REPLY_SIZE = 40;
/** The devices of the engine are d0, d1, …, with interface indices from 1. */
const deviceOf = (index: number): string => `d${index - 1}`;

const words = (...values: readonly number[]): Buffer => {
	const buffer = Buffer.alloc(values.length * 4);
	for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
	return buffer;
};

/** Devices d0, d1, … are numbered from 1, and have the addresses from 192.0.2.1 on; 0 is none. */
const deviceNumber = (device: Packet["device"]): number =>
	device === undefined ? 0 : Number(device.name.slice(1)) + 1;

const packetRequest = ({ link, octets, length, mark, flowHash, device }: Packet): Buffer =>
	Buffer.concat([
		words(REQUEST.packet, LINKS[link], octets.length, length, mark),
		words(flowHash === undefined ? 0 : 1, flowHash ?? 0, deviceNumber(device)),
		octets,
	]);

function fanoutOf(kind: number, hash: number, second: number): Fanout {
	switch (kind) {
		case 0:
			return { kind: "drop" };
		case 1:
			return { kind: "pass" };
		case 2:
			return { kind: "steer", hash, by: "hash" };
		case 3:
			return { kind: "steer", hash, by: "number" };
		case 4:
			return { kind: "double", hashes: [hash, second] };
		default:
			throw new Error(`the engine answers fanout ${kind}`);
	}
}

async function readOutcome(read: (size: number) => Promise<Buffer>): Promise<Outcome> {
	const reply = await read(REPLY_SIZE);
	const word = (index: number): number => reply.readUInt32LE(index * 4);
	const forwards = await read(word(7) * 4);
	return {
		fanout: fanoutOf(word(0), word(1), word(2)),
		mark: word(3),
		classMask: reply.readBigUInt64LE(16),
		logs: [],
		state: word(6),
		forwards: Array.from({ length: word(7) }, (_, index) => deviceOf(forwards.readUInt32LE(index * 4))),
		toHost: word(8) === 1,
	};
}

/** Starts the program at `path`. */
export function startEngine(path: string): Engine {
	const process = spawn(path, { stdio: "pipe" });
	const read = reader(process);
	const send = (...parts: readonly Uint8Array[]): void => {
		process.stdin.write(Buffer.concat(parts));
	};
	const ended = (): boolean => process.exitCode !== null || process.signalCode !== null || process.pid === undefined;
	// What went wrong is told by the reader.
	process.stdin.on("error", () => {});

	return {
		load: async (image) => {
			send(words(REQUEST.program, image.length), image);
			const status = (await read(4)).readUInt32LE();
			if (status === 0) return;
			const text = await read((await read(4)).readUInt32LE());
			throw new Error(`the engine refuses the program (error ${status}): ${text.toString()}`);
		},
		run: async (packets) => {
			send(...packets.map(packetRequest));
			const outcomes: Outcome[] = [];
			for (const _ of packets) outcomes.push(await readOutcome(read));
			return outcomes;
		},
		counters: async () => {
			send(words(REQUEST.counters));
			const reply = await read(COUNTERS * 8);
			return BigUint64Array.from({ length: COUNTERS }, (_, index) => reply.readBigUInt64LE(index * 8));
		},
		ended,
		close: () =>
			new Promise((resolve) => {
				if (ended()) return resolve();
				process.once("close", () => resolve());
				process.stdin.end(words(REQUEST.quit));
			}),
	};
}

/** Reads so many octets from the process; throws, with what it wrote to its standard error, if it ends before. */
function reader(process: ChildProcessWithoutNullStreams): (size: number) => Promise<Buffer> {
	let received = Buffer.alloc(0);
	let ended: Error | undefined;
	let wake: (() => void) | undefined;
	let complaints = "";
	const giveUp = (): void => {
		ended ??= new Error(`the engine did not answer for ${PATIENCE / 1000} s`);
		process.kill("SIGKILL");
		wake?.();
	};
	process.stderr.on("data", (data: Buffer) => {
		complaints = `${complaints}${data}`.slice(-20_000);
	});
	process.stdout.on("data", (data: Buffer) => {
		received = Buffer.concat([received, data]);
		wake?.();
	});
	process.on("error", (error) => {
		ended = error;
		wake?.();
	});
	process.on("close", (code, signal) => {
		ended ??= new Error(`the engine ended (${signal ?? `exit status ${code}`})\n${complaints}`);
		wake?.();
	});
	return async (size) => {
		while (received.length < size) {
			if (ended !== undefined) throw ended;
			const patience = setTimeout(giveUp, PATIENCE);
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
			clearTimeout(patience);
		}
		const taken = received.subarray(0, size);
		received = received.subarray(size);
		return taken;
	};
}
