// SPDX-License-Identifier: BSD-3-Clause
// What is sent arrives at the far end; what is forwarded, too.
import { readFileSync } from "node:fs";
import { Socket, type SocketOptions } from "@pfq/core";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../proc-tables.js";
import { cableKinds, connected, createVeth } from "./cable.js";
import { ip, onKernel, until } from "./host.js";
import { datagram, flows, numberOf, series } from "./packets.js";
import { hex, openReceiver, receive } from "./receiver.js";

const openSender = (device: string, options: SocketOptions = {}): Socket => {
	const socket = Socket.open(options);
	try {
		socket.bindTx(device);
		socket.enable();
		return socket;
	} catch (error) {
		socket.close();
		throw error;
	}
};

describe.each(cableKinds.filter(({ kind }) => kind !== "memory"))("$kind: a sender", ({ create }) => {
	it("sends each packet whole and in order, many times round its queue, and does not receive it itself", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.far);
		using itself = openReceiver(cable.device);
		using sender = openSender(cable.device, { txSlots: 64 });
		const sent = Array.from({ length: 500 }, (_, index) =>
			datagram({ number: index, length: 60 + ((index * 37) % 1455) }),
		);
		for (const packet of sent) sender.send(packet, { sync: 16 });
		sender.flush();
		const received = await receive(receiver, sent.length);
		expect(received.map(({ data }) => hex(data))).toEqual(sent.map(hex));
		expect(sender.stats()).toMatchObject({ sent: 500, disc: 0, fail: 0 });
		expect(await receive(itself, 0)).toEqual([]);
		expect(sender.deviceStats(cable.device)).toMatchObject({ sent: 500, fail: 0 });
	});

	it("sends copies of a packet", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.far);
		using sender = openSender(cable.device);
		sender.send(datagram({ number: 1 }), { copies: 40 });
		sender.send(datagram({ number: 2 }));
		const received = await receive(receiver, 41);
		expect(received.map(({ data }) => numberOf(data))).toEqual([...Array(40).fill(1), 2]);
		expect(sender.stats().sent).toBe(41);
	});

	it("sends nothing in place of copies that the device does not take", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.far);
		using sender = openSender(cable.device, { xmitlen: 4000 });
		sender.send(datagram({ number: 1 }), { copies: 2, sync: 0 });
		sender.send(datagram({ number: 2, length: 3000 }), { copies: 3, sync: 0 });
		sender.send(datagram({ number: 3 }), { copies: 2, sync: 0 });
		expect(sender.flush()).toBe(4);
		const received = await receive(receiver, 4);
		expect(received.map(({ data }) => numberOf(data))).toEqual([1, 1, 3, 3]);
		expect(sender.stats()).toMatchObject({ sent: 4, fail: 3 });
	});

	it("waits for flush, if asked to", async () => {
		using cable = create();
		await connected(cable);
		using receiver = openReceiver(cable.far);
		using sender = openSender(cable.device);
		for (const packet of flows(5)) sender.send(packet, { sync: 0 });
		expect(await receive(receiver, 0)).toEqual([]);
		expect(sender.flush()).toBe(5);
		expect(await receive(receiver, 5)).toHaveLength(5);
	});

	it("forwards what a program sends on, unchanged, and not back", async () => {
		using cable = create();
		await connected(cable);
		using other = createVeth();
		using group = openReceiver(cable.device);
		using behind = openReceiver(other.far);
		using before = openReceiver(cable.far);
		group.group.setComputation(`main = when (has_port 1030) (forward "${other.device}")`);
		const sent = [...series(10), datagram({ sport: 1030, length: 64 })];
		cable.send(...sent);
		expect(await receive(group, sent.length)).toHaveLength(sent.length);
		expect((await receive(behind, 1)).map(({ data }) => hex(data))).toEqual([hex(sent[10] ?? new Uint8Array())]);
		group.group.setComputation(`main = bridge "${other.device}"`);
		cable.send(...sent);
		const bridged = (await receive(behind, sent.length)).map(({ data }) => hex(data));
		// an interface of several queues keeps the order of a flow alone: the last packet is one of its own
		const [last = ""] = sent.slice(-1).map(hex);
		expect(bridged.filter((octets) => octets !== last)).toEqual(sent.slice(0, -1).map(hex));
		expect(bridged).toContain(last);
		expect(await receive(group, 0)).toEqual([]);
		expect(await receive(before, 0)).toEqual([]);
		await until("all is counted", () => group.group.stats().frwd === sent.length + 1);
		expect(group.group.stats().drop).toBe(sent.length);
	});
});

describe("veth: a sender", () => {
	it("leaves packets to a Tx thread, in their order, as many as it puts in", async () => {
		using cable = createVeth();
		using receiver = openReceiver(cable.far);
		using sender = Socket.open({ txSlots: 64 });
		const queue = sender.bindTx(cable.device, { thread: 0 });
		sender.enable();
		const sent = series(1000);
		for (const packet of sent) await until("there is room", () => sender.sendAsync(packet));
		const received = await receive(receiver, sent.length);
		expect(received.map(({ data }) => numberOf(data))).toEqual(sent.map((_, index) => index));
		await until("all are sent", () => sender.pending(queue) === 0);
		await until("all are counted", () => sender.stats().sent === sent.length);
		expect(sender.stats()).toMatchObject({ fail: 0, disc: 0 });
	});

	it("keeps a packet, and those behind it, until its time", async () => {
		using cable = createVeth();
		using receiver = openReceiver(cable.far);
		using sender = Socket.open();
		sender.bindTx(cable.device, { thread: 0 });
		sender.enable();
		const start = BigInt(Date.now()) * 1_000_000n;
		const times = [1, 2, 3, 4, 5].map((step) => start + BigInt(step) * 200_000_000n);
		for (const [number, at] of times.entries()) expect(sender.sendAsync(datagram({ number }), { at })).toBe(true);
		expect(sender.sendAsync(datagram({ number: 5 }))).toBe(true);
		const received = await receive(receiver, 6);
		expect(received.map(({ data }) => numberOf(data))).toEqual([0, 1, 2, 3, 4, 5]);
		for (const [index, time] of times.entries()) expect(received[index]?.timestamp).toBeGreaterThanOrEqual(time);
	});

	it("is told of what was not yet due when it was disabled", async () => {
		using cable = createVeth();
		using receiver = openReceiver(cable.far);
		using sender = Socket.open();
		sender.bindTx(cable.device, { thread: 0 });
		sender.enable();
		const at = BigInt(Date.now() + 3_600_000) * 1_000_000n;
		for (const packet of series(10)) sender.sendAsync(packet, { at });
		sender.disable();
		expect(sender.stats()).toMatchObject({ sent: 0, disc: 10 });
		expect(await receive(receiver, 0)).toEqual([]);
	});

	it("counts what an interface that is down does not take", async () => {
		using cable = createVeth();
		using sender = openSender(cable.device);
		ip(`link set ${cable.device} down`);
		for (const packet of flows(10)) sender.send(packet);
		expect(sender.stats()).toMatchObject({ sent: 0, fail: 10 });
		ip(`link set ${cable.device} up`);
		sender.send(datagram());
		expect(sender.stats()).toMatchObject({ sent: 1, fail: 10 });
	});

	it("forwards a copy of what it keeps", async () => {
		using cable = createVeth();
		using other = createVeth();
		using behind = openReceiver(other.far);
		using group = openReceiver(cable.device);
		group.group.setComputation(`main = tee "${other.device}" is_ip`);
		cable.send(...flows(3));
		expect(await receive(behind, 3)).toHaveLength(3);
		expect(await receive(group, 3)).toHaveLength(3);
	});
});

const ofHardware = cableKinds.filter(({ kind }) => onKernel && !["veth", "memory"].includes(kind));

describe.each(ofHardware)("$kind: buffers", ({ create }) => {
	it("are kept for what is sent next, and told in the table of memory", async () => {
		using cable = create();
		await connected(cable);
		using sender = openSender(cable.device);
		for (const packet of flows(20)) sender.send(packet);
		const pools = rowsOf(readFileSync("/proc/net/pfq/memory", "utf8")).filter(({ cpu }) => cpu !== "-");
		const most = Number(readFileSync("/sys/module/pfq/parameters/skb_tx_pool", "utf8"));
		let all = 0;
		for (const { octets, tx_slots, tx_slot_size } of pools) {
			all += Number(tx_slots);
			expect(Number(tx_slots)).toBeLessThanOrEqual(most);
			expect(Number(octets)).toBeGreaterThan(Number(tx_slots) * Number(tx_slot_size));
		}
		expect(all).toBeGreaterThan(0);
	});
});
