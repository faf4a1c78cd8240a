// SPDX-License-Identifier: BSD-3-Clause

const INDENT = 2;

/** The operators that a predicate is cut at, the loosest first. */
const operators = [".||.", ".^^.", ".&&."] as const;

/** The parts between an operator, where it is in no parentheses and no string. */
const partsAround = (phrase: string, operator: string): string[] => {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	let quoted = false;
	for (let at = 0; at < phrase.length; at++) {
		const character = phrase[at];
		if (quoted && character === "\\") at++;
		else if (character === '"') quoted = !quoted;
		else if (quoted) continue;
		else if (character === "(") depth++;
		else if (character === ")") depth--;
		else if (depth === 0 && phrase.startsWith(` ${operator} `, at)) {
			parts.push(phrase.slice(start, at));
			start = at + 1;
		}
	}
	return [...parts, phrase.slice(start)];
};

/** A predicate in lines of some length where that can be: cut at its operators, what is in parentheses indented. */
export const phraseLines = (phrase: string, longest: number, indent = 0): string[] => {
	const margin = " ".repeat(indent);
	if (indent + phrase.length <= longest) return [margin + phrase];
	for (const operator of operators) {
		const parts = partsAround(phrase, operator);
		if (parts.length === 1) continue;
		return parts.flatMap((part, index) => phraseLines(part, longest, index === 0 ? indent : indent + INDENT));
	}
	const [, before, inside] = /^((?:\.\S+\. )?(?:not )?\()(.*)\)$/s.exec(phrase) ?? [];
	if (before === undefined || inside === undefined || indent > longest / 2) return [margin + phrase];
	const [first = "", ...rest] = phraseLines(inside, longest - before.length, 0);
	// lines after the first are indented already
	const under = " ".repeat(Math.max(before.length - INDENT, 0));
	const inner = [before + first, ...rest.map((line) => under + line)].map((line) => margin + line);
	return [...inner.slice(0, -1), `${inner.at(-1)})`];
};
