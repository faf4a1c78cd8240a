// SPDX-License-Identifier: BSD-3-Clause
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { nativeError, PfqError } from "./errors.js";

/** The addon's socket: libpfq's calls on one handle. All throw what `nativeError` makes. */
export interface NativeSocket {
	close(): void;
	enable(): void;
	disable(): void;
	host(): "user" | "kernel";
	parameter(name: ParameterName): number;
	setParameter(name: SettableParameter, value: number): void;
	setPromiscuous(device: string, on: boolean): void;
	deviceIndex(device: string): number;

	joinGroup(gid: number, classMask: bigint, policy: number): number;
	leaveGroup(gid: number): void;
	groups(): number[];
	bindGroup(gid: number, device: string, queue: number): void;
	unbindGroup(gid: number, device: string, queue: number): void;
	setComputation(gid: number, image: Uint8Array): void;
	setFilter(gid: number, instructions: Uint8Array): void;
	setFilterExpression(gid: number, expression: string): void;
	setFilterProgram(gid: number, fd: number): void;
	resetFilter(gid: number): void;
	enableVlanFilter(gid: number, on: boolean): void;
	setVlanFilter(gid: number, vid: number, on: boolean): void;
	bindEgress(device: string, queue: number): void;
	unbindEgress(): void;

	/** Releases the batch before, takes what the queue holds; gives the number of packets. See `Figures`. */
	read(): number;
	/** Adds up the packets of the batch that was read last. See `Figures`. */
	sum(): void;
	/** The memory of all queues of an enabled socket, in place; detached when it is disabled or closed. */
	memory(): ArrayBuffer;
	/** The memory of the batch that was read last, in place; detached when it is released. */
	view(): ArrayBuffer;
	release(): void;
	/** False if the descriptor will become readable; true if there is something to read already. */
	arm(): boolean;
	/** Calls back once, when the descriptor is readable, so many milliseconds after the event loop looked at descriptors. */
	wait(callback: (ago: number) => void): void;
	stopWaiting(): void;

	bindTx(device: string, queue: number, thread: number): number;
	unbindTx(): void;
	send(octets: Uint8Array, copies: number, sync: number): void;
	flush(queue: number): number;
	/** Time 0 is at once. False if the queue is full. */
	sendAsync(octets: Uint8Array, copies: number, queue: number, time: bigint): boolean;
	pending(queue: number): number;

	stats(into: Float64Array): void;
	groupStats(gid: number, into: Float64Array): void;
	groupCounters(gid: number, into: BigUint64Array): void;
	deviceStats(device: string): NativeDeviceStats;
}

export type SettableParameter = "caplen" | "rxSlots" | "xmitlen" | "txSlots" | "weight" | "timestamping";

export type ParameterName = SettableParameter | "id" | "rxSlotSize" | "txSlotSize" | "memorySize";

export interface NativeDeviceStats {
	ifindex: number;
	state: number;
	recv: number;
	lost: number;
	sent: number;
	fail: number;
	position: number;
	size: number;
	text: string;
}

/** Where `read` puts where in the memory the batch begins, and `sum` its sums. */
export const Figures = { offset: 0, octets: 1, captured: 2, count: 3 } as const;

interface Addon {
	readonly NativeSocket: new (
		caplen: number,
		rxSlots: number,
		xmitlen: number,
		txSlots: number,
		figures: Float64Array,
	) => NativeSocket;
	setFailureMaker(maker: typeof nativeError): void;
	setLogger(logger: ((line: string) => void) | null): void;
	symmetricHash(frame: Uint8Array): number;
	hugepagesMountpoint(): string | null;
}

const load = (): Addon => {
	const file = fileURLToPath(new URL("../addon/build/pfq.node", import.meta.url));
	if (!existsSync(file))
		throw new PfqError(
			"ENOENT",
			`${file}: not built; run \`make build\` in a checkout, else \`npm rebuild @pfq/core\``,
		);
	const addon = createRequire(import.meta.url)(file) as Addon;
	addon.setFailureMaker(nativeError);
	return addon;
};

export const addon = load();
