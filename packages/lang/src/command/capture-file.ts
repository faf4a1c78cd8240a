// SPDX-License-Identifier: BSD-3-Clause
import { type CapturedPacket, MalformedCapture, readCapture } from "../capture/capture.js";
import type { Packet } from "../evaluator/index.js";
import { Failure } from "./failure.js";
import { nameOf, readOctets } from "./file.js";
import { printable } from "./terminal.js";

const SECOND = 1_000_000_000n;

/** The packets of a capture file. What is wrong with the file is a Failure, after the packets before that place. */
export function* packetsOf(file: string): Generator<CapturedPacket, void> {
	try {
		yield* readCapture(readOctets(file));
	} catch (error) {
		if (!(error instanceof MalformedCapture)) throw error;
		throw new Failure(`${printable(nameOf(file))}: ${error.message}`);
	}
}

/** The packet as a program gets it, or null if its link type is none that PFQ reads. */
export const asPacket = ({ link, octets, length }: CapturedPacket): Packet | null =>
	link === null ? null : { link, octets, length, mark: 0 };

/** Seconds since another time, to microseconds: "0.000123". */
export const secondsSince = (start: bigint | null, time: bigint | null): string => {
	if (start === null || time === null) return "-";
	const since = time - start;
	const magnitude = since < 0n ? -since : since;
	const micros = String((magnitude % SECOND) / 1000n).padStart(6, "0");
	return `${since < 0n ? "-" : ""}${magnitude / SECOND}.${micros}`;
};

/** Seconds since 1970 with nine decimals, as JSON has them: a string, since a number is not exact. */
export const timestamp = (time: bigint | null): string | null =>
	time === null ? null : `${time / SECOND}.${String(((time % SECOND) + SECOND) % SECOND).padStart(9, "0")}`;

export const unknownLink = (linkType: number): string => `not run: PFQ does not read link type ${linkType}`;
