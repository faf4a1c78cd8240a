// SPDX-License-Identifier: BSD-3-Clause
// `make run`: real traffic between two network namespaces, captured and steered by `pfq run` on one end. Without the rights
// for that: the same program over a capture that is made here. Options are given to `pfq run` in place of the usual ones.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeCapture } from "./capture-writer.js";
import { startDemoTraffic } from "./demo-traffic.js";
import { createLink, whyNoLinks } from "./namespaces.js";
import { atProcessEnd } from "./process-end.js";
import { sampleTraffic } from "./sample-traffic.js";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const pfq = fromRoot("packages/tools/bin/pfq.js");
const program = "examples/balance.pfq";
const sockets = ["-n", "3"];
const offlinePackets = 20_000;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const given = process.argv.slice(2);
process.exitCode = await demo();

async function demo(): Promise<number> {
	if (process.getuid?.() !== 0 && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0) {
		return await attend(
			spawn("sudo", ["-n", process.execPath, fileURLToPath(import.meta.url), ...given], { stdio: "inherit" }),
		);
	}
	const obstacle = whyNoLinks();
	return obstacle === undefined ? await live() : await offline(obstacle);
}

/**
 * The exit status of a program that has the terminal, and ends in its own time. Ctrl-C reaches it as well, but not when it
 * was pressed just before the program began: to have it twice is the same to it as once.
 */
async function attend(child: ChildProcess): Promise<number> {
	const pass = (signal: NodeJS.Signals) => child.kill(signal);
	for (const signal of signals) process.on(signal, pass);
	try {
		const [status, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
		return status ?? (signal === "SIGINT" ? 130 : 143);
	} finally {
		for (const signal of signals) process.off(signal, pass);
	}
}

/** What the program counts, as its comments say. */
function explainCounters(): string {
	const counters = readFileSync(fromRoot(program), "utf8").matchAll(/^--.*counter \d.*$/gm);
	const each = [...counters].flatMap(([line]) => [...line.matchAll(/counter (\d+) +(.+?)(?= {2}|$)/g)]);
	const sorted = each.sort(([, a], [, b]) => Number(a) - Number(b));
	return `Its counters: ${sorted.map(([, index, meaning]) => `${index} ${meaning}`).join(", ")}.`;
}

async function live(): Promise<number> {
	using link = createLink();
	const { running, missing } = await startDemoTraffic(link.left, link.right);
	const options = given.length > 0 ? given : [...sockets, "--seconds", "10"];
	console.error(`Live traffic on a veth pair between two network namespaces: ${running.join(", ")}.`);
	if (missing.length > 0) console.error(`Not installed, and left out: ${missing.join(", ")}.`);
	console.error(`pfq run -i ${link.left.device} -f ${program} ${options.join(" ")}`);
	console.error(`${explainCounters()}\n`);
	const command = [pfq, "run", "-i", link.left.device, "-f", fromRoot(program), ...options];
	return await attend(link.left.spawn(process.execPath, command, { stdio: "inherit" }));
}

async function offline(obstacle: string): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), "pfq-demo-"));
	atProcessEnd(() => rmSync(folder, { recursive: true, force: true }));
	const file = join(folder, "traffic.pcap");
	writeCapture(file, sampleTraffic({ packets: offlinePackets }));
	const options = given.length > 0 ? given : sockets;
	console.error(`A capture of ${offlinePackets} made-up packets: web, DNS, ping, bulk TCP connections.`);
	console.error(`pfq run -r ${file} -f ${program} ${options.join(" ")}`);
	console.error(`${explainCounters()}\n`);
	const command = [pfq, "run", "-r", file, "-f", fromRoot(program), ...options];
	const status = await attend(spawn(process.execPath, command, { stdio: "inherit" }));
	console.error(`\nAs root, the demo captures live traffic between two network namespaces instead (${obstacle}).`);
	return status;
}
