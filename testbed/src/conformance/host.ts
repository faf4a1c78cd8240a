// SPDX-License-Identifier: BSD-3-Clause
// Where the suite runs: in a network namespace of its own, on the user host, or in a guest that pfq.ko is loaded in.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { backlogIsEmpty } from "../backlog.js";

export const onKernel = process.env.PFQ_HOST === "kernel";

export const native = (program: string): string =>
	fileURLToPath(new URL(`../../native/build/${program}`, import.meta.url));

/** Runs a program to its end and returns what it printed; throws when it fails. */
export const run = (program: string, args: readonly string[], input: string | Uint8Array = ""): string => {
	const done = spawnSync(program, args, { encoding: "utf8", input, maxBuffer: 1 << 26 });
	if (done.error) throw done.error;
	if (done.status !== 0)
		throw new Error(`${program} ${args.join(" ")}: ${done.stderr.trim() || `status ${done.status}`}`);
	return done.stdout;
};

/** Commands of `ip`, one a line. */
export const ip = (...commands: readonly string[]): void => {
	run("ip", ["-batch", "-"], `${commands.join("\n")}\n`);
};

export const pause = (milliseconds: number): Promise<void> =>
	new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until it holds; throws after half a minute, or so many milliseconds. */
export const until = async (what: string, holds: () => boolean, patience = 30_000): Promise<void> => {
	const end = Date.now() + patience;
	while (!holds()) {
		if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
		await pause(5);
	}
};

export const counter = (device: string, name: string): number =>
	Number(readFileSync(`/sys/class/net/${device}/statistics/${name}`, "utf8"));

export const arrived = (): Promise<void> => until("no packet is on its way", backlogIsEmpty);

/** Interfaces that come later say nothing by themselves. */
export const silenceIpv6 = (): void => writeFileSync("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
