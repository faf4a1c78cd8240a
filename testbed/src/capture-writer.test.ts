// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaptureWriter, writeCapture } from "./capture-writer.js";
import { ethernet, ipv4, packet, udp } from "./layers.js";

const noTcpdump = spawnSync("tcpdump", ["--version"]).error !== undefined;
const bytes = packet(ethernet(), ipv4(), udp({ source: 1, destination: 2 }), "0123456789".repeat(10));
const time = 1_700_000_000_123_456_789n;

describe.skipIf(noTcpdump)("a capture file", () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "pfq-capture-"));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const read = (file: string, ...options: string[]) =>
		spawnSync("tcpdump", ["-nttr", file, ...options], { encoding: "utf8", maxBuffer: 1 << 26 }).stdout;

	for (const byteOrder of ["little", "big"] as const) {
		it(`keeps nanoseconds, ${byteOrder}-endian`, () => {
			const file = join(folder, `ns-${byteOrder}.pcap`);
			writeCapture(file, [{ time, bytes }], { byteOrder, precision: "ns" });
			expect(read(file, "--time-stamp-precision=nano")).toContain("1700000000.123456789 IP 10.0.0.1.1 > 10.0.0.2.2");
		});
		it(`keeps microseconds, ${byteOrder}-endian`, () => {
			const file = join(folder, `us-${byteOrder}.pcap`);
			writeCapture(file, [{ time, bytes }], { byteOrder, precision: "us" });
			expect(read(file)).toContain("1700000000.123456 IP 10.0.0.1.1 > 10.0.0.2.2");
		});
	}

	it("cuts packets at its snap length and says how long they were", () => {
		const file = join(folder, "snap.pcap");
		writeCapture(file, [{ time, bytes }], { snapLength: 64 });
		expect(statSync(file).size).toBe(24 + 16 + 64);
		expect(read(file)).toContain("length 100");
	});

	it("holds more packets than its buffer", () => {
		const file = join(folder, "many.pcap");
		const writer = new CaptureWriter(file);
		const count = 40_000;
		for (let at = 0; at < count; at++) writer.write({ time: time + BigInt(at), bytes });
		writer.close();
		writer.close();
		expect(statSync(file).size).toBe(24 + count * (16 + bytes.length));
		expect(read(file).trim().split("\n")).toHaveLength(count);
	});
});
