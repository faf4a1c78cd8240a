// SPDX-License-Identifier: BSD-3-Clause
// `pfq run` from the outside, as a user has it: what it counts is what tcpdump counts.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCapture } from "./capture-writer.js";
import { whyNoLinks } from "./namespaces.js";
import { sampleTraffic } from "./sample-traffic.js";

interface Summary {
	type: "summary";
	groups: { gid: number; recv: number; lost: number; drop: number }[];
	sockets: { id: number; recv: number; lost: number }[];
	counters: number[];
}

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const noTcpdump = spawnSync("tcpdump", ["--version"]).error !== undefined;
const packets = 20_000;
let folder: string;
let capture: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "pfq-run-"));
	capture = join(folder, "traffic.pcap");
	writeCapture(capture, sampleTraffic({ packets }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(...args: string[]): string {
	const done = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
	expect(done.status, done.stderr).toBe(0);
	return done.stdout;
}

function summaryOf(output: string): Summary {
	const last = JSON.parse(output.trim().split("\n").at(-1) ?? "") as Summary;
	expect(last.type).toBe("summary");
	return last;
}

const run = (...options: string[]) =>
	summaryOf(node(fromRoot("packages/tools/bin/pfq.js"), "run", ...options, "--json"));

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function countByTcpdump(filter: string): number {
	const read = spawnSync("tcpdump", ["-nr", capture, filter], { encoding: "utf8", maxBuffer: 1 << 26 });
	return read.stdout.split("\n").length - 1;
}

describe("pfq run on a file", () => {
	it("gives every packet to one socket", () => {
		const { sockets, groups } = run("-r", capture, "-e", "main = steer_rrobin", "-n", "3");
		expect(sockets).toHaveLength(3);
		expect(sum(sockets.map(({ recv, lost }) => recv + lost))).toBe(packets);
		expect(sum(groups.map(({ recv }) => recv))).toBe(packets);
		for (const { recv, lost } of sockets) {
			expect(Math.abs(recv + lost - packets / 3)).toBeLessThan(0.05 * packets);
		}
	});

	const filters: [program: string, filter: string][] = [
		["udp", "udp"],
		["tcp", "tcp"],
		["icmp", "icmp"],
		["icmp6", "icmp6"],
		["ip", "ip"],
		["ip6", "ip6"],
		["port 53", "port 53"],
		["tcp >-> src_port 80", "tcp src port 80"],
		["dst_port 443", "dst port 443"],
		['addr "10.2.0.0/16"', "ip and net 10.2.0.0/16"],
		['src_addr "10.1.0.0/25"', "ip and src net 10.1.0.0/25"],
		['addr "fd00:2::/32"', "net fd00:2::/32"],
		["filter (is_udp .||. is_icmp)", "udp or icmp"],
		["filter (not is_tcp)", "not tcp"],
		["filter (ip_tot_len .> 1000)", "ip[2:2] > 1000"],
	];
	it.skipIf(noTcpdump).for(filters)("%s passes what tcpdump's `%s` counts", ([program, filter]) => {
		const { sockets } = run("-r", capture, "-e", `main = ${program} >-> steer_rrobin`, "-n", "3");
		const wanted = countByTcpdump(filter);
		expect(wanted).toBeGreaterThan(0);
		expect(sum(sockets.map(({ recv, lost }) => recv + lost))).toBe(wanted);
	});
});

describe("the README's first program", () => {
	const readme = readFileSync(fromRoot("README.md"), "utf8");
	const [, program] = /```haskell\n(main = .*)\n```/.exec(readme) ?? [];
	const [, options] = /pnpm exec pfq run (-r traffic\.pcap -f first\.pfq .*)\n/.exec(readme) ?? [];
	const [, filter] = /`tcpdump -r traffic\.pcap (.*?)`/.exec(readme) ?? [];

	it.skipIf(noTcpdump)("does what the README says", () => {
		if (program === undefined || options === undefined || filter === undefined) throw new Error("not in the README");
		writeFileSync(join(folder, "first.pfq"), `${program}\n`);
		node(fromRoot("testbed/bin/pfq-traffic.js"), "traffic.pcap");
		const { sockets, counters } = run(...options.split(" "));
		const wanted = countByTcpdump(filter);
		expect(counters[0]).toBe(wanted);
		expect(sum(sockets.map(({ recv }) => recv))).toBe(wanted);
	});
});

describe.skipIf(whyNoLinks())("the demo", () => {
	it("captures live traffic of each kind, spreads it over all sockets, and leaves nothing behind", () => {
		const { sockets, counters } = summaryOf(
			node(fromRoot("testbed/dist/demo.js"), "-n", "3", "--seconds", "3", "--json"),
		);
		expect(sockets).toHaveLength(3);
		for (const { recv } of sockets) expect(recv).toBeGreaterThan(0);
		const [tcp = 0, udp = 0, icmp = 0, dns = 0, web = 0] = counters;
		expect(tcp).toBeGreaterThan(web);
		expect(web).toBeGreaterThan(0);
		expect(udp).toBeGreaterThanOrEqual(dns);
		expect(dns).toBeGreaterThan(0);
		expect(icmp).toBeGreaterThan(0);
		expect(sum(sockets.map(({ recv, lost }) => recv + lost))).toBe(tcp + udp + icmp);
	});
});
