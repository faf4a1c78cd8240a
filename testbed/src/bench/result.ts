// SPDX-License-Identifier: BSD-3-Clause
import { median, pairedRatio, spread } from "./statistics.js";

export interface Series {
	readonly name: string;
	/** One for each repetition, in the unit of the result. */
	readonly samples: readonly number[];
	/** What else is known of each repetition, for the JSON. */
	readonly details?: unknown;
}

/** What a result is held against. */
export type Wanted =
	| { readonly ratio: "at most"; readonly value: number }
	| { readonly ratio: "at least"; readonly value: number }
	| { readonly ratio: "within"; readonly value: number; readonly share: number }
	| { readonly median: "at most"; readonly value: number };

/** One line of the table: some work, and a peer that did the same in the same run. */
export interface Result {
	readonly id: string;
	readonly work: string;
	readonly unit: string;
	readonly ours: Series;
	readonly peer?: Series;
	readonly wanted?: Wanted;
	readonly note?: string;
}

/** Work that could not be done, and why. */
export interface Missing {
	readonly id: string;
	readonly work: string;
	readonly missing: string;
}

export type Row = Result | Missing;

export const isMissing = (row: Row): row is Missing => "missing" in row;

export const ratioOf = ({ ours, peer }: Result): number | undefined =>
	peer === undefined ? undefined : pairedRatio(ours.samples, peer.samples);

export function meets(result: Result): boolean | undefined {
	const { wanted } = result;
	if (wanted === undefined) return undefined;
	if ("median" in wanted) return median(result.ours.samples) <= wanted.value;
	const ratio = ratioOf(result);
	if (ratio === undefined) return undefined;
	// What is printed is what is judged.
	const shown = Number(ratio.toFixed(2));
	switch (wanted.ratio) {
		case "at most":
			return shown <= wanted.value;
		case "at least":
			return shown >= wanted.value;
		case "within":
			return Math.abs(shown - wanted.value) <= wanted.share;
	}
}

export function sayWanted(wanted: Wanted | undefined, unit: string): string {
	if (wanted === undefined) return "";
	if ("median" in wanted) return `≤ ${wanted.value} ${unit.split(" ")[0]}`;
	switch (wanted.ratio) {
		case "at most":
			return `≤ ${wanted.value}`;
		case "at least":
			return `≥ ${wanted.value}`;
		case "within":
			return `${wanted.value} ± ${wanted.share}`;
	}
}

/** A number with three figures that count. */
export function figure(value: number): string {
	if (!Number.isFinite(value)) return "-";
	const magnitude = Math.abs(value);
	if (magnitude >= 1e9) return `${(value / 1e9).toPrecision(3)} G`;
	if (magnitude >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
	if (magnitude >= 1e4) return `${(value / 1e3).toPrecision(3)} k`;
	return magnitude >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export const saySeries = ({ samples }: Series): string =>
	samples.length > 1
		? `${figure(median(samples))} ±${(spread(samples) * 50).toFixed(0)} %`
		: figure(samples[0] ?? Number.NaN);
