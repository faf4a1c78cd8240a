// SPDX-License-Identifier: BSD-3-Clause
import { setMaxListeners } from "node:events";
import { type Group, PfqError, Socket } from "@pfq/core";
import { Failure, misuse } from "../failure.js";
import type { DeviceFigures, Figures } from "./figures.js";
import type { Input } from "./inputs.js";
import type { ProgramSource } from "./program.js";

export interface SessionOptions {
	readonly inputs: readonly Input[];
	readonly program: ProgramSource;
	readonly sockets: number;
	/** Of each socket in order; the last one is that of the rest. */
	readonly class?: readonly number[];
	readonly shared?: true;
	readonly caplen: number;
	readonly slots: number;
}

/** A group of sockets that capture, and what reads them. */
export interface Session extends Disposable {
	/** Where the engine runs. */
	readonly host: string;
	figures(): Figures;
	devices(): readonly DeviceFigures[];
	/** Settles when the sockets are read no more; rejects if reading failed. */
	readonly reading: Promise<unknown>;
	/**
	 * Takes the devices from the group, and reads what the queues still hold: the figures are final then. Gives why
	 * devices failed.
	 */
	finish(): Promise<readonly string[]>;
}

interface Reader {
	readonly socket: Socket;
	/** On the wire, of the packets read so far. */
	octets: number;
}

export const openSession = (options: SessionOptions): Session => {
	const readers: Reader[] = [];
	const close = (): void => {
		for (const { socket } of readers) socket.close();
	};
	try {
		return startSession(options, readers, close);
	} catch (error) {
		close();
		throw error;
	}
};

const startSession = (options: SessionOptions, readers: Reader[], close: () => void): Session => {
	const { inputs, program } = options;
	const { first, group } = joinSockets(options, readers);
	setProgram(group, program);
	for (const { socket } of readers) socket.enable();
	bind(inputs, readers, group);

	const began = performance.now();
	const names = [...new Set(inputs.map(({ device }) => device))];
	let last: readonly DeviceFigures[] | undefined;
	const devices = (): readonly DeviceFigures[] => names.map((name) => deviceFigures(first, name, last));
	const reader = new AbortController();
	setMaxListeners(0, reader.signal); // each socket's reader listens
	const reading = Promise.all(readers.map((each) => read(each, reader.signal)));

	return {
		host: first.host,
		reading,
		devices,
		figures: () => ({
			time: performance.now() - began,
			group: { gid: group.id, ...group.stats() },
			sockets: readers.map(({ socket, octets }) => {
				const { recv, lost } = socket.stats();
				return { id: socket.id, recv, lost, octets };
			}),
			counters: group.counters(),
			devices: devices(),
		}),
		async finish() {
			last = devices().map((device) => (device.state === "running" ? { ...device, state: "closed" } : device));
			for (const { device, queue } of inputs) group.unbind(device, queue === undefined ? {} : { queue });
			reader.abort();
			await reading;
			readers.forEach(drain);
			return last.flatMap(({ state, text }) => (state === "failed" ? [text] : []));
		},
		[Symbol.dispose]: close,
	};
};

/** Errors in a text name its file themselves; those in an image do not. */
const setProgram = (group: Group, { source, file, modules }: ProgramSource): void => {
	try {
		group.setComputation(source, { file, modules });
	} catch (error) {
		if (error instanceof PfqError && source instanceof Uint8Array) throw new Failure(`${file}: ${error.message}`);
		throw error;
	}
};

const openSocket = ({ caplen, slots }: SessionOptions): Socket => {
	try {
		return Socket.open({ caplen, rxSlots: slots });
	} catch (error) {
		// each of the two is in its range, and their product is not
		if (error instanceof PfqError && error.message.startsWith("rx queue: "))
			throw misuse(`${error.message}; lower -s ${slots} or -c ${caplen}`);
		throw error;
	}
};

const joinSockets = (options: SessionOptions, readers: Reader[]): { first: Socket; group: Group } => {
	const { sockets, class: classes = [0] } = options;
	if (classes.length > sockets)
		throw misuse(
			`--class ${classes.join(",")}: ${classes.length} classes, but ${sockets} ${sockets === 1 ? "socket" : "sockets"}; give -n ${classes.length}`,
		);
	const classMask = (index: number): bigint => 1n << BigInt(classes[Math.min(index, classes.length - 1)] ?? 0);
	const policy = options.shared ? "shared" : "restricted"; // whether other processes may join
	const first = openSocket(options);
	readers.push({ socket: first, octets: 0 });
	if (options.shared && first.host === "user")
		throw misuse("--shared: without pfq.ko the group lives in this process, and no other can join it");
	const group = first.joinGroup({ policy, classMask: classMask(0) });
	while (readers.length < sockets) {
		const socket = openSocket(options);
		const index = readers.push({ socket, octets: 0 }) - 1;
		socket.joinGroup({ policy, gid: group.id, classMask: classMask(index) });
	}
	return { first, group };
};

/** Sockets hold at most so many devices each by promiscuous mode. */
const heldByEach = 8;

/**
 * Sockets keep the devices open and promiscuous, so that the figures of a device can be read when it feeds the group no
 * more. Files need not be held, but those of an interrupted run would be less exact.
 */
const bind = (inputs: readonly Input[], readers: readonly Reader[], group: Group): void => {
	const held = new Set<string>();
	for (const { device, queue, file } of inputs) {
		group.bind(device, queue === undefined ? {} : { queue });
		if (held.has(device) || (file !== undefined && held.size >= heldByEach * readers.length)) continue;
		readers[held.size % readers.length]?.socket.setPromiscuous(device, true);
		held.add(device);
	}
};

/** Those of a device that is open no more are the last that were read. */
const deviceFigures = (socket: Socket, name: string, last: readonly DeviceFigures[] | undefined): DeviceFigures => {
	const before = last?.find((device) => device.name === name);
	if (!before) return socket.deviceStats(name);
	try {
		return { ...socket.deviceStats(name), state: before.state, text: before.text };
	} catch (error) {
		if (error instanceof PfqError) return before;
		throw error;
	}
};

const read = async (reader: Reader, signal: AbortSignal): Promise<void> => {
	try {
		for await (const batch of reader.socket.batches({ signal })) reader.octets += batch.octets;
	} catch (error) {
		if (!signal.aborted) throw error;
	}
};

const drain = (reader: Reader): void => {
	for (let batch = reader.socket.read(); batch; batch = reader.socket.read()) reader.octets += batch.octets;
};
