// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hugepagesMountpoint, setLogger, symmetricHash } from "./functions.js";
import { udpPacket } from "./packets.test-support.js";
import { createWire, openReceiver } from "./wire.test-support.js";

const core = JSON.stringify(new URL("../dist/index.js", import.meta.url).href);

/** Has each packet logged once. */
const logging = 'main = log_msg "seen"';

describe("the logger", () => {
	afterEach(() => setLogger(null));

	it("gets the lines of computations on the event loop", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.setComputation(logging);
		const lines: string[] = [];
		setLogger((line) => lines.push(line));
		wire.send(udpPacket(), udpPacket());
		expect(lines).toEqual([]);
		await vi.waitFor(() => expect(lines).toHaveLength(2));
		expect(lines[0]).toMatch(/seen$/);
	});

	it("may close the socket that it hears of, and take itself away", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.setComputation(logging);
		const lines = new Promise<string>((resolve) => {
			setLogger((line) => {
				receiver.socket.close();
				setLogger(null);
				resolve(line);
			});
		});
		wire.send(udpPacket());
		expect(await lines).toMatch(/seen$/);
		expect(receiver.socket.closed).toBe(true);
	});

	it("keeps no process alive, and its error is an uncaught one", () => {
		const script = `
			import { setLogger, Socket } from ${core};
			process.on("uncaughtException", (error) => console.log("uncaught", error.message));
			setLogger(() => { throw new Error("of the logger"); });
			const receiver = Socket.open();
			const group = receiver.joinGroup();
			group.setComputation(${JSON.stringify(logging)});
			group.bind("mem:logged");
			receiver.enable();
			const sender = Socket.open();
			sender.bindTx("mem:logged");
			sender.enable();
			sender.send(new Uint8Array(60));
			await new Promise((resolve) => setTimeout(resolve, 20));
			console.log("done");
		`;
		const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
			encoding: "utf8",
		});
		expect(stderr).toBe("");
		expect(stdout).toBe("uncaught of the logger\ndone\n");
		expect(status).toBe(0);
	});

	it("is the one that was set last, and goes with the thread that set it", async () => {
		using wire = createWire();
		using receiver = openReceiver(wire.device);
		receiver.group.setComputation(logging);
		const script = `
			import { parentPort } from "node:worker_threads";
			const { setLogger } = await import(${core});
			setLogger((line) => parentPort.postMessage(line));
			parentPort.on("message", () => {});
			parentPort.postMessage("set");
		`;
		setLogger(() => expect.unreachable());
		for (let round = 0; round < 3; round++) {
			const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
			await once(worker, "message");
			wire.send(udpPacket());
			expect((await once(worker, "message"))[0]).toMatch(/seen$/);
			wire.send(udpPacket(), udpPacket());
			await worker.terminate();
		}
		const lines: string[] = [];
		setLogger((line) => lines.push(line));
		wire.send(udpPacket());
		await vi.waitFor(() => expect(lines).toHaveLength(1));
	});
});

describe("symmetricHash", () => {
	const there = udpPacket({ source: "10.0.0.1", destination: "10.0.0.2", sourcePort: 1, destinationPort: 2 });
	const back = udpPacket({ source: "10.0.0.2", destination: "10.0.0.1", sourcePort: 2, destinationPort: 1 });
	const other = udpPacket({ source: "10.0.0.1", destination: "10.0.0.2", sourcePort: 1, destinationPort: 3 });

	it("is the same in both directions of a flow", () => {
		expect(symmetricHash(there)).toBe(symmetricHash(back));
		expect(symmetricHash(there)).not.toBe(symmetricHash(other));
	});

	it("reads no further than there are octets", () => {
		for (let length = 0; length < there.length; length++)
			expect(symmetricHash(there.slice(0, length))).toBeGreaterThanOrEqual(0);
		expect(symmetricHash(new Uint8Array())).toBe(0);
	});
});

it("hugepagesMountpoint is a path or null", () => {
	expect(hugepagesMountpoint() ?? "/").toMatch(/^\//);
});
