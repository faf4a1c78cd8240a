// SPDX-License-Identifier: BSD-3-Clause
import type { Place } from "./computation.js";

/** A text to be compiled. */
export interface Source {
	readonly file: string;
	readonly text: string;
}

/** A part of a source, in UTF-16 units; `end` is just beyond it. */
export interface Span {
	readonly source: Source;
	readonly start: number;
	readonly end: number;
}

export const joined = (from: Span, to: Span): Span => ({ source: from.source, start: from.start, end: to.end });

/** Where each line begins; found once for each source. */
const lineStarts = new WeakMap<Source, readonly number[]>();

const startsOf = (source: Source): readonly number[] => {
	const known = lineStarts.get(source);
	if (known) return known;
	const starts = [0];
	for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1)) starts.push(at + 1);
	lineStarts.set(source, starts);
	return starts;
};

/** Code points of a part of a text. */
export const codePoints = (text: string, start: number, end: number): number => {
	let count = 0;
	for (let at = start; at < end; at++) {
		const unit = text.charCodeAt(at);
		if (unit >= 0xd800 && unit < 0xdc00 && at + 1 < end) {
			const low = text.charCodeAt(at + 1);
			if (low >= 0xdc00 && low < 0xe000) at++;
		}
		count++;
	}
	return count;
};

const lineIndex = (starts: readonly number[], offset: number): number => {
	let low = 0;
	let high = starts.length;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((starts[middle] as number) <= offset) low = middle;
		else high = middle;
	}
	return low;
};

export const placeOf = ({ source, start }: Span): Place => {
	const starts = startsOf(source);
	const line = lineIndex(starts, start);
	return { file: source.file, line: line + 1, column: codePoints(source.text, starts[line] as number, start) + 1 };
};

/** The line that a span begins in: where it begins and ends, without the end of line. */
export const lineOf = ({ source, start }: Span): { readonly start: number; readonly end: number } => {
	const starts = startsOf(source);
	const line = lineIndex(starts, start);
	const next = starts[line + 1];
	let end = next === undefined ? source.text.length : next - 1;
	if (end > (starts[line] as number) && source.text[end - 1] === "\r") end--;
	return { start: starts[line] as number, end };
};
