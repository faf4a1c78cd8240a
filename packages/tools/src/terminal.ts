// SPDX-License-Identifier: BSD-3-Clause
import { ExitStatus } from "./failure.js";

/** Whether standard output is a terminal that a table may be redrawn on. */
export const isTerminal = (): boolean => process.stdout.isTTY === true && process.env.TERM !== "dumb";

const mayColour = (): boolean => isTerminal() && !process.env.NO_COLOR;

const style = (on: number, off: number) => (text: string) => (mayColour() ? `\x1b[${on}m${text}\x1b[${off}m` : text);

export const bold = style(1, 22);
export const dim = style(2, 22);
export const red = style(31, 39);

/**
 * Whoever reads our output may stop before its end (`pfq … | head`): that ends the program, and is no failure. What cannot
 * be written for another reason is one.
 */
export const endWithOutput = (commandName: () => string): void => {
	process.stdout.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code === "EPIPE") process.exit(ExitStatus.done);
		// "ENOSPC: no space left on device, write"
		const reason = error.message.replace(/^[A-Z0-9]+: /, "").replace(/, \w+$/, "");
		process.stderr.write(`${commandName()}: standard output: ${reason}\n`);
		process.exit(ExitStatus.failed);
	});
	process.stderr.on("error", ({ code }: NodeJS.ErrnoException) =>
		process.exit(code === "EPIPE" ? ExitStatus.done : ExitStatus.failed),
	);
};
