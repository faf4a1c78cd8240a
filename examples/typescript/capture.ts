// SPDX-License-Identifier: BSD-3-Clause
/*
 * Writes the packets of a device to a pcap file, with their times in nanoseconds, until Ctrl-C or the end of a file:
 *
 *   node --import tsx examples/typescript/capture.ts pcap:traffic.pcap copy.pcap
 *   sudo "$(which node)" --import tsx examples/typescript/capture.ts eth0 eth0.pcap
 */
import { type FileHandle, open } from "node:fs/promises";
import { type Batch, Link, Socket } from "@pfq/core";

const snaplen = 65_535;

/** What packets begin with, in the words of pcap files. */
const linkTypes: Readonly<Record<number, number>> = {
	[Link.ETHERNET]: 1,
	[Link.RAW]: 101,
	[Link.NULL]: 0,
	[Link.SLL]: 113,
	[Link.SLL2]: 276,
	[Link.PPP]: 9,
};

/** Version 2.4, nanoseconds. */
const fileHeader = (link: number): Uint8Array =>
	new Uint8Array(Uint32Array.of(0xa1b23c4d, 0x0004_0002, 0, 0, snaplen, linkTypes[link] ?? 0).buffer);

/** A batch as a pcap file has it: before each packet its time and lengths. */
const records = (batch: Batch): Buffer => {
	const octets = Buffer.allocUnsafe(16 * batch.length + batch.capturedOctets);
	let end = 0;
	for (const { seconds, nanoseconds, caplen, length, data } of batch) {
		for (const word of [seconds, nanoseconds, caplen, length]) end = octets.writeUInt32LE(word, end);
		end += data.copy(octets, end);
	}
	return octets;
};

const capture = async (device: string, path: string, signal: AbortSignal): Promise<string> => {
	using socket = Socket.open({ caplen: snaplen, rxSlots: 1024 });
	const group = socket.joinGroup({ policy: "private" });
	socket.enable();
	group.bind(device);

	await using file: FileHandle = await open(path, "w");
	let packets = 0;
	const store = async (batch: Batch): Promise<void> => {
		if (packets === 0) await file.appendFile(fileHeader(batch.link(0)));
		packets += batch.length;
		await file.appendFile(records(batch));
	};
	try {
		for await (const batch of socket.batches({ signal, endOf: device })) await store(batch);
	} catch (error) {
		if (!signal.aborted) throw error;
	}

	// What has arrived by now is handed on, and nothing after it.
	const missed = socket.deviceStats(device).lost;
	group.unbind(device);
	for (let batch = socket.read(); batch; batch = socket.read()) await store(batch);
	if (packets === 0) await file.appendFile(fileHeader(Link.ETHERNET));
	return `${packets} packets, ${missed + socket.stats().lost} lost`;
};

const [device, path, ...rest] = process.argv.slice(2);
if (device === undefined || path === undefined || rest.length > 0) {
	console.error("usage: capture DEVICE FILE");
	process.exit(2);
}
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());
try {
	console.log(await capture(device, path, interrupted.signal));
} catch (error) {
	console.error(`capture: ${error instanceof Error ? error.message : error}`);
	process.exitCode = 1;
}
