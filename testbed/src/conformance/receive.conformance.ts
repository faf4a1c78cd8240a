// SPDX-License-Identifier: BSD-3-Clause
// What arrives at a device is what is delivered.
import { Link } from "@pfq/core";
import { describe, expect, it } from "vitest";
import { ipv4Fragments, ipv6Fragments } from "../fragments.js";
import { ethernet, ipv4, ipv6, packet, tcp, udp, vlan } from "../layers.js";
import { cableKinds, connected, createVeth, inject } from "./cable.js";
import { ip, native, onKernel, run, until } from "./host.js";
import { datagram, flows, link } from "./packets.js";
import { hex, openMembers, openReceiver, receive, settled } from "./receiver.js";

describe.each(cableKinds)("$kind: a receiver", ({ kind, create }) => {
	it("gets each packet whole, in order, and with what is known of it", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.device);
		const before = BigInt(Date.now() - 1) * 1_000_000n;
		const sent = [60, 61, 64, 127, 128, 129, 590, 1024, 1513, 1514].map((length) => datagram({ length }));
		cable.send(...sent);
		const received = await receive(receiver, sent.length);
		const after = BigInt(Date.now() + 1) * 1_000_000n;
		expect(received.map(({ data }) => hex(data))).toEqual(sent.map(hex));
		for (const each of received) {
			expect(each).toMatchObject({ length: each.data.length, caplen: each.data.length, link: Link.ETHERNET });
			expect(each).toMatchObject({ vlanTci: 0, mark: 0, state: 0, gid: receiver.group.id });
			expect(each.ifindex).toBe(receiver.socket.deviceIndex(cable.device));
			expect(each.timestamp).toBeGreaterThanOrEqual(before);
			expect(each.timestamp).toBeLessThanOrEqual(after);
			expect(each.nanoseconds).toBeLessThan(1_000_000_000);
		}
		const times = received.map(({ timestamp }) => timestamp);
		expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
	});

	it("gets as much of a packet as it asked for, and its true length", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.device, { caplen: 100 });
		const sent = [60, 99, 100, 101, 1500].map((length) => datagram({ length }));
		cable.send(...sent);
		const received = await receive(receiver, sent.length);
		expect(received.map(({ length }) => length)).toEqual([60, 99, 100, 101, 1500]);
		expect(received.map(({ data }) => hex(data))).toEqual(sent.map((each) => hex(each.subarray(0, 100))));
	});

	it("sees VLAN tags in their places, one or two, and priority 0 too", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.device);
		const inner = [ipv4(), udp({ source: 5, destination: 6 }), "tagged and long enough"];
		const sent = [
			packet(ethernet(link), vlan({ vid: 42, priority: 5 }), ...inner),
			packet(ethernet(link), vlan({ vid: 7, tagType: 0x88a8 }), vlan({ vid: 8 }), ...inner),
			packet(ethernet(link), vlan({ vid: 0 }), ...inner),
			packet(ethernet(link), ...inner),
		];
		cable.send(...sent);
		const received = await receive(receiver, sent.length);
		// an interface of several queues keeps the order of a flow alone
		const seen = new Map(received.map(({ data, vlanTci }) => [hex(data), vlanTci]));
		expect(sent.map((octets) => seen.get(hex(octets)))).toEqual([(5 << 13) | 42, 7, 0, 0]);
	});

	it("tells IPv6, fragments and what is neither apart", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.device);
		receiver.group.setComputation(
			"main = when is_ip6 (mark 6) >-> when is_frag (mark 4) >-> when is_more_frag (mark 5)",
		);
		const big = "x".repeat(240); // no fragment so short that somebody on the way pads it, or takes the padding off
		const four = ipv4Fragments([ethernet(link)], {}, [udp({ source: 1, destination: 2 }), big], 96);
		const six = ipv6Fragments([ethernet(link)], {}, 1, [udp({ source: 1, destination: 2 }), big], 96);
		const others = [packet(ethernet(link), ipv6(), tcp({ source: 1, destination: 2 })), datagram()];
		cable.send(...four, ...six, ...others);
		const received = await receive(receiver, four.length + six.length + 2);
		const seen = new Map(received.map(({ data, mark }) => [hex(data), mark]));
		expect([...four, ...six, ...others].map((octets) => seen.get(hex(octets)))).toEqual([
			...four.map((_, index) => (index === 0 ? 4 : 5)),
			...six.map((_, index) => (index === 0 ? 4 : 5)),
			6,
			0,
		]);
	});

	it("accounts for every packet: received, lost, dropped", async () => {
		using cable = create();
		await connected(cable);
		using members = openMembers(cable.device, [{ rxSlots: 64 }, { rxSlots: 4096 }]);
		members.group.setComputation("main = inv (port 1024)");
		const sent = flows(1000);
		cable.send(...sent);
		const { sockets, group } = members;
		await until("all packets have arrived", () => sockets[0]?.deviceStats(cable.device).recv === sent.length);
		await until("they have been dealt with", () => {
			const { recv, lost, drop } = group.stats();
			return recv + lost + 2 * drop === 2 * sent.length;
		});
		const [small, large] = sockets.map((socket) => socket.stats());
		expect(large).toMatchObject({ recv: 999, lost: 0 });
		expect((small?.recv ?? 0) + (small?.lost ?? 0)).toBe(999);
		expect(small?.recv).toBe(64);
		expect(group.stats()).toMatchObject({ recv: 999 + 64, lost: 999 - 64, drop: 1 });
		expect(sockets[0]?.deviceStats(cable.device)).toMatchObject({ recv: 1000, lost: 0, state: "running" });
	});

	if (kind !== "rtl8139")
		it("gets jumbo frames", async () => {
			using cable = create({ mtu: 9000 });
			await connected(cable);
			using receiver = openReceiver(cable.device, { caplen: 9014 });
			const sent = [1515, 4096, 9000, 9014].map((length) => datagram({ length }));
			cable.send(...sent);
			const received = await receive(receiver, sent.length);
			expect(received.map(({ data }) => hex(data))).toEqual(sent.map(hex));
		});
});

/** Undefined where the kernel has VLAN interfaces. */
const whyNoVlanDevices = (): string | undefined => {
	try {
		using cable = createVeth();
		ip(`link add link ${cable.device} name probe type vlan id 1`);
		return undefined;
	} catch {
		return "this kernel has no VLAN interfaces";
	}
};

describe("veth: a receiver", () => {
	it.skipIf(whyNoVlanDevices())(
		"sees a tag that the device took out where it was, and the same packet as one with the tag in it",
		async () => {
			using cable = createVeth({ offloads: true });
			using receiver = openReceiver(cable.device);
			ip(`link add link ${cable.far} name tagged type vlan id 77`);
			ip("link set tagged arp off up");
			receiver.group.setComputation("main = when (has_vid 77) (mark 77)");
			inject("tagged", [datagram()]);
			inject(cable.far, [datagram({ vlans: [77], length: 64 })]);
			const received = await receive(receiver, 2);
			const wanted = hex(datagram({ vlans: [77], length: 64 }));
			expect(received.map(({ data }) => hex(data))).toEqual([wanted, wanted]);
			expect(received.map(({ vlanTci, mark, length }) => ({ vlanTci, mark, length }))).toEqual([
				{ vlanTci: 77, mark: 77, length: 64 },
				{ vlanTci: 77, mark: 77, length: 64 },
			]);
		},
	);

	it("gets a packet of many segments in one, with all its octets", async () => {
		using cable = createVeth({ offloads: true });
		using receiver = openReceiver(cable.device, { caplen: 65_535, rxSlots: 16 });
		const payload = new Uint8Array(40_000).map((_, index) => index * 7);
		const sent = packet(ethernet(), ipv4(), tcp({ source: 1, destination: 2 }), payload);
		inject(cable.far, [sent], "-g", "1448");
		const [received] = await receive(receiver, 1);
		expect(received?.length).toBe(sent.length);
		// the kernel leaves the checksum of the segments to the device
		const checksum = 14 + 20 + 16;
		const without = (octets: Uint8Array): string =>
			hex(octets.subarray(0, checksum)) + hex(octets.subarray(checksum + 2));
		expect(without(received?.data ?? Buffer.alloc(0))).toBe(without(sent));
	});

	it("gets the beginning of a packet of many segments, and its true length", async () => {
		using cable = createVeth({ offloads: true });
		using receiver = openReceiver(cable.device, { caplen: 128 });
		const sent = packet(ethernet(), ipv4(), tcp({ source: 1, destination: 2 }), new Uint8Array(30_000).fill(9));
		inject(cable.far, [sent], "-g", "1448");
		const [received] = await receive(receiver, 1);
		expect(received).toMatchObject({ length: sent.length, caplen: 128 });
	});

	it("gets under load what the interface counted, less what is counted as lost", async () => {
		using cable = createVeth();
		using members = openMembers(cable.device, [{ rxSlots: 256 }, { rxSlots: 1024 }, { rxSlots: 65_536 }]);
		members.group.setComputation("main = udp >-> steer_flow");
		const packets = 20_000;
		run(native("blast"), ["-d", cable.far, "-n", String(packets), "-k", "500"]);
		const { sockets, group } = members;
		if (sockets[0]) await settled(cable.device, group, sockets[0]);
		const each = sockets.map((socket) => socket.stats());
		expect(each.reduce((sum, { recv }) => sum + recv, 0)).toBe(group.stats().recv);
		expect(each.reduce((sum, { lost }) => sum + lost, 0)).toBe(group.stats().lost);
		if (onKernel) expect(sockets[0]?.deviceStats(cable.device)).toMatchObject({ recv: packets, lost: 0 });
	});
});
