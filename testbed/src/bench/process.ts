// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { build, nativeBenchmark } from "./context.js";

/** What a process, and all that it waited for, has cost: the last line that bench_usage prints. */
export interface Usage {
	/** Processor time in seconds. */
	readonly user: number;
	readonly system: number;
	/** From start to end, in seconds. */
	readonly seconds: number;
	/** The most memory it had, in octets. */
	readonly memory: number;
	readonly status: number;
}

export interface Ended {
	readonly usage: Usage;
	readonly output: readonly string[];
	readonly errors: string;
}

export interface Running {
	/** Resolves when it has printed something; rejects when it ends before. */
	readonly ready: Promise<void>;
	readonly ended: Promise<Ended>;
	interrupt(): void;
}

export type Spawn = (command: string, args: string[], options?: SpawnOptions) => ChildProcess;

const here: Spawn = (command, args, options = {}) => spawn(command, args, options);

export const buildNative = (): Promise<void> => build("testbed/native", "bench.mk");

/** Starts a command under bench_usage, here or where `start` starts it. `says` is what it prints when it is ready. */
export function measured(command: string, args: readonly string[], says = /./, start: Spawn = here): Running {
	const child = start(nativeBenchmark("bench_usage"), [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	let errors = "";
	let isReady: () => void = () => {};
	let isNot: (error: Error) => void = () => {};
	const ready = new Promise<void>((resolve, reject) => {
		isReady = resolve;
		isNot = reject;
	});
	ready.catch(() => {}); // who does not wait for it learns from `ended`
	const look = () => {
		if (says.test(output) || says.test(errors)) isReady();
	};
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		output += text;
		look();
	});
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		errors += text;
		look();
	});
	const ended = new Promise<Ended>((resolve, reject) => {
		const fail = (error: Error) => {
			isNot(error);
			reject(error);
		};
		child.once("error", fail);
		child.once("close", () => {
			const lines = output.split("\n").filter(Boolean);
			const last = lines.pop();
			if (last === undefined) return fail(new Error(`${command}: ${errors.trim() || "it ended without a word"}`));
			const usage = JSON.parse(last) as Usage;
			if (usage.status !== 0) return fail(new Error(`${command}: ${errors.trim() || `status ${usage.status}`}`));
			isNot(new Error(`${command} ended early`));
			resolve({ usage, output: lines, errors });
		});
	});
	ended.catch(() => {}); // it may be awaited later
	return { ready, ended, interrupt: () => child.kill("SIGINT") };
}

/** Whether there is such a command on this machine. */
export const isInstalled = (command: string): boolean =>
	spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
