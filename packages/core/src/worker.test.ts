// SPDX-License-Identifier: BSD-3-Clause
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { udpPacket } from "./packets.test-support.js";
import { createWire } from "./wire.test-support.js";

/** Reads a socket of its own in a worker thread; tells its group, and how much it got so far. */
const reader = `
	import { parentPort, workerData } from "node:worker_threads";
	const { Socket } = await import(workerData.core);
	const socket = Socket.open();
	const group = socket.joinGroup({ policy: "restricted", ...workerData.group });
	socket.enable();
	if (workerData.device) {
		group.setComputation("main = steer_rrobin");
		group.bind(workerData.device);
	}
	parentPort.once("message", () => socket.close());
	parentPort.postMessage(group.id);
	let received = 0;
	for await (const batch of socket) {
		received += batch.length;
		parentPort.postMessage(received);
	}
`;

const startReader = async (data: { device?: string; group?: { gid: number } }) => {
	const core = new URL("../dist/index.js", import.meta.url).href;
	const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(reader)}`), {
		workerData: { core, ...data },
	});
	const [gid] = (await once(worker, "message")) as [number];
	return { worker, gid };
};

const hasReceived = (worker: Worker, wanted: number): Promise<void> =>
	new Promise((resolve) => {
		worker.on("message", (received: number) => {
			if (received === wanted) resolve();
		});
	});

describe("worker threads", () => {
	it("read a socket each, and share a group", async () => {
		using wire = createWire();
		const first = await startReader({ device: wire.device });
		const second = await startReader({ group: { gid: first.gid } });
		const workers = [first.worker, second.worker];
		const received = Promise.all(workers.map((worker) => hasReceived(worker, 500)));
		for (let sent = 0; sent < 1000; sent++) wire.send(udpPacket());
		await received;

		const ends = workers.map((worker) => once(worker, "exit"));
		for (const worker of workers) worker.postMessage("close");
		expect((await Promise.all(ends)).map(([status]) => status)).toEqual([0, 0]);
	});

	it("may be terminated while they wait for packets", async () => {
		using wire = createWire();
		for (let round = 0; round < 5; round++) {
			const { worker } = await startReader({ device: wire.device });
			if (round % 2) wire.send(udpPacket());
			expect(await worker.terminate()).toBe(1);
		}
	});
});
