// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Computation, Node, Value } from "./computation.js";
import { findPrimitive } from "./primitive.js";

/** How tightly the parts of an expression hold together; the operators have the precedences of the language. */
const ATOM = 11;
const APPLICATION = 10;
const SEQUENCE = 1;

/** The operators that primitives are written as, and how tightly they hold. */
export const primitiveOperators: Readonly<Record<string, readonly [string, number]>> = {
	less: [".<", 8],
	less_eq: [".<=", 8],
	greater: [".>", 8],
	greater_eq: [".>=", 8],
	equal: [".==", 8],
	not_equal: ["./=", 8],
	any_bit: ["`any_bit`", 8],
	all_bit: ["`all_bit`", 8],
	and: [".&&.", 7],
	xor: [".^^.", 6],
	or: [".||.", 5],
};

interface Part {
	readonly text: string;
	readonly precedence: number;
	/** How deep its parentheses are nested. */
	readonly depth: number;
}

const LONGEST_PART = 400;
const DEEPEST_PART = 8;

const quoted = (text: string): string =>
	`"${text.replace(/[\\"]/g, "\\$&").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (each) => `\\${each.codePointAt(0)}\\&`)}"`;

const literal = (value: Value): string => {
	if (typeof value === "string") return quoted(value);
	return value < 0 ? `(${value})` : String(value);
};

/** A constant as a program would write it. */
export const constant = (value: Value | readonly Value[]): string =>
	typeof value === "object" ? `[${value.map(literal).join(", ")}]` : literal(value);

const inParentheses = (part: Part, least: number): Part =>
	part.precedence >= least ? part : { text: `(${part.text})`, precedence: ATOM, depth: part.depth + 1 };

/**
 * A computation as a program in normal form: primitives, operators and `>->`. What several places use, and what would
 * make a line too long, is a definition of its own; compiled again without the optimiser, the text gives the same
 * computation.
 */
export const writeText = ({ nodes }: Computation): string => {
	const uses = new Uint32Array(nodes.length);
	for (const { arguments: args, next } of nodes) {
		for (const each of args) if (each.type === "Fun") uses[each.value] = (uses[each.value] ?? 0) + 1;
		if (next !== null) uses[next] = (uses[next] ?? 0) + 1;
	}
	const parts: Part[] = [];
	const definitions: string[] = [];

	const argumentPart = (argument: Argument): Part =>
		argument.type === "Fun"
			? (parts[argument.value] as Part)
			: { text: constant(argument.value), precedence: ATOM, depth: 0 };

	const callPart = ({ symbol, arguments: args }: Node): Part => {
		if (args.length === 0) return { text: symbol, precedence: ATOM, depth: 0 };
		const operator = primitiveOperators[symbol];
		const [left, right] = args.map(argumentPart) as [Part, Part];
		if (operator) {
			const [sign, precedence] = operator;
			const near = inParentheses(left, precedence === 8 ? 9 : precedence);
			const far = inParentheses(right, precedence + 1);
			return { text: `${near.text} ${sign} ${far.text}`, precedence, depth: Math.max(near.depth, far.depth) };
		}
		const each = args.map((argument) => inParentheses(argumentPart(argument), ATOM));
		const depth = Math.max(...each.map((part) => part.depth));
		return { text: [symbol, ...each.map(({ text }) => text)].join(" "), precedence: APPLICATION, depth };
	};

	const named = (part: Part, index: number): Part => {
		const node = nodes[index] as Node;
		const simple = node.next === null && node.arguments.every(({ type }) => type !== "Fun");
		const shared = (uses[index] ?? 0) > 1 && !simple;
		if (index === 0 || (!shared && part.depth < DEEPEST_PART && part.text.length < LONGEST_PART)) return part;
		if (simple) return part;
		const name = `part${definitions.length + 1}`;
		definitions.push(`${name} :: ${findPrimitive(node.symbol)?.result}\n${name} = ${part.text}\n`);
		return { text: name, precedence: ATOM, depth: 0 };
	};

	for (let index = nodes.length - 1; index >= 0; index--) {
		const node = nodes[index] as Node;
		let part = callPart(node);
		if (node.next !== null) {
			const first = inParentheses(part, SEQUENCE + 1);
			const rest = parts[node.next] as Part;
			part = {
				text: `${first.text} >-> ${rest.text}`,
				precedence: SEQUENCE,
				depth: Math.max(first.depth, rest.depth),
			};
		}
		parts[index] = named(part, index);
	}
	return [`main = ${(parts[0] as Part).text}\n`, ...definitions.reverse()].join("\n");
};
