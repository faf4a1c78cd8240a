// SPDX-License-Identifier: BSD-3-Clause
import { builtinModules } from "../builtin.js";

const signs = ["#", "//", "/*"] as const;

/** Whether the text may define an operator that begins so; where it imports modules of its own, they may. */
const maybeOperator = (text: string, sign: string): boolean => {
	for (const [, name = ""] of text.matchAll(/^[ \t]*import[ \t]+(?:qualified[ \t]+)?([\w.']+)/gm))
		if (!builtinModules.has(name)) return true;
	return text.split("\n").some((line) => {
		const at = line.indexOf(sign);
		if (at < 0) return false;
		const before = line.slice(0, at).trim();
		if (/^infix[lr]?\b/.test(before) || before.endsWith("(")) return true;
		return before !== "" && !before.includes("=") && line.includes("=", at);
	});
};

/** Finds the signs that begin comments in other languages, where they are no operators of the program. */
export const foreignComments = (text: string): ((at: number) => string | null) => {
	const operators = new Map<string, boolean>();
	return (at) => {
		const sign = signs.find((each) => text.startsWith(each, at));
		if (sign === undefined) return null;
		const known = operators.get(sign) ?? maybeOperator(text, sign);
		operators.set(sign, known);
		return known ? null : sign;
	};
};
