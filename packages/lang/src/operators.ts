// SPDX-License-Identifier: BSD-3-Clause
import type { OperatorFixity } from "./builtin.js";
import type { Core } from "./core.js";
import { joined } from "./source.js";
import type { Name } from "./syntax.js";

export interface Operator {
	readonly name: Name;
	readonly fixity: OperatorFixity;
	readonly reference: Core;
}

/** Operands and the operators between them, as a tree by their fixities. `complain` is told of those that do not mix. */
export const withFixities = (
	operands: readonly Core[],
	operators: readonly Operator[],
	complain: (at: Name, message: string) => void,
): Core => {
	/** The operands from one place to another (both included), whose operators bind at least so tightly. */
	const build = (from: number, to: number): Core => {
		if (from === to) return operands[from] as Core;
		let least = 10;
		for (let index = from; index < to; index++)
			least = Math.min(least, (operators[index] as Operator).fixity.precedence);
		const parts: Core[] = [];
		const between: Operator[] = [];
		let start = from;
		for (let index = from; index < to; index++) {
			const operator = operators[index] as Operator;
			if (operator.fixity.precedence > least) continue;
			parts.push(build(start, index));
			between.push(operator);
			start = index + 1;
		}
		parts.push(build(start, to));
		const [first, ...more] = between as [Operator, ...Operator[]];
		const { associativity } = first.fixity;
		const stranger = more.find(({ fixity }) => fixity.associativity !== associativity || associativity === "none");
		if (stranger)
			complain(
				stranger.name,
				`\`${first.name.text}\` and \`${stranger.name.text}\` do not go together without parentheses`,
			);
		return {
			kind: "chain",
			associativity: associativity === "right" ? "right" : "left",
			operands: parts,
			operators: between.map(({ reference }) => reference),
			span: joined((parts[0] as Core).span, (parts.at(-1) as Core).span),
		};
	};
	return build(0, operands.length - 1);
};
