// SPDX-License-Identifier: BSD-3-Clause
import { type Diagnostic, report as newReport } from "./diagnostic.js";
import { withLayout } from "./layout.js";
import { tokensOf } from "./lexer.js";
import { parse } from "./parser.js";
import type { Source } from "./source.js";
import { spacesOf } from "./spacing.js";
import type { Token } from "./token.js";
import { type Comment, commentsIn, withoutSpaceAtEnd } from "./trivia.js";

export type Formatted =
	| { readonly ok: true; readonly text: string }
	| { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** How far what `do`, `let` and `where` begin stands to the right, where it is on lines of its own; and the word `where`. */
const STEP = 4;
const WHERE_STEP = 2;
const BEFORE_COMMENT = 2;

/**
 * A program in the usual form: one space between words, blocks indented by four, comments kept, one empty line at most. Lines
 * are broken where they were. What would change what the program means is not done.
 */
export const format = (text: string, file = "program"): Formatted => {
	const source: Source = { file, text: text.replaceAll("\r\n", "\n") };
	const report = newReport();
	const tokens = tokensOf(source, report);
	const laidOut = withLayout(tokens, source, report);
	if (report.diagnostics.length === 0) parse(laidOut, source, report);
	if (report.diagnostics.length > 0) return { ok: false, diagnostics: report.diagnostics };
	const simple = withoutStraySpace(source.text);
	const lines = linesOf(source, laidOut);
	const formatted = lines === null ? simple : write(source, lines);
	const original = source.text === text ? laidOut : laidOutOf({ file, text });
	const candidates = formatted === simple ? [simple] : [formatted, simple];
	return { ok: true, text: candidates.find((each) => each === text || isSameProgram(original, each)) ?? text };
};

/** What is done to a program that is laid out in a way which is better left alone. */
const withoutStraySpace = (text: string): string => {
	const lines = text.split("\n").map(withoutSpaceAtEnd);
	while (lines.at(-1) === "") lines.pop();
	return `${lines.join("\n")}\n`;
};

const laidOutOf = (source: Source): readonly Token[] => {
	const report = newReport();
	return withLayout(tokensOf(source, report), source, report);
};

/** Whether a text has these tokens, in these blocks. */
const isSameProgram = (tokens: readonly Token[], text: string): boolean => {
	const others = laidOutOf({ file: "program", text });
	return (
		tokens.length === others.length &&
		tokens.every(({ kind, text: word, qualifier }, index) => {
			const other = others[index];
			return kind === other?.kind && word === other.text && qualifier === other.qualifier;
		})
	);
};

/** A line of the source: its tokens, with those of the layout pass before them, and its comments. */
interface Line {
	readonly tokens: { readonly token: Token; readonly layout: readonly Token["kind"][]; readonly spaced: boolean }[];
	/** A comment after the tokens; or, where there are none, the line itself. */
	comment: (Comment & { readonly column: number }) | null;
	/** Whether an empty line was before this. */
	readonly gap: boolean;
}

const none: readonly Token["kind"][] = [];

/** The lines, or null where comments stand between tokens, or strings go over several lines. */
const linesOf = ({ text }: Source, laidOut: readonly Token[]): Line[] | null => {
	const lines: Line[] = [];
	let line: Line | null = null;
	let layout: Token["kind"][] = [];
	let at = text.startsWith("#!") ? Math.max(text.indexOf("\n"), 0) : 0;
	for (const token of laidOut) {
		const isEnd = token.kind === "end";
		if (!isEnd && token.text === "" && token.start === token.end) {
			layout.push(token.kind);
			continue;
		}
		const between = text.slice(at, isEnd ? text.length : token.start);
		if (token.indent === 0 && !isEnd && (between === "" || between === " ") && !token.text.includes("\n")) {
			line?.tokens.push({ token, layout: layout.length > 0 ? layout : none, spaced: between !== "" });
			if (layout.length > 0) layout = [];
			at = token.end;
			continue;
		}
		const comments = commentsIn(between);
		let empty = 0;
		let last = 0;
		for (const comment of comments) {
			const breaks = newLines(between.slice(last, comment.start));
			const column = columnAt(text, at + comment.start);
			if (breaks === 0 && line !== null && line.comment === null) {
				if (comment.text.includes("\n")) return null;
				line.comment = { ...comment, column };
			} else if (breaks === 0 && lines.length > 0) return null;
			else {
				line = { tokens: [], comment: { ...comment, column }, gap: breaks > 1 };
				lines.push(line);
			}
			last = comment.end;
		}
		empty = newLines(between.slice(last));
		if (isEnd) break;
		if (token.text.includes("\n")) return null;
		const spaced = /^\s/.test(between);
		if (token.indent > 0) {
			if (comments.length > 0 && empty === 0) return null;
			line = { tokens: [], comment: null, gap: empty > 1 };
			lines.push(line);
		} else if (comments.length > 0) return null;
		line?.tokens.push({ token, layout, spaced });
		layout = [];
		at = token.end;
	}
	return lines;
};

const newLines = (text: string): number => {
	let count = 0;
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
	return count;
};

/** The column for the layout rule, tabs going to the next multiple of eight. */
const columnAt = (text: string, offset: number): number => {
	let column = 1;
	for (let at = text.lastIndexOf("\n", offset - 1) + 1; at < offset; at++)
		column += text[at] === "\t" ? 8 - ((column - 1) % 8) : 1;
	return column;
};

/** Where the items of a block stood, and where they are put. */
interface Block {
	readonly from: number;
	readonly to: number;
}

interface Written {
	readonly text: string;
	readonly comment: string | null;
	readonly gap: boolean;
}

const write = (source: Source, lines: readonly Line[]): string => {
	const blocks: Block[] = [];
	const [shebang = ""] = source.text.startsWith("#!") ? source.text.split("\n", 1) : [];
	const written: Written[] = shebang === "" ? [] : [{ text: shebang, comment: null, gap: false }];
	/** Comments on lines of their own, which go where the line after them goes. */
	let waiting: Line[] = [];
	/** Of the last line with tokens: where it begins, how far it was moved, and its last word. */
	let before = { start: 1, shift: 0, word: "" };

	const flush = (from: number | null, to: number): void => {
		for (const { comment, gap } of waiting) {
			if (comment === null) continue;
			const column = comment.column === from ? to : Math.max(comment.column + before.shift, 1);
			written.push({ text: " ".repeat(column - 1) + comment.text, comment: null, gap });
		}
		waiting = [];
	};

	/** Closes and opens blocks as the layout pass did before a token. */
	const follow = (layout: readonly Token["kind"][]): { readonly opens: boolean; readonly separates: boolean } => {
		let opens = false;
		for (const kind of layout) {
			if (kind === "close" && !opens) blocks.pop();
			opens = kind === "open";
		}
		return { opens, separates: layout.includes("separator") };
	};

	const startOf = (token: Token, opens: boolean, separates: boolean): number => {
		const block = blocks.at(-1);
		if (block === undefined) return opens ? 1 : token.column;
		if (opens) return Math.max(before.word === "where" ? block.to : before.start, block.to) + STEP;
		if (separates) return block.to;
		if (token.kind === "keyword" && token.text === "where") return block.to + WHERE_STEP;
		return Math.max(token.column + block.to - block.from, 1);
	};

	for (const line of lines) {
		const [first] = line.tokens;
		if (first === undefined) {
			waiting.push(line);
			continue;
		}
		const spaces = spacesOf(line.tokens);
		let text = "";
		for (const [index, { token, layout }] of line.tokens.entries()) {
			const { opens, separates } = follow(layout);
			if (index === 0) {
				const start = startOf(token, opens, separates);
				flush(token.column, start);
				before = { start, shift: start - token.column, word: line.tokens.at(-1)?.token.text ?? "" };
				text = " ".repeat(start - 1);
			}
			text += " ".repeat(spaces[index] ?? 0);
			if (opens) blocks.push({ from: token.column, to: text.length + 1 });
			text += source.text.slice(token.start, token.end);
		}
		written.push({ text, comment: line.comment?.text ?? null, gap: line.gap });
	}
	flush(null, 1);
	return assembled(written);
};

/** Lines one after the other; comments after code in a row of lines begin in one column. */
const assembled = (lines: readonly Written[]): string => {
	const result: string[] = [];
	for (let at = 0; at < lines.length; at++) {
		let end = at;
		while (lines[end]?.comment != null && (end === at || lines[end]?.gap === false)) end++;
		let width = BEFORE_COMMENT;
		for (let row = at; row < end; row++) width = Math.max(width, (lines[row]?.text.length ?? 0) + BEFORE_COMMENT);
		for (const line of end > at ? lines.slice(at, end) : [lines[at] as Written]) {
			if (line.gap && result.length > 0) result.push("");
			result.push(line.comment === null ? line.text : line.text.padEnd(width) + line.comment);
		}
		at = Math.max(at, end - 1);
	}
	return `${result.join("\n")}\n`;
};
