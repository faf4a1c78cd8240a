// SPDX-License-Identifier: BSD-3-Clause
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CapturedPacket, MalformedCapture, readCapture } from "./capture.js";

const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ""), "hex");

/** The packets, and what was said where the file could not be read on. */
const read = (file: Uint8Array): { packets: CapturedPacket[]; damage: string | null } => {
	const packets: CapturedPacket[] = [];
	try {
		for (const packet of readCapture(file)) packets.push(packet);
		return { packets, damage: null };
	} catch (error) {
		if (!(error instanceof MalformedCapture)) throw error;
		return { packets, damage: error.message };
	}
};

describe("classic pcap", () => {
	const little = "d4c3b2a1 0200 0400 00000000 00000000 00000400 71000000";
	const record = "01000000 02000000 02000000 09000000 aabb";

	it("is read in either byte order, for both precisions", () => {
		const { packets } = read(octets(little + record));
		expect(packets).toMatchObject([{ number: 1, time: 1_000_002_000n, link: "sll", linkType: 113, length: 9 }]);
		expect(Buffer.from(packets[0]?.octets ?? []).toString("hex")).toBe("aabb");
		const big = "a1b23c4d 0002 0004 00000000 00000000 00040000 00000071 00000001 00000002 00000002 00000009 aabb";
		expect(read(octets(big)).packets).toMatchObject([{ time: 1_000_000_002n, link: "sll", length: 9 }]);
	});

	it("is read with the longer records of patched libpcaps", () => {
		const long = "01000000 02000000 02000000 09000000 0000000000000000 aabb";
		const { packets, damage } = read(octets(little.replace("d4c3b2a1", "34cdb2a1") + long + long));
		expect(damage).toBeNull();
		expect(packets).toMatchObject([{ length: 9 }, { number: 2 }]);
	});

	it("tells where it is cut off, after the packets before", () => {
		expect(read(octets(little + record + record).subarray(0, -1))).toMatchObject({
			packets: [{ number: 1 }],
			damage: "packet 2 is cut off: 2 octets should follow, and 1 do",
		});
		expect(read(octets(little + record).subarray(0, -3)).damage).toBe("the file ends within the header of packet 1");
		expect(read(octets(little).subarray(0, -1)).damage).toBe("the file is cut off within its header, after 23 octets");
		expect(read(octets(little))).toEqual({ packets: [], damage: null });
	});

	it("takes the link type without what the upper bits say of check sequences", () => {
		const withCheckSequence = little.replace("71000000", "e5000030");
		expect(read(octets(withCheckSequence + record)).packets).toMatchObject([{ link: "raw" }]);
	});

	it("keeps packets of other link types, so that the numbers are right", () => {
		const { packets } = read(octets(little.replace("71000000", "69000000") + record));
		expect(packets).toMatchObject([{ link: null, linkType: 105 }]);
	});

	it("is of version 2", () => {
		expect(read(octets(little.replace("0200", "0700"))).damage).toBe(
			"this is version 7 of the pcap format; version 2 is known",
		);
	});
});

describe("pcapng", () => {
	const section = "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000";
	const described = (linkType: string): string => `01000000 14000000 ${linkType} 0000 00000000 14000000`;
	const enhanced = "06000000 24000000 01000000 00000000 07000000 02000000 09000000 aabb0000 24000000";
	const simple = "03000000 14000000 02000000 ccdd0000 14000000";
	const other = "05000000 0c000000 0c000000";

	it("has packets of several interfaces among other blocks", () => {
		const file = section + described("0100") + described("0000") + other + enhanced + simple;
		const { packets, damage } = read(octets(file));
		expect(damage).toBeNull();
		expect(packets).toMatchObject([
			{ number: 1, time: 7000n, link: "null", length: 9 },
			{ number: 2, time: null, link: "ethernet", length: 2 },
		]);
		expect(packets.map((packet) => Buffer.from(packet.octets).toString("hex"))).toEqual(["aabb", "ccdd"]);
	});

	it("has clocks of other units, and with an offset", () => {
		const options = "0900 0100 09000000 0e00 0800 0100000000000000 00000000";
		const nanoseconds = `01000000 2c000000 0100 0000 00000000 ${options} 2c000000`;
		const file = section + described("0100") + nanoseconds + enhanced;
		expect(read(octets(file)).packets).toMatchObject([{ time: 1_000_000_007n }]);
	});

	it("tells where it is cut off or makes no sense", () => {
		const begin = section + described("0100") + described("0000");
		expect(read(octets(begin + enhanced + enhanced).subarray(0, -1))).toMatchObject({
			packets: [{ number: 1 }],
			damage:
				"the file is cut off: the block is 36 octets long, and 35 are there (the block at octet 104, after 1 packets)",
		});
		expect(read(octets(section + described("0100") + enhanced)).damage).toBe(
			"a packet of interface 1, which the section does not describe (the block at octet 48, after 0 packets)",
		);
		expect(read(octets(begin + enhanced.replace("02000000 09", "ff000000 09"))).damage).toBe(
			"a packet of 255 octets in a block with room for 4 (the block at octet 68, after 0 packets)",
		);
		expect(read(octets(begin + other.replaceAll("0c", "0d"))).damage).toMatch(/^a block cannot be 13 octets long/);
		expect(read(octets(section.replace("4d3c", "4d3d"))).damage).toMatch(/^a section without a byte order/);
	});
});

describe("what is no capture", () => {
	it.each([
		["", "not a capture: it is empty"],
		["1f8b0800", "not a capture: it is compressed (gzip): unpack it first"],
		["50465143", "not a capture: it is a compiled pfq-lang program"],
		["0001", "not a capture: it begins as neither pcap nor pcapng do"],
	])("%s", (hex, damage) => {
		expect(read(octets(hex))).toEqual({ packets: [], damage });
	});

	it("never does worse than say so", () => {
		const begins = fc.constantFrom("d4c3b2a1 02000400", "a1b23c4d 0002", "0a0d0d0a 1c000000 4d3c2b1a", "");
		fc.assert(
			fc.property(begins, fc.uint8Array({ maxLength: 200 }), (begin, rest) => {
				const { damage } = read(Buffer.concat([octets(begin), rest]));
				expect(damage).not.toMatch(/\n/);
			}),
		);
	});
});
