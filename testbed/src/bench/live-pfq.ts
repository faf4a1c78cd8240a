// SPDX-License-Identifier: BSD-3-Clause
// Counts the packets of an interface through @pfq/core, each one's length looked at, until it is interrupted.
//
//   node live-pfq.js DEVICE
import { Socket } from "@pfq/core";

const device = process.argv[2] ?? "";
using socket = Socket.open({ caplen: 96, rxSlots: 65536 });
socket.joinGroup({ policy: "private" }).bind(device);
socket.enable();
const figures = { received: 0, octets: 0, lost: 0 };
process.once("SIGINT", () => {
	figures.lost = Number(socket.stats().lost) + Number(socket.deviceStats(device).lost);
	socket.close();
});
console.log("ready");
const before = process.cpuUsage();
for await (const batch of socket) {
	figures.received += batch.length;
	for (const { length } of batch) figures.octets += length;
}
console.log(JSON.stringify({ ...figures, usage: process.cpuUsage(before) }));
