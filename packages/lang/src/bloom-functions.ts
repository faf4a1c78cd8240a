// SPDX-License-Identifier: BSD-3-Clause
import { bloomCalcM, bloomCalcN, bloomCalcP } from "./bloom.js";
import { fraction, type HaskellFunction, number, real, rows } from "./haskell-values.js";

/** What is worked out, or why it has no value. */
const workedOut = (compute: () => number, fail: (reason: string) => never): number => {
	try {
		return compute();
	} catch (error) {
		return fail((error as RangeError).message);
	}
};

export const bloomFunctions: readonly HaskellFunction[] = rows(
	["Network.PFQ.Lang", "Network.PFQ.Lang.Default", "Network.PFQ.Lang.Experimental", "Network.PFQ.Lang.Prelude"],
	[
		[
			"bloomCalcM",
			"Int -> Double -> Int",
			([n, p], e) => number(BigInt(workedOut(() => bloomCalcM(real(n), real(p)), e.fail)), e),
		],
		[
			"bloomCalcN",
			"Int -> Double -> Int",
			([m, p], e) => number(BigInt(workedOut(() => bloomCalcN(real(m), real(p)), e.fail)), e),
		],
		[
			"bloomCalcP",
			"Int -> Int -> Double",
			([n, m], e) =>
				fraction(
					workedOut(() => bloomCalcP(real(n), real(m)), e.fail),
					e,
				),
		],
	],
);
