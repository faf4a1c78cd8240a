// SPDX-License-Identifier: BSD-3-Clause
import type { Report } from "./diagnostic.js";
import { bareAddress } from "./slips/address.js";
import { foreignComments } from "./slips/comment.js";
import type { Source } from "./source.js";
import { foreignKeywords, keywords, symbols, type Token, type TokenKind } from "./token.js";

const operatorCharacters = new Set("!#$%&*+./<=>?@\\^|-~:");
const isOperator = (text: string, at: number): boolean => operatorCharacters.has(text[at] ?? "");
const punctuation = new Set("()[],;`{}");

const wordStart = /[\p{L}_]/u;
const word = /[\p{L}\p{N}_']*/uy;
const upper = /\p{Lu}/u;
const digits = { x: /[0-9a-fA-F]+/y, o: /[0-7]+/y, b: /[01]+/y, d: /[0-9]+/y } as const;
const exponent = /(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const LONGEST_NUMBER = 400;

const match = (pattern: RegExp, text: string, at: number): number => {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0].length ?? 0;
};

const escapes: Readonly<Record<string, string>> = {
	n: "\n",
	t: "\t",
	r: "\r",
	a: "\x07",
	b: "\b",
	f: "\f",
	v: "\v",
	"\\": "\\",
	'"': '"',
	"'": "'",
	"&": "",
};

/** Cuts a source into tokens. Characters that begin none are reported and left out; the last token is an `end`. */
export const tokensOf = (source: Source, report: Report): Token[] => {
	const { text } = source;
	const tokens: Token[] = [];
	let at = text.startsWith("#!") ? lineEnd(text, 0) : 0;
	let column = 1;
	let fresh = true;
	const foreignComment = foreignComments(text);

	const complain = (start: number, end: number, message: string, hint?: string): void =>
		report.add("lexical", { source, start, end }, message, hint === undefined ? {} : { hint });

	const add = (
		kind: TokenKind,
		end: number,
		value?: Token["value"],
		written = text.slice(at, end),
		qualifier?: string,
	): void => {
		tokens.push({ kind, text: written, start: at, end, indent: fresh ? column : 0, column, qualifier, value });
		fresh = false;
		column += end - at;
		at = end;
	};

	/** Skips space and comments; false where there is none. */
	const skip = (): boolean => {
		const character = text[at];
		if (character === "\n") {
			at++;
			column = 1;
			fresh = true;
		} else if (character === "\t") {
			at++;
			column += 8 - ((column - 1) % 8);
		} else if (
			character === " " ||
			character === "\r" ||
			character === "\f" ||
			character === "\v" ||
			character === "\u00a0"
		) {
			at++;
			column++;
		} else if (character === "-" && text[at + 1] === "-" && endsDashes()) {
			at = lineEnd(text, at);
		} else if (character === "{" && text[at + 1] === "-") comment();
		else return false;
		return true;
	};

	/** Skips what begins like a comment of another language. */
	const skipForeign = (): boolean => {
		const sign = foreignComment(at);
		if (sign === null) return false;
		complain(
			at,
			at + sign.length,
			`\`${sign}\` begins no comment`,
			sign === "/*" ? "comments are in `{- -}`" : "comments begin with `--`",
		);
		const close = sign === "/*" ? text.indexOf("*/", at) : lineEnd(text, at) - 2;
		const end = close < 0 ? text.length : close + 2;
		const newline = text.slice(at, end).lastIndexOf("\n");
		if (newline >= 0) fresh = true;
		column = newline >= 0 ? end - at - newline : column + end - at;
		at = end;
		return true;
	};

	/** Takes an address without its quotes for the string that it should be. */
	const address = (): boolean => {
		const found = bareAddress(text, at);
		if (found === null) return false;
		const end = at + found.text.length;
		complain(at, end, found.message);
		add("text", end, found.text);
		return true;
	};

	/** Whether the dashes here stand alone, and so begin a comment: `-->` is an operator. */
	const endsDashes = (): boolean => {
		let end = at;
		while (text[end] === "-") end++;
		return !isOperator(text, end);
	};

	const comment = (): void => {
		const start = at;
		let depth = 0;
		do {
			if (at >= text.length) {
				complain(start, start + 2, "this comment does not end", "close it with `-}`");
				return;
			}
			if (text.startsWith("{-", at)) {
				depth++;
				at += 2;
				column += 2;
			} else if (text.startsWith("-}", at)) {
				depth--;
				at += 2;
				column += 2;
			} else if (text[at] === "\n") {
				at++;
				column = 1;
				fresh = true;
			} else {
				column = text[at] === "\t" ? column + 8 - ((column - 1) % 8) : column + 1;
				at++;
			}
		} while (depth > 0);
	};

	const number = (): void => {
		const letter = text[at] === "0" ? (text[at + 1] ?? "").toLowerCase() : "";
		const base = letter === "x" || letter === "o" || letter === "b" ? letter : "d";
		const prefix = base === "d" ? 0 : 2;
		const length = match(digits[base], text, at + prefix);
		let end = at + prefix + length;
		const tail = base === "d" && !text.startsWith("..", end) ? match(exponent, text, end) : 0;
		end += tail;
		const stray = match(word, text, end);
		if (stray > 0 || length === 0) {
			const bad = text.slice(at, Math.min(end + stray, at + 40));
			complain(at, end + stray, `\`${bad}\` is no number`, "numbers are decimal, or begin with 0x, 0o or 0b");
			add("number", Math.max(end + stray, at + 1), 0n);
		} else if (end - at > LONGEST_NUMBER) {
			complain(at, end, "this number is too long for any type");
			add("number", end, 0n);
		} else if (tail > 0) add("fraction", end, Number(text.slice(at, end)));
		else add("number", end, BigInt(text.slice(at, end).toLowerCase()));
	};

	const string = (): void => {
		let value = "";
		let end = at + 1;
		for (;;) {
			const character = text[end];
			if (character === undefined || character === "\n") {
				complain(at, end, "this string does not end", 'close it with `"` on the same line');
				break;
			}
			end++;
			if (character === '"') break;
			if (character !== "\\") {
				value += character;
				continue;
			}
			const code = /^(x[0-9a-fA-F]{1,6}|o[0-7]{1,7}|[0-9]{1,7})/.exec(text.slice(end, end + 8))?.[0];
			const gap = /^[ \t\r\n]+\\/.exec(text.slice(end, end + 1000))?.[0];
			const simple = escapes[text[end] ?? ""];
			if (simple !== undefined) {
				value += simple;
				end++;
			} else if (gap !== undefined) end += gap.length;
			else {
				const point = code === undefined ? Number.NaN : Number(/^[xo]/.test(code) ? `0${code}` : code);
				if (point <= 0x10ffff) value += String.fromCodePoint(point);
				else complain(end - 1, end + (code?.length ?? 1), "this escape means no character");
				end += code?.length ?? 0;
			}
		}
		const newline = text.slice(at, end).lastIndexOf("\n");
		const after = end - at - newline;
		add("text", end, value);
		if (newline >= 0) column = after;
	};

	/** A word, or a word that a module qualifies: `map`, `Int`, `P.filter`, `Data.List.sum`, `P.++`. */
	const wordOrQualified = (): void => {
		let start = at;
		let end = at + match(word, text, at);
		while (upper.test(text[start] as string) && text[end] === ".") {
			const next = end + 1;
			if (wordStart.test(text[next] ?? "")) {
				start = next;
				end = next + match(word, text, next);
			} else if (isOperator(text, next)) {
				let stop = next;
				while (isOperator(text, stop)) stop++;
				add("operator", stop, undefined, text.slice(next, stop), text.slice(at, end));
				return;
			} else break;
		}
		const name = text.slice(start, end);
		if (start > at) {
			const kind = upper.test(name[0] as string) ? "constructor" : "name";
			add(kind, end, undefined, name, text.slice(at, start - 1));
		} else if (keywords.has(name) || foreignKeywords.has(name)) {
			if (foreignKeywords.has(name)) complain(at, end, `pfq-lang has no \`${name}\``);
			add("keyword", end);
		} else add(upper.test(name[0] as string) ? "constructor" : "name", end);
	};

	const operator = (): void => {
		let end = at;
		while (isOperator(text, end)) end++;
		add(symbols.has(text.slice(at, end)) ? "symbol" : "operator", end);
	};

	while (at < text.length) {
		if (skip() || skipForeign() || address()) continue;
		const character = String.fromCodePoint(text.codePointAt(at) as number);
		if (character >= "0" && character <= "9") number();
		else if (character === '"') string();
		else if (punctuation.has(character)) add("symbol", at + 1);
		else if (isOperator(text, at)) operator();
		else if (wordStart.test(character)) wordOrQualified();
		else {
			const hint = character === "'" ? { hint: "strings are in double quotes; pfq-lang has no characters" } : {};
			const span = { source, start: at, end: at + character.length };
			report.add("lexical", span, `the character \`${character}\` has no place here`, hint);
			at += character.length;
			column++;
		}
	}
	add("end", at);
	return tokens;
};

const lineEnd = (text: string, from: number): number => {
	const end = text.indexOf("\n", from);
	return end < 0 ? text.length : end;
};
