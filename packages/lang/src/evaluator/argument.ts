// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Node } from "../computation.js";

/** The arguments of a node by type. They throw on what the type checker would not have let through. */

function argument(node: Node, index: number): Argument {
	const found = node.arguments[index];
	if (found === undefined) throw new TypeError(`${node.symbol} lacks its argument ${index + 1}`);
	return found;
}

function mismatch(node: Node, index: number, wanted: string): TypeError {
	return new TypeError(`argument ${index + 1} of ${node.symbol} is not ${wanted}`);
}

/** The index of the node that the argument refers to. */
export function reference(node: Node, index: number): number {
	const { type, value } = argument(node, index);
	if (type !== "Fun") throw mismatch(node, index, "a function");
	return value;
}

export function integer(node: Node, index: number): number {
	const { type, value } = argument(node, index);
	if (type === "Fun" || typeof value !== "number") throw mismatch(node, index, "an integer");
	return value;
}

export function integers(node: Node, index: number): readonly number[] {
	const { value } = argument(node, index);
	if (!Array.isArray(value)) throw mismatch(node, index, "a list of integers");
	return value.map((element: unknown) => {
		if (typeof element !== "number") throw mismatch(node, index, "a list of integers");
		return element;
	});
}

export function word64(node: Node, index: number): bigint {
	const { value } = argument(node, index);
	if (typeof value !== "bigint") throw mismatch(node, index, "a 64-bit integer");
	return value;
}

export function text(node: Node, index: number): string {
	const { value } = argument(node, index);
	if (typeof value !== "string") throw mismatch(node, index, "text");
	return value;
}

export function texts(node: Node, index: number): readonly string[] {
	const { value } = argument(node, index);
	if (!Array.isArray(value)) throw mismatch(node, index, "a list of texts");
	return value.map((element: unknown) => {
		if (typeof element !== "string") throw mismatch(node, index, "a list of texts");
		return element;
	});
}
