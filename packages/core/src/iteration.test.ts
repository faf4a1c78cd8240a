// SPDX-License-Identifier: BSD-3-Clause
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { udpPacket } from "./packets.test-support.js";
import { Socket } from "./socket.js";
import { countPackets, createWire, openReceiver } from "./wire.test-support.js";

describe("iterating over a socket", () => {
	it("gives what is there, and waits for more without holding up the event loop", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket(), udpPacket());
		let turns = 0;
		const clock = setInterval(() => turns++, 1);
		const later = setTimeout(() => wire.send(udpPacket({ length: 99 })), 50);

		const lengths: number[] = [];
		for await (const batch of receiver.socket) {
			for (const packet of batch) lengths.push(packet.length);
			if (lengths.length === 3) break;
		}

		clearInterval(clock);
		clearTimeout(later);
		expect(lengths).toEqual([60, 60, 99]);
		expect(turns).toBeGreaterThan(0);
	});

	it("wakes up for each packet that comes when the queue was empty", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		let received = 0;
		const reading = (async () => {
			for await (const batch of receiver.socket) {
				received += batch.length;
				if (received >= 100) break;
			}
		})();
		for (let sent = 0; sent < 100; sent++) {
			wire.send(udpPacket());
			await (sent % 10 ? new Promise(setImmediate) : pause(1));
		}
		await reading;
		expect(received).toBe(100);
	});

	it("leaves the event loop its turns though the queue never runs empty", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		let fired = false;
		setTimeout(() => {
			fired = true;
		}, 20);
		wire.send(udpPacket());
		for await (const _ of receiver.socket.batches({ signal: AbortSignal.timeout(20_000) })) {
			if (fired) break;
			wire.send(udpPacket());
		}
		expect(fired).toBe(true);
	});

	it("is begun again after a break, with nothing missed", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		for await (const batch of receiver.socket) {
			expect(batch.length).toBe(1);
			break;
		}
		wire.send(udpPacket(), udpPacket());
		for await (const batch of receiver.socket) {
			expect(batch.length).toBe(2);
			break;
		}
	});

	it("ends with what had come when its device is unbound, and is refused for one that is not bound", async () => {
		const wire = createWire();
		using receiver = openReceiver(wire.device);
		await expect(receiver.socket.batches({ endOf: "mem:elsewhere" }).next()).rejects.toThrow("not in use");
		let received = 0;
		const reading = (async () => {
			for await (const batch of receiver.socket.batches({ endOf: wire.device })) received += batch.length;
		})();
		wire.send(udpPacket());
		await pause(5);
		wire.send(udpPacket(), udpPacket());
		wire[Symbol.dispose]();
		receiver.group.unbind(wire.device);
		await reading;
		expect(received).toBe(3);
	});

	it("releases the last batch at its end", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		let kept: Buffer | undefined;
		for await (const batch of receiver.socket) {
			kept = batch.data(0);
			break;
		}
		expect(kept?.length).toBe(0);
	});

	it.each(["disable", "close"] as const)("ends when the socket is told to %s", async (end) => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		setTimeout(() => receiver.socket[end](), 10);
		for await (const _ of receiver.socket) expect.unreachable();
	});

	it.each(["disable", "close"] as const)("ends when the body of the loop calls %s", async (end) => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		let batches = 0;
		for await (const _ of receiver.socket) {
			batches++;
			receiver.socket[end]();
		}
		expect(batches).toBe(1);
	});

	it("ends when the socket is disabled, though it is enabled again at once", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		const { socket } = receiver;
		const next = socket.batches({ signal: AbortSignal.timeout(2000) }).next();
		await pause(10);
		socket.disable();
		socket.enable();
		expect((await next).done).toBe(true);
		const again = socket.batches();
		wire.send(udpPacket());
		expect((await again.next()).value).toHaveLength(1);
		await again.return();
	});

	it("ends at once when the signal aborts, and leaves the socket as it is", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		const controller = new AbortController();
		setTimeout(() => controller.abort(new Error("enough")), 10);
		await expect(async () => {
			for await (const _ of receiver.socket.batches({ signal: controller.signal })) expect.unreachable();
		}).rejects.toThrow("enough");
		await expect(receiver.socket.readable({ signal: controller.signal })).rejects.toThrow("enough");
		wire.send(udpPacket());
		expect(countPackets(receiver.socket)).toBe(1);
	});

	it("is for one reader at a time", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		const first = receiver.socket.batches();
		const waiting = first.next();
		await expect(receiver.socket.batches().next()).rejects.toMatchObject({
			code: "EBUSY",
			message: "the socket is being iterated over already",
		});
		wire.send(udpPacket());
		expect((await waiting).done).toBe(false);
		await first.return();
	});

	it("needs an enabled socket", async () => {
		using socket = Socket.open();
		await expect(socket.batches().next()).rejects.toMatchObject({
			code: "EBADF",
			message: "the socket is not enabled: call enable() first",
		});
	});
});

describe("readable", () => {
	it("is true at once where there are packets, and when some come", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		expect(await receiver.socket.readable()).toBe(true);
		expect(countPackets(receiver.socket)).toBe(1);
		setTimeout(() => wire.send(udpPacket()), 10);
		expect(await receiver.socket.readable()).toBe(true);
		expect(countPackets(receiver.socket)).toBe(1);
	});

	it("does not take the wake-up of an iteration that waits", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		const batches = receiver.socket.batches({ signal: AbortSignal.timeout(2000) });
		const next = batches.next();
		await pause(10);
		wire.send(udpPacket());
		await expect(receiver.socket.readable()).rejects.toMatchObject({
			code: "EBUSY",
			message: "another reader of the socket waits already",
		});
		expect((await next).done).toBe(false);
		await batches.return();
	});

	it("is false when the socket is closed", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		setTimeout(() => receiver.socket.close(), 10);
		expect(await receiver.socket.readable()).toBe(false);
		expect(await receiver.socket.readable()).toBe(false);
	});
});
