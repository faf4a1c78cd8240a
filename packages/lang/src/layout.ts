// SPDX-License-Identifier: BSD-3-Clause
import type { Report } from "./diagnostic.js";
import { MAX_NESTING } from "./limits.js";
import type { Source } from "./source.js";
import type { Token, TokenKind } from "./token.js";

/**
 * What encloses a token: a block that indentation delimits (`do`, `let`, `where`, or `module` for the whole program), a
 * bracket, or the part of an `if` before its `then` or `else`.
 */
type Context =
	| { readonly kind: "block"; readonly word: string; readonly indent: number }
	| { readonly kind: "bracket" }
	| { readonly kind: "if"; stage: "then" | "else" };

const openers = new Set(["(", "[", "{"]);
const closers = new Set([")", "]", "}"]);

/**
 * The layout rule: puts in the tokens that open, separate and close the blocks after `do`, `let` and `where`. Where Haskell
 * closes a block because what follows is no part of it (`in`, `then`, `)`, `,` …), this does so by the words themselves, so
 * that the pass stands alone. A bracket may be closed, and its commas written, at any indentation.
 */
export const withLayout = (tokens: readonly Token[], source: Source, report: Report): Token[] => {
	const result: Token[] = [];
	const stack: Context[] = [];

	const virtual = (kind: TokenKind, { start, column }: Token): void => {
		result.push({ kind, text: "", start, end: start, indent: 0, column, qualifier: undefined, value: undefined });
	};

	const closeBlocks = (token: Token, until: (context: Context) => boolean): void => {
		for (let top = stack.at(-1); top !== undefined && !until(top); top = stack.at(-1)) {
			if (top.kind === "block") virtual("close", token);
			stack.pop();
		}
	};

	/** Closes the blocks above the innermost context that is wanted; does nothing where there is none in this bracket. */
	const closeTo = (token: Token, wanted: (context: Context) => boolean): Context | undefined => {
		const index = stack.findLastIndex((context) => context.kind === "bracket" || wanted(context));
		const found = stack[index];
		if (found === undefined || !wanted(found)) return undefined;
		closeBlocks(token, (context) => context === found);
		return found;
	};

	/** A token that begins a line: it goes on with the innermost block, begins its next part, or closes it. */
	const newLine = (token: Token): void => {
		for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
			const block = stack.findLast((context) => context.kind === "block");
			if (block?.kind !== "block" || token.indent > block.indent) return;
			if (top.kind === "bracket" && (closers.has(token.text) || token.text === ",")) return;
			const continues = token.text === "then" || token.text === "else";
			if (continues && top.kind === "if" && token.indent === block.indent) return;
			if (top.kind !== "block") {
				stack.pop();
				continue;
			}
			if (token.indent === block.indent && !(token.text === "where" && block.word === "do")) {
				if (!continues) virtual("separator", token);
				return;
			}
			virtual("close", token);
			stack.pop();
		}
	};

	const open = (word: string, token: Token): void => {
		const enclosing = stack.findLast((context) => context.kind === "block");
		virtual("open", token);
		const least = enclosing?.kind === "block" ? enclosing.indent : 0;
		if (token.kind !== "end" && token.column > least) stack.push({ kind: "block", word, indent: token.column });
		else {
			virtual("close", token);
			if (token.indent > 0) newLine(token);
		}
	};

	const enter = (token: Token): void => {
		const { text } = token;
		if (token.kind === "symbol") {
			if (openers.has(text)) stack.push({ kind: "bracket" });
			else if (closers.has(text)) {
				if (closeTo(token, ({ kind }) => kind === "bracket")) stack.pop();
			} else if (text === "," && stack.some(({ kind }) => kind === "bracket"))
				closeTo(token, ({ kind }) => kind === "bracket");
		} else if (token.kind === "keyword") {
			if (text === "if") stack.push({ kind: "if", stage: "then" });
			else if (text === "then" || text === "else") {
				const found = closeTo(token, (context) => context.kind === "if" && context.stage === text);
				if (text === "else" && found) stack.pop();
				else if (found?.kind === "if") found.stage = "else";
			} else if (text === "in") {
				if (closeTo(token, (context) => context.kind === "block" && context.word === "let")) {
					virtual("close", token);
					stack.pop();
				}
			} else if (text === "where")
				while (stack.at(-1)?.kind === "if" || isBlock(stack.at(-1), "do")) {
					if (stack.at(-1)?.kind === "block") virtual("close", token);
					stack.pop();
				}
		}
	};

	let opening: string | null = tokens[0]?.text === "module" && tokens[0].kind === "keyword" ? null : "module";
	for (const token of tokens) {
		if (stack.length > MAX_NESTING) {
			report.add(
				"limit",
				{ source, start: token.start, end: token.end },
				`this is nested more than ${MAX_NESTING} deep`,
			);
			return result;
		}
		let begun = false;
		if (opening !== null) {
			if (token.text === "{" && token.kind === "symbol" && opening !== "module") begun = true;
			else {
				open(opening, token);
				begun = true;
			}
			opening = null;
		}
		if (token.kind === "end") {
			closeBlocks(token, () => false);
			result.push(token);
			break;
		}
		if (!begun && token.indent > 0 && !(token.kind === "keyword" && token.text === "in")) newLine(token);
		enter(token);
		result.push(token);
		if (token.kind === "keyword" && (token.text === "do" || token.text === "let" || token.text === "where"))
			opening = token.text === "where" && stack.length === 0 ? "module" : token.text;
	}
	return result;
};

const isBlock = (context: Context | undefined, word: string): boolean =>
	context?.kind === "block" && context.word === word;
