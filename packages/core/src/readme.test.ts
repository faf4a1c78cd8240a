// SPDX-License-Identifier: BSD-3-Clause
// The examples of README.md, run as they stand but for the name of the device.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { udpPacket, writeCapture } from "./packets.test-support.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? "");

/** Node.js runs no TypeScript: types there are none in the examples, and `using` is the one thing to be put in other words. */
const asJavaScript = (code: string): string => code.replace("using socket", "const socket");

const run = (code: string, folder: string): string => {
	const build = new URL("../build/", import.meta.url).pathname;
	const file = join(build, `readme-${process.pid}.mjs`);
	mkdirSync(build, { recursive: true });
	writeFileSync(file, code);
	try {
		const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", cwd: folder });
		expect(stderr).toBe("");
		return stdout;
	} finally {
		rmSync(file);
	}
};

it("the examples of README.md do what they say", () => {
	const folder = mkdtempSync(join(tmpdir(), "pfq-readme-"));
	try {
		const packets = [53, 80].map((port) => udpPacket({ destinationPort: port, length: 70 }));
		writeCapture(join(folder, "traffic.pcap"), packets);
		// the second has types, and is run by testbed/src/npm-packages.test.ts
		const [first = "", , octets = "", toTheEnd = ""] = examples;

		const device = "pcap:traffic.pcap";
		const whole = asJavaScript(first)
			.replace('"eth0"', JSON.stringify(device))
			.replace("of socket)", `of socket.batches({ endOf: ${JSON.stringify(device)} }))`);
		const lines = run(whole, folder).trimEnd().split("\n");
		expect(lines[0]).toMatch(/^1000000000000000000n 70 <Buffer 02 00 00/);
		expect(lines.filter((line) => /^\d+n 70 <Buffer/.test(line))).toHaveLength(2);

		const opening = whole.slice(0, whole.indexOf("for await"));
		expect(run(`${opening}let octets = 0;\n${toTheEnd}console.log(octets);`, folder)).toBe("140\n");

		const loop = toTheEnd.replace(/octets \+=.*/, `{ ${octets} }`);
		expect(run(`${opening}let udp = 0;\n${loop}console.log(udp);`, folder)).toBe("2\n");
	} finally {
		rmSync(folder, { recursive: true });
	}
});
