// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { pfqFile } from "./pfq.test-support.js";

/** script(1) gives a program a terminal. */
export const hasTerminals = spawnSync("script", ["--version"]).status === 0;

export interface TerminalOptions {
	readonly columns?: number;
	readonly rows?: number;
	/** The terminal has that many columns once there is a file of that name. */
	readonly later?: { readonly columns: number; readonly file: string };
	readonly environment?: Readonly<Record<string, string>>;
}

/** `pfq run` on a terminal: what it writes there is on stdout, and what is typed goes to stdin. */
export const startOnTerminal = (
	args: readonly string[],
	{ columns = 100, rows = 40, later, environment = {} }: TerminalOptions = {},
): ChildProcess => {
	const quoted = [process.execPath, pfqFile, "run", ...args].map((arg) => `'${arg}'`).join(" ");
	const { NO_COLOR: _, ...inherited } = process.env;
	const resize = later
		? `(until [ -e '${later.file}' ]; do sleep 0.05; done; stty cols ${later.columns} </dev/tty) &`
		: "";
	return spawn("script", ["-qefc", `stty rows ${rows} cols ${columns}; ${resize} exec ${quoted}`, "/dev/null"], {
		env: { ...inherited, TERM: "xterm", ...environment },
	});
};
