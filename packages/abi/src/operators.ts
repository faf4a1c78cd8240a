// SPDX-License-Identifier: BSD-3-Clause

/** The operators that primitives are written as; the second is that with the constant on the left. */
export const operators: Readonly<Record<string, readonly string[]>> = {
	less: [".<", ">."],
	less_eq: [".<=", ">=."],
	greater: [".>", "<."],
	greater_eq: [".>=", "<=."],
	equal: [".==", "==."],
	not_equal: ["./=", "/=."],
	and: [".&&."],
	or: [".||."],
	xor: [".^^."],
};
