// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { readCapture } from "./capture-reader.js";

const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ""), "hex");

describe("classic pcap", () => {
	const little = "d4c3b2a1 0200 0400 00000000 00000000 00000400 71000000";
	const record = "00000000 00000000 02000000 09000000 aabb";
	it("is read in either byte order, for both precisions", () => {
		const expected = [{ link: "sll", octets: octets("aabb"), length: 9 }];
		expect(
			readCapture(octets(little + record)).map((frame) => ({ ...frame, octets: Buffer.from(frame.octets) })),
		).toEqual(expected);
		const big = "a1b23c4d 0002 0004 00000000 00000000 00040000 00000071 00000000 00000000 00000002 00000009 aabb";
		expect(readCapture(octets(big))).toMatchObject([{ link: "sll", length: 9 }]);
	});
	it("ends at a record that is cut off", () => {
		expect(readCapture(octets(little + record + record).subarray(0, -1))).toHaveLength(1);
		expect(readCapture(octets(little))).toEqual([]);
	});
	it("takes the link type without what the upper bits say of check sequences", () => {
		const withCheckSequence = little.replace("71000000", "e5000030");
		expect(readCapture(octets(withCheckSequence + record))).toMatchObject([{ link: "raw" }]);
	});
	it("leaves out link types that the engine does not know", () => {
		expect(readCapture(octets(little.replace("71000000", "69000000") + record))).toEqual([]);
	});
});

describe("pcapng", () => {
	const section = "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000";
	const described = (linkType: string): string => `01000000 14000000 ${linkType} 0000 00000000 14000000`;
	const enhanced = "06000000 24000000 01000000 00000000 00000000 02000000 09000000 aabb0000 24000000";
	const simple = "03000000 14000000 02000000 ccdd0000 14000000";
	const other = "05000000 0c000000 0c000000";
	it("has packets of several interfaces among other blocks", () => {
		const file = section + described("0100") + described("0000") + other + enhanced + simple;
		const frames = readCapture(octets(file));
		expect(frames).toMatchObject([
			{ link: "null", length: 9 },
			{ link: "ethernet", length: 2 },
		]);
		expect(frames.map((frame) => Buffer.from(frame.octets).toString("hex"))).toEqual(["aabb", "ccdd"]);
	});
	it("ends at a block that is cut off", () => {
		const file = octets(section + described("0100") + described("0000") + enhanced + enhanced);
		expect(readCapture(file.subarray(0, -1))).toHaveLength(1);
	});
});
