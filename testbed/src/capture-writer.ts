// SPDX-License-Identifier: BSD-3-Clause
import { closeSync, openSync, writeSync } from "node:fs";

export interface CapturedPacket {
	/** Nanoseconds since the epoch. */
	time: bigint;
	bytes: Uint8Array;
	/** Its length on the wire, where that is more than was captured. */
	originalLength?: number;
}

export interface CaptureOptions {
	/** The unit of the time stamps in the file. */
	precision?: "us" | "ns";
	byteOrder?: "little" | "big";
	/** 1 is Ethernet, 101 raw IP. */
	linkType?: number;
	snapLength?: number;
}

/** Collected before it is written, so that a file of a gigabyte costs hundreds of system calls and not millions. */
const writeBuffer = 4 << 20;

/** Writes a classic pcap file, packet by packet. */
export class CaptureWriter implements Disposable {
	readonly #file: number;
	readonly #buffer = Buffer.allocUnsafe(writeBuffer);
	readonly #view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, writeBuffer);
	readonly #little: boolean;
	readonly #nanoseconds: boolean;
	readonly #snapLength: number;
	#used = 0;
	#open = true;

	constructor(path: string, options: CaptureOptions = {}) {
		this.#little = (options.byteOrder ?? "little") === "little";
		this.#nanoseconds = (options.precision ?? "ns") === "ns";
		this.#snapLength = options.snapLength ?? 262144;
		this.#file = openSync(path, "w");
		this.#put32(this.#nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
		this.#put32(this.#little ? 0x00040002 : 0x00020004);
		this.#put32(0);
		this.#put32(0);
		this.#put32(this.#snapLength);
		this.#put32(options.linkType ?? 1);
	}

	write(packet: CapturedPacket): void {
		const captured = Math.min(packet.bytes.length, this.#snapLength);
		if (this.#used + 16 + captured > writeBuffer) this.#flush();
		const fraction = Number(packet.time % 1_000_000_000n);
		this.#put32(Number(packet.time / 1_000_000_000n));
		this.#put32(this.#nanoseconds ? fraction : Math.floor(fraction / 1000));
		this.#put32(captured);
		this.#put32(packet.originalLength ?? packet.bytes.length);
		this.#buffer.set(captured < packet.bytes.length ? packet.bytes.subarray(0, captured) : packet.bytes, this.#used);
		this.#used += captured;
	}

	close(): void {
		if (!this.#open) return;
		this.#open = false;
		try {
			this.#flush();
		} finally {
			closeSync(this.#file);
		}
	}

	[Symbol.dispose](): void {
		this.close();
	}

	#put32(value: number): void {
		this.#view.setUint32(this.#used, value, this.#little);
		this.#used += 4;
	}

	#flush(): void {
		for (let at = 0; at < this.#used; ) at += writeSync(this.#file, this.#buffer, at, this.#used - at);
		this.#used = 0;
	}
}

export function writeCapture(path: string, packets: Iterable<CapturedPacket>, options: CaptureOptions = {}): void {
	using file = new CaptureWriter(path, options);
	for (const packet of packets) file.write(packet);
}
