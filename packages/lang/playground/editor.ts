// SPDX-License-Identifier: BSD-3-Clause
import {
	autocompletion,
	type CompletionContext,
	type CompletionResult,
	closeBrackets,
	closeBracketsKeymap,
	completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorSelection, EditorState } from "@codemirror/state";
import {
	drawSelection,
	EditorView,
	highlightActiveLine,
	highlightActiveLineGutter,
	hoverTooltip,
	keymap,
	lineNumbers,
	type Tooltip,
} from "@codemirror/view";
import type { Client } from "./client.js";
import { element } from "./element.js";
import { pfqLang } from "./highlighting.js";
import type { Problem } from "./workbench.js";

export interface Editor {
	text(): string;
	setText(text: string): void;
	showProblems(problems: readonly Problem[]): void;
	/** Puts the cursor at a place, whose line and column count from 1. */
	goTo(line: number, column: number): void;
}

const look = EditorView.theme({
	"&": { height: "100%", fontSize: "13.5px", backgroundColor: "transparent", color: "var(--text)" },
	"&.cm-focused": { outline: "none" },
	".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
	".cm-content": { padding: "12px 0", caretColor: "var(--accent)" },
	".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
	".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none", paddingLeft: "6px" },
	".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active-line)" },
	"&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
		backgroundColor: "var(--selection)",
	},
	".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
		backgroundColor: "var(--selection)",
		outline: "1px solid var(--line)",
	},
	".cm-tooltip": {
		backgroundColor: "var(--raised)",
		color: "var(--text)",
		border: "1px solid var(--line)",
		borderRadius: "8px",
		boxShadow: "var(--shadow)",
		overflow: "hidden",
		maxWidth: "520px",
	},
	".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px", maxHeight: "16em" },
	".cm-tooltip-autocomplete > ul > li": { padding: "3px 10px !important" },
	".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
	".cm-completionDetail": { opacity: "0.65", fontStyle: "normal", marginLeft: "1em" },
	".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
	".cm-completionInfo": { padding: "8px 12px", maxWidth: "320px" },
	".cm-lintRange-error": {
		backgroundImage: "none",
		textDecoration: "underline wavy var(--bad) 1.3px",
		textUnderlineOffset: "4px",
	},
	".cm-diagnostic": { padding: "8px 12px", borderLeft: "3px solid var(--bad)", whiteSpace: "pre-wrap" },
	".hover": { padding: "9px 12px", fontSize: "12.5px" },
	".hover code": { fontFamily: "var(--mono)", display: "block", whiteSpace: "pre-wrap" },
	".hover code.signature": { color: "var(--code-type)" },
	".hover p": { margin: "6px 0 0", whiteSpace: "pre-line" },
	".hover code.example": {
		marginTop: "8px",
		paddingTop: "8px",
		borderTop: "1px solid var(--line)",
		color: "var(--quiet)",
	},
});

const hoverOf =
	(client: Client) =>
	async (view: EditorView, offset: number): Promise<Tooltip | null> => {
		const found = await client.hover(view.state.doc.toString(), offset);
		if (found === null) return null;
		const { from, to, signature, meaning, example } = found;
		const dom = element("div.hover", {}, element("code.signature", {}, signature));
		if (meaning !== "") dom.append(element("p", {}, meaning));
		if (example !== "") dom.append(element("code.example", {}, example));
		return { pos: from, end: to, above: true, create: () => ({ dom }) };
	};

const kinds = { function: "function", value: "variable", module: "namespace" } as const;

const completionOf =
	(client: Client) =>
	async (context: CompletionContext): Promise<CompletionResult | null> => {
		const word = context.matchBefore(/[\p{L}_][\p{L}\p{N}_'.]*/u);
		if (word === null && !context.explicit) return null;
		const { text, from } = context.state.doc.lineAt(context.pos);
		const proposals = await client.proposals(context.state.doc.toString(), text.slice(0, context.pos - from));
		return {
			from: word?.from ?? context.pos,
			options: proposals.map(({ name, kind, type, meaning }) => ({
				label: name,
				type: kinds[kind],
				detail: type,
				...(meaning !== "" && { info: meaning }),
			})),
			validFor: /^[\p{L}_][\p{L}\p{N}_'.]*$/u,
		};
	};

/** The editor, in a shadow tree: its style sheets are then none that the page's security policy has to know. */
export const createEditor = (client: Client, parent: HTMLElement, changed: () => void): Editor => {
	const root = parent.attachShadow({ mode: "open" });
	const view = new EditorView({
		root,
		parent: root,
		state: EditorState.create({
			extensions: [
				lineNumbers(),
				EditorView.lineWrapping,
				history(),
				drawSelection(),
				bracketMatching(),
				closeBrackets(),
				highlightActiveLine(),
				highlightActiveLineGutter(),
				indentUnit.of("  "),
				autocompletion({ override: [completionOf(client)], icons: false }),
				hoverTooltip(hoverOf(client)),
				keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
				pfqLang,
				look,
				EditorView.contentAttributes.of({ "aria-label": "Program", spellcheck: "false" }),
				EditorView.updateListener.of(({ docChanged }) => {
					if (docChanged) changed();
				}),
			],
		}),
	});

	return {
		text: () => view.state.doc.toString(),
		setText(text) {
			const { length } = view.state.doc;
			if (text === view.state.doc.toString()) return;
			view.dispatch({ changes: { from: 0, to: length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
		},
		showProblems(problems) {
			const { length } = view.state.doc;
			const shown = problems.map(({ from, to, message }): Diagnostic => {
				const start = Math.min(from, Math.max(length - 1, 0));
				return { from: start, to: Math.min(Math.max(to, start + 1), length), severity: "error", message };
			});
			view.dispatch(setDiagnostics(view.state, shown));
		},
		goTo(line, column) {
			const { doc } = view.state;
			const at = doc.line(Math.min(line, doc.lines));
			const offset = Math.min(
				at.from +
					Array.from(at.text)
						.slice(0, column - 1)
						.join("").length,
				at.to,
			);
			view.dispatch({ selection: EditorSelection.cursor(offset), scrollIntoView: true });
			view.focus();
		},
	};
};
