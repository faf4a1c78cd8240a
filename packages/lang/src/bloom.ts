// SPDX-License-Identifier: BSD-3-Clause
// Sizes of Bloom filters, worked out when a program is made. What has no answer throws a RangeError.

/** How many hash functions a Bloom filter of the engine has. */
const HASHES = 4;

const MOST_BINS = 2 ** 31 - 1;

/**
 * Of n elements in a Bloom filter of m bins, the share of false positives is p = (1 - exp(-k n / m)) ^ k, k being the number
 * of hash functions (Bloom 1970). Any two of them give the third. This is how many elements there are for each bin at most.
 */
const load = (name: string, share: number): number => {
	if (!(share > 0 && share < 1))
		throw new RangeError(`${name}: the share of false positives is between 0 and 1, as 0.01`);
	return -Math.log(1 - share ** (1 / HASHES)) / HASHES;
};

/** How many bins a Bloom filter needs, for so many addresses and such a share of false positives. */
export const bloomCalcM = (addresses: number, share: number): number => {
	const bins = Math.ceil(Math.max(addresses, 1) / load("bloomCalcM", share));
	if (bins > MOST_BINS) throw new RangeError("bloomCalcM: so many bins no filter has");
	return bins;
};

/** For how many addresses a Bloom filter of so many bins is good, at such a share of false positives. */
export const bloomCalcN = (bins: number, share: number): number =>
	Math.floor(Math.max(bins, 0) * load("bloomCalcN", share));

/** The share of false positives of a Bloom filter, with so many addresses in so many bins. */
export const bloomCalcP = (addresses: number, bins: number): number => {
	if (!(bins > 0)) throw new RangeError("bloomCalcP: a filter has at least one bin");
	return (1 - Math.exp((-HASHES * Math.max(addresses, 0)) / bins)) ** HASHES;
};
