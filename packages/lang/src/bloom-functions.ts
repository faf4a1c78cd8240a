// SPDX-License-Identifier: BSD-3-Clause
import { fraction, type HaskellFunction, number, real, rows } from "./haskell-values.js";

/** How many hash functions a Bloom filter of the engine has. */
const HASHES = 4;

/**
 * Of n elements in a Bloom filter of m bins, the share of false positives is p = (1 - exp(-k n / m)) ^ k, k being the number
 * of hash functions (Bloom 1970). Any two of them give the third.
 */
const share = (n: number, m: number): number => (1 - Math.exp((-HASHES * n) / m)) ** HASHES;
/** How many elements there are for each bin at most. */
const load = (p: number): number => -Math.log(1 - p ** (1 / HASHES)) / HASHES;

const isShare = (p: number): boolean => p > 0 && p < 1;
const WRONG_SHARE = "the share of false positives is between 0 and 1, as 0.01";
const MOST_BINS = 2 ** 31 - 1;

export const bloomFunctions: readonly HaskellFunction[] = rows(
	["Network.PFQ.Lang", "Network.PFQ.Lang.Default", "Network.PFQ.Lang.Experimental", "Network.PFQ.Lang.Prelude"],
	[
		[
			"bloomCalcM",
			"Int -> Double -> Int",
			([n, p], e) => {
				if (!isShare(real(p))) return e.fail(WRONG_SHARE);
				const bins = Math.ceil(Math.max(real(n), 1) / load(real(p)));
				return bins > MOST_BINS ? e.fail("so many bins no filter has") : number(BigInt(bins), e);
			},
		],
		[
			"bloomCalcN",
			"Int -> Double -> Int",
			([m, p], e) =>
				isShare(real(p)) ? number(BigInt(Math.floor(Math.max(real(m), 0) * load(real(p)))), e) : e.fail(WRONG_SHARE),
		],
		[
			"bloomCalcP",
			"Int -> Int -> Double",
			([n, m], e) =>
				real(m) > 0 ? fraction(share(Math.max(real(n), 0), real(m)), e) : e.fail("a filter has at least one bin"),
		],
	],
);
