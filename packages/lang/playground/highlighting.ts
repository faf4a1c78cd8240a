// SPDX-License-Identifier: BSD-3-Clause
import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { documentedNames } from "../src/documentation.js";
import { keywords } from "../src/token.js";

interface State {
	/** How deep the comment is that the line begins in. */
	comment: number;
}

const builtin = new Set(documentedNames());

const patterns: readonly (readonly [pattern: RegExp, style: string])[] = [
	[/^--+(?![!#$%&*+./<=>?@\\^|~:]).*/, "lineComment"],
	[/^"(?:[^"\\]|\\.)*"?/, "string"],
	[/^0[xX][0-9a-fA-F]+|^0[oO][0-7]+|^0[bB][01]+|^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, "number"],
	[/^`[\p{L}_][\p{L}\p{N}_']*`/u, "operator"],
	[/^\p{Lu}[\p{L}\p{N}_'.]*/u, "typeName"],
	[/^[!#$%&*+./<=>?@\\^|~:-]+/, "operator"],
	[/^[()[\],;{}]/, "punctuation"],
];

const inComment = (stream: StringStream, state: State): string => {
	while (!stream.eol()) {
		if (stream.match("{-")) state.comment++;
		else if (stream.match("-}")) {
			if (--state.comment === 0) break;
		} else stream.next();
	}
	return "blockComment";
};

const word = (stream: StringStream, text: string, isFirst: boolean): string => {
	if (keywords.has(text)) return "keyword";
	if (isFirst && !stream.match(/^\s*$/, false)) return "variableName.definition";
	return builtin.has(text) ? "variableName.standard" : "variableName";
};

const language = StreamLanguage.define<State>({
	name: "pfq-lang",
	startState: () => ({ comment: 0 }),
	token(stream, state) {
		if (state.comment > 0 || stream.match("{-", false)) return inComment(stream, state);
		const isFirst = stream.sol();
		if (stream.eatSpace()) return null;
		for (const [pattern, style] of patterns) if (stream.match(pattern)) return style;
		const found = stream.match(/^[\p{L}_][\p{L}\p{N}_']*/u);
		if (found && typeof found === "object") return word(stream, found[0], isFirst);
		stream.next();
		return null;
	},
	languageData: {
		commentTokens: { line: "--", block: { open: "{-", close: "-}" } },
		closeBrackets: { brackets: ["(", "[", '"'] },
	},
});

const colours = HighlightStyle.define([
	{ tag: [tags.lineComment, tags.blockComment], color: "var(--code-comment)", fontStyle: "italic" },
	{ tag: tags.string, color: "var(--code-string)" },
	{ tag: tags.number, color: "var(--code-number)" },
	{ tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "600" },
	{ tag: tags.typeName, color: "var(--code-type)" },
	{ tag: tags.operator, color: "var(--code-operator)" },
	{ tag: tags.definition(tags.variableName), color: "var(--code-definition)", fontWeight: "600" },
	{ tag: tags.standard(tags.variableName), color: "var(--code-primitive)" },
	{ tag: tags.punctuation, color: "var(--code-punctuation)" },
]);

export const pfqLang: Extension = [language, syntaxHighlighting(colours)];
