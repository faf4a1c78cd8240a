// SPDX-License-Identifier: BSD-3-Clause
import type { LinkType } from "../evaluator/packet.js";

export interface CapturedPacket {
	/** From 1, as tcpdump and Wireshark count. */
	readonly number: number;
	/** Nanoseconds since 1970, or null where the file does not say. */
	readonly time: bigint | null;
	/** The link type's number (tcpdump.org/linktypes.html). */
	readonly linkType: number;
	/** The link type, or null if it is none that PFQ reads. */
	readonly link: LinkType | null;
	/** What was captured: a part of the file, not a copy. */
	readonly octets: Uint8Array;
	/** The length on the wire, in octets. */
	readonly length: number;
}

/** What is wrong with a capture file, in one line. */
export class MalformedCapture extends Error {
	override readonly name = "MalformedCapture";
}

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

export const linkOf = (linkType: number): LinkType | null => linkTypes.get(linkType) ?? null;

/** "1 octet", "2 octets". */
export const octetCount = (count: number): string => `${count} ${count === 1 ? "octet" : "octets"}`;
