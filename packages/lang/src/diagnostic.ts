// SPDX-License-Identifier: BSD-3-Clause
import type { Place } from "./computation.js";
import { codePoints, lineOf, placeOf, type Span } from "./source.js";

/** What a program was refused for, by the pass that found it. */
export type DiagnosticKind = "lexical" | "syntax" | "name" | "import" | "type" | "value" | "recursion" | "limit";

export interface Diagnostic {
	readonly kind: DiagnosticKind;
	/** One line that tells what is wrong. */
	readonly message: string;
	readonly place: Place;
	/** How many code points of the line are meant, at least 1. */
	readonly length: number;
	/** The line of the source, or a part of it around the place where it is very long. */
	readonly line: string;
	/** How many code points of `line` are before the place. */
	readonly indent: number;
	readonly expected?: string;
	readonly found?: string;
	readonly hint?: string;
}

export type Details = Pick<Diagnostic, "expected" | "found" | "hint">;

const LONGEST_LINE = 160;

/** Characters that would move the cursor or colour the terminal are shown as a space or a replacement. */
const printable = (text: string): string =>
	text.replace(/\t/g, " ").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, "\ufffd");

/** Names that are too long to be read are cut. */
const withShortNames = (text: string): string => text.replace(/`([^`]{80})[^`]*`/g, "`$1…`");

const told = (text: string): string => printable(withShortNames(text));

export const diagnostic = (kind: DiagnosticKind, span: Span, message: string, details: Details = {}): Diagnostic => {
	const { text } = span.source;
	const line = lineOf(span);
	const from = Math.max(line.start, Math.min(span.start - LONGEST_LINE / 2, line.end - LONGEST_LINE));
	const to = Math.min(line.end, from + LONGEST_LINE);
	const length = codePoints(span.source, span.start, Math.min(Math.max(span.end, span.start), to));
	return {
		kind,
		message: told(message),
		place: placeOf(span),
		length: Math.max(length, 1),
		line: printable(text.slice(from, to)),
		indent: codePoints(span.source, from, span.start),
		...(details.expected !== undefined && { expected: printable(details.expected) }),
		...(details.found !== undefined && { found: printable(details.found) }),
		...(details.hint !== undefined && { hint: told(details.hint) }),
	};
};

/** A diagnostic for people: where, what, the source line with the place marked, and what may help. */
export const renderDiagnostic = (each: Diagnostic): string => {
	const { file, line, column } = each.place;
	const number = String(line);
	const margin = " ".repeat(number.length);
	const lines = [
		`${file}:${line}:${column}: error: ${each.message}`,
		` ${number} | ${each.line}`,
		` ${margin} | ${" ".repeat(each.indent)}${"^".repeat(each.length)}`,
	];
	if (each.expected !== undefined) lines.push(` ${margin} = expected: ${each.expected}`);
	if (each.found !== undefined && each.kind !== "syntax") lines.push(` ${margin} = found:    ${each.found}`);
	if (each.hint !== undefined) lines.push(` ${margin} = hint: ${each.hint}`);
	return `${lines.join("\n")}\n`;
};

export const renderDiagnostics = (diagnostics: readonly Diagnostic[]): string =>
	diagnostics.map(renderDiagnostic).join("\n");

/** The diagnostics of a run, in the order of their places; after a hundred, more are only counted. */
export interface Report {
	readonly diagnostics: Diagnostic[];
	add(kind: DiagnosticKind, span: Span, message: string, details?: Details): void;
	/** Whether what is added now is left out, as there are enough. */
	isFull(): boolean;
}

const MOST_DIAGNOSTICS = 100;

export const report = (): Report => {
	const diagnostics: Diagnostic[] = [];
	const seen = new Set<string>();
	/** Lines that could not be read as they stand: what else is wrong with them follows from that. */
	const unreadable = new Set<string>();
	return {
		diagnostics,
		isFull: () => diagnostics.length >= MOST_DIAGNOSTICS,
		add(kind, span, message, details) {
			const place = `${span.source.file} ${span.start}`;
			const key = `${place} ${message}`;
			if (seen.has(key) || diagnostics.length >= MOST_DIAGNOSTICS) return;
			// A sign that has no place here is not expected, either.
			if (kind === "syntax" && seen.has(place)) return;
			const made = diagnostic(kind, span, message, details);
			const line = `${made.place.file} ${made.place.line}`;
			if (kind === "lexical" || kind === "syntax") unreadable.add(line);
			else if (unreadable.has(line)) return;
			seen.add(place);
			seen.add(key);
			diagnostics.push(made);
		},
	};
};
