// SPDX-License-Identifier: BSD-3-Clause
import {
	Abi,
	ImageArgument,
	MAX_ARGUMENTS,
	PfqImage,
	PfqImageArgument,
	PfqImageCidr,
	PfqImageNode,
	PRIMITIVES_VERSION,
	type ScalarType,
} from "@pfq/abi";
import { writeAddress, writeCIDR, writeMAC } from "./address.js";
import type { Argument, Computation, Node, Value } from "./computation.js";
import { crc32 } from "./crc32.js";
import { elementSize } from "./image-element.js";
import { MAX_NODES } from "./limits.js";
import { InvalidComputation, validComputation } from "./validation.js";

const fail = (what: string): never => {
	throw new InvalidComputation(`not a good image: ${what}`);
};

interface Image {
	readonly octets: Uint8Array;
	readonly view: DataView;
	readonly data: Uint8Array;
	/** Entries that were read, by type, offset and count: many nodes may share one. */
	readonly entries: Map<string, Value | readonly Value[]>;
	/** Octets of entries that may still be read. A writer stores no entry twice, so all entries fit the section. */
	unread: number;
}

const types: ReadonlyMap<number, ScalarType | "Fun"> = new Map(
	Object.entries(ImageArgument).flatMap(([name, code]): [number, ScalarType | "Fun"][] =>
		name === "NONE" ? [] : [[code, name as ScalarType | "Fun"]],
	),
);

const once = <T extends Value | readonly Value[]>(image: Image, key: string, size: number, read: () => T): T => {
	const known = image.entries.get(key) as T | undefined;
	if (known !== undefined) return known;
	image.unread -= size;
	if (image.unread < 0) fail("entries that overlap");
	const value = read();
	image.entries.set(key, value);
	return value;
};

/** An entry of the data section, whole within it. */
const entryAt = ({ data }: Image, offset: number, size: number): Uint8Array => {
	if (offset % 8 !== 0) fail(`an entry at offset ${offset}, which is no multiple of 8`);
	if (offset + size > data.length) fail(`an entry of ${size} octets at ${offset}, beyond the data section`);
	return data.subarray(offset, offset + size);
};

const offsetOf = (value: bigint): number => (value > 0xffff_ffffn ? fail(`the offset ${value}`) : Number(value));

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const textAt = (image: Image, offset: number, length: number): string =>
	once(image, `text ${offset} ${length}`, length + 1, () => decodeText(image, offset, length));

const decodeText = (image: Image, offset: number, length: number): string => {
	const entry = entryAt(image, offset, length + 1);
	if (entry[length] !== 0 || entry.indexOf(0) !== length) fail(`a string at ${offset} without the NUL that ends it`);
	try {
		return utf8.decode(entry.subarray(0, length));
	} catch {
		return fail(`a string at ${offset} that is no UTF-8`);
	}
};

const LONGEST_SYMBOL = 256;

const symbolAt = (image: Image, offset: number): string => {
	const length = image.data.subarray(offset, offset + LONGEST_SYMBOL).indexOf(0);
	return length < 0 ? fail(`a symbol at ${offset} without the NUL that ends it`) : textAt(image, offset, length);
};

const octetsOfNumber = (value: bigint, size: number): Uint8Array => {
	if (value >> BigInt(size * 8)) fail(`an address of more than ${size} octets`);
	return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt((size - 1 - index) * 8)) & 0xffn));
};

const network = (entry: Uint8Array): string => {
	const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
	const family = PfqImageCidr.family(view);
	const prefix = PfqImageCidr.prefix(view);
	const size = family === 4 ? 4 : family === 6 ? 16 : fail(`a network of the family ${family}`);
	if (prefix > size * 8) fail(`a network with the prefix ${prefix}`);
	const from = PfqImageCidr.addressOffset;
	if (entry.subarray(2, from).some(Boolean) || entry.subarray(from + size).some(Boolean))
		fail("a network with stray octets");
	const address = entry.slice(from, from + size);
	const bits = address.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
	if (BigInt.asUintN(size * 8 - prefix, bits) !== 0n) fail("a network with host bits set");
	return writeCIDR({ address, prefix });
};

const double = (value: bigint): number => {
	const view = new DataView(new ArrayBuffer(8));
	view.setBigUint64(0, value);
	return view.getFloat64(0);
};

/** A value that is in the word itself. */
const wordValue = (type: ScalarType, value: bigint): Value => {
	if (type === "IPv4") return writeAddress(octetsOfNumber(value, 4));
	if (type === "MAC") return writeMAC(octetsOfNumber(value, 6));
	if (type === "Double") return double(value);
	return type.startsWith("Int") ? BigInt.asIntN(64, value) : value;
};

const entryValue = (type: "IPv6" | "CIDR", entry: Uint8Array): Value =>
	type === "IPv6" ? writeAddress(entry) : network(entry);

const scalar = (image: Image, type: ScalarType, count: number, value: bigint): Value => {
	if (type === "String") return textAt(image, offsetOf(value), count);
	if (count !== 0) fail(`a count of ${count} where there is no list`);
	return type === "IPv6" || type === "CIDR"
		? entryValue(type, entryAt(image, offsetOf(value), elementSize(type)))
		: wordValue(type, value);
};

const list = (image: Image, type: ScalarType, count: number, value: bigint): readonly Value[] => {
	if (count === 0) return value === 0n ? [] : fail("an empty list with an entry");
	const offset = offsetOf(value);
	const size = elementSize(type);
	const entry = entryAt(image, offset, count * size);
	return once(image, `[${type}] ${offset} ${count}`, entry.length, () => {
		const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
		return Array.from({ length: count }, (_, index) => {
			const at = index * size;
			if (type === "String") return textAt(image, view.getUint32(at, true), view.getUint32(at + 4, true));
			if (type === "IPv6" || type === "CIDR") return entryValue(type, entry.slice(at, at + size));
			return wordValue(type, view.getBigUint64(at, true));
		});
	});
};

const readArgument = (image: Image, at: number): Argument => {
	const code = PfqImageArgument.type(image.view, at);
	const flags = PfqImageArgument.flags(image.view, at);
	const count = PfqImageArgument.count(image.view, at);
	const value = PfqImageArgument.value(image.view, at);
	const type = types.get(code);
	if (type === undefined) return fail(`an argument of the type ${code}`);
	if (flags !== 0 && flags !== Abi.IMAGE_LIST) fail(`an argument with the flags ${flags}`);
	if (type === "Fun")
		return flags === 0 && count === 0 ? { type, value: offsetOf(value) } : fail("a reference with flags or a count");
	return flags === Abi.IMAGE_LIST
		? { type: `[${type}]`, value: list(image, type, count, value) }
		: { type, value: scalar(image, type, count, value) };
};

const readNode = (image: Image, at: number): Node => {
	const symbol = symbolAt(image, PfqImageNode.symbol(image.view, at));
	const next = PfqImageNode.next(image.view, at);
	const count = PfqImageNode.argumentCount(image.view, at);
	if (count > MAX_ARGUMENTS) fail(`a node with ${count} arguments`);
	if (image.view.getUint32(at + PfqImageNode.argumentCountOffset + 4, true) !== 0)
		fail("a node whose reserved field is not 0");
	const first = at + PfqImageNode.argumentOffset;
	const end = first + count * PfqImageArgument.byteLength;
	if (image.octets.subarray(end, at + PfqImageNode.byteLength).some(Boolean))
		fail("a node with octets in unused arguments");
	return {
		symbol,
		arguments: Array.from({ length: count }, (_, index) =>
			readArgument(image, first + index * PfqImageArgument.byteLength),
		),
		next: next === Abi.IMAGE_NO_NODE ? null : next,
	};
};

/** The sum over the image with its checksum taken as 0. */
const checksum = (octets: Uint8Array): number =>
	[octets.subarray(0, PfqImage.checksumOffset), new Uint8Array(4), octets.subarray(PfqImage.checksumOffset + 4)].reduce(
		(before, part) => crc32(part, before),
		0,
	);

/**
 * The computation of an image. An image is hostile input: every field is checked, and the first that is wrong throws an
 * InvalidComputation that tells which.
 */
export const readImage = (octets: Uint8Array): Computation => {
	const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
	if (octets.length < PfqImage.byteLength) fail(`${octets.length} octets are less than its header`);
	if (octets.length > Abi.IMAGE_MAX_SIZE) fail(`${octets.length} octets are more than ${Abi.IMAGE_MAX_SIZE}`);
	if (PfqImage.magic(view) !== Abi.IMAGE_MAGIC) fail("it does not begin with `PFQC`");
	const format = PfqImage.version(view);
	if (format !== Abi.IMAGE_VERSION) fail(`it is of format ${format}; this reader knows ${Abi.IMAGE_VERSION}`);
	const size = PfqImage.size(view);
	if (size !== octets.length) fail(`its header tells of ${size} octets; there are ${octets.length}`);
	if (checksum(octets) !== PfqImage.checksum(view)) fail("its checksum is wrong: it was changed after it was written");
	const primitives = PfqImage.primitives(view);
	if (primitives !== PRIMITIVES_VERSION)
		fail(`it was made for version ${primitives} of the primitives; these are version ${PRIMITIVES_VERSION}`);
	const count = PfqImage.nodeCount(view);
	if (count < 1 || count > MAX_NODES) fail(`${count} nodes`);
	const dataOffset = PfqImage.dataOffset(view);
	if (
		dataOffset !== PfqImage.byteLength + count * PfqImageNode.byteLength ||
		dataOffset + PfqImage.dataSize(view) !== size
	)
		fail("its parts do not add up to its size");
	if (PfqImage.entry(view) !== 0) fail("its entry is not node 0");
	if (view.getBigUint64(PfqImage.entryOffset + 4, true) !== 0n) fail("its reserved field is not 0");
	const data = octets.subarray(dataOffset);
	const image: Image = { octets, view, data, entries: new Map(), unread: data.length };
	return validComputation({
		nodes: Array.from({ length: count }, (_, index) =>
			readNode(image, PfqImage.byteLength + index * PfqImageNode.byteLength),
		),
	});
};
