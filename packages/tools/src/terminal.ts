// SPDX-License-Identifier: BSD-3-Clause

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
export const endWithOutput = (): void => {
	process.stdout.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code === "EPIPE") process.exit(0);
		process.stderr.write(`pfq: standard output: ${error.message}\n`, () => process.exit(1));
	});
	process.stderr.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 0 : 1));
};
