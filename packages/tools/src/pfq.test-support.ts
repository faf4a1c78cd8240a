// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export const pfqFile = fileURLToPath(new URL("../bin/pfq.js", import.meta.url));

export interface Outcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** The command as a user starts it. */
export const startPfq = (args: readonly string[], environment: Record<string, string> = {}): ChildProcess =>
	spawn(process.execPath, [pfqFile, ...args], { env: { ...process.env, ...environment } });

export const outcome = async (child: ChildProcess): Promise<Outcome> => {
	const [stdout, stderr, status] = await Promise.all([
		child.stdout ? text(child.stdout) : "",
		child.stderr ? text(child.stderr) : "",
		new Promise<number | null>((resolve) => child.once("exit", resolve)),
	]);
	return { status, stdout, stderr };
};

export const pfq = (...args: string[]): Promise<Outcome> => outcome(startPfq(args));

export interface Summary {
	readonly type: "summary";
	readonly host: string;
	readonly seconds: number;
	readonly groups: readonly { gid: number; recv: number; lost: number; drop: number; frwd: number; kern: number }[];
	readonly sockets: readonly { id: number; recv: number; lost: number; octets: number }[];
	readonly counters: readonly number[];
	readonly devices: readonly { name: string; state: string; recv: number; lost: number; text?: string }[];
}

/** The last line of the output of `--json`. */
export const summaryOf = ({ stdout }: Pick<Outcome, "stdout">): Summary =>
	JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Summary;
