// SPDX-License-Identifier: BSD-3-Clause
import {
	Abi,
	ImageArgument,
	PfqImage,
	PfqImageArgument,
	PfqImageCidr,
	PfqImageNode,
	PRIMITIVES_VERSION,
	type ScalarType,
} from "@pfq/abi";
import { readCIDR, readIPv4, readIPv6, readMAC } from "./address.js";
import type { Argument, Computation, Value } from "./computation.js";
import { crc32 } from "./crc32.js";
import { elementSize } from "./image-element.js";
import { InvalidComputation, validComputation } from "./validation.js";
import { elementType, isListType } from "./value.js";

/** The data section: entries at multiples of 8 octets, each distinct one stored once, in the order of first use. */
interface DataSection {
	size: number;
	readonly entries: Uint8Array[];
	readonly offsets: Map<string, number>;
}

const padded = (size: number): number => Math.ceil(size / 8) * 8;

const store = (data: DataSection, entry: Uint8Array): number => {
	const key = String.fromCharCode(...(entry.length < 4096 ? entry : [])) || Array.from(entry).join();
	const known = data.offsets.get(key);
	if (known !== undefined) return known;
	const offset = data.size;
	data.offsets.set(key, offset);
	data.entries.push(entry);
	data.size += padded(entry.length);
	return offset;
};

const text = new TextEncoder();

const octetsOf = (octets: Uint8Array | string): Uint8Array => {
	if (typeof octets === "string") throw new RangeError(octets);
	return octets;
};

const numberOf = (octets: Uint8Array): bigint => octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);

/** A value as one 64-bit word: itself, or where it is in the data section. */
interface Word {
	readonly count: number;
	readonly value: bigint;
}

const networkEntry = (value: string): Uint8Array => {
	const network = readCIDR(value);
	if (typeof network === "string") throw new RangeError(network);
	const entry = new Uint8Array(PfqImageCidr.byteLength);
	const view = new DataView(entry.buffer);
	PfqImageCidr.setFamily(view, network.address.length === 4 ? 4 : 6);
	PfqImageCidr.setPrefix(view, network.prefix);
	entry.set(network.address, PfqImageCidr.addressOffset);
	return entry;
};

const double = (value: number): bigint => {
	const view = new DataView(new ArrayBuffer(8));
	view.setFloat64(0, value);
	return view.getBigUint64(0);
};

/** The types whose values do not fit a word have an entry of their own. */
const entryOf = (type: ScalarType, value: Value): Uint8Array | null => {
	if (type === "CIDR") return networkEntry(value as string);
	return type === "IPv6" ? octetsOf(readIPv6(value as string)) : null;
};

const scalar = (data: DataSection, type: ScalarType, value: Value): Word => {
	const entry = entryOf(type, value);
	if (entry) return { count: 0, value: BigInt(store(data, entry)) };
	if (type === "String") {
		const octets = text.encode(`${value}\0`);
		return { count: octets.length - 1, value: BigInt(store(data, octets)) };
	}
	if (type === "IPv4") return { count: 0, value: numberOf(octetsOf(readIPv4(value as string))) };
	if (type === "MAC") return { count: 0, value: numberOf(octetsOf(readMAC(value as string))) };
	return { count: 0, value: type === "Double" ? double(value as number) : BigInt.asUintN(64, BigInt(value)) };
};

const list = (data: DataSection, type: ScalarType, values: readonly Value[]): Word => {
	if (values.length === 0) return { count: 0, value: 0n };
	const size = elementSize(type);
	const entry = new Uint8Array(size * values.length);
	const view = new DataView(entry.buffer);
	for (const [index, value] of values.entries()) {
		const own = entryOf(type, value);
		if (own) entry.set(own, index * size);
		else if (type === "String") {
			const word = scalar(data, type, value);
			view.setUint32(index * size, Number(word.value), true);
			view.setUint32(index * size + 4, word.count, true);
		} else view.setBigUint64(index * size, scalar(data, type, value).value, true);
	}
	return { count: values.length, value: BigInt(store(data, entry)) };
};

const writeArgument = (view: DataView, at: number, data: DataSection, argument: Argument): void => {
	const listed = isListType(argument.type);
	const type = isListType(argument.type) ? elementType(argument.type) : argument.type;
	const word =
		type === "Fun"
			? { count: 0, value: BigInt(argument.value as number) }
			: listed
				? list(data, type, argument.value as readonly Value[])
				: scalar(data, type, argument.value as Value);
	PfqImageArgument.setType(view, ImageArgument[type], at);
	PfqImageArgument.setFlags(view, listed ? Abi.IMAGE_LIST : 0, at);
	PfqImageArgument.setCount(view, word.count, at);
	PfqImageArgument.setValue(view, word.value, at);
};

/**
 * The image of a computation: position-independent bytes that the engine loads, the same for the same computation
 * whichever language wrote it. Throws InvalidComputation where the computation does not keep the rules.
 */
export const writeImage = (computation: Computation): Uint8Array => {
	const { nodes } = validComputation(computation);
	const data: DataSection = { size: 0, entries: [], offsets: new Map() };
	const dataOffset = PfqImage.byteLength + nodes.length * PfqImageNode.byteLength;
	const front = new DataView(new ArrayBuffer(dataOffset));
	for (const [index, node] of nodes.entries()) {
		const at = PfqImage.byteLength + index * PfqImageNode.byteLength;
		PfqImageNode.setSymbol(front, store(data, text.encode(`${node.symbol}\0`)), at);
		PfqImageNode.setNext(front, node.next ?? Abi.IMAGE_NO_NODE, at);
		PfqImageNode.setArgumentCount(front, node.arguments.length, at);
		for (const [position, argument] of node.arguments.entries())
			writeArgument(front, at + PfqImageNode.argumentOffset + position * PfqImageArgument.byteLength, data, argument);
	}
	const size = dataOffset + data.size;
	if (size > Abi.IMAGE_MAX_SIZE)
		throw new InvalidComputation(`an image has at most ${Abi.IMAGE_MAX_SIZE} octets; this one would have ${size}`);
	PfqImage.setMagic(front, Abi.IMAGE_MAGIC);
	PfqImage.setVersion(front, Abi.IMAGE_VERSION);
	PfqImage.setPrimitives(front, PRIMITIVES_VERSION);
	PfqImage.setSize(front, size);
	PfqImage.setNodeCount(front, nodes.length);
	PfqImage.setDataOffset(front, dataOffset);
	PfqImage.setDataSize(front, data.size);
	const image = new Uint8Array(size);
	image.set(new Uint8Array(front.buffer));
	let at = dataOffset;
	for (const entry of data.entries) {
		image.set(entry, at);
		at += padded(entry.length);
	}
	PfqImage.setChecksum(new DataView(image.buffer), crc32(image));
	return image;
};
