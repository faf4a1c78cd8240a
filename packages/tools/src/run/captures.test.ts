// SPDX-License-Identifier: BSD-3-Clause
// `pfq run` on real captures, with what tcpdump counts. The captures are beside a checkout, or not there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pfq, summaryOf } from "../pfq.test-support.js";

const folder = fileURLToPath(new URL("../../../../../shared/captures/", import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name)) : [];
const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

const tcpdump = (file: string, expression: string) => {
	const { stdout, stderr } = spawnSync("tcpdump", ["-r", folder + file, "--count", "-n", expression], {
		encoding: "utf8",
	});
	return { count: Number(/^(\d+) packets?/m.exec(stdout)?.[1]), ethernet: stderr.includes("EN10MB") };
};

/** UDP, as we see it: over IPv6 extension headers, and inside VLAN tags. */
const udp = "ip proto 17 or ip6 protochain 17";
const tagged = (expression: string) => `(${expression}) or (vlan and (${expression})) or (vlan and (${expression}))`;

describe.skipIf(files.length === 0 || !hasTcpdump)("pfq run spreads over its sockets what tcpdump counts", () => {
	it.each(files)("in %s", async (file) => {
		const program = "main = udp >-> inc 1 >-> steer_flow";
		const result = await pfq("run", "-r", folder + file, "-e", program, "-n", "3", "--json");
		expect(result).toMatchObject({ status: 0, stderr: "" });
		const { sockets, groups, counters, devices } = summaryOf(result);
		const all = tcpdump(file, "");
		const count = (expression: string) => tcpdump(file, all.ethernet ? tagged(expression) : expression).count;
		const wanted = count(udp);
		expect(sockets.reduce((total, { recv }) => total + recv, 0)).toBe(wanted);
		expect(groups).toMatchObject([{ recv: wanted, lost: 0, drop: all.count - wanted }]);
		expect(counters[1]).toBe(wanted);
		expect(devices).toMatchObject([{ recv: all.count, lost: 0, state: "finished" }]);
	});
});
