// SPDX-License-Identifier: BSD-3-Clause
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/pfq-lang.js", import.meta.url));

export interface CommandOutcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** The command as a user starts it. */
export const pfqLang = async (args: readonly string[], input = ""): Promise<CommandOutcome> => {
	const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, NO_COLOR: "1" } });
	child.stdin.on("error", () => {});
	child.stdin.end(input);
	const [stdout, stderr, status] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		new Promise<number | null>((resolve) => child.once("exit", resolve)),
	]);
	return { status, stdout, stderr };
};
