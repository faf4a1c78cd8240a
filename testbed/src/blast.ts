// SPDX-License-Identifier: BSD-3-Clause
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { End } from "./namespaces.js";

export interface BlastOptions {
	/** Stops after so many packets. */
	packets?: number;
	/** Stops after so many whole seconds. */
	seconds?: number;
	/** Packets per second; as many as one core can send when absent. */
	rate?: number;
	/** Bytes of a frame, without its checksum: 42 to 9014, default 60. */
	size?: number;
	/** Different UDP flows, which take turns. Default 1. */
	flows?: number;
}

export interface BlastResult {
	/** What the device accepted. */
	sent: number;
	seconds: number;
	rate: number;
}

export interface Blast {
	readonly done: Promise<BlastResult>;
	/** Ends it early; `done` then tells what was sent. */
	stop(): void;
}

const program = fileURLToPath(new URL("../native/build/blast", import.meta.url));

/** Starts to send small UDP packets out of `end`'s device, from a program of its own (testbed/native/blast.c). */
export function startBlast(end: End, options: BlastOptions = {}): Blast {
	if (!existsSync(program)) throw new Error(`${program} is missing: run \`make build\``);
	const flags = { n: options.packets, t: options.seconds, r: options.rate, s: options.size, k: options.flows };
	const args = Object.entries(flags).flatMap(([flag, value]) =>
		value === undefined ? [] : [`-${flag}`, String(value)],
	);
	const child = end.spawn(program, ["-d", end.device, ...args], { stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	let complained = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		said += text;
	});
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		complained += text;
	});
	const done = new Promise<BlastResult>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (status) => {
			if (status === 0) resolve(JSON.parse(said) as BlastResult);
			else reject(new Error(complained.trim() || `blast ended with status ${status}`));
		});
	});
	return { done, stop: () => child.kill("SIGINT") };
}
