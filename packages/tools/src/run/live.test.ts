// SPDX-License-Identifier: BSD-3-Clause
import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { outcome, pfqFile } from "../pfq.test-support.js";

const hasScript = spawnSync("script", ["--version"]).status === 0;

/** What `pfq run` writes to a terminal of 100 columns. */
const onTerminal = async (environment: Record<string, string>, ...args: string[]): Promise<string> => {
	const command = `stty rows 40 cols 100; '${process.execPath}' '${pfqFile}' run ${args.join(" ")}`;
	const { NO_COLOR: _, ...inherited } = process.env;
	const child = spawn("script", ["-qefc", command, "/dev/null"], {
		env: { ...inherited, TERM: "xterm", ...environment },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const { stdout, status } = await outcome(child);
	expect(status).toBe(0);
	return stdout;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are told by control characters
const colour = /\x1b\[[0-9;]*m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const lineErased = /\x1b\[2K/;

describe.skipIf(!hasScript)("on a terminal, pfq run", () => {
	it("redraws a table while it runs, and leaves the summary", async () => {
		const output = await onTerminal({}, "-i", "mem:quiet", "--seconds", "1.3");
		expect(output).toMatch(colour);
		expect(output).toMatch(lineErased);
		expect(output).toMatch(/ran for \d/);
		expect(output.lastIndexOf("packets/s")).toBeGreaterThan(output.indexOf("packets/s"));
	});

	it("uses no colour with NO_COLOR", async () => {
		const output = await onTerminal({ NO_COLOR: "1" }, "-i", "mem:quiet", "--seconds", "0.7");
		expect(output).not.toMatch(colour);
		expect(output).toMatch(/ran for \d/);
	});
});
