// SPDX-License-Identifier: BSD-3-Clause

const grouped = new Intl.NumberFormat("en-US");

/** A whole number with separators: 1,234,567. */
export const count = (value: number | bigint): string => grouped.format(value);

const prefixes = ["", "k", "M", "G", "T"];

/** Three digits or four and a prefix: 950, 1.25 M, 40.0 M. */
export const rate = (value: number): string => {
	let scaled = value;
	let prefix = 0;
	while (scaled >= 1000 && prefix < prefixes.length - 1) {
		scaled /= 1000;
		prefix++;
	}
	if (prefix === 0) return String(Math.round(scaled));
	const digits = scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
	return `${scaled.toFixed(digits)} ${prefixes[prefix]}`;
};

/** A part of a whole in percent: 33.3 %; nothing where there is no whole. */
export const share = (part: number, whole: number): string =>
	whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : "";

/** A time: 85 ms, 12.3 s, 4:05 min. */
export const duration = (milliseconds: number): string => {
	const seconds = milliseconds / 1000;
	if (seconds < 1) return `${Math.round(milliseconds)} ms`;
	if (seconds < 60) return `${seconds.toFixed(1)} s`;
	return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")} min`;
};
