// SPDX-License-Identifier: BSD-3-Clause
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { evaluate, type GroupState, newGroupState, type Outcome, type Packet } from "./evaluator/index.js";
import { format } from "./formatter.js";
import { arpPacket, gtpPacket, ipv4Packet, rtcpReport, rtpHeader } from "./testing/packet-builder.js";
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

describe("bridge", () => {
	it("passes all on but answers of DHCP, which the sockets get", () => {
		const { run, counters } = load("bridge");
		for (const packet of [arpPacket(), ipv4Packet({ ports: [68, 67] }), ipv4Packet({ protocol: "tcp" })])
			expect(run(packet)).toMatchObject({ ...dropped, forwards: ["eth1"] });
		expect(run(ipv4Packet({ ports: [67, 68] }))).toMatchObject({ fanout: { kind: "pass" }, forwards: [] });
		expect(counters()).toEqual([3, 1, 0]);
	});
});

describe("ids", () => {
	const { run, counters } = load("ids");
	const session = { protocol: "tcp", ports: [40000, 443] } as const;

	it("gives both directions of a conversation, and the fragments of a datagram, to one sensor", () => {
		const there = run(ipv4Packet(session));
		expect(there).toMatchObject({ ...steered, mark: 0 });
		expect(run(ipv4Packet({ ...session, ports: [443, 40000], ...back })).fanout).toEqual(there.fanout);
		expect(run(ipv4Packet({ fragment: 0x2000 })).fanout).toEqual(run(ipv4Packet({ fragment: 185 })).fanout);
	});

	it("marks what is odd, and leaves out backups", () => {
		for (const flags of [0x03, 0x29, 0x00]) expect(run(ipv4Packet({ ...session, flags }))).toMatchObject({ mark: 1 });
		for (const flags of [0x02, 0x12, 0x18, 0x11])
			expect(run(ipv4Packet({ ...session, flags }))).toMatchObject({ mark: 0 });
		expect(run(ipv4Packet({ ...session, ports: [40000, 23] }))).toMatchObject({ ...steered, mark: 2 });
		expect(run(ipv4Packet({ ...session, ports: [40000, 873], destination: "10.0.9.1" }))).toMatchObject(dropped);
		expect(counters()).toEqual([3, 1, 1]);
	});
});

describe("voip", () => {
	it("gives RTP and its RTCP to one socket, SIP to all, and drops all else", () => {
		const { run, counters } = load("voip");
		const rtp = run(ipv4Packet({ ports: [16384, 20000], payload: rtpHeader }));
		expect(rtp).toMatchObject(steered);
		expect(run(ipv4Packet({ ports: [16385, 20001], payload: rtcpReport })).fanout).toEqual(rtp.fanout);
		expect(run(ipv4Packet({ ports: [20000, 16384], payload: rtpHeader, ...back })).fanout).toEqual(rtp.fanout);
		expect(run(ipv4Packet({ ports: [5060, 5060] }))).toMatchObject({ fanout: { kind: "pass" } });
		expect(run(ipv4Packet({ ports: [40000, 53] }))).toMatchObject(dropped);
		expect(counters()).toEqual([1, 3, 0]);
	});
});

describe("gtp-probe", () => {
	it("gives all of a subscriber to one socket, whatever the tunnel, and the control plane to all", () => {
		const { run, counters } = load("gtp-probe");
		const web = { protocol: "tcp", source: "10.7.0.1", destination: "192.0.2.1", ports: [40000, 443] } as const;
		const up = run(gtpPacket(ipv4Packet(web), 1));
		expect(up).toMatchObject(steered);
		const down = { ...web, source: web.destination, destination: web.source };
		expect(run(gtpPacket(ipv4Packet(down), 2)).fanout).toEqual(up.fanout);
		expect(run(gtpPacket(ipv4Packet({ ...web, protocol: "udp", ports: [40000, 53] }), 3)).fanout).toEqual(up.fanout);
		const others = Array.from({ length: 50 }, (_, n) =>
			run(gtpPacket(ipv4Packet({ ...web, source: `10.7.1.${n}` }), 1)),
		);
		expect(new Set(others.map(({ fanout }) => JSON.stringify(fanout))).size).toBeGreaterThan(45);
		expect(run(ipv4Packet({ ports: [2123, 2123] }))).toMatchObject({ fanout: { kind: "pass" } });
		expect(run(ipv4Packet(web))).toMatchObject(dropped);
		expect(counters()).toEqual([1, 53, 1]);
	});
});
