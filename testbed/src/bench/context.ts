// SPDX-License-Identifier: BSD-3-Clause
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Row } from "./result.js";

export const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Where benchmarks put what they generate. `make clean` removes it. */
export const buildFolder = fromRoot("testbed/build/bench");

export interface Context {
	/** A fraction of the repetitions: to see whether all works, not to quote. */
	readonly quick: boolean;
	/** Tells on standard error how far it has come. */
	readonly progress: (text: string) => void;
}

export interface Benchmark {
	readonly id: string;
	readonly title: string;
	readonly run: (context: Context) => AsyncIterable<Row>;
}

const execute = promisify(execFile);

/** Runs a program to its end; what it prints is one JSON value. */
export async function runForJson(program: string, args: readonly string[]): Promise<unknown> {
	const { stdout } = await execute(program, [...args], { maxBuffer: 1 << 28 });
	return JSON.parse(stdout);
}

const built = new Map<string, Promise<void>>();

/** Runs make in a folder, once. */
export function build(folder: string, makefile = "Makefile", target = "all"): Promise<void> {
	const key = `${folder} ${target}`;
	const known = built.get(key);
	if (known !== undefined) return known;
	const make = execute("make", ["-s", "-C", fromRoot(folder), "-f", makefile, target], { maxBuffer: 1 << 26 });
	const done = make.then(() => undefined);
	built.set(key, done);
	return done;
}

export const engineBenchmark = (name: string): string => fromRoot(`packages/kernel-module/build/bench/${name}`);
/** A program of the benchmarks in TypeScript, for Node.js. */
export const nodeBenchmark = (name: string): string => fromRoot(`testbed/dist/bench/${name}.js`);
export const nativeBenchmark = (name: string): string => fromRoot(`testbed/native/build/${name}`);

export function makeBuildFolder(): string {
	mkdirSync(buildFolder, { recursive: true });
	return buildFolder;
}

/** Real captures that lie beside the checkout on some machines. */
export function captureFiles(): string[] {
	const folder = fromRoot("../shared/captures");
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => /\.pcap(ng)?$/.test(name))
		.sort()
		.map((name) => `${folder}/${name}`);
}
