// SPDX-License-Identifier: BSD-3-Clause
// The demo on a terminal, where Ctrl-C reaches all that it started.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { whyNoLinks } from "./namespaces.js";

const demo = fileURLToPath(new URL("../dist/demo.js", import.meta.url));

const start = (...options: string[]) =>
	spawn(process.execPath, [demo, ...options], { detached: true, stdio: ["ignore", "pipe", "pipe"] });

const pressCtrlC = ({ pid }: ChildProcess) => pid !== undefined && process.kill(-pid, "SIGINT");

const namespacesOf = ({ pid }: ChildProcess) =>
	spawnSync("ip", ["netns", "list"], { encoding: "utf8" })
		.stdout.split("\n")
		.filter((name) => name.startsWith(`pfq-test-${pid}-`));

describe.skipIf(whyNoLinks())("Ctrl-C in the demo", () => {
	it.each([100, 150, 200, 250, 300, 350, 375, 400, 425, 450, 500, 600, 800])(
		"after %i ms leaves nothing behind",
		async (time) => {
			const child = start("--seconds", "600"); // longer than the test may take
			const [output, errors, exited] = [text(child.stdout), text(child.stderr), once(child, "exit")];
			await pause(time);
			pressCtrlC(child);
			const [status, signal] = await exited;
			expect(status ?? signal).toSatisfy((end) => [0, 130, "SIGINT"].includes(end));
			expect(await errors).not.toMatch(/^ +at |Error/m);
			expect(status === 0).toBe((await output).includes("ran for"));
			expect(namespacesOf(child)).toEqual([]);
		},
	);

	it("ends it with the summary and status 0", async () => {
		const child = start("--json");
		const [output, exited, running] = [text(child.stdout), once(child, "exit"), once(child.stdout, "data")];
		await running;
		pressCtrlC(child);
		expect(await exited).toEqual([0, null]);
		const summary = JSON.parse((await output).trimEnd().split("\n").at(-1) ?? "");
		expect(summary).toMatchObject({ type: "summary", devices: [{ state: "closed" }] });
		expect(summary.groups[0].recv).toBeGreaterThan(0);
		expect(namespacesOf(child)).toEqual([]);
	});
});

it.skipIf(whyNoLinks())("the demo says what the counters of its program count", async () => {
	const child = start("--seconds", "0.3");
	expect(await text(child.stderr)).toContain("Its counters: 0 TCP, 1 UDP, 2 ICMP and ICMPv6, 3 DNS, 4 web.\n");
});
