// SPDX-License-Identifier: BSD-3-Clause
/*
 * Counts the packets of a device, DNS apart, until Ctrl-C or the end of a file:
 *
 *   pnpm exec tsx examples/typescript/count.ts pcap:traffic.pcap
 *   sudo env PATH="$PATH" pnpm exec tsx examples/typescript/count.ts eth0
 */
import { Socket } from "@pfq/core";
import { hasPort, inc, program, when } from "@pfq/lang";

const [device] = process.argv.slice(2);
if (device === undefined) {
	console.error("usage: count.ts DEVICE");
	process.exit(2);
}

const interrupted = new AbortController();
process.on("SIGINT", () => interrupted.abort());

using socket = Socket.open({ caplen: 64, rxSlots: 8192 });
const group = socket.joinGroup({ policy: "private" });
group.setComputation(program(when(hasPort(53), inc(0))));
socket.enable();
group.bind(device);

let packets = 0;
let octets = 0;
try {
	for await (const batch of socket.batches({ signal: interrupted.signal, endOf: device })) {
		packets += batch.length;
		octets += batch.octets;
	}
} catch (error) {
	// Ctrl-C is the one end that a live capture has.
	if (!interrupted.signal.aborted) throw error;
}
const { lost } = socket.stats();
console.log(`${packets} packets, ${octets} octets, ${group.counters()[0]} of DNS, ${lost} lost`);
