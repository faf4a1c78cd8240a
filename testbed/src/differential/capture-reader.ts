// SPDX-License-Identifier: BSD-3-Clause
import type { LinkType } from "@pfq/lang/evaluator";

/** A packet of a capture file; only those of the link types that the engine knows. */
export interface CapturedFrame {
	readonly link: LinkType;
	readonly octets: Uint8Array;
	/** On the wire. */
	readonly length: number;
}

/** LINKTYPE_ numbers of tcpdump.org/linktypes.html. */
const linkTypes: ReadonlyMap<number, LinkType> = new Map([
	[0, "null"],
	[1, "ethernet"],
	[9, "ppp"],
	[12, "raw"],
	[101, "raw"],
	[108, "null"],
	[113, "sll"],
	[228, "raw"],
	[229, "raw"],
	[276, "sll2"],
]);

/** Reads pcap (either byte order, micro- and nanoseconds) and pcapng. Ends at the first record that is cut off. */
export function readCapture(file: Uint8Array): CapturedFrame[] {
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	if (file.byteLength < 24) return [];
	return view.getUint32(0, true) === 0x0a0d0d0a ? readPcapng(view) : readPcap(view);
}

function frame(view: DataView, linkType: number, offset: number, captured: number, length: number): CapturedFrame[] {
	const link = linkTypes.get(linkType);
	if (link === undefined) return [];
	return [{ link, octets: new Uint8Array(view.buffer, view.byteOffset + offset, captured), length }];
}

function readPcap(view: DataView): CapturedFrame[] {
	const little = [0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0, true));
	if (!little && ![0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0))) throw new RangeError("no pcap file");
	// The upper bits say whether frames end in a check sequence, and how long it is.
	const linkType = view.getUint32(20, little) & 0x3ffffff;
	const frames: CapturedFrame[] = [];
	for (let offset = 24; offset + 16 <= view.byteLength; ) {
		const captured = view.getUint32(offset + 8, little);
		const length = view.getUint32(offset + 12, little);
		offset += 16;
		if (offset + captured > view.byteLength) break;
		frames.push(...frame(view, linkType, offset, captured, length));
		offset += captured;
	}
	return frames;
}

const BLOCK = { section: 0x0a0d0d0a, interface: 1, simple: 3, enhanced: 6 } as const;

function readPcapng(view: DataView): CapturedFrame[] {
	const frames: CapturedFrame[] = [];
	let little = true;
	let interfaces: { readonly linkType: number; readonly snapLength: number }[] = [];
	for (let offset = 0; offset + 12 <= view.byteLength; ) {
		const type = view.getUint32(offset, little);
		if (type === BLOCK.section) {
			little = view.getUint32(offset + 8, true) === 0x1a2b3c4d;
			interfaces = [];
		}
		const size = view.getUint32(offset + 4, little);
		if (size < 12 || offset + size > view.byteLength) break;
		const body = offset + 8;
		if (type === BLOCK.interface) {
			interfaces.push({ linkType: view.getUint16(body, little), snapLength: view.getUint32(body + 4, little) });
		} else if (type === BLOCK.enhanced) {
			const { linkType = -1 } = interfaces[view.getUint32(body, little)] ?? {};
			const captured = view.getUint32(body + 12, little);
			if (captured + 32 > size) break;
			frames.push(...frame(view, linkType, body + 20, captured, view.getUint32(body + 16, little)));
		} else if (type === BLOCK.simple) {
			const { linkType = -1, snapLength = 0 } = interfaces[0] ?? {};
			const length = view.getUint32(body, little);
			const captured = Math.min(length, snapLength === 0 ? length : snapLength, size - 16);
			frames.push(...frame(view, linkType, body + 4, captured, length));
		}
		offset += size;
	}
	return frames;
}
