// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sends what arrives at one device out of another, until Ctrl-C or the end of a file. A second one, `forward TO FROM`,
 * makes it a bridge.
 *
 *   sudo "$(which node)" --import tsx examples/typescript/forward.ts eth0 eth1
 *   sudo "$(which node)" --import tsx examples/typescript/forward.ts pcap:traffic.pcap eth1
 */
import { Socket } from "@pfq/core";
import { bridge, program } from "@pfq/lang";

const forward = async (from: string, to: string, signal: AbortSignal): Promise<string> => {
	using socket = Socket.open();
	const group = socket.joinGroup({ policy: "private" });
	// bridge sends a packet on, and leaves none for the socket.
	group.setComputation(program(bridge(to)));
	socket.enable();
	group.bind(from);
	try {
		for await (const _ of socket.batches({ signal, endOf: from }));
	} catch (error) {
		if (!signal.aborted) throw error;
	}

	// What has arrived by now is sent on, and nothing after it.
	const { lost } = socket.deviceStats(from);
	group.unbind(from);
	const { frwd, fail } = group.stats();
	return `${frwd} packets sent on, ${fail} not taken by ${to}, ${lost} lost`;
};

const [from, to, ...rest] = process.argv.slice(2);
if (from === undefined || to === undefined || rest.length > 0) {
	console.error("usage: forward FROM TO");
	process.exit(2);
}
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupted.abort());
try {
	console.log(await forward(from, to, interrupted.signal));
} catch (error) {
	console.error(`forward: ${error instanceof Error ? error.message : error}`);
	process.exitCode = 1;
}
