// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Computation, Node } from "../computation.js";
import { constant, primitiveOperators } from "../text-writer.js";

const AT_A_GLANCE = 44;
const APPLICATION = 10;
const ATOM = 11;

const joining: ReadonlySet<string> = new Set(["and", "or", "xor"]);

/** A predicate or property as a program would write it; of what is longer than this, parts are only "…". */
export const phraseOf = ({ nodes }: Computation, index: number, longest = AT_A_GLANCE): string => {
	let length = 0;

	/** The text, and how tightly it holds together. */
	const write = (at: number): readonly [string, number] => {
		const { symbol, arguments: args } = nodes[at] as Node;
		length += symbol.length + 1;
		if (length > longest) return ["…", ATOM];
		if (args.length === 0) return [symbol, ATOM];
		if (joining.has(symbol)) return joined(at, symbol);
		const operator = primitiveOperators[symbol];
		const [left, right] = args;
		if (operator && left && right) {
			const [sign, precedence] = operator;
			return [`${argument(left, precedence)} ${sign} ${argument(right, precedence + 1)}`, precedence];
		}
		return [[symbol, ...args.map((each) => argument(each, ATOM))].join(" "), APPLICATION];
	};

	/** A row of predicates joined by one operator, as far as there is room. */
	const joined = (at: number, symbol: string): readonly [string, number] => {
		const [sign, precedence] = primitiveOperators[symbol] as readonly [string, number];
		const parts: string[] = [];
		for (const each of operandsOf(at, symbol)) {
			const part = length > longest ? "…" : argument(each, precedence + 1);
			parts.push(part);
			if (part === "…") break;
		}
		return [parts.join(` ${sign} `), precedence];
	};

	/** What an operator joins in `a .||. b .||. c`, without recursion. */
	const operandsOf = (first: number, symbol: string): readonly Argument[] => {
		const found: Argument[] = [];
		let at: number | null = first;
		while (at !== null) {
			const [left, right]: readonly Argument[] = nodes[at]?.arguments ?? [];
			if (left?.type !== "Fun" || right === undefined) break;
			found.push(right);
			at = nodes[left.value]?.symbol === symbol ? left.value : null;
			if (at === null) found.push(left);
		}
		return found.reverse();
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
