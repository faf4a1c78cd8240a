// SPDX-License-Identifier: BSD-3-Clause
import type { Token } from "./token.js";

const operandKinds: ReadonlySet<Token["kind"]> = new Set(["name", "constructor", "number", "fraction", "text"]);
const keptAsWritten = new Set(["..", "{", "}", "@", "~"]);

const isSign = (token: Token, ...texts: readonly string[]): boolean =>
	token.kind === "symbol" && texts.includes(token.text);

/** Whether an operator after this is between two operands. */
const endsOperand = (token: Token | undefined): boolean =>
	token !== undefined && (operandKinds.has(token.kind) || isSign(token, ")", "]", "`"));

/** A token of a line, and whether there was space before it. */
export interface Spaced {
	readonly token: Token;
	readonly spaced: boolean;
}

/** How many spaces go before each token of a line but the first. */
export const spacesOf = (line: readonly Spaced[]): number[] => {
	/** Whether a name in back quotes is open before the token at hand. */
	let quoted = false;
	return line.map(({ token, spaced }, index) => {
		const before = line[index - 1]?.token;
		if (before === undefined) return 0;
		if (isSign(before, "`")) quoted = !quoted;
		if (keptAsWritten.has(before.text) || keptAsWritten.has(token.text)) return spaced ? 1 : 0;
		if (isSign(token, ")", "]", ",", ";") || isSign(before, "(", "[", "\\") || quoted) return 0;
		const isNegation = before.kind === "operator" && before.text === "-" && !endsOperand(line[index - 2]?.token);
		return isNegation ? 0 : 1;
	});
};
