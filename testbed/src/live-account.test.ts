// SPDX-License-Identifier: BSD-3-Clause
// Under a load that nothing keeps up with, every packet that the kernel counts is received, dropped or lost.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { backlogIsEmpty } from "./backlog.js";
import { startBlast } from "./blast.js";
import { createLink, type End, whyNoLinks } from "./namespaces.js";

interface Summary {
	type: string;
	groups: { recv: number; lost: number; drop: number }[];
	sockets: { recv: number; lost: number }[];
	devices: { recv: number; lost: number; state: string }[];
}

const pfq = fileURLToPath(new URL("../../packages/tools/bin/pfq.js", import.meta.url));
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Captures on `end` while `load` runs; the summary when it is over. */
async function capture(end: End, load: (pfq: ChildProcess) => Promise<void>, ...options: string[]): Promise<Summary> {
	const args = [pfq, "run", "-i", end.device, "--json", ...options];
	const child = end.spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
	const closed = once(child, "close");
	let last = "{}";
	let begun = () => {};
	const started = new Promise<void>((resolve) => {
		begun = resolve;
	});
	createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
		last = line;
		begun();
	});
	await Promise.race([started, closed]);
	await load(child);
	await expect.poll(backlogIsEmpty, { timeout: 30_000 }).toBe(true);
	child.kill("SIGINT");
	const [status] = await closed;
	expect(status).toBe(0);
	return JSON.parse(last) as Summary;
}

describe.skipIf(whyNoLinks())("a live capture under load", () => {
	const blast = (end: End) => async () => {
		await startBlast(end, { seconds: 2, flows: 1000 }).done;
	};

	it("accounts for every packet that the kernel counted", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const summary = await capture(link.right, blast(link.left), "-e", "main = ip >-> steer_flow", "-n", "3");
		const counted = Number(link.right.counter("rx_packets"));
		expect(counted).toBeGreaterThan(10_000);
		expect(sum(summary.devices.map(({ recv, lost }) => recv + lost))).toBe(counted);
		expect(
			sum(summary.sockets.map(({ recv, lost }) => recv + lost)) + sum(summary.devices.map(({ lost }) => lost)),
		).toBe(counted);
	});

	it("counts what found a queue full, and what the program dropped", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const program = "main = filter (pkt_len .>= 0) >-> inc 0 >-> udp >-> steer_flow";
		const summary = await capture(link.right, blast(link.left), "-e", program, "-n", "2", "-s", "16");
		const counted = Number(link.right.counter("rx_packets"));
		const [group] = summary.groups;
		const [device] = summary.devices;
		if (!group || !device) throw new Error("no group or device in the summary");
		expect(sum(summary.sockets.map(({ lost }) => lost))).toBeGreaterThan(0);
		expect(group.recv + group.lost + group.drop).toBe(device.recv);
		expect(device.recv + device.lost).toBe(counted);
		expect(sum(summary.sockets.map(({ recv }) => recv))).toBe(group.recv);
	});

	it("counts what the kernel lost while the whole program stood still", async () => {
		using link = createLink({ ipv4: false, ipv6: false });
		const summary = await capture(
			link.right,
			async (child) => {
				child.kill("SIGSTOP");
				await blast(link.left)();
				child.kill("SIGCONT");
			},
			"-e",
			"main = steer_flow",
			"-n",
			"2",
		);
		const [device] = summary.devices;
		expect(device?.lost).toBeGreaterThan(0);
		expect((device?.recv ?? 0) + (device?.lost ?? 0)).toBe(Number(link.right.counter("rx_packets")));
	});
});
