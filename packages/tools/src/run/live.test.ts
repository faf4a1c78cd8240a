// SPDX-License-Identifier: BSD-3-Clause
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outcome } from "../pfq.test-support.js";
import { hasTerminals, startOnTerminal, type TerminalOptions } from "../terminal.test-support.js";

/** What `pfq run` writes to a terminal. */
const onTerminal = async (args: readonly string[], options?: TerminalOptions): Promise<string> => {
	const { stdout, status } = await outcome(startOnTerminal(args, options));
	expect(status).toBe(0);
	return stdout;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are told by control characters
const colour = /\x1b\[[0-9;]*m/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const lineErased = /\x1b\[2K/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const control = /\x1b\[[0-9;?]*[A-Za-z]/g;

describe.skipIf(!hasTerminals)("on a terminal, pfq run", () => {
	it("redraws a table while it runs, and leaves the summary", async () => {
		const output = await onTerminal(["-i", "mem:quiet", "--seconds", "1.3"]);
		expect(output).toMatch(colour);
		expect(output).toMatch(lineErased);
		expect(output).toMatch(/ran for \d/);
		expect(output.lastIndexOf("packets/s")).toBeGreaterThan(output.indexOf("packets/s"));
	});

	it("uses no colour with NO_COLOR", async () => {
		const output = await onTerminal(["-i", "mem:quiet", "--seconds", "0.7"], { environment: { NO_COLOR: "1" } });
		expect(output).not.toMatch(colour);
		expect(output).toMatch(/ran for \d/);
	});

	const erased = "\x1b[H\x1b[J";

	/** What was drawn before the summary: once for each time that the terminal was erased, without control sequences. */
	const drawn = (output: string): readonly string[] =>
		output
			.slice(0, output.lastIndexOf("\x1b[?25h", output.lastIndexOf("packets/s")))
			.split(erased)
			.map((part) => part.replaceAll(control, ""));

	it("cuts lines to the width of the terminal, and wraps none", async () => {
		const [output = ""] = drawn(await onTerminal(["-i", "mem:quiet", "--seconds", "0.8"], { columns: 30 }));
		expect(output).toMatch(/ packets\b/);
		expect(output).not.toContain("share");
		for (const line of output.split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(30);
	});

	it("keeps the headings where the terminal is too short for all sockets, and says how many more there are", async () => {
		const [output = ""] = drawn(await onTerminal(["-i", "mem:quiet", "-n", "40", "--seconds", "0.8"], { rows: 14 }));
		expect(output).toMatch(/packets\/s[\s\S]*socket 3 [\s\S]*… and 36 more[\s\S]*group 0[\s\S]*mem:quiet/);
		expect(output.split("\n").length).toBeLessThanOrEqual(14);
	});

	it("draws afresh when the terminal gets another size", async () => {
		const folder = mkdtempSync(join(tmpdir(), "pfq-terminal-"));
		const file = join(folder, "narrower");
		const child = startOnTerminal(["-i", "mem:quiet"], { later: { columns: 40, file } });
		const ended = outcome(child);
		let seen = "";
		let over = false;
		child.stdout?.on("data", (text: Buffer) => {
			seen += text;
			if (seen.includes("packets/s") && !existsSync(file)) writeFileSync(file, "");
			if (over || !seen.split(erased)[1]?.includes("quiet")) return;
			over = true;
			child.stdin?.write("\x03"); // a second one would not wait for the summary
		});
		const { stdout, status } = await ended;
		rmSync(folder, { recursive: true });
		expect(status).toBe(0);
		const [before, after] = drawn(stdout);
		expect(before).toMatch(/packets\/s.* lost/);
		expect(after).toContain("packets/s");
		expect(after).not.toMatch(/packets\/s.* lost/);
	});

	it("ends at Ctrl-C with its summary, status 0 and the cursor back", async () => {
		const child = startOnTerminal(["-i", "mem:quiet"]);
		const ended = outcome(child);
		await new Promise((resolve) => child.stdout?.once("data", resolve));
		child.stdin?.write("\x03");
		const { stdout, status } = await ended;
		expect(stdout).toMatch(/ran for \d/);
		expect(status).toBe(0);
		expect(stdout.lastIndexOf("\x1b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\x1b[?25l"));
	});
});
