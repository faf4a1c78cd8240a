// SPDX-License-Identifier: BSD-3-Clause

/** The value below which the share `q` of the samples lies, interpolated. */
export function quantile(samples: readonly number[], q: number): number {
	const sorted = [...samples].sort((a, b) => a - b);
	const at = (sorted.length - 1) * q;
	const below = sorted[Math.floor(at)] ?? Number.NaN;
	const above = sorted[Math.ceil(at)] ?? Number.NaN;
	return below + (above - below) * (at - Math.floor(at));
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** How far the middle half of the samples lies apart, as a share of the median. */
export const spread = (samples: readonly number[]): number =>
	(quantile(samples, 0.75) - quantile(samples, 0.25)) / median(samples);

/**
 * The ratio of samples that were taken in turn: the median of the ratios pair by pair, so that a machine that slows
 * down halfway slows down both.
 */
export const pairedRatio = (samples: readonly number[], peer: readonly number[]): number =>
	median(samples.map((value, index) => value / (peer[index] ?? Number.NaN)));
