// SPDX-License-Identifier: BSD-3-Clause
/*
 * Balances the packets of a device over worker threads, both directions of a flow on the same one, until Ctrl-C or the
 * end of a file, and tells how many each had:
 *
 *   node --import tsx examples/typescript/balance.ts pcap:traffic.pcap
 *   sudo "$(which node)" --import tsx examples/typescript/balance.ts eth0 8
 */
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Socket } from "@pfq/core";
import { program, steerFlow } from "@pfq/lang";

/** A worker thread: reads a socket of its own until it is told that no more will come. */
const work = async (gid: number): Promise<void> => {
	using socket = Socket.open({ caplen: 64, rxSlots: 8192 });
	socket.joinGroup({ gid, policy: "restricted" });
	socket.enable();
	const finished = new AbortController();
	parentPort?.once("message", () => finished.abort());
	parentPort?.postMessage("ready");

	let packets = 0;
	try {
		for await (const batch of socket.batches({ signal: finished.signal })) packets += batch.length;
	} catch (error) {
		if (!finished.signal.aborted) throw error;
	}
	for (let batch = socket.read(); batch; batch = socket.read()) packets += batch.length;
	parentPort?.postMessage(packets);
};

/** This file in a worker thread; Node.js 20 is to be told there, too, how to take TypeScript. */
const startWorker = (gid: number): Worker => {
	const here = import.meta.url;
	if (!here.endsWith(".ts")) return new Worker(new URL(here), { workerData: gid });
	const load = `import("${import.meta.resolve("tsx/esm/api")}").then(({ tsImport }) => tsImport("${here}", "${here}"))`;
	return new Worker(load, { eval: true, workerData: gid });
};

const balance = async (device: string, threads: number, signal: AbortSignal): Promise<string> => {
	// This socket has the group made, and is no receiver: it is not enabled.
	using socket = Socket.open();
	const group = socket.joinGroup({ policy: "restricted" });
	group.setComputation(program(steerFlow));
	const workers = Array.from({ length: threads }, () => startWorker(group.id));
	await Promise.all(workers.map((worker) => once(worker, "message")));
	group.bind(device);
	while (!signal.aborted && socket.deviceStats(device).state === "running") await setTimeout(10);

	// What has arrived by now is handed on, and nothing after it.
	const { state, text, lost } = socket.deviceStats(device);
	group.unbind(device);
	const counts = workers.map((worker) => once(worker, "message"));
	for (const worker of workers) worker.postMessage("finished");
	for (const [index, count] of counts.entries()) console.log(`thread ${index}: ${await count} packets`);
	if (state === "failed") throw new Error(text);
	const stats = group.stats();
	return `${stats.drop} dropped, ${lost + stats.lost} lost`;
};

const main = async (): Promise<void> => {
	const [device, threads = "4", ...rest] = process.argv.slice(2);
	if (device === undefined || !/^([1-9]|[1-5]\d|6[0-4])$/.test(threads) || rest.length > 0) {
		console.error("usage: balance DEVICE [THREADS], of which there may be 64");
		process.exit(2);
	}
	const interrupted = new AbortController();
	for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());
	try {
		console.log(await balance(device, Number(threads), interrupted.signal));
	} catch (error) {
		console.error(`balance: ${error instanceof Error ? error.message : error}`);
		process.exit(1);
	}
};

await (isMainThread ? main() : work(workerData));
