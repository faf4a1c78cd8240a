// SPDX-License-Identifier: BSD-3-Clause
// pfq-traffic FILE [PACKETS]: writes a capture with made-up traffic to try programs on.
import { writeCapture } from "./capture-writer.js";
import { sampleTraffic } from "./sample-traffic.js";

const [file, count = "20000", ...rest] = process.argv.slice(2);
if (file === undefined || file.startsWith("-") || rest.length > 0 || !/^[1-9]\d{0,8}$/.test(count)) {
	const asked = file === "-h" || file === "--help";
	console[asked ? "log" : "error"](
		"usage: pfq-traffic FILE [PACKETS]\n  writes a pcap file of PACKETS (default 20000) made-up packets: web, DNS, ping, bulk TCP, ARP",
	);
	process.exit(asked ? 0 : 2);
}
try {
	writeCapture(file, sampleTraffic({ packets: Number(count) }));
	console.log(`${file}: ${count} packets`);
} catch (error) {
	console.error(`pfq-traffic: ${file}: ${error instanceof Error ? error.message : error}`);
	process.exitCode = 1;
}
