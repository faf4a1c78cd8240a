// SPDX-License-Identifier: BSD-3-Clause
import { Buffer } from "node:buffer";
import { PfqPkthdr } from "@pfq/abi";
import { PfqError } from "./errors.js";
import { Packet } from "./packet.js";

/** Octets of all packets of a batch. */
export interface Sums {
	readonly octets: number;
	readonly captured: number;
}

/** What a batch has of its socket. */
export interface BatchSource {
	/** The slots of the batch, in place; detached when the batch is released. */
	view(): ArrayBuffer;
	sum(): Sums;
	release(): void;
}

const nothing = new Uint32Array(0);

/** What a batch sees of its socket's memory, until it is released. */
export class Lease {
	words = nothing;

	constructor(memory: ArrayBuffer, offset: number, size: number) {
		this.words = new Uint32Array(memory, offset, size >> 2);
	}

	get live(): boolean {
		return this.words !== nothing;
	}

	end(): void {
		this.words = nothing;
	}
}

/** Words of a packet header: the queue is little-endian, as are all machines that PFQ runs on. */
const word = (offset: number): number => offset >> 2;
const SEC = word(PfqPkthdr.tstampTvSecOffset);
const NSEC = word(PfqPkthdr.tstampTvNsecOffset);
const CAPLEN = word(PfqPkthdr.caplenOffset);
const LEN = word(PfqPkthdr.lenOffset);
const IFINDEX = word(PfqPkthdr.infoIfindexOffset);
const MARK = word(PfqPkthdr.infoDataMarkOffset);
const STATE = word(PfqPkthdr.infoDataStateOffset);
const TCI_QUEUE = word(PfqPkthdr.infoVlanTciOffset);
const GID_LINK = word(PfqPkthdr.infoGidOffset);

/**
 * Packets in the queue of a socket, in place, in the order of arrival; valid until the batch is released: by
 * `release()`, by the next batch, by the end of the iteration, by `disable()` or `close()`. After that, all that reads
 * a packet throws a PfqError with code `ESTALE`, and Buffers that were taken from the batch have length 0.
 *
 * The methods that take an index make no object per packet; iterating makes a `Packet` for each that is kept.
 */
export class Batch implements Iterable<Packet>, Disposable {
	/** Number of packets. */
	readonly length: number;
	readonly #source: BatchSource;
	readonly #lease: Lease;
	readonly #slotSize: number;
	readonly #slotWords: number;
	#sums: Sums | undefined;

	constructor(source: BatchSource, lease: Lease, length: number, slotSize: number) {
		this.length = length;
		this.#source = source;
		this.#lease = lease;
		this.#slotSize = slotSize;
		this.#slotWords = slotSize >> 2;
	}

	/** Octets of all packets on the wire: added up natively, when it is first asked for. */
	get octets(): number {
		return (this.#sums ?? this.#sum()).octets;
	}

	/** Octets of all packets in the queue, in the same way. */
	get capturedOctets(): number {
		return (this.#sums ?? this.#sum()).captured;
	}

	/** Seconds of the time of arrival, since the epoch. */
	seconds(index: number): number {
		return this.#word(index, SEC);
	}

	/** Nanoseconds of the time of arrival, below 1,000,000,000. */
	nanoseconds(index: number): number {
		return this.#word(index, NSEC);
	}

	/** Time of arrival in nanoseconds since the epoch. */
	timestamp(index: number): bigint {
		return BigInt(this.#word(index, SEC)) * 1_000_000_000n + BigInt(this.#word(index, NSEC));
	}

	/** Octets captured. */
	caplen(index: number): number {
		return this.#word(index, CAPLEN);
	}

	/** Octets on the wire. */
	len(index: number): number {
		return this.#word(index, LEN);
	}

	/** Index of the device that received the packet. */
	ifindex(index: number): number {
		return this.#word(index, IFINDEX) | 0;
	}

	/** The mark that the computation gave the packet. */
	mark(index: number): number {
		return this.#word(index, MARK);
	}

	/** The state of the run of the computation. */
	state(index: number): number {
		return this.#word(index, STATE);
	}

	/** The outermost VLAN tag: priority, DEI, id; 0 where there is none. */
	vlanTci(index: number): number {
		return this.#word(index, TCI_QUEUE) & 0xffff;
	}

	/** Hardware queue of the device. */
	queue(index: number): number {
		return this.#word(index, TCI_QUEUE) >>> 16;
	}

	/** The group that delivered the packet. */
	gid(index: number): number {
		return this.#word(index, GID_LINK) & 0xffff;
	}

	/** What the octets begin with: `Link` of @pfq/abi. */
	link(index: number): number {
		return this.#word(index, GID_LINK) >>> 16;
	}

	/** The captured octets, in place. */
	data(index: number): Buffer {
		const length = this.caplen(index);
		return Buffer.from(this.#source.view(), this.offset(index), length);
	}

	/** Where the octets of a packet begin in `memory`. */
	offset(index: number): number {
		return index * this.#slotSize + PfqPkthdr.byteLength;
	}

	/** All slots of the batch: packet `i` is the `caplen(i)` octets at `offset(i)`. */
	get memory(): Buffer {
		if (!this.#lease.live) this.#absent(0);
		return Buffer.from(this.#source.view());
	}

	get released(): boolean {
		return !this.#lease.live;
	}

	/** Gives the slots back to the socket; otherwise done by the next batch. */
	release(): void {
		if (this.#lease.live) this.#source.release();
	}

	[Symbol.dispose](): void {
		this.release();
	}

	[Symbol.iterator](): IterableIterator<Packet> {
		return new PacketIterator(this);
	}

	#word(index: number, field: number): number {
		return this.#lease.words[index * this.#slotWords + field] ?? this.#absent(index);
	}

	#sum(): Sums {
		if (!this.#lease.live) this.#absent(0);
		this.#sums = this.#source.sum();
		return this.#sums;
	}

	#absent(index: number): never {
		if (!this.#lease.live)
			throw new PfqError(
				"ESTALE",
				"the batch was released, and its packets are gone; copy what is needed later before the next batch",
			);
		throw new RangeError(`packet ${index}: the batch has ${this.length}`);
	}
}

/**
 * Written so that V8 sees that neither result nor packet leaves a loop that keeps neither, and makes no object: no
 * generator; one result, whether there is a packet or not; the packet made before the result.
 */
class PacketIterator implements IterableIterator<Packet> {
	readonly #batch: Batch;
	#next = 0;

	constructor(batch: Batch) {
		this.#batch = batch;
	}

	next(): IteratorResult<Packet> {
		const index = this.#next++;
		const value = new Packet(this.#batch, index);
		return { value, done: index >= this.#batch.length };
	}

	[Symbol.iterator](): this {
		return this;
	}
}
