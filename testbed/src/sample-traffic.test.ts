// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeCapture } from "./capture-writer.js";
import { sampleTraffic } from "./sample-traffic.js";

const noTcpdump = spawnSync("tcpdump", ["--version"]).error !== undefined;

describe("sample traffic", () => {
	it("is the same for the same seed", () => {
		const [one, same, other] = [{ seed: 7 }, { seed: 7 }, { seed: 8 }].map((options) => [
			...sampleTraffic({ packets: 500, ...options }),
		]);
		expect(one).toHaveLength(500);
		expect(one).toEqual(same);
		expect(one).not.toEqual(other);
	});

	it.skipIf(noTcpdump)("has every kind of packet, all of them sound", () => {
		const folder = mkdtempSync(join(tmpdir(), "pfq-sample-"));
		try {
			const file = join(folder, "sample.pcap");
			writeCapture(file, sampleTraffic({ packets: 5_000 }));
			const read = (...filter: string[]) =>
				spawnSync("tcpdump", ["-nvvvr", file, ...filter], { encoding: "utf8", maxBuffer: 1 << 26 }).stdout;
			const kinds = [
				"tcp port 80",
				"tcp port 443",
				"tcp port 5201",
				"udp port 53",
				"icmp",
				"icmp6",
				"arp",
				"ip6 and tcp",
			];
			for (const kind of kinds) expect(read(...kind.split(" ")), kind).not.toBe("");
			const everything = read();
			expect(everything).not.toMatch(/incorrect|bad |truncated|malformed|invalid/i);
			expect(everything).toMatch(/A\? host\d+\.example/);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
