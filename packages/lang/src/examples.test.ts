// SPDX-License-Identifier: BSD-3-Clause
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { evaluate, type GroupState, newGroupState, type Outcome, type Packet } from "./evaluator/index.js";
import { format } from "./formatter.js";
import { arpPacket, ipv4Packet } from "./testing/packet-builder.js";
import { samplePackets } from "./testing/sample-packets.js";

const folder = new URL("../../../examples/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(`${name}.pfq`, folder), "utf8");
const names = readdirSync(folder).flatMap((name) => (name.endsWith(".pfq") ? [name.slice(0, -4)] : []));

/** What an example does to packets, one after the other. */
const load = (name: string) => {
	const result = compile(read(name), { file: `${name}.pfq` });
	if (!result.ok) throw new Error(renderDiagnostics(result.diagnostics));
	const group: GroupState = newGroupState();
	const run = (packet: Packet): Outcome => evaluate(result.computation, packet, group);
	const counters = (): number[] => Array.from(group.counters.slice(0, 3), Number);
	return { run, counters };
};

const dropped = { fanout: { kind: "drop" } };
const steered = { fanout: { kind: "steer" } };
const back = { source: "10.0.0.2", destination: "10.0.0.1" };

describe("each example", () => {
	it.each(names)("%s compiles, is in the usual form, and runs on packets of all kinds", (name) => {
		expect(format(read(name))).toEqual({ ok: true, text: read(name) });
		const { run } = load(name);
		for (const packet of samplePackets) run(packet);
	});
});

describe("load-balancer", () => {
	it("gives both directions of a flow to one socket, different flows to several, and drops nothing", () => {
		const { run } = load("load-balancer");
		const there = run(ipv4Packet({ protocol: "tcp", ports: [40000, 80] }));
		expect(there).toMatchObject(steered);
		expect(run(ipv4Packet({ protocol: "tcp", ports: [80, 40000], ...back }))).toEqual(there);
		const hashes = Array.from({ length: 100 }, (_, index) => run(ipv4Packet({ ports: [index + 1, 80] })).fanout);
		expect(new Set(hashes.map((fanout) => JSON.stringify(fanout))).size).toBeGreaterThan(90);
		for (const packet of samplePackets.filter(({ octets }) => octets.length >= 14))
			expect(run(packet).fanout.kind).not.toBe("drop");
	});

	it("keeps the fragments of a datagram together", () => {
		const { run } = load("load-balancer");
		expect(run(ipv4Packet({ fragment: 0x2000 }))).toEqual(run(ipv4Packet({ fragment: 185 })));
	});
});

describe("dns-split", () => {
	it("gives the name service to class 1, and other IP to class 0", () => {
		const { run, counters } = load("dns-split");
		expect(run(ipv4Packet({ ports: [40000, 53] }))).toMatchObject({ ...steered, classMask: 2n });
		expect(run(ipv4Packet({ protocol: "tcp", ports: [53, 40000] }))).toMatchObject({ ...steered, classMask: 2n });
		expect(run(ipv4Packet({ ports: [40000, 80] }))).toMatchObject({ ...steered, classMask: 1n });
		expect(run(arpPacket())).toMatchObject(dropped);
		expect(counters()).toEqual([2, 1, 0]);
	});
});

describe("port-mirror", () => {
	it("copies the servers' packets to the other device, and gives all IP to the sockets", () => {
		const { run } = load("port-mirror");
		expect(run(ipv4Packet({ destination: "192.0.2.11" }))).toMatchObject({ ...steered, forwards: ["eth1"] });
		expect(run(ipv4Packet({ source: "192.0.2.10" }))).toMatchObject({ ...steered, forwards: ["eth1"] });
		expect(run(ipv4Packet({ destination: "192.0.2.12" }))).toMatchObject({ ...steered, forwards: [] });
	});
});

describe("firewall", () => {
	it("passes on what may pass, and refuses the rest", () => {
		const { run, counters } = load("firewall");
		const open = { protocol: "tcp", flags: 0x02, destination: "192.0.2.10" } as const;
		const passes = [
			arpPacket(),
			ipv4Packet({ protocol: "icmp" }),
			ipv4Packet({ ...open, ports: [40000, 443] }),
			ipv4Packet({ ...open, flags: 0x10, ports: [443, 40000] }),
			ipv4Packet({ ports: [53, 40000] }),
		];
		for (const packet of passes) expect(run(packet)).toMatchObject({ ...dropped, forwards: ["eth1"] });
		const refused = [
			ipv4Packet({ ...open, ports: [40000, 22] }),
			ipv4Packet({ ...open, destination: "192.0.2.25", ports: [40000, 443] }),
			ipv4Packet({ ports: [40000, 53] }),
		];
		for (const packet of refused) expect(run(packet)).toMatchObject({ ...dropped, forwards: [] });
		expect(counters()).toEqual([passes.length, refused.length, 0]);
	});
});

describe("vlan-split", () => {
	it("gives each tenant's VLANs to a class of its own", () => {
		const { run, counters } = load("vlan-split");
		expect(run(ipv4Packet({ vlan: 12 }))).toMatchObject({ ...steered, classMask: 1n });
		expect(run(ipv4Packet({ vlan: 30 }))).toMatchObject({ ...steered, classMask: 2n });
		expect(run(ipv4Packet({ vlan: 40 }))).toMatchObject(dropped);
		expect(run(ipv4Packet({}))).toMatchObject(dropped);
		expect(counters()).toEqual([1, 1, 0]);
	});
});
