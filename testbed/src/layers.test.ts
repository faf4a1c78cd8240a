// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ipv6Bytes } from "./addresses.js";
import { writeCapture } from "./capture-writer.js";
import { crc32c } from "./checksums.js";
import { ipv4Fragments, ipv6Fragments } from "./fragments.js";
import {
	arp,
	authentication,
	destinationOptions,
	ethernet,
	gre,
	gtpUser,
	hopByHop,
	icmp6Echo,
	icmpEcho,
	ipv4,
	ipv6,
	packet,
	routing,
	sctp,
	sctpData,
	serviceVlan,
	tcp,
	udp,
	vlan,
	vxlan,
} from "./layers.js";

const noTcpdump = spawnSync("tcpdump", ["--version"]).error !== undefined;

describe("addresses", () => {
	it("reads IPv6 in all its spellings", () => {
		expect([...ipv6Bytes("::1")]).toEqual([...new Array(15).fill(0), 1]);
		expect(ipv6Bytes("fd00::1:2")).toEqual(ipv6Bytes("fd00:0:0:0:0:0:1:2"));
		expect(ipv6Bytes("::ffff:10.0.0.1").slice(10)).toEqual(Uint8Array.of(255, 255, 10, 0, 0, 1));
		for (const wrong of ["", "1", "::1::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "g::"]) {
			expect(() => ipv6Bytes(wrong), wrong).toThrow("not an IPv6 address");
		}
	});
});

describe("checksums", () => {
	it("computes CRC-32C as the published check value has it", () => {
		expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
	});
});

describe.skipIf(noTcpdump)("what tcpdump reads in the packets", () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "pfq-layers-"));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	/** One line a packet, with checksums verified. */
	function read(...packets: Uint8Array[]): string {
		const file = join(folder, "test.pcap");
		writeCapture(
			file,
			packets.map((bytes, at) => ({ time: 1_700_000_000_000_000_000n + BigInt(at), bytes })),
		);
		const done = spawnSync("tcpdump", ["-nevvvr", file], { encoding: "utf8" });
		expect(done.status, done.stderr).toBe(0);
		return done.stdout;
	}

	const link = ethernet({ source: "02:00:00:00:00:0a", destination: "02:00:00:00:00:0b" });
	const v4 = ipv4({ source: "192.0.2.1", destination: "192.0.2.2", id: 7, ttl: 9 });
	const v6 = ipv6({ source: "2001:db8::1", destination: "2001:db8::2", hopLimit: 9 });

	it("Ethernet addresses, and padding to the shortest frame", () => {
		const frame = packet(ethernet({ minimum: 60 }), v4, udp({ source: 1, destination: 2 }));
		expect(frame).toHaveLength(60);
		expect(read(packet(link, v4, udp({ source: 1, destination: 2 })))).toContain(
			"02:00:00:00:00:0a > 02:00:00:00:00:0b, ethertype IPv4",
		);
	});

	it("IPv4 fields and options", () => {
		const routerAlert = Uint8Array.of(0x94, 4, 0, 0);
		const said = read(
			packet(
				link,
				ipv4({
					source: "192.0.2.1",
					destination: "192.0.2.2",
					tos: 4,
					id: 7,
					dontFragment: true,
					options: routerAlert,
				}),
				udp({ source: 1000, destination: 2000 }),
				"x",
			),
		);
		expect(said).toContain("tos 0x4, ttl 64, id 7, offset 0, flags [DF], proto UDP (17), length 33, options (RA)");
		expect(said).not.toContain("bad cksum");
		expect(said).toContain("[udp sum ok]");
	});

	it("UDP, TCP and ICMP over both IPs, with right checksums", () => {
		const said = read(
			packet(link, v4, udp({ source: 1000, destination: 2000 }), "odd"),
			packet(link, v6, udp({ source: 1000, destination: 2000 }), "odd"),
			packet(link, v4, tcp({ source: 1000, destination: 80, flags: ["S"], options: Uint8Array.of(2, 4, 5, 180) })),
			packet(link, v6, tcp({ source: 1000, destination: 80, flags: ["P", "."], sequence: 5 }), "GET"),
			packet(link, v4, icmpEcho({ id: 3, sequence: 4 }), "ping"),
			packet(link, v6, icmp6Echo({ id: 3, sequence: 4, reply: true }), "pong"),
		);
		expect(said.match(/udp sum ok/g)).toHaveLength(2);
		expect(said).toMatch(/Flags \[S\], cksum 0x[0-9a-f]+ \(correct\), .*options \[mss 1460\]/);
		expect(said).toMatch(/Flags \[P\.\], cksum 0x[0-9a-f]+ \(correct\), seq 5:8/);
		expect(said).toContain("ICMP echo request, id 3, seq 4");
		expect(said).toContain("[icmp6 sum ok] ICMP6, echo reply, id 3, seq 4");
		expect(said).not.toMatch(/wrong|bad|incorrect/);
	});

	it("SCTP with a DATA chunk", () => {
		const said = read(
			packet(link, v4, sctp({ source: 2905, destination: 2906, verificationTag: 1 }), sctpData("hello")),
		);
		expect(said).toContain("192.0.2.1.2905 > 192.0.2.2.2906: sctp");
		expect(said).toContain("[DATA] (B)(E)");
	});

	it("ARP", () => {
		const said = read(
			packet(
				link,
				arp({ operation: "request", senderMac: "02:00:00:00:00:0a", senderIp: "192.0.2.1", targetIp: "192.0.2.2" }),
			),
			packet(
				link,
				arp({
					operation: "reply",
					senderMac: "02:00:00:00:00:0b",
					senderIp: "192.0.2.2",
					targetMac: "02:00:00:00:00:0a",
					targetIp: "192.0.2.1",
				}),
			),
		);
		expect(said).toContain("Request who-has 192.0.2.2 tell 192.0.2.1");
		expect(said).toContain("Reply 192.0.2.2 is-at 02:00:00:00:00:0b");
	});

	it("VLAN and QinQ", () => {
		const said = read(
			packet(link, vlan({ vid: 42, priority: 3 }), v4, udp({ source: 1, destination: 2 })),
			packet(link, serviceVlan({ vid: 100 }), vlan({ vid: 200 }), v6, udp({ source: 1, destination: 2 })),
		);
		expect(said).toContain("vlan 42, p 3, ethertype IPv4");
		expect(said).toMatch(/802\.1Q-QinQ.*vlan 100.*vlan 200.*ethertype IPv6/);
	});

	it("IPv6 extension headers", () => {
		const said = read(
			packet(link, v6, hopByHop(), destinationOptions(), udp({ source: 1000, destination: 2000 }), "x"),
			packet(link, v6, routing({ addresses: ["2001:db8::2"] }), udp({ source: 1000, destination: 2000 }), "x"),
			packet(link, v6, authentication(), udp({ source: 1000, destination: 2000 }), "x"),
		);
		expect(said).toMatch(/HBH .*DSTOPT .*1000 > 2000: \[udp sum ok\]|HBH .*\n?.*udp sum ok/);
		expect(said).toMatch(/RT6 \(len=2, type=0.*segleft=0.*udp sum ok/);
		expect(said).toMatch(/AH\(length=4\(24-bytes\),spi=0x00000001.*udp sum ok/);
		expect(said).not.toMatch(/bad/);
	});

	it("tunnels: IP in IP, GRE, VXLAN and GTP", () => {
		const inner = [
			ipv4({ source: "10.1.0.1", destination: "10.1.0.2" }),
			udp({ source: 5, destination: 6 }),
			"in",
		] as const;
		const said = read(
			packet(link, v4, ...inner),
			packet(link, v4, ipv6(), udp({ source: 7, destination: 8 })),
			packet(link, v4, gre({ key: 9, checksum: true, sequence: 1 }), ...inner),
			packet(link, v4, udp({ source: 40000, destination: 4789 }), vxlan(77), ethernet(), ...inner),
			packet(link, v4, udp({ source: 2152, destination: 2152 }), gtpUser(5), ...inner),
		);
		expect(said).toMatch(/proto IPIP \(4\)/);
		expect(said).toMatch(/proto IPv6 \(41\)/);
		expect(said).toMatch(
			/GREv0, Flags \[checksum present, key present, sequence# present\], sum 0x[0-9a-f]+, off 0x0, key=0x9, seq 1, proto IPv4/,
		);
		expect(said).toMatch(/VXLAN, flags \[I\] \(0x08\), vni 77/);
		expect(said.match(/10\.1\.0\.1\.5 > 10\.1\.0\.2\.6: \[udp sum ok\]/g)?.length).toBeGreaterThanOrEqual(3);
	});

	it("fragments, of which only the first has ports", () => {
		const data = "0123456789abcdef".repeat(4);
		const four = ipv4Fragments([link], { id: 99 }, [udp({ source: 1000, destination: 2000 }), data], 32);
		const six = ipv6Fragments([link], {}, 99, [udp({ source: 1000, destination: 2000 }), data], 32);
		expect([four.length, six.length]).toEqual([3, 3]);
		const said = read(...four, ...six);
		expect(said).toContain("id 99, offset 0, flags [+], proto UDP (17)");
		expect(said).toContain("id 99, offset 64, flags [none], proto UDP (17), length 28");
		expect(said).toMatch(/frag \(0x00000063:0\|32\) 1000 > 2000/);
		expect(said).toMatch(/frag \(0x00000063:64\|8\)/);
	});

	it("fields that are given, wrong ones included", () => {
		const said = read(
			packet(link, ipv4({ checksum: 1 }), udp({ source: 1, destination: 2, checksum: 3 }), "x"),
			packet(link, ipv4({ totalLength: 1000 }), udp({ source: 1, destination: 2 }), "x"),
		);
		expect(said).toContain("bad cksum 1");
		expect(said).toContain("bad udp cksum");
		expect(said).toMatch(/length 1000/);
	});
});
