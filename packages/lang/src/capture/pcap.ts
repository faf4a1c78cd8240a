// SPDX-License-Identifier: BSD-3-Clause
import { type CapturedPacket, linkOf, MalformedCapture, octetCount } from "./captured-packet.js";

/** The magic numbers: how many nanoseconds a unit of the fraction is, and how long a record's header is. */
const formats: ReadonlyMap<number, { readonly unit: bigint; readonly header: number }> = new Map([
	[0xa1b2c3d4, { unit: 1000n, header: 16 }],
	[0xa1b23c4d, { unit: 1n, header: 16 }],
	// Of patched versions of libpcap that wrote eight octets more.
	[0xa1b2cd34, { unit: 1000n, header: 24 }],
]);

const FILE_HEADER = 24;
const SECOND = 1_000_000_000n;

/** Whether the file begins as a classic pcap file does, in either byte order. */
export const isPcap = (view: DataView): boolean =>
	view.byteLength >= 4 && (formats.has(view.getUint32(0)) || formats.has(view.getUint32(0, true)));

/** The packets of a classic pcap file. Throws MalformedCapture at the first that is cut off. */
export function* readPcap(view: DataView): Generator<CapturedPacket, void> {
	if (view.byteLength < FILE_HEADER)
		throw new MalformedCapture(`the file is cut off within its header, after ${octetCount(view.byteLength)}`);
	const little = formats.has(view.getUint32(0, true));
	const format = formats.get(view.getUint32(0, little));
	const version = view.getUint16(4, little);
	if (format === undefined || version !== 2)
		throw new MalformedCapture(`this is version ${version} of the pcap format; version 2 is known`);
	// The upper bits say whether packets end in a check sequence, and how long it is.
	const linkType = view.getUint32(20, little) & 0x3ffffff;
	const link = linkOf(linkType);
	let offset = FILE_HEADER;
	for (let number = 1; offset < view.byteLength; number++) {
		if (offset + format.header > view.byteLength)
			throw new MalformedCapture(`the file ends within the header of packet ${number}`);
		const seconds = BigInt(view.getUint32(offset, little));
		const fraction = BigInt(view.getUint32(offset + 4, little));
		const captured = view.getUint32(offset + 8, little);
		const length = view.getUint32(offset + 12, little);
		offset += format.header;
		const left = view.byteLength - offset;
		if (captured > left)
			throw new MalformedCapture(`packet ${number} is cut off: ${captured} octets should follow, and ${left} do`);
		const octets = new Uint8Array(view.buffer, view.byteOffset + offset, captured);
		yield { number, time: seconds * SECOND + fraction * format.unit, linkType, link, octets, length };
		offset += captured;
	}
}
