// SPDX-License-Identifier: BSD-3-Clause
import type { Meanings } from "./run.js";

/** Operators on predicates: whether they hold. */
export const logic: Meanings = {
	*not(run, node) {
		return !(yield run.follow(node, 0));
	},
	*and(run, node) {
		return (yield run.follow(node, 0)) && (yield run.follow(node, 1));
	},
	*or(run, node) {
		return (yield run.follow(node, 0)) || (yield run.follow(node, 1));
	},
	*xor(run, node) {
		const left = yield run.follow(node, 0);
		const right = yield run.follow(node, 1);
		return left !== right;
	},
};
