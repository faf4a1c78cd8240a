// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Computation, Node } from "../computation.js";
import { constant, primitiveOperators } from "../text-writer.js";

const AT_A_GLANCE = 44;
const APPLICATION = 10;
const ATOM = 11;

/** A predicate or property as a program would write it; of what is longer than this, parts are only "…". */
export const phraseOf = ({ nodes }: Computation, index: number, longest = AT_A_GLANCE): string => {
	let length = 0;

	/** The text, and how tightly it holds together. */
	const write = (at: number): readonly [string, number] => {
		const { symbol, arguments: args } = nodes[at] as Node;
		length += symbol.length + 1;
		if (length > longest) return ["…", ATOM];
		if (args.length === 0) return [symbol, ATOM];
		const operator = primitiveOperators[symbol];
		const [left, right] = args;
		if (operator && left && right) {
			const [sign, precedence] = operator;
			return [`${argument(left, precedence)} ${sign} ${argument(right, precedence + 1)}`, precedence];
		}
		return [[symbol, ...args.map((each) => argument(each, ATOM))].join(" "), APPLICATION];
	};

	const argument = (each: Argument, least: number): string => {
		if (each.type === "Fun") {
			const [text, precedence] = write(each.value);
			return precedence < least ? `(${text})` : text;
		}
		const text = constant(each.value);
		length += text.length;
		return text.length > longest ? `${text.slice(0, longest)}…` : text;
	};

	return write(index)[0];
};
