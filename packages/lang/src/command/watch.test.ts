// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pfqLang } from "../testing/pfq-lang.js";

const bin = fileURLToPath(new URL("../../bin/pfq-lang.js", import.meta.url));
let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "pfq-watch-"));
});
afterEach(async () => {
	if (child && child.exitCode === null) {
		const ended = new Promise((resolve) => child?.once("exit", resolve));
		child.kill("SIGINT");
		await ended;
	}
	child = undefined;
	rmSync(folder, { recursive: true });
});

const write = (name: string, text: string): string => {
	const file = join(folder, name);
	writeFileSync(file, text);
	return file;
};

/** Starts a command; gives what waits for text that comes after what was waited for before. */
const start = (...args: string[]): ((text: string) => Promise<void>) => {
	const started = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
	child = started;
	let shown = "";
	const takers = new Set<() => void>();
	for (const stream of [started.stdout, started.stderr])
		stream.on("data", (octets: Buffer) => {
			shown += octets.toString();
			for (const each of takers) each();
		});
	return (text) =>
		new Promise((resolve) => {
			const look = (): void => {
				const at = shown.indexOf(text);
				if (at < 0) return;
				shown = shown.slice(at + text.length);
				takers.delete(look);
				resolve();
			};
			takers.add(look);
			look();
		});
};

it("checks again when the program or a module changes, or comes", async () => {
	const program = write("web.pfq", "main = udp\n");
	const seen = start("check", "--watch", program);
	await seen("ok, 1 node");
	write("web.pfq", "main = udp >-> steer_flw\n");
	await seen("did you mean `steer_flow`?");
	// as editors do it: a new file in the place of the old one
	renameSync(write("new", "import Net.Ports\nmain = port dns\n"), program);
	await seen("there is no module `Net.Ports`");
	mkdirSync(join(folder, "Net"));
	write("Net/Ports.pfq", "module Net.Ports where\ndns = 53\n");
	await seen("ok, 1 node");
	write("Net/Ports.pfq", "module Net.Ports where\ndns = 70000\n");
	await seen("70000 is out of range");
});

it("compiles again, goes on after a failure, and clears nothing on a pipe", async () => {
	const program = write("web.pfq", "main = udp\n");
	const seen = start("compile", "--watch", "--emit", "text", program);
	await seen("main = udp\n");
	rmSync(program);
	await seen("web.pfq: no such file\n");
	write("web.pfq", "main = inv (inv tcp)\n");
	await seen("main = tcp\n");
});

it("needs files", async () => {
	expect(await pfqLang(["check", "--watch", "-"])).toMatchObject({
		status: 2,
		stderr: "pfq-lang check: --watch: standard input comes once; give files\n",
	});
	expect((await pfqLang(["compile", "--watch", "--emit", "text", "-e", "main = ip"])).stderr).toBe(
		"pfq-lang compile: --watch: there is no file to watch\n",
	);
});
