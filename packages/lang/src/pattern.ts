// SPDX-License-Identifier: BSD-3-Clause
import type { Cursor } from "./parser.js";
import type { Expression, Pattern } from "./syntax.js";

const LONGEST_PATTERN = 100;

/** Patterns are read as expressions, which they look like, and turned into patterns when it is clear that they are. */
export const parsePatternOf = (expression: Expression, cursor: Cursor): Pattern => {
	const { span } = expression;
	const all = (parts: readonly Expression[]): Pattern[] => parts.map((each) => parsePatternOf(each, cursor));
	switch (expression.kind) {
		case "name": {
			const { text, qualifier } = expression.name;
			if (qualifier !== undefined) break;
			if (text === "_") return { kind: "any", span };
			if (text === "True" || text === "False") return { kind: "truth", value: text === "True", span };
			if (/^[\p{L}_]/u.test(text) && !/^\p{Lu}/u.test(text)) return { kind: "variable", name: expression.name, span };
			break;
		}
		case "number":
		case "text":
			return { kind: "literal", value: expression.value, span };
		case "negation":
			if (expression.operand.kind === "number") return { kind: "literal", value: -expression.operand.value, span };
			break;
		case "parentheses":
			return parsePatternOf(expression.expression, cursor);
		case "list":
			return { kind: "list", elements: all(expression.elements), span };
		case "tuple":
			return { kind: "tuple", elements: all(expression.elements), span };
		case "operation": {
			if (expression.operators.some(({ text }) => text !== ":") || expression.operands.length > LONGEST_PATTERN) break;
			const parts = all(expression.operands);
			return parts.reduceRight((tail, head) => ({ kind: "prepend", head, tail, span }));
		}
	}
	return cursor.fail(span, "this is no pattern", {
		hint: "patterns are names, `_`, literals, lists, tuples and `first : rest`",
	});
};
