// SPDX-License-Identifier: BSD-3-Clause
// Filters on real captures, counted by PFQ and by tcpdump. The captures are beside a checkout, or not there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Socket } from "./socket.js";

const folder = fileURLToPath(new URL("../../../../shared/captures/", import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name)) : [];
const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

/**
 * A program, and the filter of tcpdump that means the same. Ours look through VLAN tags and IPv6 extension headers;
 * tcpdump must be told to: `protochain`, and a `vlan and …` for each tag.
 */
const filters: readonly (readonly [program: string, expression: string])[] = [
	["ip", "ip"],
	["ip6", "ip6"],
	["udp", "ip proto 17 or ip6 protochain 17"],
	["tcp", "ip proto 6 or ip6 protochain 6"],
	["icmp", "icmp"],
	["icmp6", "ip6 protochain 58"],
	["l3_proto 0x0806", "arp"],
	["l4_proto 89", "ip proto 89 or ip6 protochain 89"],
	["port 53", "port 53"],
	["dst_port 53", "dst port 53"],
	["src_port 80", "src port 80"],
	['addr "10.0.0.0/8"', "ip and net 10.0.0.0/8"],
	['addr "192.168.0.0/16"', "ip and net 192.168.0.0/16"],
	['dst_addr "224.0.0.0/4"', "ip and dst net 224.0.0.0/4"],
	['src_addr "fe80::/10"', "ip6 and src net fe80::/10"],
	['addr "2001::/16"', "ip6 and net 2001::/16"],
	["tcp >-> inv (port 443)", "tcp and not port 443"],
	["filter is_frag", "ip[6:2] & 0x3fff != 0 or (ip6[6] = 44 and ip6[42:2] & 0xfff9 != 0)"],
	["filter (less pkt_len 100)", "len < 100"],
	["filter (greater_eq ip_ttl 128)", "ip[8] >= 128"],
	["filter (any_bit tcp_flags 2)", "ip and tcp[tcpflags] & tcp-syn != 0"],
];
const ethernetFilters: typeof filters = [
	["vlan", "vlan"],
	["vlan_id_filter [100]", "vlan 100"],
	["mac_broadcast", "ether broadcast"],
	["mac_multicast", "ether multicast"],
];

const tcpdump = (file: string, expression: string) => {
	const { stdout, stderr } = spawnSync("tcpdump", ["-r", folder + file, "--count", "-n", expression], {
		encoding: "utf8",
	});
	// what no packet of this link type can be is refused
	const count = stderr.includes("expression rejects all packets") ? 0 : Number(/^(\d+) packets?/m.exec(stdout)?.[1]);
	return { count, stderr };
};

const isEthernet = (file: string): boolean => tcpdump(file, "").stderr.includes("EN10MB");

const countByProgram = async (file: string, program: string): Promise<number> => {
	const device = `pcap:${folder}${file}`;
	using socket = Socket.open();
	const group = socket.joinGroup();
	group.setComputation(`main = ${program}`);
	socket.enable();
	group.bind(device);
	let count = 0;
	for await (const batch of socket.batches({ endOf: device })) count += batch.length;
	return count;
};

describe.skipIf(files.length === 0 || !hasTcpdump)("filters let through what tcpdump counts", () => {
	it.each(files)("in %s", async (file) => {
		const ethernet = isEthernet(file);
		const counts: Record<string, number> = {};
		const expected: Record<string, number> = {};
		for (const [program, expression] of ethernet ? [...filters, ...ethernetFilters] : filters) {
			const tagged = ethernet && !/^vlan|^len|^ether/.test(expression);
			const whole = tagged ? `(${expression}) or (vlan and (${expression})) or (vlan and (${expression}))` : expression;
			counts[program] = await countByProgram(file, program);
			expected[program] = tcpdump(file, whole).count;
		}
		expect(counts).toEqual(expected);
		const all = await countByProgram(file, "unit");
		expect(all).toBe(tcpdump(file, "").count);
		expect(await countByProgram(file, "inv udp")).toBe(all - (counts.udp ?? 0));
	});
});
