// SPDX-License-Identifier: BSD-3-Clause
import { word64 } from "./argument.js";
import type { Meaning, Meanings } from "./run.js";

/** A comparison on a property without a value is false, whichever it is. */
const compare =
	(holds: (property: bigint, value: bigint) => boolean): Meaning =>
	(run, node) => {
		const property = run.read(node, 0);
		return property !== undefined && holds(property, word64(node, 1));
	};

/** Comparisons: whether they hold. */
export const comparisons: Meanings = {
	less: compare((property, value) => property < value),
	less_eq: compare((property, value) => property <= value),
	greater: compare((property, value) => property > value),
	greater_eq: compare((property, value) => property >= value),
	equal: compare((property, value) => property === value),
	not_equal: compare((property, value) => property !== value),
	any_bit: compare((property, value) => (property & value) !== 0n),
	all_bit: compare((property, value) => (property & value) === value),
};
