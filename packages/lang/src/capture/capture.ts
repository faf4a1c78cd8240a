// SPDX-License-Identifier: BSD-3-Clause
import { type CapturedPacket, MalformedCapture } from "./captured-packet.js";
import { isPcap, readPcap } from "./pcap.js";
import { isPcapng, readPcapng } from "./pcapng.js";

export { type CapturedPacket, MalformedCapture } from "./captured-packet.js";

/** What else people take for a capture, by its first octets. */
const others: readonly (readonly [prefix: readonly number[], what: string])[] = [
	[[0x1f, 0x8b], "it is compressed (gzip): unpack it first"],
	[[0x28, 0xb5, 0x2f, 0xfd], "it is compressed (zstd): unpack it first"],
	[[0xfd, 0x37, 0x7a, 0x58, 0x5a], "it is compressed (xz): unpack it first"],
	[[0x50, 0x46, 0x51, 0x43], "it is a compiled pfq-lang program"],
	[[0x73, 0x6e, 0x6f, 0x6f, 0x70], "it is a snoop file: convert it to pcapng first"],
];

/**
 * The packets of a capture file, pcap (in either byte order, to micro- or nanoseconds) or pcapng, one at a time. Where the
 * file is cut off or makes no sense, throws a MalformedCapture after the packets before that place.
 */
export function* readCapture(file: Uint8Array): Generator<CapturedPacket, void> {
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	if (isPcapng(view)) yield* readPcapng(view);
	else if (isPcap(view)) yield* readPcap(view);
	else throw new MalformedCapture(`not a capture: ${whatElse(file)}`);
}

const whatElse = (file: Uint8Array): string => {
	if (file.length === 0) return "it is empty";
	const known = others.find(([prefix]) => prefix.every((octet, index) => file[index] === octet));
	return known?.[1] ?? "it begins as neither pcap nor pcapng do";
};
