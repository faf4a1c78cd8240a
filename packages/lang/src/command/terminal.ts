// SPDX-License-Identifier: BSD-3-Clause
import { ExitStatus } from "./failure.js";

const mayColour = (stream: NodeJS.WriteStream): boolean =>
	stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";

const style =
	(stream: NodeJS.WriteStream) =>
	(on: number, off: number) =>
	(text: string): string =>
		mayColour(stream) ? `\x1b[${on}m${text}\x1b[${off}m` : text;

const styles = (stream: NodeJS.WriteStream) => {
	const styled = style(stream);
	return { bold: styled(1, 22), dim: styled(2, 22), red: styled(31, 39), green: styled(32, 39), cyan: styled(36, 39) };
};

/** Colours for standard output and standard error, each only if it is a terminal. */
export const output = styles(process.stdout);
export const complaints = styles(process.stderr);

/** Text of others, such as a file's name, without what would move the cursor or colour the terminal. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");

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
