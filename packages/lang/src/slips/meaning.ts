// SPDX-License-Identifier: BSD-3-Clause
import type { Primitive } from "@pfq/abi";
import type { Core } from "../core.js";
import { isFunction, resolved, showType, type Type } from "../type.js";

/** What is known of a name without unifying anything: the types of its parameters and of its result. */
export interface Signature {
	readonly parameters: readonly string[];
	readonly result: string;
	readonly row?: Primitive;
}

const MOST_PARAMETERS = 16;

const ofType = (from: Type): Signature | null => {
	const parameters: string[] = [];
	let type = resolved(from);
	while (isFunction(type) && parameters.length < MOST_PARAMETERS) {
		parameters.push(showType(type.arguments[0]));
		type = resolved(type.arguments[1]);
	}
	return type.kind === "constructor" && !isFunction(type) && !type.rigid
		? { parameters, result: showType(type) }
		: null;
};

export const signatureOf = (each: Core): Signature | null => {
	if (each.kind !== "reference") return null;
	const { builtin, type } = each.binding;
	if (builtin?.meaning.kind === "primitive") {
		const { row, flipped } = builtin.meaning;
		const parameters = row.parameters.map((parameter): string => parameter.type);
		return { parameters: flipped ? parameters.reverse() : parameters, result: row.result, row };
	}
	if (builtin?.meaning.kind === "composition")
		return { parameters: ["NetFunction", "NetFunction"], result: "NetFunction" };
	return builtin || type === null ? null : ofType(type);
};

/** `NetFunction`, `NetPredicate`, `NetProperty`, where it is plain that an expression is one. */
export const netTypeOf = (each: Core | undefined): string | undefined => {
	if (each === undefined) return undefined;
	const [target, given] =
		each.kind === "application"
			? [each.function, each.arguments.length]
			: each.kind === "chain"
				? [each.operators[0], 2]
				: [each, 0];
	const signature = target && signatureOf(target);
	const isWhole = signature?.parameters.length === given && signature.result.startsWith("Net");
	return isWhole ? signature.result : undefined;
};

const LONGEST_PART = 100;

/** A part of the program as it stands there, in parentheses if it needs them as an argument; null if it is too long to repeat. */
export const textOf = (each: Core, asArgument = true): string | null => {
	const { source, start, end } = each.span;
	const text = source.text.slice(start, Math.min(end, start + LONGEST_PART));
	if (end - start > LONGEST_PART || text.includes("\n")) return null;
	const isSimple = /^(reference|text|list|tuple|fraction|range|comprehension)$/.test(each.kind) || /^\d/.test(text);
	return isSimple || !asArgument ? text : `(${text})`;
};
