// SPDX-License-Identifier: BSD-3-Clause
import { type CapturedPacket, linkOf, MalformedCapture } from "./captured-packet.js";

const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 2, simple: 3, enhanced: 6 } as const;
const BYTE_ORDER = 0x1a2b3c4d;
const OPTION = { end: 0, resolution: 9, offset: 14 } as const;
const SECOND = 1_000_000_000n;

/** What a section says of an interface. */
interface Interface {
	readonly linkType: number;
	readonly snapLength: number;
	/** Units of its clock in a second, and what is to be added in seconds. */
	readonly unitsPerSecond: bigint;
	readonly offset: bigint;
}

interface Block {
	readonly type: number;
	/** Where its body begins and ends. */
	readonly start: number;
	readonly end: number;
}

export const isPcapng = (view: DataView): boolean => view.byteLength >= 4 && view.getUint32(0, true) === BLOCK.section;

/** The packets of a pcapng file. Throws MalformedCapture at the first block that is cut off or makes no sense. */
export function* readPcapng(view: DataView): Generator<CapturedPacket, void> {
	let little = true;
	let interfaces: Interface[] = [];
	let number = 0;
	const fail = (at: number, what: string): never => {
		throw new MalformedCapture(`${what} (the block at octet ${at}, after ${number} packets)`);
	};

	const blockAt = (at: number): Block => {
		const left = view.byteLength - at;
		if (left < 12) fail(at, "the file ends within a block");
		if (view.getUint32(at, true) === BLOCK.section) {
			little = view.getUint32(at + 8, true) === BYTE_ORDER;
			if (!little && view.getUint32(at + 8) !== BYTE_ORDER) fail(at, "a section without a byte order");
			interfaces = [];
		}
		const type = view.getUint32(at, little);
		const size = view.getUint32(at + 4, little);
		if (size < 12 || size % 4 !== 0) fail(at, `a block cannot be ${size} octets long`);
		if (size > left) fail(at, `the file is cut off: the block is ${size} octets long, and ${left} are there`);
		return { type, start: at + 8, end: at + size - 4 };
	};

	/** A body must have room for its fixed fields. */
	const room = ({ start, end }: Block, octets: number): void => {
		if (end - start < octets) fail(start - 8, "the block is too short for what it is");
	};

	const describe = (block: Block): Interface => {
		room(block, 8);
		let unitsPerSecond = 1_000_000n;
		let offset = 0n;
		for (let at = block.start + 8; at + 4 <= block.end; ) {
			const code = view.getUint16(at, little);
			const length = view.getUint16(at + 2, little);
			if (code === OPTION.end || at + 4 + length > block.end) break;
			if (code === OPTION.resolution && length >= 1) unitsPerSecond = unitsOf(view.getUint8(at + 4));
			if (code === OPTION.offset && length >= 8) offset = view.getBigInt64(at + 4, little);
			at += 4 + Math.ceil(length / 4) * 4;
		}
		return {
			linkType: view.getUint16(block.start, little),
			snapLength: view.getUint32(block.start + 4, little),
			unitsPerSecond,
			offset,
		};
	};

	const interfaceAt = (block: Block, index: number): Interface =>
		interfaces[index] ?? fail(block.start - 8, `a packet of interface ${index}, which the section does not describe`);

	const packet = (
		block: Block,
		{ linkType }: Interface,
		time: bigint | null,
		[start, captured, length]: readonly [number, number, number],
	): CapturedPacket => {
		if (captured > block.end - start)
			fail(block.start - 8, `a packet of ${captured} octets in a block with room for ${block.end - start}`);
		const octets = new Uint8Array(view.buffer, view.byteOffset + start, captured);
		return { number: ++number, time, linkType, link: linkOf(linkType), octets, length };
	};

	/** Of the enhanced packet block, and the packet block that it replaced. */
	const timed = (block: Block, index: number): CapturedPacket => {
		const { start } = block;
		const from = interfaceAt(block, index);
		const high = BigInt(view.getUint32(start + 4, little));
		const units = (high << 32n) | BigInt(view.getUint32(start + 8, little));
		const time = (units * SECOND) / from.unitsPerSecond + from.offset * SECOND;
		const captured = view.getUint32(start + 12, little);
		return packet(block, from, time, [start + 20, captured, view.getUint32(start + 16, little)]);
	};

	for (let at = 0; at < view.byteLength; ) {
		const block = blockAt(at);
		const { type, start, end } = block;
		if (type === BLOCK.interface) interfaces.push(describe(block));
		else if (type === BLOCK.enhanced) {
			room(block, 20);
			yield timed(block, view.getUint32(start, little));
		} else if (type === BLOCK.packet) {
			room(block, 20);
			yield timed(block, view.getUint16(start, little));
		} else if (type === BLOCK.simple) {
			room(block, 4);
			const from = interfaceAt(block, 0);
			const length = view.getUint32(start, little);
			const most = Math.min(from.snapLength === 0 ? length : from.snapLength, end - start - 4);
			yield packet(block, from, null, [start + 4, Math.min(length, most), length]);
		}
		at = end + 4;
	}
}

/** The octet of `if_tsresol`: a negative power of ten or, with its highest bit set, of two. */
const unitsOf = (octet: number): bigint => ((octet & 0x80) === 0 ? 10n : 2n) ** BigInt(octet & 0x7f);
