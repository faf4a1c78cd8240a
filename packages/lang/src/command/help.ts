// SPDX-License-Identifier: BSD-3-Clause

/** What to type after the command's name, and what that does. */
export type Example = readonly [commandLine: string, meaning: string];

/** The examples at the end of a command's help. */
export const examples = (name: string, shown: readonly Example[]): string =>
	`\nExamples:\n${shown.map(([line, meaning]) => `  ${name} ${line}\n      ${meaning}\n`).join("")}`;
