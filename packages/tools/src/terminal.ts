// SPDX-License-Identifier: BSD-3-Clause

/** Whether standard output is a terminal that a table may be redrawn on. */
export const isTerminal = (): boolean => process.stdout.isTTY === true && process.env.TERM !== "dumb";

const mayColour = (): boolean => isTerminal() && !process.env.NO_COLOR;

const style = (on: number, off: number) => (text: string) => (mayColour() ? `\x1b[${on}m${text}\x1b[${off}m` : text);

export const bold = style(1, 22);
export const dim = style(2, 22);
export const red = style(31, 39);
