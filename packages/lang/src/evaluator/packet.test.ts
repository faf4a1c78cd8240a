// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { dissect, type Headers, type LinkType } from "./packet.js";

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const headersOf = (link: LinkType, hex: string, captured = Number.POSITIVE_INFINITY): Headers => {
	const all = octets(hex);
	return dissect({ link, octets: all.subarray(0, captured), length: all.length, mark: 0 });
};

const macs = "ffffffffffff 020000000001";
const ipv4 = (protocol: string, fragment = "0000"): string =>
	`45 00 0030 0001 ${fragment} 40 ${protocol} 0000 0a000001 c0a80002`;
const ipv6 = (next: string): string =>
	`60 00 0000 0010 ${next} 40 20010db8000000000000000000000001 20010db8000000000000000000000002`;
const ports = "03e8 0050 0008 0000";

describe("link types", () => {
	const cases: readonly (readonly [string, LinkType, string, number | undefined, string | undefined])[] = [
		["Ethernet", "ethernet", `${macs} 0800`, 0x0800, undefined],
		["Ethernet without its type", "ethernet", `${macs} 08`, undefined, undefined],
		["raw IPv4", "raw", ipv4("06"), 0x0800, undefined],
		["raw IPv6", "raw", ipv6("06"), 0x86dd, undefined],
		["raw, of no known version", "raw", "50", undefined, undefined],
		["raw, empty", "raw", "", undefined, undefined],
		["loopback, little-endian", "null", "02000000", 0x0800, undefined],
		["loopback, big-endian", "null", "00000002", 0x0800, undefined],
		["loopback, IPv6 of Linux", "null", "0a000000", 0x86dd, undefined],
		["loopback, IPv6 of NetBSD and OpenBSD", "null", "00000018", 0x86dd, undefined],
		["loopback, IPv6 of FreeBSD", "null", "1c000000", 0x86dd, undefined],
		["loopback, IPv6 of Darwin", "null", "1e000000", 0x86dd, undefined],
		["loopback, another family", "null", "07000000", undefined, undefined],
		["loopback, family in the wrong octet", "null", "00020000", undefined, undefined],
		["loopback, cut off", "null", "020000", undefined, undefined],
		["cooked v1", "sll", `0000 0001 0006 0200000000010000 0806`, 0x0806, undefined],
		["cooked v1 has no VLAN tags", "sll", `0000 0001 0006 0200000000010000 8100 0005 0800`, 0x8100, undefined],
		["cooked v1, cut off", "sll", `0000 0001 0006 0200000000010000 08`, undefined, undefined],
		["cooked v2", "sll2", `86dd`, 0x86dd, undefined],
		["PPP", "ppp", "0021", 0x0800, undefined],
		["PPP with address and control", "ppp", "ff03 0057", 0x86dd, undefined],
		["PPP, another protocol", "ppp", "c021", undefined, undefined],
		["PPP, cut off after address and control", "ppp", "ff03 00", undefined, undefined],
	];
	it.each(cases)("%s", (_, link, hex, etherType) => {
		expect(headersOf(link, hex).etherType).toBe(etherType);
	});

	const network: readonly (readonly [LinkType, string])[] = [
		["ethernet", `${macs} 0800`],
		["raw", ""],
		["null", "02000000"],
		["sll", "0000 0001 0006 0200000000010000 0800"],
		["sll2", "0800 0000 00000001 0001 00 06 0200000000010000"],
		["ppp", "0021"],
		["ppp", "ff03 0021"],
	];
	it.each(network)("%s: the IP header follows %s", (link, header) => {
		const headers = headersOf(link, header + ipv4("11") + ports);
		expect(headers).toMatchObject({ version: 4, protocol: 17, sourcePort: 1000, destinationPort: 80 });
		expect(headers.destinationMac).toBe(link === "ethernet" ? 0xffff_ffff_ffff : undefined);
	});
});

describe("VLAN tags", () => {
	const tag = (protocol: string, id: string): string => `${protocol} ${id}`;
	it("are read from the outermost, whichever protocol announces them; the id is the low 12 bits", () => {
		const hex = `${macs} ${tag("88a8", "f064")} ${tag("9100", "0065")} ${tag("8100", "2066")} 0800 ${ipv4("06")}`;
		expect(headersOf("ethernet", hex)).toMatchObject({ vlans: [100, 101, 102], etherType: 0x0800, version: 4 });
	});
	it("are at most four: the fifth is the EtherType", () => {
		const hex = `${macs} ${tag("8100", "0001").repeat(4)} 9100 0005 0800 ${ipv4("06")}`;
		expect(headersOf("ethernet", hex)).toMatchObject({ vlans: [1, 1, 1, 1], etherType: 0x9100, version: undefined });
	});
	it.each([14, 15, 16, 17])("with %i octets captured, a tag that is cut off is the EtherType", (captured) => {
		const hex = `${macs} 8100 0001 0800`;
		expect(headersOf("ethernet", hex, captured)).toMatchObject({ vlans: [], etherType: 0x8100 });
		expect(headersOf("ethernet", hex, 18)).toMatchObject({ vlans: [1], etherType: 0x0800 });
	});
});

describe("IPv4", () => {
	it.each(["55", "44", "65"])("there is no header where the first octet is %s", (first) => {
		const headers = headersOf("ethernet", `${macs} 0800 ${first}${ipv4("06").slice(2)} ${ports}`);
		expect(headers).toMatchObject({ etherType: 0x0800, version: undefined, ipv4: undefined, protocol: undefined });
		expect(headers.source).toBeUndefined();
	});
	it("options move the transport header", () => {
		const hex = `46${ipv4("06").slice(2)} 01010101 ${ports}`;
		expect(headersOf("raw", hex)).toMatchObject({ sourcePort: 1000, destinationPort: 80 });
	});
	it("lengths are not checked: what the header claims may be more than there is, or less", () => {
		const hex = ipv4("06").replace("0030", "0000") + ports;
		expect(headersOf("raw", hex)).toMatchObject({ sourcePort: 1000, ipv4: { totalLength: 0 } });
	});
	it.each([
		["whole", "4000", undefined, 1000],
		["first", "2000", "first", 1000],
		["middle", "2001", "more", undefined],
		["last", "0001", "more", undefined],
	])("fragment: %s", (_, field, fragment, sourcePort) => {
		expect(headersOf("raw", ipv4("11", field) + ports)).toMatchObject({ protocol: 17, fragment, sourcePort });
	});
	it("each port is absent on its own", () => {
		const hex = ipv4("06") + ports;
		expect(headersOf("raw", hex, 21)).toMatchObject({ sourcePort: undefined, destinationPort: undefined });
		expect(headersOf("raw", hex, 22)).toMatchObject({ sourcePort: 1000, destinationPort: undefined });
		expect(headersOf("raw", hex, 24)).toMatchObject({ sourcePort: 1000, destinationPort: 80 });
	});
	it("an authentication header is not followed", () => {
		expect(headersOf("raw", `${ipv4("33")} 06010000 0000000000000000`).protocol).toBe(51);
	});
});

describe("IPv6 extension headers", () => {
	const options = (next: string): string => `${next} 00 010400000000`;
	const twoUnits = (next: string): string => `${next} 01 010c000000000000000000000000`;
	const fragment = (next: string, field: string): string => `${next} 00 ${field} 00000001`;
	/** Its length counts words of four octets, less two. */
	const authentication = (next: string): string => `${next} 04 0000 00000001 00000001 000000000000000000000000`;

	const reached = { protocol: 6, sourcePort: 1000, destinationPort: 80 };
	it.each(["00", "2b", "3c", "87", "8b", "8c"])("%s is followed", (extension) => {
		expect(headersOf("raw", ipv6(extension) + options("06") + ports)).toMatchObject(reached);
		expect(headersOf("raw", ipv6(extension) + twoUnits("06") + ports)).toMatchObject(reached);
	});
	it("authentication is followed", () => {
		expect(headersOf("raw", ipv6("33") + authentication("06") + ports)).toMatchObject(reached);
	});
	it("ESP, no next header and the unknown are protocols", () => {
		expect(headersOf("raw", `${ipv6("32")} 0600`).protocol).toBe(50);
		expect(headersOf("raw", `${ipv6("3b")} 0600`).protocol).toBe(59);
		expect(headersOf("raw", `${ipv6("fe")} 0600`).protocol).toBe(254);
	});
	it("a chain of all kinds is followed", () => {
		const chain = ["2b", "3c", "87", "8b", "8c", "33"].map(options).join("");
		expect(headersOf("raw", `${ipv6("00")}${chain}${authentication("06")}${ports}`)).toMatchObject(reached);
	});
	it("the eighth is followed; a ninth makes the protocol absent", () => {
		const seven = options("3c").repeat(7);
		expect(headersOf("raw", ipv6("3c") + seven + options("06") + ports)).toMatchObject(reached);
		const headers = headersOf("raw", ipv6("3c") + seven + options("3c") + options("06") + ports);
		expect(headers).toMatchObject({ protocol: undefined, sourcePort: undefined });
	});
	it("a ninth that is a fragment header makes no fragment", () => {
		const eight = options("3c").repeat(7) + options("2c");
		const headers = headersOf("raw", ipv6("3c") + eight + fragment("06", "0001") + ports);
		expect(headers).toMatchObject({ protocol: undefined, fragment: undefined });
	});
	it("two octets of an extension are enough to follow it, one is not", () => {
		const hex = ipv6("00") + options("06") + ports;
		expect(headersOf("raw", hex, 40).protocol).toBeUndefined();
		expect(headersOf("raw", hex, 41).protocol).toBeUndefined();
		expect(headersOf("raw", hex, 42)).toMatchObject({ protocol: 6, sourcePort: undefined });
		expect(headersOf("raw", hex, 50)).toMatchObject({ protocol: 6, sourcePort: 1000, destinationPort: undefined });
	});
	it("all eight octets of a fragment header are needed", () => {
		const hex = ipv6("2c") + fragment("06", "0001") + ports;
		expect(headersOf("raw", hex, 47)).toMatchObject({ protocol: undefined, fragment: undefined });
		expect(headersOf("raw", hex, 48)).toMatchObject({ protocol: 6, fragment: "first", sourcePort: undefined });
	});
	it.each([
		["atomic", "0000", undefined, 1000],
		["atomic, with reserved bits", "0006", undefined, 1000],
		["first", "0001", "first", 1000],
		["middle", "0009", "more", undefined],
		["last", "0008", "more", undefined],
	])("fragment: %s", (_, field, kind, sourcePort) => {
		const headers = headersOf("raw", ipv6("2c") + fragment("06", field) + ports);
		expect(headers).toMatchObject({ protocol: 6, fragment: kind, sourcePort });
	});
	it("the walk ends at a fragment header with an offset, even before an extension", () => {
		expect(headersOf("raw", ipv6("2c") + fragment("3c", "0008") + options("06")).protocol).toBe(60);
		expect(headersOf("raw", ipv6("2c") + fragment("3c", "0001") + options("06")).protocol).toBe(6);
	});
	it("of several fragment headers, one that says so is enough", () => {
		const both = fragment("2c", "0001") + fragment("06", "0000");
		expect(headersOf("raw", ipv6("2c") + both + ports)).toMatchObject({ fragment: "first", sourcePort: 1000 });
		const later = fragment("2c", "0000") + fragment("06", "0008");
		expect(headersOf("raw", ipv6("2c") + later + ports)).toMatchObject({ fragment: "more", sourcePort: undefined });
	});
	it("what follows the header is read whatever the payload length says", () => {
		expect(headersOf("raw", ipv6("06").replace("0010", "0000") + ports)).toMatchObject(reached);
	});
	it("there is no header where the version is not 6", () => {
		const headers = headersOf("ethernet", `${macs} 86dd 45${ipv6("06").slice(2)} ${ports}`);
		expect(headers).toMatchObject({ etherType: 0x86dd, version: undefined, ipv6: undefined, protocol: undefined });
	});
});
