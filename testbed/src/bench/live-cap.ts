// SPDX-License-Identifier: BSD-3-Clause
// The same through npm's cap: a call for each packet, which is copied to one buffer. (cap does not keep the buffer alive.)
//
//   node live-cap.js FOLDER-OF-CAP DEVICE
import { createRequire } from "node:module";

/** What is used here of its interface. */
interface Cap {
	open(device: string, filter: string, bufferSize: number, buffer: Buffer): string;
	on(event: "packet", call: (octets: number, truncated: boolean) => void): void;
}

const [folder = "", device = ""] = process.argv.slice(2);
const { Cap } = createRequire(import.meta.url)(folder) as { Cap: new () => Cap };
const cap = new Cap();
const buffer = Buffer.alloc(65535);
const figures = { received: 0, octets: 0, lost: 0 };
cap.open(device, "", 64 << 20, buffer);
cap.on("packet", (octets) => {
	figures.received++;
	figures.octets += octets;
});
process.once("SIGINT", () => {
	console.log(JSON.stringify({ ...figures, buffer: buffer.length, usage: process.cpuUsage(before) }));
	process.exit();
});
console.log("ready");
const before = process.cpuUsage();
