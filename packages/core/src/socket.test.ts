// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { udpPacket } from "./packets.test-support.js";
import { Socket } from "./socket.js";
import { createWire, openReceiver } from "./wire.test-support.js";

describe("a socket", () => {
	it("has the sizes that were asked for", () => {
		using socket = Socket.open({ caplen: 96, rxSlots: 1000, xmitlen: 200, txSlots: 64, weight: 5 });
		expect(socket.caplen).toBe(96);
		expect(socket.rxSlots).toBe(1024);
		expect(socket.rxSlotSize % 64).toBe(0);
		expect(socket.rxSlotSize).toBeGreaterThanOrEqual(96 + 40);
		expect(socket.xmitlen).toBe(200);
		expect(socket.txSlots).toBe(64);
		expect(socket.weight).toBe(5);
		expect(socket.timestamping).toBe(true);
		socket.weight = 7;
		socket.timestamping = false;
		expect(socket.weight).toBe(7);
		expect(socket.timestamping).toBe(false);
	});

	it("has sizes that can be set until it is enabled", () => {
		using socket = Socket.open();
		socket.caplen = 96;
		socket.rxSlots = 1000;
		socket.xmitlen = 200;
		socket.txSlots = 60;
		expect([socket.caplen, socket.rxSlots, socket.xmitlen, socket.txSlots]).toEqual([96, 1024, 200, 64]);
		socket.bindTx("mem:sizes");
		socket.enable();
		expect(socket.memorySize).toBeGreaterThanOrEqual(1024 * socket.rxSlotSize + 64 * socket.txSlotSize);
		for (const name of ["caplen", "rxSlots", "xmitlen", "txSlots"] as const)
			expect(() => {
				socket[name] = 64;
			}).toThrow(/disable/);
	});

	it("knows its groups", () => {
		using socket = Socket.open();
		expect(socket.groups).toEqual([]);
		const [low, high] = [socket.joinGroup({ gid: 17 }), socket.joinGroup({ gid: 250 })];
		expect(socket.groups).toEqual([17, 250]);
		low.leave();
		expect(socket.groups).toEqual([high.id]);
	});

	it("stands for a device, and sends there what its groups give it", () => {
		using wire = createWire();
		using far = createWire();
		using receiver = openReceiver(far.device);
		using socket = Socket.open();
		const group = socket.joinGroup({ policy: "private" });
		socket.bindEgress(far.device);
		group.bind(wire.device);
		socket.enable();
		wire.send(udpPacket(), udpPacket());
		expect(receiver.socket.read()?.length).toBe(2);
		expect(socket.read()).toBeNull();
		socket.unbindEgress();
		wire.send(udpPacket());
		expect(receiver.socket.read()).toBeNull();
		expect(socket.read()?.length).toBe(1);
	});

	it("is told apart from others by its id", () => {
		using one = Socket.open();
		using other = Socket.open();
		expect(one.id).not.toBe(other.id);
	});

	it("takes packets while it is enabled", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		expect(receiver.socket.read()?.length).toBe(1);
		receiver.socket.disable();
		expect(receiver.socket.enabled).toBe(false);
		wire.send(udpPacket());
		receiver.socket.enable();
		expect(receiver.socket.enabled).toBe(true);
		wire.send(udpPacket(), udpPacket());
		expect(receiver.socket.read()?.length).toBe(2);
	});

	it("closes once, and may be told so again", () => {
		const socket = Socket.open();
		socket.close();
		socket.close();
		expect(socket.closed).toBe(true);
		expect(() => socket.id).toThrow(expect.objectContaining({ code: "EBADF", message: "the socket is closed" }));
		expect(() => socket.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
	});

	it("sends, and counts what it sent", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		using sender = Socket.open();
		sender.bindTx(wire.device);
		sender.enable();
		for (let count = 0; count < 5; count++) sender.send(udpPacket({ length: 90 }));
		sender.send(udpPacket(), { copies: 3 });
		expect(sender.stats().sent).toBe(8);
		expect(receiver.socket.read()?.octets).toBe(5 * 90 + 3 * 60);
		expect(sender.deviceStats(wire.device).sent).toBe(8);
	});

	it("sends when it is flushed, if asked to wait for that", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		using sender = Socket.open();
		const queue = sender.bindTx(wire.device);
		sender.enable();
		for (let count = 0; count < 5; count++) sender.send(udpPacket(), { sync: 0 });
		expect(receiver.socket.read()).toBeNull();
		expect(sender.flush(queue)).toBe(5);
		expect(receiver.socket.read()?.length).toBe(5);
	});

	it("leaves asynchronous queues to their threads, packets with a time until then", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		using sender = Socket.open({ txSlots: 64 });
		expect(sender.bindTx(wire.device, { thread: 0 })).toBe(0);
		expect(sender.bindTx(wire.device, { thread: "any" })).toBe(1);
		sender.enable();
		const at = BigInt(Date.now() + 20) * 1_000_000n;
		expect(sender.sendAsync(udpPacket(), { at, queue: 1 })).toBe(true);
		expect(sender.sendAsync(udpPacket(), { copies: 3 })).toBe(true);
		const times: bigint[] = [];
		while (times.length < 4) {
			expect(await receiver.socket.readable()).toBe(true);
			const batch = receiver.socket.read();
			for (let index = 0; index < (batch?.length ?? 0); index++) times.push(batch?.timestamp(index) ?? 0n);
		}
		expect(times.some((time) => time >= at)).toBe(true);
		// A thread counts what it has sent after it has been received.
		await vi.waitFor(() => expect(sender.stats().sent).toBe(4));
		await vi.waitFor(() => expect([sender.pending(0), sender.pending(1)]).toEqual([0, 0]));
	});

	it("says when an asynchronous queue is full, and counts what is left in it at the end", () => {
		using wire = createWire();
		using sender = Socket.open({ txSlots: 4 });
		sender.bindTx(wire.device, { thread: "any" });
		sender.enable();
		const at = BigInt(Date.now() + 3_600_000) * 1_000_000n;
		expect([1, 2, 3, 4, 5].map(() => sender.sendAsync(udpPacket(), { at, queue: 0 }))).toEqual([
			true,
			true,
			true,
			true,
			false,
		]);
		expect(sender.pending()).toBe(4);
		sender.disable();
		expect(sender.stats()).toMatchObject({ sent: 0, disc: 4 });
	});

	it("refuses what is no packet, no time and no queue", () => {
		using wire = createWire();
		using sender = Socket.open();
		sender.bindTx(wire.device, { thread: 0 });
		sender.enable();
		expect(() => sender.sendAsync("octets" as never)).toThrow("no Uint8Array");
		expect(() => sender.sendAsync(udpPacket(), { at: -1n })).toThrow("-1n is no time");
		expect(() => sender.sendAsync(udpPacket(), { at: 1 as never })).toThrow("a bigint");
		expect(() => sender.sendAsync(udpPacket(), { queue: 7 })).toThrow("no asynchronous Tx queue 7");
		expect(() => sender.pending(1)).toThrow("no asynchronous Tx queue 1");
	});

	it("is closed when it is garbage", () => {
		const script = `
			import { Socket } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
			// an engine has 256 sockets: without the collector, the 257th cannot be opened
			for (let round = 0; round < 10; round++) {
				for (let count = 0; count < 100; count++) {
					const socket = Socket.open({ rxSlots: 64 });
					socket.joinGroup();
					socket.enable();
				}
				gc();
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
			console.log("closed");
		`;
		const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], {
			encoding: "utf8",
		});
		expect(stderr).toBe("");
		expect(stdout).toBe("closed\n");
	});

	it("stays for as long as its packets are looked at, though it is garbage itself", () => {
		const script = `
			import { Socket } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
			const take = () => {
				const receiver = Socket.open();
				receiver.joinGroup().bind("mem:kept");
				receiver.enable();
				const sender = Socket.open();
				sender.bindTx("mem:kept");
				sender.enable();
				sender.send(new Uint8Array(60).fill(7));
				return receiver.read().data(0);
			};
			const data = take();
			for (let round = 0; round < 20; round++) {
				gc();
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
			console.log(data.length, data.every((octet) => octet === 7));
		`;
		const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], {
			encoding: "utf8",
		});
		expect(stderr).toBe("");
		expect(stdout).toBe("60 true\n");
	});
});
