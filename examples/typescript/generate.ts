// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sends small UDP packets of 64 flows: so many, or until Ctrl-C; at a rate, or as fast as it goes.
 *
 *   sudo "$(which node)" --import tsx examples/typescript/generate.ts eth0 1000000
 *   sudo "$(which node)" --import tsx examples/typescript/generate.ts eth0 0 5000     # 5,000 a second, without end
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import { Socket } from "@pfq/core";

const flows = 64;

const packet = Buffer.alloc(60);
packet.write("020000000002" + "020000000001" + "0800", 0, "hex"); // Ethernet
// IPv4, from 198.18.0.1 to 198.18.0.2: addresses of benchmarks (RFC 2544)
packet.write("4500002e000000004011ee97" + "c6120001" + "c6120002", 14, "hex");
packet.write("0400" + "0009" + "001a0000", 34, "hex"); // UDP, from port 1024 and up to port 9

/** Sends until so many have left, in portions between which the event loop has its turn. */
const generate = async (device: string, packets: number, rate: number, signal: AbortSignal): Promise<string> => {
	using socket = Socket.open({ xmitlen: packet.length });
	socket.bindTx(device);
	socket.enable();
	const start = performance.now();
	const seconds = (): number => (performance.now() - start) / 1000;
	for (let sent = 0; sent < packets && !signal.aborted; ) {
		const due = Math.min(packets, rate === 0 ? sent + 100 * flows : Math.ceil(seconds() * rate));
		for (; sent < due; sent++) {
			packet[35] = sent % flows; // of the source port
			socket.send(packet, { sync: flows });
		}
		socket.flush();
		await (rate === 0 ? setImmediate() : setTimeout(1));
	}
	const { sent, fail } = socket.stats();
	return `${sent} packets sent, ${fail} not taken by ${device}, in ${seconds().toFixed(3)} s`;
};

const [device, packets = "0", rate = "0", ...rest] = process.argv.slice(2);
if (device === undefined || ![packets, rate].every((text) => /^\d+$/.test(text)) || rest.length > 0) {
	console.error("usage: generate DEVICE [PACKETS [PACKETS A SECOND]]");
	process.exit(2);
}
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());
try {
	const limit = Number(packets) || Number.POSITIVE_INFINITY;
	console.log(await generate(device, limit, Number(rate), interrupted.signal));
} catch (error) {
	console.error(`generate: ${error instanceof Error ? error.message : error}`);
	process.exitCode = 1;
}
