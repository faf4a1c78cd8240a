// SPDX-License-Identifier: BSD-3-Clause
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { arpPacket, udpPacket, writeCapture } from "./packets.test-support.js";
import { Socket, type SocketOptions } from "./socket.js";

const folder = mkdtempSync(join(tmpdir(), "pfq-core-"));
afterAll(() => rmSync(folder, { recursive: true }));

const capture = (name: string, packets: readonly Uint8Array[]): string => {
	const file = join(folder, name);
	writeCapture(file, packets);
	return file;
};

/** Reads a file to its end, and gives what `pfq run` would. */
const readFile = async (file: string, program: string | null, options: SocketOptions = {}) => {
	using socket = Socket.open(options);
	const group = socket.joinGroup();
	group.setComputation(program);
	socket.enable();
	const device = `pcap:${file}`;
	group.bind(device);
	const lengths: number[] = [];
	const stamps: bigint[] = [];
	const reading = (async () => {
		for await (const batch of socket.batches({ endOf: device }))
			for (const packet of batch) {
				lengths.push(packet.length);
				stamps.push(packet.timestamp);
			}
	})();
	const failure = await reading.then(
		() => undefined,
		(error: unknown) => error,
	);
	return { lengths, stamps, stats: socket.stats(), group: group.stats(), device: socket.deviceStats(device), failure };
};

describe("a capture file", () => {
	it("is read to its end, in order, with the times of the capture", async () => {
		const packets = Array.from({ length: 1000 }, (_, index) => udpPacket({ length: 60 + (index % 100) }));
		const file = capture("plain.pcap", packets);
		const { lengths, stamps, device, failure } = await readFile(file, null);
		expect(lengths).toEqual(packets.map(({ length }) => length));
		expect(stamps).toEqual(packets.map((_, index) => 1_000_000_000_000_000_000n + BigInt(index) * 1000n));
		expect(failure).toBeUndefined();
		expect(device).toMatchObject({ state: "finished", recv: 1000, lost: 0 });
		expect(device.position).toBe(device.size);
	});

	it("loses nothing, though the queue is much smaller than the file", async () => {
		const file = capture(
			"long.pcap",
			Array.from({ length: 20_000 }, () => udpPacket()),
		);
		const { lengths, stats, group } = await readFile(file, "main = udp", { rxSlots: 64 });
		expect(lengths).toHaveLength(20_000);
		expect(stats).toMatchObject({ recv: 20_000, lost: 0 });
		expect(group).toMatchObject({ recv: 20_000, lost: 0, drop: 0 });
	});

	it("waits for a socket to be enabled", async () => {
		const device = `pcap:${capture("waits.pcap", [udpPacket(), udpPacket()])}`;
		using socket = Socket.open();
		const group = socket.joinGroup();
		group.bind(device);
		await pause(50);
		expect(socket.deviceStats(device)).toMatchObject({ state: "running", recv: 0 });
		socket.enable();
		expect(await socket.readable()).toBe(true);
	});

	it("adds up: what came in was received, lost or dropped", async () => {
		const file = capture("mixed.pcap", [...Array.from({ length: 500 }, () => udpPacket()), arpPacket(), arpPacket()]);
		const { group, device } = await readFile(file, "main = ip");
		expect(group).toMatchObject({ recv: 500, drop: 2 });
		expect(device.recv).toBe(502);
	});

	it("may be empty", async () => {
		const { lengths, device } = await readFile(capture("empty.pcap", []), null);
		expect(lengths).toEqual([]);
		expect(device.state).toBe("finished");
	});

	it("fails where it is cut off, after what was whole", async () => {
		const file = capture("whole.pcap", [udpPacket(), udpPacket(), udpPacket()]);
		const cut = join(folder, "cut.pcap");
		writeFileSync(cut, readFileSync(file).subarray(0, -10));
		const { lengths, device, failure } = await readFile(cut, null);
		expect(lengths).toHaveLength(2);
		expect(failure).toMatchObject({ name: "PfqError", code: "EIO", message: device.text });
		expect(device.state).toBe("failed");
		expect(device.text).toContain(cut);
	});

	it("is refused where it is no capture, or is not there", () => {
		const junk = join(folder, "junk.pcap");
		writeFileSync(junk, "this is not a capture, but a sentence of some length");
		using socket = Socket.open();
		const group = socket.joinGroup();
		expect(() => group.bind(`pcap:${junk}`)).toThrow(
			expect.objectContaining({ name: "PfqError", message: expect.stringContaining(junk) }),
		);
		expect(() => group.bind(`pcap:${folder}/none.pcap`)).toThrow(expect.objectContaining({ code: "ENOENT" }));
	});

	it("may be let go in the middle", async () => {
		const file = capture(
			"dropped.pcap",
			Array.from({ length: 50_000 }, () => udpPacket()),
		);
		using socket = Socket.open({ rxSlots: 64 });
		const group = socket.joinGroup();
		socket.enable();
		group.bind(`pcap:${file}`);
		let received = 0;
		for await (const batch of socket) {
			received += batch.length;
			if (received > 1000) socket.close();
		}
		expect(received).toBeLessThan(50_000);
	});
});
