// SPDX-License-Identifier: BSD-3-Clause
// What goes away in the middle: devices, namespaces, sockets, processes.
import { Socket } from "@pfq/core";
import { describe, expect, it } from "vitest";
import { createVeth } from "./cable.js";
import { ip, onKernel, until } from "./host.js";
import { startMember } from "./member.js";
import { datagram, flows } from "./packets.js";
import { counts, openMembers, openReceiver, receive, settled } from "./receiver.js";
import { startTraffic } from "./traffic.js";

describe("an interface", () => {
	it("that goes down gives nothing and says so", async () => {
		using cable = createVeth();
		using receiver = openReceiver(cable.device);
		cable.send(datagram());
		await receive(receiver, 1);
		ip(`link set ${cable.device} down`);
		const state = () => receiver.socket.deviceStats(cable.device);
		await until("it has failed", () => state().state === "failed");
		expect(state().text).toContain(`${cable.device}: the interface went down`);
		ip(`link set ${cable.device} up`);
		if (!onKernel) receiver.group.unbind(cable.device);
		if (!onKernel) receiver.group.bind(cable.device);
		await until("it runs again", () => state().state === "running");
		cable.send(datagram());
		await receive(receiver, 1);
	});

	it("that vanishes with traffic on it says so, keeps its figures, and can be bound anew", async () => {
		using cable = createVeth();
		using receiver = openReceiver(cable.device);
		using traffic = startTraffic(cable.far);
		await until("packets come", () => receiver.group.stats().recv > 0);
		ip(`link delete ${cable.device}`);
		await traffic.ended;
		const state = () => receiver.socket.deviceStats(cable.device);
		await until("it has failed", () => state().state === "failed");
		expect(state().text).toContain(`${cable.device}: the interface ${onKernel ? "was removed" : "went down or away"}`);
		const { recv, lost, drop } = receiver.group.stats();
		expect(recv + lost + drop).toBe(state().recv);
		ip(
			`link add ${cable.device} type veth peer name ${cable.far}`,
			`link set ${cable.device} up`,
			`link set ${cable.far} up`,
		);
		expect(() => receiver.group.bind(cable.device)).toThrow(cable.device);
		receiver.group.unbind(cable.device);
		receiver.group.bind(cable.device);
		const before = receiver.group.stats().recv;
		cable.send(...flows(3));
		await until("its packets come", () => receiver.group.stats().recv === before + 3);
	});

	it("may appear and vanish many times while it is bound, sent to and forwarded to", async () => {
		using stays = createVeth();
		using watching = openReceiver(stays.device);
		using traffic = startTraffic(stays.far);
		for (let round = 0; round < 10; round++) {
			using cable = createVeth();
			using receiver = openReceiver(cable.device);
			using sender = Socket.open();
			sender.bindTx(cable.far);
			sender.enable();
			watching.group.setComputation(`main = forward "${cable.far}"`);
			await until("packets come through", () => receiver.group.stats().recv > 0);
			sender.send(datagram());
			ip(`link delete ${cable.device}`);
			for (const packet of flows(5)) sender.send(packet);
			expect(sender.stats()).toMatchObject({ sent: 1, fail: 5 });
			watching.socket.read();
		}
		watching.group.setComputation(null);
		expect(traffic.running()).toBe(true);
	});
});

describe("a process that is killed", () => {
	it("leaves nothing behind: its group goes, and its share of another goes to the others", async () => {
		using cable = createVeth();
		using members = openMembers(cable.device, [{}, {}]);
		members.group.setComputation("main = steer_flow");
		if (onKernel) {
			for (let round = 0; round < 5; round++) {
				using traffic = startTraffic(cable.far);
				const own = await startMember({ device: cable.device });
				const shared = await startMember({ gid: members.group.id });
				await until("packets come", () => members.group.stats().recv > 0);
				await own.kill();
				await shared.kill();
				await traffic.stop();
				for (const socket of members.sockets) socket.read();
				using once = Socket.open();
				expect(once.joinGroup({ gid: own.gid, policy: "private" }).id).toBe(own.gid);
			}
		}
		const [first, second] = members.sockets;
		if (first) await settled(cable.device, members.group, first);
		await until("all is read", () => [first, second].every((socket) => !socket?.read()));
		const earlier = members.group.stats();
		cable.send(...flows(100));
		expect((await counts(members.sockets, 100)).every((count) => count > 0)).toBe(true);
		expect(members.group.stats().recv).toBe(earlier.recv + 100);
	});
});

describe("a socket", () => {
	it("may be disabled and enabled under traffic, and gets what comes then", async () => {
		using cable = createVeth();
		using receiver = openReceiver(cable.device, { rxSlots: 64 });
		using traffic = startTraffic(cable.far);
		for (let round = 0; round < 20; round++) {
			await until("packets come", () => receiver.socket.read() !== null);
			receiver.socket.disable();
			receiver.socket.enable();
		}
		await traffic.stop();
		const { recv, lost, drop } = receiver.group.stats();
		expect(recv + lost + drop).toBeLessThanOrEqual(receiver.socket.deviceStats(cable.device).recv);
	});

	it("may be closed under traffic", async () => {
		using cable = createVeth();
		using traffic = startTraffic(cable.far);
		for (let round = 0; round < 30; round++) {
			using receiver = openReceiver(cable.device, { rxSlots: 64 });
			if (round % 3 === 0) await until("packets come", () => receiver.socket.stats().recv > 0);
			if (round % 3 === 1) receiver.group.leave();
		}
		expect(traffic.running()).toBe(true);
	});
});
