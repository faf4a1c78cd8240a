// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import type { Batch } from "./batch.js";
import { udpPacket } from "./packets.test-support.js";
import type { Socket } from "./socket.js";
import { createWire, openReceiver } from "./wire.test-support.js";

const readOne = (socket: Socket): Batch => {
	const batch = socket.read();
	if (!batch) throw new Error("the queue is empty");
	return batch;
};

const released = { name: "PfqError", code: "ESTALE", message: expect.stringMatching(/^the batch was released, and/) };

describe("a batch", () => {
	it("has the packets that were sent, in order, octet by octet", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		const packets = [60, 61, 128, 1500].map((length, index) => udpPacket({ length, sourcePort: 5000 + index }));
		wire.send(...packets);

		const batch = readOne(receiver.socket);

		expect(batch.length).toBe(4);
		expect(batch.octets).toBe(60 + 61 + 128 + 1500);
		expect(batch.capturedOctets).toBe(batch.octets);
		expect([...batch].map(({ data }) => new Uint8Array(data))).toEqual(packets);
		packets.forEach((packet, index) => {
			const at = batch.offset(index);
			expect(batch.caplen(index)).toBe(packet.length);
			expect(new Uint8Array(batch.memory.subarray(at, at + batch.caplen(index)))).toEqual(packet);
		});
	});

	it("has the header of each packet", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.setComputation("main = mark 77 >-> put_state 5");
		const before = BigInt(Date.now()) * 1_000_000n;
		wire.send(udpPacket({ vlans: [100] }));

		const [packet] = readOne(receiver.socket);
		if (!packet) throw new Error("no packet");

		expect(packet.mark).toBe(77);
		expect(packet.state).toBe(5);
		expect(packet.vlanTci).toBe(100);
		expect(packet.gid).toBe(receiver.group.id);
		expect(packet.link).toBe(0);
		expect(packet.ifindex).toBe(receiver.socket.deviceStats(wire.device).ifindex);
		expect(packet.timestamp).toBeGreaterThan(before - 1_000_000_000n);
		expect(packet.timestamp).toBeLessThan(before + 10_000_000_000n);
		expect(BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds)).toBe(packet.timestamp);
	});

	it("has at most caplen octets of a packet, and its length on the wire", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device, { caplen: 100 });
		wire.send(udpPacket({ length: 1000 }), udpPacket({ length: 99 }), udpPacket({ length: 100 }));

		const batch = readOne(receiver.socket);

		expect([...batch].map(({ caplen, length, data }) => [caplen, length, data.length])).toEqual([
			[100, 1000, 100],
			[99, 99, 99],
			[100, 100, 100],
		]);
		expect(batch.octets).toBe(1199);
		expect(batch.capturedOctets).toBe(299);
	});

	it("shows the queue in place: nothing is copied", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket(), udpPacket());

		const batch = readOne(receiver.socket);

		expect(batch.data(0).buffer).toBe(batch.data(1).buffer);
		expect(batch.data(1).byteOffset - batch.data(0).byteOffset).toBe(receiver.socket.rxSlotSize);
	});

	it("gives packets that are told apart when they are kept", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket({ length: 61 }), udpPacket({ length: 62 }), udpPacket({ length: 63 }));

		const batch = readOne(receiver.socket);
		const iterator = batch[Symbol.iterator]();
		const [first, ...rest] = iterator;

		expect(first?.length).toBe(61);
		expect(rest.map(({ length }) => length)).toEqual([62, 63]);
		expect(iterator.next().done).toBe(true);
	});

	it("is read in place wherever in the queue it lies", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device, { rxSlots: 16 });
		for (let sent = 0; sent < 50; sent += 5) {
			wire.send(...Array.from({ length: 5 }, (_, index) => udpPacket({ length: 60 + sent + index })));
			const lengths: number[] = [];
			for (let batch = receiver.socket.read(); batch; batch = receiver.socket.read())
				for (const { length, data } of batch) lengths.push(length, data.length);
			expect(lengths).toEqual([0, 1, 2, 3, 4].flatMap((index) => [60 + sent + index, 60 + sent + index]));
		}
	});

	it("has no packet beyond its length", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());

		const batch = readOne(receiver.socket);

		expect(() => batch.len(1)).toThrow(new RangeError("packet 1: the batch has 1"));
		expect(() => batch.data(-1)).toThrow(new RangeError("packet -1: the batch has 1"));
	});
});

describe("a released batch", () => {
	const ways: [string, (socket: Socket, batch: Batch) => unknown][] = [
		["release()", (_, batch) => batch.release()],
		["the next read", (socket) => socket.read()],
		["disable()", (socket) => socket.disable()],
		["close()", (socket) => socket.close()],
	];

	it.each(ways)("throws on every use, after %s", (_, end) => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		const batch = readOne(receiver.socket);
		const [packet] = batch;
		const data = batch.data(0);
		const { memory } = batch;
		expect(data.readUInt16BE(12)).toBe(0x0800);

		end(receiver.socket, batch);

		expect(batch.released).toBe(true);
		expect(() => batch.len(0)).toThrow(expect.objectContaining(released));
		expect(() => batch.data(0)).toThrow(expect.objectContaining(released));
		expect(() => batch.memory).toThrow(expect.objectContaining(released));
		expect(() => packet?.data).toThrow(expect.objectContaining(released));
		expect(() => packet?.timestamp).toThrow(expect.objectContaining(released));
		expect(data.length).toBe(0);
		expect(memory.length).toBe(0);
		expect(() => data.readUInt16BE(12)).toThrow();
		expect(batch.length).toBe(1);
		batch.release();
	});

	it("has its sums if it was asked for them before", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device, { caplen: 64 });
		wire.send(udpPacket(), udpPacket({ length: 100 }));
		const asked = readOne(receiver.socket);
		expect(asked.octets).toBe(160);
		wire.send(udpPacket());
		const unasked = readOne(receiver.socket);
		unasked.release();
		expect([asked.octets, asked.capturedOctets]).toEqual([160, 124]);
		expect(() => unasked.octets).toThrow(expect.objectContaining(released));
		expect(() => unasked.capturedOctets).toThrow(expect.objectContaining(released));
	});

	it("throws though nothing of it was looked at before", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		const batch = readOne(receiver.socket);
		receiver.socket.read();
		expect(() => batch.len(0)).toThrow(expect.objectContaining(released));
	});

	it("does not hurt the batch after it", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		wire.send(udpPacket());
		const first = readOne(receiver.socket);
		wire.send(udpPacket({ length: 77 }));
		const second = readOne(receiver.socket);
		first.release();
		expect(second.released).toBe(false);
		expect(second.len(0)).toBe(77);
	});

	it("gives its slots back", () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device, { rxSlots: 16 });
		wire.send(...Array.from({ length: 16 }, () => udpPacket()));
		const batch = readOne(receiver.socket);
		wire.send(udpPacket());
		expect(receiver.socket.stats()).toMatchObject({ recv: 16, lost: 1 });
		batch.release();
		wire.send(...Array.from({ length: 16 }, () => udpPacket()));
		expect(receiver.socket.stats()).toMatchObject({ recv: 32, lost: 1 });
	});
});
