// SPDX-License-Identifier: BSD-3-Clause
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { outcome, startPfq, summaryOf } from "./pfq.test-support.js";

it("a Ctrl-C that comes twice, from the terminal and from pnpm, is one: the run ends with its summary", async () => {
	const child = startPfq(["run", "-i", "mem:quiet", "--json"]);
	const ended = outcome(child);
	await new Promise((resolve) => child.stdout?.once("data", resolve));
	child.kill("SIGINT");
	await pause(1);
	child.kill("SIGINT");
	const result = await ended;
	expect(result).toMatchObject({ status: 0, stderr: "" });
	expect(summaryOf(result)).toMatchObject({ devices: [{ name: "mem:quiet" }] });
});

it("a second Ctrl-C ends at once what takes its time to finish", async () => {
	const module = fileURLToPath(new URL("../dist/interruption.js", import.meta.url));
	const program = `import { interruption } from ${JSON.stringify(module)};
		interruption().addEventListener("abort", () => console.log("finishing"));
		setInterval(() => {}, 1000);
		console.log("running");`;
	const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const exited = once(child, "exit");
	await once(child.stdout, "data");
	child.kill("SIGINT");
	expect(String(await once(child.stdout, "data"))).toBe("finishing\n");
	await pause(700);
	child.kill("SIGINT");
	expect((await exited)[1]).toBe("SIGINT");
});
