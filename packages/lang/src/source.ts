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

/** Where each character of two UTF-16 units begins; found once for each source. */
const surrogatePairs = new WeakMap<Source, readonly number[]>();

const pairsOf = (source: Source): readonly number[] => {
	const known = surrogatePairs.get(source);
	if (known) return known;
	const pairs = Array.from(source.text.matchAll(/[\u{10000}-\u{10ffff}]/gu), ({ index }) => index);
	surrogatePairs.set(source, pairs);
	return pairs;
};

/** Code points of a part of a source. */
export const codePoints = (source: Source, start: number, end: number): number => {
	const pairs = pairsOf(source);
	return end - start - (countBelow(pairs, end) - countBelow(pairs, start));
};

/** How many of the ascending numbers are less than the limit. */
const countBelow = (numbers: readonly number[], limit: number): number => {
	let low = 0;
	let high = numbers.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((numbers[middle] as number) < limit) low = middle + 1;
		else high = middle;
	}
	return low;
};

/** The last line that begins at or before an offset. */
const lineIndex = (starts: readonly number[], offset: number): number => countBelow(starts, offset + 1) - 1;

export const placeOf = ({ source, start }: Span): Place => {
	const starts = startsOf(source);
	const line = lineIndex(starts, start);
	return { file: source.file, line: line + 1, column: codePoints(source, starts[line] as number, start) + 1 };
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
