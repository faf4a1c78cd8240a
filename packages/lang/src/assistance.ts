// SPDX-License-Identifier: BSD-3-Clause
import { builtinModules } from "./builtin.js";
import type { Diagnostic } from "./diagnostic.js";
import { documentationOf, documentedNames } from "./documentation.js";
import type { ProgramSymbol } from "./symbols.js";

/** A name that may be written next. */
export interface Proposal {
	readonly name: string;
	readonly kind: "function" | "value" | "module";
	readonly type: string;
	readonly meaning: string;
}

/** The symbol at an offset; of two that touch, the one that begins there. */
export const symbolAt = (symbols: readonly ProgramSymbol[], offset: number): ProgramSymbol | undefined => {
	const under = symbols.filter(({ span }) => span.start <= offset && offset <= span.end);
	return under.find(({ span }) => span.start === offset) ?? under.at(-1);
};

/** What may be written after the beginning of a line: modules after `import`, else the program's names and the built-in ones. */
export const proposalsAfter = (line: string, symbols: readonly ProgramSymbol[]): readonly Proposal[] =>
	/^\s*import\s/.test(line)
		? [...builtinModules.keys()].map((name) => ({ name, kind: "module", type: "", meaning: "" }))
		: [...ownProposals(symbols), ...builtinProposals()];

const ownProposals = (symbols: readonly ProgramSymbol[]): readonly Proposal[] => {
	const found = new Map<string, Proposal>();
	for (const { name, type, definition, comment } of symbols)
		if (definition !== null) found.set(name, { name, kind: kindOf(type), type: type ?? "", meaning: comment });
	return [...found.values()];
};

const kindOf = (type: string | null): Proposal["kind"] => (type?.includes("->") ? "function" : "value");

const builtinProposals = (): readonly Proposal[] =>
	documentedNames()
		.filter((name) => /^[\p{L}_]/u.test(name))
		.flatMap((name) => {
			const [first] = documentationOf(name);
			return first ? [{ name, kind: kindOf(first.type), type: first.type, meaning: first.meaning }] : [];
		});

/** Where a diagnostic is in the text, in UTF-16 units; its own lines and columns count from 1, in code points. */
export const spanIn = (
	text: string,
	{ place, length }: Diagnostic,
): { readonly start: number; readonly end: number } => {
	let line = 0;
	for (let left = place.line - 1; left > 0; left--) {
		const newline = text.indexOf("\n", line);
		if (newline < 0) break;
		line = newline + 1;
	}
	const end = text.indexOf("\n", line);
	const points = Array.from(text.slice(line, end < 0 ? text.length : end).replace(/\r$/, ""));
	const unitsTo = (column: number): number => line + points.slice(0, column).join("").length;
	const start = unitsTo(place.column - 1);
	return { start, end: Math.max(unitsTo(place.column - 1 + length), start) };
};

/** What a diagnostic says besides its place. */
export const detailsOf = ({ message, hint, expected, found, kind }: Diagnostic): string =>
	[
		message,
		...(expected === undefined ? [] : [`expected: ${expected}`]),
		...(found === undefined || kind === "syntax" ? [] : [`found: ${found}`]),
		...(hint === undefined ? [] : [`hint: ${hint}`]),
	].join("\n");
