// SPDX-License-Identifier: BSD-3-Clause
import { report } from "../diagnostic.js";
import { withLayout } from "../layout.js";
import { tokensOf } from "../lexer.js";
import { LimitExceeded } from "../limits.js";
import { parse } from "../parser.js";
import type { Source } from "../source.js";
import type { Token } from "../token.js";

/** What was typed: an import, definitions, or an expression. */
export type Entry =
	| { readonly kind: "import"; readonly text: string }
	/** The text of each name that is defined, with its type signature. */
	| { readonly kind: "definitions"; readonly text: string; readonly parts: ReadonlyMap<string, string> }
	| { readonly kind: "expression"; readonly text: string };

const source = (text: string): Source => ({ file: "repl", text });

const tokens = (text: string): readonly Token[] =>
	tokensOf(source(text), report()).filter(({ kind }) => kind !== "end");

const opening: ReadonlySet<string> = new Set(["(", "[", "{"]);
const closing: ReadonlySet<string> = new Set([")", "]", "}"]);
/** What a line does not end with, if it is all there is. */
const unfinished: ReadonlySet<string> = new Set([
	...["=", "->", "\\", "|", "<-", "::", ","],
	...["do", "else", "if", "in", "let", "of", "then", "where"],
]);
/** What begins a block, which only an empty line ends. */
const blocks: ReadonlySet<string> = new Set(["do", "let", "where", "="]);

const isName = ({ kind, text }: Token): boolean => kind === "name" || text === "(" || text === ")" || text === ",";

/** Whether a type signature stands there, and its definition is to come. */
const isLoneSignature = (all: readonly Token[]): boolean => {
	const sign = all.findIndex(({ text }) => text === "::");
	return (
		sign > 0 &&
		all.slice(0, sign).every((each) => isName(each) || each.kind === "operator") &&
		all.every(({ text }) => text !== "=")
	);
};

/** Whether more lines belong to what was typed so far. An empty line ends it in any case. */
export const wantsMore = (lines: readonly string[]): boolean => {
	if (lines.at(-1)?.trim() === "") return false;
	const text = lines.join("\n");
	const all = tokens(text);
	const last = all.at(-1);
	if (last === undefined) return text.includes("{-") && !text.includes("-}");
	let depth = 0;
	for (const { kind, text: sign } of all)
		if (kind === "symbol") depth += opening.has(sign) ? 1 : closing.has(sign) ? -1 : 0;
	if (depth > 0 || last.kind === "operator" || unfinished.has(last.text)) return true;
	if (isLoneSignature(all)) return true;
	return lines.slice(0, -1).some((line) => blocks.has(tokens(line).at(-1)?.text ?? ""));
};

/** Whether it defines something: a sign of a definition comes before what only expressions have. */
const isDefinition = (text: string): boolean => {
	let depth = 0;
	for (const { kind, text: sign } of tokens(text)) {
		if (opening.has(sign) && kind === "symbol") depth++;
		else if (closing.has(sign) && kind === "symbol") depth--;
		else if (depth > 0) continue;
		else if (sign === "=" || sign === "::" || sign.startsWith("infix")) return true;
		else if (kind === "keyword" || sign === "\\" || kind === "number") return false;
	}
	return false;
};

/** The text of each definition, by the name that it defines; several clauses and a signature are one. */
const partsOf = (text: string): ReadonlyMap<string, string> => {
	const from = source(text);
	const problems = report();
	const laidOut = withLayout(tokensOf(from, problems), from, problems);
	const { declarations } = parse(laidOut, from, problems);
	const starts = declarations.map((each): [number, string] => {
		if (each.kind === "clause") return [each.name.span.start, each.name.text];
		const [name] = each.kind === "signature" ? each.names : each.operators;
		return [name?.span.start ?? 0, name?.text ?? ""];
	});
	const lines = starts.map(([start]) => text.lastIndexOf("\n", start) + 1);
	const parts = new Map<string, string>();
	for (const [index, [, name]] of starts.entries()) {
		const begin = index === 0 ? 0 : lines[index];
		const part = text.slice(begin, lines[index + 1] ?? text.length).trimEnd();
		parts.set(name, parts.has(name) ? `${parts.get(name)}\n${part}` : part);
	}
	return parts;
};

export const entryOf = (text: string): Entry => {
	if (/^\s*import\b/.test(text)) return { kind: "import", text: text.trim() };
	try {
		const parts = isDefinition(text) ? partsOf(text) : new Map<string, string>();
		if (parts.size > 0) return { kind: "definitions", text, parts };
	} catch (error) {
		// What nests too deep is told of when it is compiled.
		if (!(error instanceof LimitExceeded || error instanceof RangeError)) throw error;
	}
	return { kind: "expression", text };
};
