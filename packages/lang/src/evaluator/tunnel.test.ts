// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { dissect, type Headers, type Packet } from "./packet.js";
import { inner } from "./tunnel.js";

const ethernet = "020000000002 020000000001";
const ipv4 = (protocol: string, fragment = "0000"): string =>
	`45 00 0000 0000 ${fragment} 40 ${protocol} 0000 0a000001 0a000002`;
const ipv6 = (next: string): string => `60000000 0000 ${next} 40 ${"00".repeat(15)}01 ${"00".repeat(15)}02`;
const udp = (source: string, destination: string): string => `${source} ${destination} 0000 0000`;
const carried = `45 00 0000 0000 0000 20 06 0000 c0a80001 c0a80002 04d2 0050`;
const carried6 = `${ipv6("11")} 04d2 0035 0000 0000`;

const packetOf = (hex: string, captured?: number): Packet => {
	const octets = Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
	return { link: "ethernet", octets: octets.subarray(0, captured), length: octets.length, mark: 0 };
};
const shifted = (packet: Packet, times = 1): Headers => {
	let headers = dissect(packet);
	for (let count = 0; count < times; count++) headers = inner(packet, headers);
	return headers;
};
const sizeOf = (hex: string): number => packetOf(hex).octets.length;

/** What is before the inner packet; which must be whole for the inner packet to be found. */
const tunnels: readonly (readonly [string, string])[] = [
	["IP in IP", `${ethernet} 0800 ${ipv4("04")}`],
	["IPv4 in IPv6", `${ethernet} 86dd ${ipv6("04")}`],
	["IPv4 in IPv6 behind an extension header", `${ethernet} 86dd ${ipv6("3c")} 04 00 000000000000`],
	["GRE", `${ethernet} 0800 ${ipv4("2f")} 0000 0800`],
	["GRE with a checksum, a key and a sequence number", `${ethernet} 0800 ${ipv4("2f")} b000 0800 ${"00".repeat(12)}`],
	["GRE with an Ethernet header", `${ethernet} 0800 ${ipv4("2f")} 0000 6558 ${ethernet} 0800`],
	["VXLAN", `${ethernet} 0800 ${ipv4("11")} ${udp("1111", "12b5")} 08000000 00000100 ${ethernet} 0800`],
	[
		"VXLAN with a tag inside",
		`${ethernet} 0800 ${ipv4("11")} ${udp("1111", "12b5")} 08000000 00000100 ${ethernet} 8100 0007 0800`,
	],
	["GTP-U", `${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 30 ff 0010 00000001`],
	["GTP-U to another port", `${ethernet} 0800 ${ipv4("11")} ${udp("0868", "1111")} 30 ff 0010 00000001`],
	[
		"GTP-U with a sequence number",
		`${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 32 ff 0010 00000001 00010000`,
	],
	[
		"GTP-U with two extension headers",
		`${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 34 ff 0010 00000001 00000085 01000085 02000000 00000000`,
	],
	["a tag, and IP in IP", `${ethernet} 8100 0005 0800 ${ipv4("04")}`],
];

describe("the next set of headers", () => {
	it.each(tunnels)("%s", (_, before) => {
		const found = shifted(packetOf(`${before} ${carried}`));
		expect(found).toMatchObject({ depth: 1, etherType: 0x0800, version: 4, protocol: 6, destinationPort: 80 });
		expect(found.source?.value).toBe(0xc0a80001n);
		expect(found.destinationMac).toBe(0x020000000002);
		expect(shifted(packetOf(`${before} ${carried}`, sizeOf(before)))).toMatchObject({ version: undefined });
		for (let captured = 0; captured < sizeOf(before); captured++)
			expect(shifted(packetOf(`${before} ${carried}`, captured)).version).toBeUndefined();
	});

	it("of IPv6", () => {
		for (const before of [
			`${ethernet} 0800 ${ipv4("29")}`,
			`${ethernet} 86dd ${ipv6("29")}`,
			`${ethernet} 0800 ${ipv4("2f")} 0000 86dd`,
			`${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 30 ff 0010 00000001`,
		])
			expect(shifted(packetOf(`${before} ${carried6}`))).toMatchObject({
				version: 6,
				protocol: 17,
				destinationPort: 53,
			});
	});

	it("tags are those of the packet", () => {
		const tag = `${ethernet} 8100 0005 0800 ${ipv4("2f")} 0000 6558 ${ethernet} 8100 0007 0800 ${carried}`;
		expect(shifted(packetOf(tag)).vlans).toEqual([5]);
	});

	it.each([
		["nothing is a tunnel", `${ethernet} 0800 ${ipv4("06")} ${carried}`],
		["a later fragment", `${ethernet} 0800 ${ipv4("04", "0001")} ${carried}`],
		["GRE with routing", `${ethernet} 0800 ${ipv4("2f")} 4000 0800 ${carried}`],
		["GRE of PPTP", `${ethernet} 0800 ${ipv4("2f")} 0001 0800 ${carried}`],
		["GRE with ARP", `${ethernet} 0800 ${ipv4("2f")} 0000 0806 ${carried}`],
		[
			"VXLAN without its flag",
			`${ethernet} 0800 ${ipv4("11")} ${udp("1111", "12b5")} 00000000 00000100 ${ethernet} 0800 ${carried}`,
		],
		[
			"VXLAN from its port",
			`${ethernet} 0800 ${ipv4("11")} ${udp("12b5", "1111")} 08000000 00000100 ${ethernet} 0800 ${carried}`,
		],
		["GTP of version 2", `${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 50 ff 0010 00000001 ${carried}`],
		["GTP'", `${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 20 ff 0010 00000001 ${carried}`],
		["a GTP echo", `${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 30 01 0010 00000001 ${carried}`],
		[
			"a GTP extension of no length",
			`${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 34 ff 0010 00000001 00000085 00000000 ${carried}`,
		],
		[
			"nine GTP extensions",
			`${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 34 ff 0010 00000001 00000085 ${"01000085".repeat(8)} 01000000 ${carried}`,
		],
		["IPv6 where IPv4 is announced", `${ethernet} 0800 ${ipv4("04")} ${carried6}`],
	])("is none: %s", (_, hex) => {
		expect(shifted(packetOf(hex)).version).toBeUndefined();
	});

	it("eight GTP extensions are followed", () => {
		const hex = `${ethernet} 0800 ${ipv4("11")} ${udp("0868", "0868")} 34 ff 0010 00000001 00000085 ${"01000085".repeat(7)} 01000000 ${carried}`;
		expect(shifted(packetOf(hex))).toMatchObject({ version: 4 });
	});

	it("the fifth is the last", () => {
		const packet = packetOf(`${ethernet} 0800 ${ipv4("04").repeat(5)} ${carried}`);
		expect([1, 2, 3, 4, 5, 6].map((times) => shifted(packet, times).version)).toEqual([
			4,
			4,
			4,
			4,
			undefined,
			undefined,
		]);
	});
});
