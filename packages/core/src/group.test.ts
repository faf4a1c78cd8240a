// SPDX-License-Identifier: BSD-3-Clause
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Class, Vlan } from "@pfq/abi";
import { mark, program, writeImage, writeJson } from "@pfq/lang";
import { describe, expect, it } from "vitest";
import { arpPacket, udpPacket } from "./packets.test-support.js";
import { Socket } from "./socket.js";
import { countPackets, createWire, drain, openReceiver } from "./wire.test-support.js";

const flows = (count: number): Uint8Array[] =>
	Array.from({ length: count }, (_, index) => udpPacket({ sourcePort: 1024 + index, source: `10.0.${index >> 8}.1` }));

/** Enabled sockets in one group that is bound to the device. */
const openMembers = (device: string, members: readonly { classMask?: bigint; weight?: number; rxSlots?: number }[]) => {
	const sockets = members.map(({ weight, rxSlots }) =>
		Socket.open({ ...(weight !== undefined && { weight }), ...(rxSlots !== undefined && { rxSlots }) }),
	);
	const groups = sockets.map((socket, index) => {
		const { classMask = Class.DEFAULT } = members[index] ?? {};
		const gid = index === 0 ? {} : { gid: firstGid };
		const group = socket.joinGroup({ policy: "shared", classMask, ...gid });
		if (index === 0) firstGid = group.id;
		return group;
	});
	const [group] = groups;
	if (!group) throw new Error("no members");
	for (const socket of sockets) socket.enable();
	group.bind(device);
	return {
		sockets,
		group,
		groups,
		[Symbol.dispose]() {
			for (const socket of sockets) socket.close();
		},
	};
};
let firstGid = -1;

describe("a group", () => {
	it("gives each packet to all its members, unless a program says otherwise", () => {
		using wire = createWire();
		using members = openMembers(wire.device, [{}, {}, {}]);
		wire.send(...flows(10));
		expect(members.sockets.map(countPackets)).toEqual([10, 10, 10]);
		expect(members.group.stats()).toMatchObject({ recv: 30, lost: 0, drop: 0 });
	});

	it("is left by `using`, and once", () => {
		using socket = Socket.open();
		{
			using _ = socket.joinGroup();
			expect(socket.groups).toHaveLength(1);
		}
		expect(socket.groups).toEqual([]);
		{
			using group = socket.joinGroup();
			group.leave();
		}
		using _ = socket.joinGroup();
		socket.close();
	});

	it("takes a program in JSON, and from a file: text with its modules, JSON, an image", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		const { group } = receiver;
		const folder = mkdtempSync(join(tmpdir(), "pfq-group-"));
		const file = (name: string, content: string | Uint8Array): string => {
			writeFileSync(join(folder, name), content);
			return join(folder, name);
		};
		const marks = program(mark(7));
		try {
			file("Number.pfq", "module Number where\nnumber = 7\n");
			const text = file("text.pfq", "import Number\nmain = mark number\n");
			const json = file("graph.json", writeJson(marks.computation));
			const image = file("image", writeImage(marks.computation));
			const loads = [
				() => group.setComputation(writeJson(marks.computation)),
				() => group.setComputationFromFile(text),
				() => group.setComputationFromFile(json),
				() => group.setComputationFromFile(image),
			];
			for (const load of loads) {
				group.setComputation(null);
				load();
				wire.send(udpPacket());
				expect(drain(receiver.socket, (batch, index) => batch.mark(index))).toEqual([7]);
			}
			const wrong = file("wrong.pfq", "main =\n  upd\n");
			expect(() => group.setComputationFromFile(wrong)).toThrow(
				expect.objectContaining({ code: "EINVAL", place: { file: wrong, line: 2, column: 3 } }),
			);
			expect(() => group.setComputationFromFile(join(folder, "none"))).toThrow(
				expect.objectContaining({ code: "ENOENT", message: expect.stringContaining("none") }),
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it("drops what its program drops, and counts", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.setComputation("main = udp >-> port 1030 >-> inc 7");
		wire.send(...flows(10), arpPacket());
		expect(countPackets(receiver.socket)).toBe(1);
		expect(receiver.group.stats()).toMatchObject({ recv: 1, lost: 0, drop: 10 });
		const counters = receiver.group.counters();
		expect(counters).toHaveLength(64);
		expect(counters[7]).toBe(1n);
		expect(counters.reduce((total, value) => total + value)).toBe(1n);
		receiver.group.setComputation(null);
		wire.send(arpPacket());
		expect(countPackets(receiver.socket)).toBe(1);
	});

	it("steers each flow whole to one member, and the flows over all", () => {
		using wire = createWire();
		using members = openMembers(wire.device, [{}, {}, {}]);
		members.group.setComputation("main = steer_flow");
		const packets = flows(600);
		wire.send(...packets, ...packets.toReversed());
		const seen = members.sockets.map((socket) => drain(socket, (batch, index) => batch.data(index).toString("hex")));
		const sizes = seen.map((each) => each.length);
		expect(sizes.reduce((total, size) => total + size)).toBe(1200);
		for (const size of sizes) expect(size).toBeGreaterThan(250);
		const homes = seen.map((each) => new Set(each));
		expect(homes.reduce((total, { size }) => total + size, 0)).toBe(600);
		expect(members.group.stats().recv).toBe(1200);
	});

	it("steers both directions of a flow to the same member", () => {
		using wire = createWire();
		using members = openMembers(wire.device, [{}, {}, {}, {}]);
		members.group.setComputation("main = steer_flow");
		for (let port = 1; port <= 50; port++) {
			wire.send(
				udpPacket({ source: "10.1.1.1", destination: "10.2.2.2", sourcePort: port, destinationPort: 53 }),
				udpPacket({ source: "10.2.2.2", destination: "10.1.1.1", sourcePort: 53, destinationPort: port }),
			);
			expect(members.sockets.map(countPackets).sort()).toEqual([0, 0, 0, 2]);
		}
	});

	it("steers by weight", () => {
		using wire = createWire();
		using members = openMembers(wire.device, [{ weight: 1 }, { weight: 3 }]);
		members.group.setComputation("main = steer_rrobin");
		wire.send(...flows(400));
		expect(members.sockets.map(countPackets)).toEqual([100, 300]);
	});

	it("gives a packet to the members of the classes that the program chooses", () => {
		using wire = createWire();
		using members = openMembers(wire.device, [
			{},
			{ classMask: Class.USER_PLANE },
			{ classMask: Class.USER_PLANE | Class.CONTROL_PLANE },
		]);
		members.group.setComputation("main = when (has_port 53) (classify 2) >-> when (has_port 67) (classify 4)");
		wire.send(udpPacket(), udpPacket({ sourcePort: 53 }), udpPacket({ sourcePort: 67 }), udpPacket({ sourcePort: 67 }));
		expect(members.sockets.map(countPackets)).toEqual([1, 1, 3]);
	});

	it("counts what a member that stops reading loses, and spares the others", () => {
		using wire = createWire();
		using members = openMembers(wire.device, [{ rxSlots: 64 }, { rxSlots: 1024 }]);
		wire.send(...flows(300));
		const [slow, fast] = members.sockets;
		expect(slow?.stats()).toMatchObject({ recv: 64, lost: 236 });
		expect(fast?.stats()).toMatchObject({ recv: 300, lost: 0 });
		expect(members.group.stats()).toMatchObject({ recv: 364, lost: 236, drop: 0 });
		expect(members.sockets.map(countPackets)).toEqual([64, 300]);
		wire.send(...flows(3));
		expect(members.sockets.map(countPackets)).toEqual([3, 3]);
	});

	it("gives nothing to a member that left or was disabled", () => {
		using wire = createWire();
		using members = openMembers(wire.device, [{}, {}, {}]);
		members.groups[1]?.leave();
		members.sockets[2]?.disable();
		wire.send(udpPacket());
		expect(members.sockets.slice(0, 2).map(countPackets)).toEqual([1, 0]);
	});

	it("gets nothing from a device once it is unbound", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		receiver.group.unbind(wire.device);
		wire.send(udpPacket());
		expect(countPackets(receiver.socket)).toBe(1);
	});

	it("keeps apart what belongs to other groups", () => {
		using wire = createWire();
		using one = openReceiver(wire.device);
		using other = openReceiver(wire.device);
		one.group.setComputation("main = port 53");
		other.group.setComputation("main = inv (port 53)");
		wire.send(udpPacket({ sourcePort: 53 }), udpPacket(), udpPacket());
		expect(countPackets(one.socket)).toBe(1);
		expect(countPackets(other.socket)).toBe(2);
		expect(one.group.id).not.toBe(other.group.id);
	});

	it("forwards to devices, and counts it", () => {
		using wire = createWire();
		using other = createWire();
		using receiver = openReceiver(wire.device);
		using behind = openReceiver(other.device);
		receiver.group.setComputation(`main = forward "${other.device}"`);
		wire.send(...flows(5));
		expect(countPackets(receiver.socket)).toBe(5);
		expect(countPackets(behind.socket)).toBe(5);
		expect(receiver.group.stats().frwd).toBe(5);
	});
});

describe("the policy of a group", () => {
	it("private: no other socket", () => {
		using first = Socket.open();
		using second = Socket.open();
		const { id } = first.joinGroup({ policy: "private" });
		expect(() => second.joinGroup({ gid: id, policy: "private" })).toThrow(
			expect.objectContaining({
				name: "PfqError",
				code: "EPERM",
				message: `group ${id}: private to the socket that made it`,
			}),
		);
	});

	it("keeps nobody from asking whether there is a group", () => {
		using first = Socket.open();
		using second = Socket.open();
		const { id } = first.joinGroup({ policy: "private" });
		expect([first.hasGroup(id), second.hasGroup(id)]).toEqual([true, true]);
		first.close();
		expect(second.hasGroup(id)).toBe(false);
		expect(second.hasGroup(100_000)).toBe(false);
		expect(() => second.hasGroup(0.5)).toThrow(/gid/);
	});

	it("restricted and shared: sockets of this process, under the same policy", () => {
		using first = Socket.open();
		using second = Socket.open();
		const { id } = first.joinGroup({ policy: "restricted" });
		expect(second.joinGroup({ gid: id, policy: "restricted" }).id).toBe(id);
		using third = Socket.open();
		expect(() => third.joinGroup({ gid: id, policy: "shared" })).toThrow(
			expect.objectContaining({
				code: "EPERM",
				message: `group ${id}: its policy is restricted: join it with that one`,
			}),
		);
	});
});

describe("the Berkeley filter of a group", () => {
	it("is an expression, and can be removed", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.setFilter("udp src port 1025 or arp");
		wire.send(...flows(10), arpPacket());
		expect(countPackets(receiver.socket)).toBe(2);
		expect(receiver.group.stats()).toMatchObject({ recv: 2, drop: 9 });
		receiver.group.setFilter(null);
		wire.send(...flows(10));
		expect(countPackets(receiver.socket)).toBe(10);
	});

	it("is classic BPF", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.setFilter([
			{ code: 0x28, jt: 0, jf: 0, k: 12 }, // load the EtherType
			{ code: 0x15, jt: 0, jf: 1, k: 0x0806 }, // ARP?
			{ code: 0x06, jt: 0, jf: 0, k: 0xffff },
			{ code: 0x06, jt: 0, jf: 0, k: 0 },
		]);
		wire.send(...flows(10), arpPacket());
		expect(countPackets(receiver.socket)).toBe(1);
	});

	it("is refused where it is wrong", () => {
		using socket = Socket.open();
		const group = socket.joinGroup();
		expect(() => group.setFilter({ fd: 0 })).toThrow("eBPF programs run on the kernel host alone");
		expect(() => group.setFilter("udp prot 53")).toThrow(
			expect.objectContaining({
				code: "EINVAL",
				message: expect.stringMatching(/^filter 'udp prot 53': .*syntax error/),
			}),
		);
		expect(() => group.setFilter([{ code: 0x15, jt: 200, jf: 0, k: 0 }])).toThrow(
			expect.objectContaining({ code: "EINVAL" }),
		);
	});
});

describe("the VLAN filter of a group", () => {
	const packets = [[], [5], [6], [6, 5]].map((vlans) => udpPacket({ vlans }));
	const passes = (vids: readonly number[]): number => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.enableVlanFilter(true);
		for (const vid of vids) receiver.group.setVlanFilter(vid);
		wire.send(...packets);
		return countPackets(receiver.socket);
	};

	it("lets through the ids that were set, and no others", () => {
		expect(passes([])).toBe(0);
		expect(passes([5])).toBe(1);
		expect(passes([5, 6])).toBe(3);
		expect(passes([Vlan.UNTAG])).toBe(1);
		expect(passes([Vlan.ANYTAG])).toBe(3);
		expect(passes([Vlan.UNTAG, Vlan.ANYTAG])).toBe(4);
	});

	it("is taken back, id by id and as a whole", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.enableVlanFilter(true);
		receiver.group.setVlanFilter(5);
		receiver.group.resetVlanFilter(5);
		wire.send(...packets);
		expect(countPackets(receiver.socket)).toBe(0);
		receiver.group.enableVlanFilter(false);
		wire.send(...packets);
		expect(countPackets(receiver.socket)).toBe(4);
	});
});
