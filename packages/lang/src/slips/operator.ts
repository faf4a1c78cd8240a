// SPDX-License-Identifier: BSD-3-Clause
import type { Chain, Core } from "../core.js";
import { joined } from "../source.js";
import { resolved } from "../type.js";
import { integerRange } from "../value.js";
import { netTypeOf, signatureOf, textOf } from "./meaning.js";
import type { Slip } from "./slip.js";

const logic: Readonly<Record<string, string>> = { "&&": ".&&.", "||": ".||." };
const comparisons: Readonly<Record<string, readonly [right: string, left: string]>> = {
	"==": [".==", "==."],
	"/=": ["./=", "/=."],
	"<": [".<", "<."],
	"<=": [".<=", "<=."],
	">": [".>", ">."],
	">=": [".>=", ">=."],
};

const hasSlip = (each: Core): boolean => each.kind === "chain" && operatorSlip(each) !== null;

/** `p && q` as `p .&&. q`, where both sides can be repeated. */
const written = (left: Core, sign: string, right: Core): string => {
	if (hasSlip(left) || hasSlip(right)) return "";
	const parts = [left, right].map((each) => textOf(each, each.kind !== "application"));
	return parts.includes(null) ? "" : `, as in \`${parts[0]} ${sign} ${parts[1]}\``;
};

const isProperty = (each: Core | undefined): boolean => netTypeOf(each) === "NetProperty";

const isNumber = (each: Core): boolean => {
	if (each.kind !== "reference" || each.binding.type === null) return each.kind === "number";
	const type = resolved(each.binding.type);
	return type.kind === "variable"
		? type.constraint === "Num" || type.constraint === "Integral"
		: integerRange(type.name) !== undefined;
};

/** The property that was compared, or that an argument without its parentheses is: `filter ip_ttl < 5`. */
const comparison = (name: string, left: Core, right: Core): string | null => {
	const [after, before] = comparisons[name] ?? ["", ""];
	if (isNumber(left) && isProperty(right)) return `${before}\`${written(left, before, right)}`;
	if (!isNumber(right)) return null;
	if (isProperty(left)) return `${after}\`${written(left, after, right)}`;
	if (left.kind !== "application") return null;
	const last = left.arguments.at(-1);
	const wanted = signatureOf(left.function)?.row?.parameters[left.arguments.length - 1];
	if (wanted?.type !== "NetPredicate" || last === undefined || !isProperty(last)) return null;
	const parts = [left.function, ...left.arguments.slice(0, -1), last, right].map((each) => textOf(each));
	const value = parts.pop();
	const property = parts.pop();
	return `${after}\`, as in \`${parts.join(" ")} (${property} ${after} ${value})\``;
};

/** An argument that begins with a minus: `steer_to -1`. */
const negativeSlip = (left: Core, right: Core): Slip | null => {
	const [target, given] = left.kind === "application" ? [left.function, left.arguments.length] : [left, 0];
	const wanted = signatureOf(target)?.parameters[given];
	const [text, number] = [textOf(left, false), textOf(right)];
	if (right.kind !== "number" || wanted === undefined || text === null || number === null) return null;
	const range = integerRange(wanted);
	if (range === undefined) return null;
	const [least, most] = range;
	return {
		span: joined(left.span, right.span),
		...(least < 0n
			? { message: "a negative number goes in parentheses", hint: `write \`${text} (-${number})\`` }
			: { message: `-${number} is out of range: a ${wanted} goes from ${least} to ${most}` }),
		parts: [],
	};
};

/** An operator on what is known when the program is compiled, between what is only known of a packet. */
export const operatorSlip = ({ operands, operators }: Chain): Slip | null => {
	for (const [index, operator] of operators.entries()) {
		if (operator.kind !== "reference" || operator.binding.builtin === null) continue;
		const { name } = operator.binding;
		const [left, right] = [operands[index], operands[index + 1]] as [Core, Core];
		const negative = name === "-" ? negativeSlip(left, right) : null;
		if (negative) return negative;
		const sign = logic[name];
		if (sign !== undefined) {
			const types = [netTypeOf(left), netTypeOf(right)];
			if (types.includes("NetPredicate"))
				return {
					span: operator.span,
					message: `\`${name}\` joins Bools, not predicates`,
					hint: `predicates are joined by \`${sign}\`${written(left, sign, right)}`,
					parts: operands,
				};
			if (types.includes("NetFunction"))
				return {
					span: operator.span,
					message: `\`${name}\` joins Bools, not functions`,
					hint:
						name === "&&"
							? `functions run one after the other by \`>->\`${written(left, ">->", right)}`
							: "predicates are joined by `.||.`, as in `filter (is_tcp .||. is_udp)`",
					parts: operands,
				};
		}
		const compared = Object.hasOwn(comparisons, name) ? comparison(name, left, right) : null;
		if (compared !== null)
			return {
				span: operator.span,
				message: `\`${name}\` compares what is known when the program is compiled, not properties of packets`,
				hint: `a property is compared by \`${compared}`,
				parts: isProperty(left) || isProperty(right) ? operands : [],
			};
	}
	return null;
};

const isPredicates = (each: Core): boolean => {
	if (each.kind === "list") return each.elements.some((element) => netTypeOf(element) === "NetPredicate");
	if (each.kind !== "application" || each.function.kind !== "reference") return false;
	const [first] = each.arguments;
	return (
		each.function.binding.builtin?.name === "map" &&
		first !== undefined &&
		signatureOf(first)?.result === "NetPredicate"
	);
};

/** A list of predicates that is folded by an operator on Bools: `foldr1 (||) (map has_port [80, 443])`. */
export const foldSlip = (target: Core, args: readonly Core[]): Slip | null => {
	const operator = args.find((each) => each.kind === "reference" && each.binding.builtin && each.binding.name in logic);
	if (operator?.kind !== "reference" || target.kind !== "reference" || !args.some(isPredicates)) return null;
	if (!target.binding.builtin?.name.startsWith("fold")) return null;
	const { name } = operator.binding;
	return {
		span: operator.span,
		message: `\`${name}\` joins Bools, not predicates`,
		hint: `predicates are joined by \`${logic[name]}\``,
		parts: args,
	};
};
