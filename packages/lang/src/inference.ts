// SPDX-License-Identifier: BSD-3-Clause

import type { ScalarType } from "@pfq/abi";
import type * as core from "./core.js";
import type { Report } from "./diagnostic.js";
import type { Renamed } from "./renamer.js";
import { groupingSlip, listSlip } from "./slips/grouping.js";
import { foldSlip, operatorSlip } from "./slips/operator.js";
import type { Slip } from "./slips/slip.js";
import { joined, type Span } from "./source.js";
import { functionOf, isFunction, listOf, named, resolved, showType, showTypes, type Type, variable } from "./type.js";
import { mismatchHint } from "./type-hint.js";
import { builtinType, typeOfSyntax } from "./type-syntax.js";
import { unifier } from "./unification.js";
import { checkScalar, isListType, type Limits } from "./value.js";

const netFunction = named("NetFunction");
const netPredicate = named("NetPredicate");
const bool = named("Bool");

interface Literal {
	readonly type: Type;
	readonly value: bigint | string;
	readonly span: Span;
	readonly limits: Limits | undefined;
}

/**
 * Finds the type of every definition, and writes it into its binding. What does not fit is reported where it stands; each
 * expression is checked against the type that its use asks for, so that the place is as near as can be.
 */
export const inferTypes = ({ definitions }: Pick<Renamed, "definitions">, report: Report): void => {
	const { unify, instantiate, generalise } = unifier();
	const literals: Literal[] = [];
	let level = 1;

	const fresh = (): Type => variable(level);

	const mismatch = (span: Span, expected: Type, found: Type, subject?: core.Core): void => {
		const [wanted, actual] = showTypes([expected, found]) as [string, string];
		const hint = mismatchHint(expected, found, subject);
		const simple = [expected, found].every((type) => /^(Net|Bool)/.test(showType(type)));
		const circular = [expected, found]
			.map(resolved)
			.some((type) => type.kind === "variable" && type.constraint === null);
		const message = simple
			? `this is a ${actual}, where a ${wanted} is wanted`
			: circular
				? "the type of this would contain itself"
				: "this does not have the type that its use asks for";
		report.add("type", span, message, {
			expected: wanted,
			found: actual,
			...(hint !== undefined && { hint }),
		});
	};

	const expect = (span: Span, expected: Type, found: Type, subject?: core.Core): void => {
		if (!unify(expected, found)) mismatch(span, expected, found, subject);
	};

	const typeOf = (binding: core.Binding): Type => {
		binding.type ??= binding.builtin ? builtinType(binding.builtin.type) : fresh();
		return instantiate(binding.type, level);
	};

	/** The type of an expression that nothing is asked of. */
	const infer = (each: core.Core, limits?: Limits): Type => {
		const type = fresh();
		check(each, type, limits);
		return type;
	};

	const literal = (each: Literal, constraint: "Num" | "Text"): void => {
		const own = variable(level, constraint);
		if (unify(each.type, own)) {
			literals.push(each);
			return;
		}
		const hint = constraint === "Num" ? "a number" : "a string";
		report.add("type", each.span, `${hint} is not what is asked for here`, {
			expected: showType(each.type),
			found: hint,
		});
	};

	/** Splits a function type into its parameter and its result; makes one of a variable. */
	const asFunction = (wanted: Type): [Type, Type] | null => {
		const type = resolved(wanted);
		if (type.kind === "constructor") return isFunction(type) ? [type.arguments[0], type.arguments[1]] : null;
		const parts: [Type, Type] = [fresh(), fresh()];
		return unify(type, named("->", ...parts)) ? parts : null;
	};

	/** One error in the place of those that would follow from a slip; what is in its parts is still looked at. */
	const slipped = ({ span, message, hint, parts }: Slip): Type => {
		if (parts.every(({ kind }) => kind !== "hole")) report.add("type", span, message, hintOf(hint));
		for (const each of parts) infer(each);
		return fresh();
	};

	const application = (target: core.Core, args: readonly core.Core[], span: Span): Type => {
		let type = infer(target);
		const slip = groupingSlip(target, args) ?? listSlip(target, args) ?? foldSlip(target, args);
		if (slip) return slipped(slip);
		const parameters =
			target.kind === "reference" && target.binding.builtin?.meaning.kind === "primitive"
				? target.binding.builtin.meaning.row.parameters
				: [];
		for (const [index, each] of args.entries()) {
			const parts = asFunction(type);
			if (parts === null) {
				tooMany(target, index, args, span, type);
				for (const rest of args.slice(index)) infer(rest);
				return fresh();
			}
			check(each, parts[0], parameters[index]);
			type = parts[1];
		}
		return type;
	};

	const tooMany = (target: core.Core, wanted: number, args: readonly core.Core[], span: Span, type: Type): void => {
		// What has no name was reported, and may have been anything.
		if (args.some(({ kind }) => kind === "hole")) return;
		const what = target.kind === "reference" ? `\`${target.binding.name}\`` : "this";
		const hint = isSequence(target) ? "`$` binds looser than `>->`: write `f >-> (g $ x)`" : undefined;
		const takes = wanted === 0 ? "no argument" : wanted === 1 ? "one argument" : `${wanted} arguments`;
		const first = args[wanted];
		report.add("type", first?.span ?? span, `${what} takes ${takes}, but is given ${args.length}`, {
			...(wanted === 0 && { hint: hint ?? `${what} is of type ${showType(type)}` }),
		});
	};

	const isSequence = (each: core.Core): boolean =>
		each.kind === "chain" &&
		each.operators.some((operator) => operator.kind === "reference" && operator.binding.builtin?.name === ">->");

	const isApply = (operator: core.Core): boolean =>
		operator.kind === "reference" && operator.binding.builtin?.name === "$" && operator.binding.span === null;

	/** `f $ g $ x`: each is a function of all that comes after it. */
	const applyChain = ({ operands }: core.Chain): Type => {
		const last = operands.at(-1) as core.Core;
		let result: Type | null = null;
		let parameter: Type | null = null;
		for (const each of operands.slice(0, -1)) {
			const type = infer(each);
			const parts = asFunction(type);
			if (parts === null) {
				tooMany(each, 0, [last], each.span, type);
				infer(last);
				return result ?? fresh();
			}
			if (parameter) expect(joined(each.span, last.span), parameter, parts[1], each);
			result ??= parts[1];
			parameter = parts[0];
		}
		check(last, parameter ?? fresh());
		return result ?? fresh();
	};

	const chain = (each: core.Chain): Type => {
		const { operands, operators, associativity } = each;
		if (operators.every(isApply)) return applyChain(each);
		const slip = operatorSlip(each);
		if (slip) return slipped(slip);
		const left = associativity === "left";
		const count = operators.length;
		let result = fresh();
		let inner: core.Core | null = null;
		for (let step = 0; step < count; step++) {
			const at = left ? step : count - 1 - step;
			const operator = operators[at] as core.Core;
			const parts = asFunction(infer(operator));
			const more = parts && asFunction(parts[1]);
			const [near, far] = left ? [parts?.[0], more?.[0]] : [more?.[0], parts?.[0]];
			const [first, second] = (left ? [operands[at], operands[at + 1]] : [operands[at + 1], operands[at]]) as [
				core.Core,
				core.Core,
			];
			const limits = limitsOf(operator);
			if (inner === null) check(first, near ?? fresh(), limits);
			else {
				const from = left ? (operands[0] as core.Core).span : first.span;
				const to = left ? first.span : (operands.at(-1) as core.Core).span;
				expect(joined(from, to), near ?? fresh(), result);
			}
			check(second, far ?? fresh(), limits);
			inner = second;
			result = more?.[1] ?? fresh();
		}
		return result;
	};

	const limitsOf = (operator: core.Core): Limits | undefined =>
		operator.kind === "reference" && operator.binding.builtin?.meaning.kind === "primitive"
			? operator.binding.builtin.meaning.row.parameters.find(({ min, max }) => min !== undefined || max !== undefined)
			: undefined;

	const pattern = (each: core.Pattern, type: Type): void => {
		switch (each.kind) {
			case "variable":
				each.binding.type = type;
				break;
			case "literal":
				literal(
					{ type, value: each.value, span: each.span, limits: undefined },
					typeof each.value === "string" ? "Text" : "Num",
				);
				break;
			case "truth":
				expect(each.span, type, bool);
				break;
			case "list": {
				const element = fresh();
				expect(each.span, type, listOf(element));
				for (const part of each.elements) pattern(part, element);
				break;
			}
			case "tuple": {
				const elements = each.elements.map(fresh);
				expect(each.span, type, named(",", ...elements));
				for (const [index, part] of each.elements.entries()) pattern(part, elements[index] as Type);
				break;
			}
			case "prepend": {
				const element = fresh();
				expect(each.span, type, listOf(element));
				pattern(each.head, element);
				pattern(each.tail, type);
			}
		}
	};

	const functionType = (each: core.Lambda, expected: Type): void => {
		for (const { patterns, body } of each.clauses) {
			let type = expected;
			for (const part of patterns) {
				const parts = asFunction(type);
				if (parts === null) {
					mismatch(each.span, type, functionOf(patterns.map(fresh), fresh()), each);
					pattern(part, fresh());
					type = fresh();
				} else {
					pattern(part, parts[0]);
					type = parts[1];
				}
			}
			check(body, type);
		}
	};

	const conditional = (each: core.Core & { kind: "if" }, expected: Type): void => {
		let onPackets = false;
		for (const { condition } of each.branches) {
			const type = resolved(infer(condition));
			if (type.kind === "constructor" && type.name === "Bool") continue;
			onPackets = true;
			if (!unify(netPredicate, type))
				report.add("type", condition.span, "a condition is a NetPredicate, or a Bool at compile time", {
					expected: "NetPredicate",
					found: showType(type),
					...hintOf(mismatchHint(netPredicate, type, condition)),
				});
		}
		// A condition on packets chooses between two NetFunctions when the packet is there.
		if (onPackets) expect(each.span, expected, netFunction, each);
		const wanted = onPackets ? netFunction : expected;
		for (const { consequent } of each.branches) check(consequent, wanted);
		check(each.otherwise, wanted);
	};

	const hintOf = (hint: string | undefined) => (hint === undefined ? {} : { hint });

	const numbers = (each: core.Core & { kind: "range" }, expected: Type): void => {
		const element = variable(level, "Integral");
		expect(each.span, expected, listOf(element), each);
		for (const part of [each.from, each.second, each.to]) if (part) check(part, element);
	};

	const comprehension = (each: core.Core & { kind: "comprehension" }, expected: Type): void => {
		for (const qualifier of each.qualifiers) {
			if (qualifier.kind === "let") infersDefinitions(qualifier.definitions);
			else if (qualifier.kind === "if") check(qualifier.expression, bool);
			else {
				const element = fresh();
				check(qualifier.expression, listOf(element));
				pattern(qualifier.pattern, element);
			}
		}
		const element = fresh();
		expect(each.span, expected, listOf(element), each);
		check(each.element, element);
	};

	/** Checks an expression against the type that its use asks for. */
	const check = (each: core.Core, expected: Type, limits?: Limits): void => {
		switch (each.kind) {
			case "reference":
				expect(each.span, expected, typeOf(each.binding), each);
				break;
			case "number":
				literal({ type: expected, value: each.value, span: each.span, limits }, "Num");
				break;
			case "text":
				literal({ type: expected, value: each.value, span: each.span, limits }, "Text");
				break;
			case "fraction":
				expect(each.span, expected, named("Double"), each);
				break;
			case "application":
				expect(each.span, expected, application(each.function, each.arguments, each.span), each);
				break;
			case "chain":
				expect(each.span, expected, chain(each), each);
				break;
			case "function":
				functionType(each, expected);
				break;
			case "let":
				infersDefinitions(each.definitions);
				check(each.body, expected);
				break;
			case "if":
				conditional(each, expected);
				break;
			case "do":
				expect(each.span, expected, netFunction, each);
				for (const statement of each.statements)
					if (statement.kind === "let") infersDefinitions(statement.definitions);
					else check(statement.expression, netFunction);
				break;
			case "list": {
				const element = fresh();
				expect(each.span, expected, listOf(element), each);
				for (const part of each.elements) check(part, element, limits);
				break;
			}
			case "range":
				numbers(each, expected);
				break;
			case "comprehension":
				comprehension(each, expected);
				break;
			case "tuple": {
				const elements = each.elements.map(fresh);
				expect(each.span, expected, named(",", ...elements), each);
				for (const [index, part] of each.elements.entries()) check(part, elements[index] as Type);
				break;
			}
			case "annotation": {
				const variables = new Map<string, Type>();
				const type = typeOfSyntax(
					each.type,
					(name, constraint) => once(variables, name, () => variable(level, constraint)),
					report,
				);
				check(each.expression, type);
				expect(each.span, expected, type, each);
			}
		}
	};

	const once = (known: Map<string, Type>, name: string, make: () => Type): Type => {
		const type = known.get(name) ?? make();
		known.set(name, type);
		return type;
	};

	const infersDefinitions = (group: readonly core.Definition[]): void => {
		for (const { binding, signature, value } of group) {
			if (signature === null) {
				level++;
				const type = infer(value);
				level--;
				generalise(type, level);
				binding.type = type;
				continue;
			}
			const rigid = new Map<string, Type>();
			const declared = typeOfSyntax(
				signature,
				(name, constraint) =>
					once(rigid, name, () => ({ kind: "constructor", name, arguments: [], rigid: { constraint } })),
				report,
			);
			level++;
			check(value, declared);
			level--;
			const general = new Map<string, Type>();
			binding.type = typeOfSyntax(
				signature,
				(name, constraint) => once(general, name, () => variable(Number.POSITIVE_INFINITY, constraint)),
				report,
			);
		}
	};

	infersDefinitions(definitions);
	checkMain(definitions, expect);
	for (const each of literals) checkLiteral(each, report);
};

const checkMain = (
	definitions: readonly core.Definition[],
	expect: (span: Span, expected: Type, found: Type, subject?: core.Core) => void,
): void => {
	const main = definitions.findLast(({ binding }) => binding.name === "main");
	if (main?.binding.type && main.value.kind !== "hole")
		expect(main.value.span, netFunction, main.binding.type, main.value);
};

/** A literal must fit its type, as far as that is known; where it is not, expansion finds out. */
const checkLiteral = ({ type, value, span, limits }: Literal, report: Report): void => {
	const found = resolved(type);
	if (found.kind === "variable" || found.rigid || isListType(found.name)) return;
	const checked = checkScalar(found.name as ScalarType, value, limits);
	if (!checked.ok) report.add("value", span, checked.reason);
};
