// SPDX-License-Identifier: BSD-3-Clause

/**
 * - `name`, `constructor`, `operator`: as written, with the module that qualifies it taken apart.
 * - `number`, `fraction`, `text`: literals, their worth in `value`.
 * - `keyword`, `symbol`: words and signs that the grammar keeps for itself.
 * - `open`, `separator`, `close`: put in by the layout pass where blocks begin, go on and end.
 */
export type TokenKind =
	| "name"
	| "constructor"
	| "operator"
	| "number"
	| "fraction"
	| "text"
	| "keyword"
	| "symbol"
	| "open"
	| "separator"
	| "close"
	| "end";

export interface Token {
	readonly kind: TokenKind;
	readonly text: string;
	readonly start: number;
	readonly end: number;
	/** Column for the layout rule, from 1, tabs going to the next multiple of eight; 0 if it is not the first of its line. */
	readonly indent: number;
	readonly column: number;
	readonly qualifier: string | undefined;
	readonly value: bigint | number | string | undefined;
}

export const keywords: ReadonlySet<string> = new Set([
	"do",
	"else",
	"if",
	"import",
	"in",
	"infix",
	"infixl",
	"infixr",
	"let",
	"module",
	"then",
	"where",
]);

/** Words of Haskell that pfq-lang has no use for: kept so that a program which uses one gets a clear error. */
export const foreignKeywords: ReadonlySet<string> = new Set([
	"case",
	"class",
	"data",
	"default",
	"deriving",
	"foreign",
	"instance",
	"newtype",
	"of",
	"type",
]);

export const symbols: ReadonlySet<string> = new Set(["..", "::", "=", "\\", "|", "<-", "->", "@", "~", "=>"]);

/** A token as one line of text, for printing what the lexer or the layout pass made. */
export const printToken = ({ kind, text, qualifier, start }: Token): string =>
	`${start}\t${kind}\t${qualifier === undefined ? "" : `${qualifier}.`}${text}`;
