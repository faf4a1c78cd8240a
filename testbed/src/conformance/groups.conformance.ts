// SPDX-License-Identifier: BSD-3-Clause
// What groups do with packets: to whom they go, and what is counted.
import { Class, Socket, Vlan } from "@pfq/core";
import { compile } from "@pfq/lang";
import { evaluate, newGroupState } from "@pfq/lang/evaluator";
import { describe, expect, it } from "vitest";
import { ipv4Fragments } from "../fragments.js";
import { arp, ethernet, icmpEcho, ipv4, ipv6, packet, tcp, udp, vlan } from "../layers.js";
import { cableKinds, connected, createVeth } from "./cable.js";
import { until } from "./host.js";
import { datagram, flows, link } from "./packets.js";
import { collect, counts, hex, openMembers, openReceiver, receive, settled } from "./receiver.js";
import { startTraffic } from "./traffic.js";

const packetsOfManyKinds = [
	packet(
		ethernet(link),
		arp({ operation: "request", senderMac: "02:00:00:00:00:01", senderIp: "10.0.0.1", targetIp: "10.0.0.2" }),
	),
	packet(ethernet(link), ipv4(), icmpEcho({ id: 1, sequence: 1 }), "ping and something behind it"),
	packet(ethernet(link), ipv6(), tcp({ source: 1030, destination: 80, flags: ["S"] })),
	packet(ethernet(link), vlan({ vid: 9 }), ipv6(), udp({ source: 7, destination: 1030 }), "inside"),
	packet(ethernet(link), vlan({ vid: 9 }), vlan({ vid: 10 }), ipv4({ ttl: 1 }), tcp({ source: 9, destination: 1030 })),
	...ipv4Fragments([ethernet(link)], {}, [udp({ source: 1, destination: 2 }), "y".repeat(100)], 64),
	packet(ethernet({ ...link, etherType: 0x88cc }), "neither"),
];

describe.each(cableKinds)("$kind: a group", ({ create }) => {
	it("gives each packet to all its members, unless a program says otherwise", async () => {
		using cable = create();
		await connected(cable);
		using members = openMembers(cable.device, [{}, {}, {}]);
		cable.send(...flows(10));
		expect(await counts(members.sockets, 30)).toEqual([10, 10, 10]);
		members.group.setComputation("main = port 1030 >-> inc 7");
		cable.send(...flows(10));
		expect(await counts(members.sockets, 3)).toEqual([1, 1, 1]);
		await until("the others are dropped", () => members.group.stats().drop === 9);
		expect(members.group.counters()[7]).toBe(1n);
		expect(members.group.stats()).toMatchObject({ recv: 33, lost: 0 });
		members.group.setComputation(null);
		cable.send(...flows(2));
		expect(await counts(members.sockets, 6)).toEqual([2, 2, 2]);
	});

	it("steers each flow whole, both directions of it, to one member, and the flows over all", async () => {
		using cable = create();
		await connected(cable);
		using members = openMembers(cable.device, [{}, {}, {}]);
		members.group.setComputation("main = steer_flow");
		const there = flows(300);
		const back = there.map((_, index) =>
			datagram({
				source: "10.2.0.1",
				destination: `10.1.${index >> 8}.${index & 255}`,
				sport: 2000,
				dport: 1024 + index,
			}),
		);
		cable.send(...there, ...back, ...there);
		const taken = await collect(members.sockets, 900);
		const keys = taken.map((each) =>
			each.map(({ data }) => [data.readUInt32BE(26), data.readUInt32BE(30)].sort((a, b) => a - b).join()),
		);
		for (const each of keys) expect(each.length).toBeGreaterThan(150);
		expect(keys.reduce((sum, each) => sum + new Set(each).size, 0)).toBe(300);
	});

	it("steers by weight", async () => {
		using cable = create();
		await connected(cable);
		using members = openMembers(cable.device, [{ weight: 1 }, { weight: 3 }]);
		members.group.setComputation("main = steer_to 2");
		cable.send(...flows(10));
		expect(await counts(members.sockets, 10)).toEqual([0, 10]);
		members.group.setComputation("main = steer_to 4");
		cable.send(...flows(10));
		expect(await counts(members.sockets, 10)).toEqual([10, 0]);
		members.group.setComputation("main = steer_flow");
		cable.send(...flows(600));
		const [light = 0, heavy = 0] = await counts(members.sockets, 600);
		expect(light + heavy).toBe(600);
		expect(heavy).toBeGreaterThan(2 * light);
	});

	it("gives a packet to the members of the classes that the program chooses", async () => {
		using cable = create();
		await connected(cable);
		using members = openMembers(cable.device, [
			{},
			{ classMask: Class.USER_PLANE },
			{ classMask: Class.USER_PLANE | Class.CONTROL_PLANE },
		]);
		members.group.setComputation("main = when (has_port 53) (classify 2) >-> when (has_port 67) (classify 4)");
		cable.send(datagram(), ...[53, 67, 67].map((sport) => datagram({ sport })));
		expect(await counts(members.sockets, 5)).toEqual([1, 1, 3]);
	});

	it("passes what its Berkeley filter lets through", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.device);
		receiver.group.setFilter("udp src port 1025 or vlan 5");
		cable.send(...flows(10), datagram({ vlans: [5], length: 64 }));
		const received = await receive(receiver, 2);
		expect(received.map(({ vlanTci }) => vlanTci).sort()).toEqual([0, 5]);
		await until("the others are dropped", () => receiver.group.stats().drop === 9);
		expect(receiver.group.stats().recv).toBe(2);
		receiver.group.setFilter([
			{ code: 0x28, jt: 0, jf: 0, k: 34 }, // the source port
			{ code: 0x15, jt: 1, jf: 0, k: 1030 },
			{ code: 0x06, jt: 0, jf: 0, k: 0 },
			{ code: 0x06, jt: 0, jf: 0, k: 0xffff },
		]);
		cable.send(...flows(10));
		expect(await receive(receiver, 1)).toHaveLength(1);
		await until("the others are dropped", () => receiver.group.stats().drop === 18);
		receiver.group.setFilter(null);
		cable.send(...flows(10));
		expect(await receive(receiver, 10)).toHaveLength(10);
	});

	it.each([
		{ vids: [], passing: [] },
		{ vids: [5], passing: ["5"] },
		{ vids: [5, 6], passing: ["5", "6", "6,5"] },
		{ vids: [Vlan.UNTAG], passing: [""] },
		{ vids: [Vlan.ANYTAG], passing: ["5", "6", "6,5"] },
	])("passes VLANs $vids", async ({ vids, passing }) => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.device);
		receiver.group.enableVlanFilter(true);
		for (const vid of vids) receiver.group.setVlanFilter(vid);
		const tags = [[], [5], [6], [6, 5]];
		const packets = new Map(tags.map((vlans) => [hex(datagram({ vlans, length: 80 })), vlans.join()]));
		cable.send(...tags.map((vlans) => datagram({ vlans, length: 80 })));
		await until("they have come in", () => receiver.socket.deviceStats(cable.device).recv === 4);
		const received = await receive(receiver, passing.length);
		expect(received.map(({ data }) => packets.get(hex(data))).sort()).toEqual(passing);
		await until("the others are dropped", () => receiver.group.stats().drop === 4 - passing.length);
	});

	it("does with every packet what the reference evaluator says", async () => {
		using cable = create();
		await connected(cable);
		const source = `main = when (has_vlan) (inc 1) >-> when is_udp (mark 17) >->
			when (has_port 1030) (put_state 3) >-> conditional (pkt_len .< 70) steer_flow (classify 2 >-> steer_rrobin)`;
		const compilation = compile(source);
		if (!compilation.ok) throw new Error("the program does not compile");
		using members = openMembers(cable.device, [{}, {}, { classMask: Class.USER_PLANE }]);
		members.group.setComputation(source);
		const sent = [...flows(20), ...packetsOfManyKinds];
		const state = newGroupState();
		const outcomes = sent.map((octets) =>
			evaluate(compilation.computation, { octets, length: octets.length, link: "ethernet", mark: 0 }, state),
		);
		cable.send(...sent);
		const passing = outcomes.filter(({ fanout }) => fanout.kind !== "drop");
		const taken = (await collect(members.sockets, passing.length)).flat();
		const seen = taken.map(({ data, mark, state: put }) => `${hex(data)} ${mark} ${put}`).sort();
		const wanted = sent.flatMap((octets, index) => {
			const outcome = outcomes[index];
			return outcome && outcome.fanout.kind !== "drop" ? [`${hex(octets)} ${outcome.mark} ${outcome.state}`] : [];
		});
		expect(seen).toEqual(wanted.sort());
		await until("the others are dropped", () => members.group.stats().drop === sent.length - passing.length);
		expect(members.group.counters()[1]).toBe(state.counters[1]);
	});
});

describe("a group under traffic", () => {
	it("takes one program after another, filters too, and loses count of nothing", async () => {
		using cable = createVeth();
		using members = openMembers(cable.device, [{ rxSlots: 256 }, { rxSlots: 256 }]);
		const { group, sockets } = members;
		group.setComputation("main = steer_flow");
		using sending = startTraffic(cable.far);
		const programs = [
			"main = steer_flow",
			"main = drop",
			"main = udp >-> inc 1 >-> steer_rrobin",
			"main = mark 5 >-> steer_to 1",
		];
		await until("packets come", () => group.stats().recv > 0);
		for (let round = 0; round < 100; round++) {
			group.setComputation(programs[round % programs.length] ?? null);
			group.setFilter(round % 3 ? "udp" : null);
			group.enableVlanFilter(round % 7 === 0);
			for (const socket of sockets) socket.read();
		}
		group.enableVlanFilter(false);
		group.setFilter(null);
		group.setComputation("main = steer_flow");
		await sending.stop();
		if (sockets[0]) await settled(cable.device, group, sockets[0]);
		const each = sockets.map((socket) => socket.stats());
		expect(each.reduce((sum, { recv }) => sum + recv, 0)).toBe(group.stats().recv);
		expect(each.reduce((sum, { lost }) => sum + lost, 0)).toBe(group.stats().lost);
	});

	it("goes on while members come and go", async () => {
		using cable = createVeth();
		using members = openMembers(cable.device, [{ rxSlots: 64 }]);
		members.group.setComputation("main = steer_flow");
		using sending = startTraffic(cable.far);
		for (let round = 0; round < 30; round++) {
			using guest = Socket.open({ rxSlots: 64 });
			const joined = guest.joinGroup({ gid: members.group.id });
			guest.enable();
			await until("the newcomer has its share", () => guest.stats().recv > 0);
			if (round % 3 === 0) joined.leave();
			if (round % 3 === 1) guest.disable();
			for (const socket of members.sockets) socket.read();
		}
		await sending.stop();
		const [first] = members.sockets;
		if (first) await settled(cable.device, members.group, first);
		expect(members.group.stats().drop).toBe(0);
	});
});
