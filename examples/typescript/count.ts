// SPDX-License-Identifier: BSD-3-Clause
/*
 * Counts the packets and octets of a device, until Ctrl-C or the end of a file:
 *
 *   node --import tsx examples/typescript/count.ts pcap:traffic.pcap
 *   sudo "$(which node)" --import tsx examples/typescript/count.ts eth0
 */
import { type Batch, Socket } from "@pfq/core";

const count = async (device: string, signal: AbortSignal): Promise<string> => {
	using socket = Socket.open({ caplen: 64, rxSlots: 8192 });
	const group = socket.joinGroup({ policy: "private" });
	socket.enable();
	group.bind(device);

	let packets = 0;
	let octets = 0;
	const add = (batch: Batch): void => {
		packets += batch.length;
		octets += batch.octets;
	};
	try {
		for await (const batch of socket.batches({ signal, endOf: device })) add(batch);
	} catch (error) {
		if (!signal.aborted) throw error;
	}

	// What has arrived by now is handed on, and nothing after it.
	const missed = socket.deviceStats(device).lost;
	group.unbind(device);
	for (let batch = socket.read(); batch; batch = socket.read()) add(batch);
	return `${packets} packets, ${octets} octets, ${missed + socket.stats().lost} lost`;
};

const [device, ...rest] = process.argv.slice(2);
if (device === undefined || rest.length > 0) {
	console.error("usage: count DEVICE");
	process.exit(2);
}
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());
try {
	console.log(await count(device, interrupted.signal));
} catch (error) {
	console.error(`count: ${error instanceof Error ? error.message : error}`);
	process.exitCode = 1;
}
