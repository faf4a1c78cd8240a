// SPDX-License-Identifier: BSD-3-Clause
import { Any } from "@pfq/abi";
import { Batch, type BatchSource, Lease } from "./batch.js";
import { deviceName, flag, intNumber, octetsOf, optionsOf, signalOf, wholeNumber, word64 } from "./checks.js";
import { PfqError } from "./errors.js";
import { type BindOptions, type Group, type GroupOptions, joinGroup, queueNumber } from "./group.js";
import { addon, Figures, type NativeSocket, type ParameterName, type SettableParameter } from "./native.js";
import { type DeviceStats, deviceStats, readStats, type Stats } from "./stats.js";
import { nextTurn, turnIsOver } from "./turn.js";
import { createWaiting, type Waiting } from "./waiting.js";
import { WatchedDevice } from "./watched-device.js";

export interface SocketOptions {
	/** Octets of a packet to capture: 1 to 262144, 1514 by default. */
	readonly caplen?: number;
	/** Packets that the Rx queue holds: 4096 by default; rounded up to a power of two. */
	readonly rxSlots?: number;
	/** Octets of a packet to send: 1514 by default. */
	readonly xmitlen?: number;
	/** Packets that a Tx queue holds: 1024 by default; rounded up to a power of two. */
	readonly txSlots?: number;
	/** Share of steered packets: 1, the default, to 1024. */
	readonly weight?: number;
	/** Whether packets are stamped with the time of their arrival; they are unless this is false. */
	readonly timestamping?: boolean;
}

export interface WaitOptions {
	/** Ends the waiting: it throws the signal's reason. */
	readonly signal?: AbortSignal;
}

export interface BatchesOptions extends WaitOptions {
	/**
	 * Ends the iteration when the queue is empty and no more comes of this device of a group of the socket: a file that was
	 * read to its end, or a device that was unbound and that nobody else uses. One that fails, as an interface that goes
	 * down, throws a PfqError (`EIO`).
	 */
	readonly endOf?: string;
}

export interface BindTxOptions {
	/** A hardware queue of the device; without it, any. */
	readonly queue?: number;
	/**
	 * Makes the queue asynchronous: the index of the Tx thread that sends it, or the one with the fewest queues. Without
	 * it, `send` and `flush` do.
	 */
	readonly thread?: number | "any";
}

export interface SendOptions {
	/** How often to send the packet: 1 to 65536. */
	readonly copies?: number;
	/** The Tx queue is sent when it holds so many packets: 1, the default, at once; 0 when it is full, and by `flush`. */
	readonly sync?: number;
}

export interface SendAsyncOptions {
	/** How often to send the packet: 1 to 65536. */
	readonly copies?: number;
	/** The asynchronous Tx queue; without it, the one that the hash of the packet’s flow picks, so that flows keep their order. */
	readonly queue?: number;
	/** Not before this time: nanoseconds since the epoch. Packets behind it in the queue wait for it. */
	readonly at?: bigint;
}

/** How long a reader of a file waits for packets before it looks whether the file has ended, in milliseconds. */
const fileWatch = 1;

/**
 * A socket: a queue of packets in memory, fed by the groups that it joins. It is closed by `close()`, by `using`, or
 * when it is garbage. To be used by one thread; each worker thread opens its own.
 *
 * Iterating gives batches, in place, until the socket is disabled or closed.
 */
export class Socket implements AsyncIterable<Batch>, Disposable {
	readonly #native: NativeSocket;
	readonly #figures = new Float64Array(Figures.count);
	readonly #waiting: Waiting;
	readonly #source: BatchSource;
	#memory = new ArrayBuffer(0);
	#slotSize = 0;
	#lease: Lease | undefined;
	#enabled = false;
	/** How often the socket was disabled. */
	#epoch = 0;
	#closed = false;
	#beingIterated = false;

	/** A socket of no group, not enabled. Throws a PfqError: `EINVAL` for a size, `ENOSPC` where there are too many sockets. */
	static open(options: SocketOptions = {}): Socket {
		return new Socket(options);
	}

	private constructor(options: SocketOptions) {
		const {
			caplen = 1514,
			rxSlots = 4096,
			xmitlen = 1514,
			txSlots = 1024,
			weight,
			timestamping = true,
		} = optionsOf("Socket.open", options);
		this.#native = new addon.NativeSocket(
			wholeNumber("caplen", caplen),
			wholeNumber("rxSlots", rxSlots),
			wholeNumber("xmitlen", xmitlen),
			wholeNumber("txSlots", txSlots),
			this.#figures,
		);
		this.#waiting = createWaiting(this.#native);
		this.#source = {
			view: () => this.#native.view(),
			sum: () => {
				this.#native.sum();
				return { octets: this.#figures[Figures.octets] ?? 0, captured: this.#figures[Figures.captured] ?? 0 };
			},
			release: () => {
				this.#lease?.end();
				this.#native.release();
			},
		};
		try {
			if (weight !== undefined) this.weight = weight;
			this.timestamping = timestamping;
		} catch (error) {
			this.close();
			throw error;
		}
	}

	/** Where the engine runs: in this process, or in the kernel. */
	get host(): "user" | "kernel" {
		return this.#native.host();
	}

	/** Identifies the socket among those of its host. */
	get id(): number {
		return this.#parameter("id");
	}

	/** Octets of a packet to capture. Sizes can be set while the socket is not enabled. */
	get caplen(): number {
		return this.#parameter("caplen");
	}

	set caplen(octets: number) {
		this.#setParameter("caplen", wholeNumber("caplen", octets));
	}

	/** Slots of the Rx queue; what is set is rounded up to a power of two. */
	get rxSlots(): number {
		return this.#parameter("rxSlots");
	}

	set rxSlots(slots: number) {
		this.#setParameter("rxSlots", wholeNumber("rxSlots", slots));
	}

	/** Octets of a slot of the Rx queue: header and packet, rounded up. */
	get rxSlotSize(): number {
		return this.#parameter("rxSlotSize");
	}

	/** Octets of a packet to send. */
	get xmitlen(): number {
		return this.#parameter("xmitlen");
	}

	set xmitlen(octets: number) {
		this.#setParameter("xmitlen", wholeNumber("xmitlen", octets));
	}

	/** Slots of each Tx queue; what is set is rounded up to a power of two. */
	get txSlots(): number {
		return this.#parameter("txSlots");
	}

	set txSlots(slots: number) {
		this.#setParameter("txSlots", wholeNumber("txSlots", slots));
	}

	/** Octets of a slot of a Tx queue. */
	get txSlotSize(): number {
		return this.#parameter("txSlotSize");
	}

	/** Octets of memory that the queues take; the socket is enabled. */
	get memorySize(): number {
		return this.#parameter("memorySize");
	}

	/** Share of steered packets, 1 to 1024. */
	get weight(): number {
		return this.#parameter("weight");
	}

	set weight(weight: number) {
		this.#setParameter("weight", intNumber("weight", weight));
	}

	/** Whether packets are stamped with the time of their arrival. */
	get timestamping(): boolean {
		return this.#parameter("timestamping") === 1;
	}

	set timestamping(on: boolean) {
		this.#setParameter("timestamping", flag("timestamping", on) ? 1 : 0);
	}

	get enabled(): boolean {
		return this.#enabled;
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** Joins a group, making it if need be. */
	joinGroup(options: GroupOptions = {}): Group {
		return joinGroup(this.#native, options, () => this.#closed);
	}

	/** The numbers of the groups that the socket is a member of. */
	get groups(): readonly number[] {
		return this.#native.groups();
	}

	/** Whether the host has a group of that number, whoever made it. */
	hasGroup(gid: number): boolean {
		try {
			readStats((into) => this.#native.groupStats(intNumber("gid", gid), into));
			return true;
		} catch (error) {
			if (error instanceof PfqError && error.code === "ENOENT") return false;
			// there is one, and this socket is no member of it
			if (error instanceof PfqError && error.code === "EPERM") return true;
			throw error;
		}
	}

	/** Makes the queues, and takes packets from now on. */
	enable(): void {
		this.#native.enable();
		this.#memory = this.#native.memory();
		this.#slotSize = this.rxSlotSize;
		this.#enabled = true;
	}

	/** Takes no more packets, drops those in the queue, and ends the iteration over the socket. */
	disable(): void {
		this.#lease?.end();
		this.#native.disable();
		this.#enabled = false;
		this.#epoch++;
		this.#waiting.end();
	}

	/** Disables the socket and leaves its groups. May be called twice, and while the socket is read. */
	close(): void {
		if (this.#closed) return;
		this.#lease?.end();
		this.#enabled = false;
		this.#closed = true;
		this.#native.close();
		this.#waiting.end();
	}

	[Symbol.dispose](): void {
		this.close();
	}

	/** Takes what the queue holds, without waiting, and releases the batch before; null if the queue is empty. */
	read(): Batch | null {
		this.#checkEnabled();
		this.#lease?.end();
		const length = this.#native.read();
		if (length === 0) return null;
		const offset = this.#figures[Figures.offset] ?? 0;
		this.#lease = new Lease(this.#memory, offset, length * this.#slotSize);
		return new Batch(this.#source, this.#lease, length, this.#slotSize);
	}

	/** Waits until there are packets to read (true), or the socket is disabled or closed (false). For one reader at a time. */
	async readable(options: WaitOptions = {}): Promise<boolean> {
		const signal = signalOf(optionsOf("readable", options).signal);
		signal?.throwIfAborted();
		while (this.#enabled) {
			this.#waiting.checkFree();
			if (this.#native.arm()) return true;
			signal?.throwIfAborted();
			if (!(await this.#waiting.forPackets(signal))) return false;
		}
		return false;
	}

	/**
	 * Batches, as they come, until the socket is disabled or closed; each is released when the next is asked for.
	 */
	async *batches(options: BatchesOptions = {}): AsyncGenerator<Batch, void, undefined> {
		const { signal, endOf } = optionsOf("batches", options);
		signalOf(signal);
		if (this.#beingIterated) throw new PfqError("EBUSY", "the socket is being iterated over already");
		this.#checkEnabled();
		this.#beingIterated = true;
		const epoch = this.#epoch;
		try {
			const device = endOf === undefined ? undefined : new WatchedDevice(() => this.deviceStats(endOf));
			while (this.#enabled && this.#epoch === epoch) {
				signal?.throwIfAborted();
				let batch = this.read();
				if (!batch && device?.hasEnded()) {
					batch = this.read(); // what came between the two calls
					if (!batch) return device.throwIfFailed();
				}
				if (batch) yield batch;
				else await this.#morePackets(signal, device !== undefined);
				if (turnIsOver()) await nextTurn();
			}
		} finally {
			this.#beingIterated = false;
			if (this.#lease?.live) this.#source.release();
		}
	}

	[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
		return this.batches();
	}

	stats(): Stats {
		return readStats((into) => this.#native.stats(into));
	}

	/** What came of a device that a group is bound to. */
	deviceStats(device: string): DeviceStats {
		return deviceStats(device, this.#native.deviceStats(deviceName(device)));
	}

	/** The index of a device. */
	deviceIndex(device: string): number {
		return this.#native.deviceIndex(deviceName(device));
	}

	/** Promiscuous mode of an interface, for as long as the socket is open. */
	setPromiscuous(device: string, on: boolean): void {
		this.#native.setPromiscuous(deviceName(device), flag("setPromiscuous", on));
	}

	/** Makes a Tx queue for a device, before the socket is enabled, and gives its index among those of its kind. */
	bindTx(device: string, options: BindTxOptions = {}): number {
		const { thread } = optionsOf("bindTx", options);
		return this.#native.bindTx(deviceName(device), queueNumber(options), threadNumber(thread));
	}

	/** Unbinds all Tx queues, while the socket is not enabled. */
	unbindTx(): void {
		this.#native.unbindTx();
	}

	/** The socket stands for a device: what its groups give it is transmitted there, and not put into its queue. */
	bindEgress(device: string, options: BindOptions = {}): void {
		this.#native.bindEgress(deviceName(device), queueNumber(optionsOf("bindEgress", options)));
	}

	unbindEgress(): void {
		this.#native.unbindEgress();
	}

	/**
	 * Copies a packet into the first synchronous Tx queue. What the device would not send is counted (`stats().fail`), and
	 * what is left in a queue when the socket is disabled (`disc`).
	 */
	send(octets: Uint8Array, options: SendOptions = {}): void {
		const { copies = 1, sync = 1 } = optionsOf("send", options);
		this.#checkEnabled();
		this.#native.send(octetsOf("send", octets), wholeNumber("copies", copies, 1), intNumber("sync", sync));
	}

	/** Copies a packet into an asynchronous Tx queue, whose thread sends it. False while the queue is full. */
	sendAsync(octets: Uint8Array, options: SendAsyncOptions = {}): boolean {
		const { copies = 1, queue, at = 0n } = optionsOf("sendAsync", options);
		this.#checkEnabled();
		const index = queue === undefined ? Any.ANY_KTHREAD : intNumber("queue", queue);
		const time = word64("at", at, "no time: nanoseconds since the epoch, a bigint");
		return this.#native.sendAsync(octetsOf("sendAsync", octets), wholeNumber("copies", copies, 1), index, time);
	}

	/** How many packets of an asynchronous Tx queue are still to be sent, copies not counted. */
	pending(queue = 0): number {
		return this.#native.pending(intNumber("queue", queue));
	}

	/** Sends what is in a synchronous Tx queue; gives the number of packets. */
	flush(queue = 0): number {
		return this.#native.flush(intNumber("queue", queue));
	}

	/** Nothing wakes a reader when a file ends, so it is looked at now and then. */
	async #morePackets(signal: AbortSignal | undefined, mayEnd: boolean): Promise<void> {
		const look = mayEnd ? setTimeout(() => this.#waiting.end(), fileWatch) : undefined;
		try {
			await this.readable({ ...(signal && { signal }) });
		} finally {
			clearTimeout(look);
		}
	}

	#checkEnabled(): void {
		if (this.#closed) throw new PfqError("EBADF", "the socket is closed");
		if (!this.#enabled) throw new PfqError("EBADF", "the socket is not enabled: call enable() first");
	}

	#parameter(name: ParameterName): number {
		return this.#native.parameter(name);
	}

	#setParameter(name: SettableParameter, value: number): void {
		this.#native.setParameter(name, value);
	}
}

const threadNumber = (thread: number | "any" | undefined): number => {
	if (thread === undefined) return Any.NO_KTHREAD;
	return thread === "any" ? Any.ANY_KTHREAD : intNumber("thread", thread);
};
