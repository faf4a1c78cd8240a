// SPDX-License-Identifier: BSD-3-Clause
import type { Parameter, ScalarType } from "@pfq/abi";
import type { Builtin } from "./builtin.js";
import type { Place, Value } from "./computation.js";
import type * as core from "./core.js";
import type { Report } from "./diagnostic.js";
import type { Callable, Environment, Expanded, Expander, NumberValue } from "./expanded.js";
import { LimitExceeded } from "./limits.js";
import { isFunctionType } from "./primitive.js";
import type { Renamed } from "./renamer.js";
import { joined, placeOf, type Span } from "./source.js";
import type { Constant, NetFunction, NetPredicate, Term } from "./term.js";
import { checkScalar, elementType, isListType, type Limits } from "./value.js";

/** Thrown where an expression has no value, after that was reported. */
class ExpansionFailure extends Error {
	override readonly name = "ExpansionFailure";
}

/** How many expressions an expansion may evaluate, and how deep within each other. */
const MOST_STEPS = 5_000_000;
const MAX_DEPTH = 1_500;

const isTerm = (value: Expanded): value is Term =>
	value.kind === "NetFunction" || value.kind === "NetPredicate" || value.kind === "NetProperty";

/** Works out all that is abstract in a program: what is left is the term that `main` is, made of primitives alone. */
export const expand = ({ definitions }: Pick<Renamed, "definitions">, report: Report): NetFunction | null => {
	let steps = 0;
	let depth = 0;
	const places = new WeakMap<Span, Place>();

	const spend = (count: number, span?: Span): void => {
		steps += count;
		if (steps > MOST_STEPS) throw new LimitExceeded("this program takes too many steps to expand", { cause: span });
	};

	const placeAt = (span: Span): Place => {
		const place = places.get(span) ?? placeOf(span);
		places.set(span, place);
		return place;
	};

	const fail = (span: Span, message: string, hint?: string): never => {
		report.add("value", span, message, hint === undefined ? {} : { hint });
		throw new ExpansionFailure();
	};

	const scalarOf = (type: ScalarType, value: Expanded, limits: Limits): Value => {
		const { value: given, span } = value as NumberValue;
		const checked = checkScalar(type, given, limits);
		if (checked.ok) return checked.value;
		report.add("value", span, checked.reason);
		return 0;
	};

	const argumentOf = (parameter: Parameter, value: Expanded): Term | Constant => {
		const { type } = parameter;
		if (isFunctionType(type)) return value as Term;
		if (!isListType(type)) return { kind: "Constant", type, value: scalarOf(type, value, parameter) };
		const { elements, span } = value as Expanded & { kind: "list" };
		spend(elements.length, span);
		const element = elementType(type);
		return { kind: "Constant", type, value: elements.map((each) => scalarOf(element, each, parameter)) };
	};

	const primitiveCall = (builtin: Builtin, args: readonly Expanded[], span: Span): Expanded => {
		const { meaning } = builtin;
		if (meaning.kind !== "primitive") return fail(span, `\`${builtin.name}\` is no primitive`);
		const { symbol, parameters, result } = meaning.row;
		const given = meaning.flipped ? args.toReversed() : args;
		return {
			kind: result,
			symbol,
			arguments: parameters.map((parameter, index) => argumentOf(parameter, given[index] as Expanded)),
			place: placeAt(span),
		} as Term;
	};

	const arityOf = (callable: Callable): number => {
		switch (callable.kind) {
			case "closure":
				return callable.function.clauses[0]?.patterns.length ?? 0;
			case "partial":
				return arityOf(callable.function) - callable.arguments.length;
			case "builtin": {
				const { meaning } = callable.builtin;
				switch (meaning.kind) {
					case "function":
						return meaning.arity;
					case "primitive":
						return meaning.row.parameters.length;
					case "truth":
						return 0;
					case "composition":
						return 2;
				}
			}
		}
	};

	const call = (callable: Callable, args: readonly Expanded[], span: Span): Expanded => {
		switch (callable.kind) {
			case "partial":
				return call(callable.function, [...callable.arguments, ...args], span);
			case "closure":
				return callClosure(callable, args, span);
			case "builtin": {
				const { builtin } = callable;
				if (builtin.meaning.kind === "composition")
					return { kind: "NetFunction", steps: args as readonly NetFunction[] };
				if (builtin.meaning.kind === "primitive") return primitiveCall(builtin, args, callable.span);
				if (builtin.meaning.kind === "truth") return { kind: "truth", value: builtin.meaning.value };
				const expander: Expander = {
					span,
					apply: (target, values) => apply(target, values, span),
					spend: (count) => spend(count, span),
					fail: (message, hint) => fail(span, message, hint),
				};
				return builtin.meaning.run(args, expander);
			}
		}
	};

	const apply = (target: Expanded, args: readonly Expanded[], span: Span): Expanded => {
		let value = target;
		let rest = args;
		while (rest.length > 0) {
			if (isTerm(value) || !("kind" in value) || !isCallable(value)) return fail(span, "this is no function");
			const arity = arityOf(value);
			if (rest.length < arity) return { kind: "partial", function: value, arguments: rest };
			value = call(value, rest.slice(0, arity), span);
			rest = rest.slice(arity);
		}
		return value;
	};

	const matches = (pattern: core.Pattern, value: Expanded, bound: Map<core.Binding, Expanded>): boolean => {
		switch (pattern.kind) {
			case "variable":
				bound.set(pattern.binding, value);
				return true;
			case "any":
				return true;
			case "literal":
			case "truth":
				return "value" in value && value.value === pattern.value;
			case "list":
			case "tuple": {
				const { elements } = value as Expanded & { kind: "list" };
				return (
					elements.length === pattern.elements.length &&
					pattern.elements.every((each, index) => matches(each, elements[index] as Expanded, bound))
				);
			}
			case "prepend": {
				const { elements, span } = value as Expanded & { kind: "list" };
				const [head] = elements;
				spend(elements.length, span);
				return (
					head !== undefined &&
					matches(pattern.head, head, bound) &&
					matches(pattern.tail, { kind: "list", elements: elements.slice(1), span }, bound)
				);
			}
		}
	};

	const callClosure = (closure: Callable & { kind: "closure" }, args: readonly Expanded[], span: Span): Expanded => {
		for (const { patterns, body } of closure.function.clauses) {
			const values = new Map<core.Binding, Expanded>();
			if (patterns.every((pattern, index) => matches(pattern, args[index] as Expanded, values)))
				return evaluate(body, { values, outer: closure.environment });
		}
		return fail(span, "no equation of this function fits its arguments");
	};

	const reference = ({ binding, span }: core.Reference, environment: Environment): Expanded => {
		const { builtin } = binding;
		if (builtin) {
			const value: Callable = { kind: "builtin", builtin, span };
			return arityOf(value) === 0 ? call(value, [], span) : value;
		}
		for (let each: Environment | null = environment; each !== null; each = each.outer) {
			const value = each.values.get(binding);
			if (value !== undefined) return value;
		}
		return fail(span, `\`${binding.name}\` has no value`);
	};

	const withDefinitions = (group: readonly core.Definition[], outer: Environment): Environment => {
		const environment: Environment = { values: new Map(), outer };
		for (const { binding, value } of group) environment.values.set(binding, evaluate(value, environment));
		return environment;
	};

	const builtinOf = (operator: core.Core): string | undefined =>
		operator.kind === "reference" ? operator.binding.builtin?.name : undefined;

	const chain = (each: core.Chain, environment: Environment): Expanded => {
		const { operands, operators, associativity } = each;
		const name = builtinOf(operators[0] as core.Core);
		const uniform = operators.every((operator) => builtinOf(operator) === name);
		if (uniform && name === ">->")
			return { kind: "NetFunction", steps: operands.map((operand) => evaluate(operand, environment) as NetFunction) };
		if (uniform && (name === "&&" || name === "||")) {
			for (const operand of operands) {
				const value = evaluate(operand, environment);
				if (value.kind === "truth" && value.value === (name === "||")) return value;
			}
			return { kind: "truth", value: name === "&&" };
		}
		const values = operands.map((operand) => evaluate(operand, environment));
		const functions = operators.map((operator) => evaluate(operator, environment));
		const left = associativity === "left";
		let result = (left ? values[0] : values.at(-1)) as Expanded;
		for (let step = 0; step < functions.length; step++) {
			const at = left ? step : functions.length - 1 - step;
			const pair = left ? [result, values[at + 1] as Expanded] : [values[at] as Expanded, result];
			spend(1, each.span);
			const [from, to] = left ? [0, at + 1] : [at, operands.length - 1];
			const span = joined((operands[from] as core.Core).span, (operands[to] as core.Core).span);
			result = apply(functions[at] as Expanded, pair, span);
		}
		return result;
	};

	const conditional = (each: core.Core & { kind: "if" }, environment: Environment): Expanded => {
		const pending: { readonly test: NetPredicate; readonly consequent: Expanded; readonly span: Span }[] = [];
		let last: Expanded | null = null;
		for (const { condition, consequent } of each.branches) {
			const test = evaluate(condition, environment);
			if (test.kind === "truth") {
				if (!test.value) continue;
				last = evaluate(consequent, environment);
				break;
			}
			pending.push({ test: test as NetPredicate, consequent: evaluate(consequent, environment), span: condition.span });
		}
		let result = last ?? evaluate(each.otherwise, environment);
		for (const { test, consequent, span } of pending.reverse())
			result = {
				kind: "NetFunction",
				symbol: "conditional",
				arguments: [test, consequent as NetFunction, result as NetFunction],
				place: placeAt(span),
			};
		return result;
	};

	const range = (each: core.Core & { kind: "range" }, environment: Environment): Expanded => {
		const number = (part: core.Core): bigint => (evaluate(part, environment) as NumberValue).value;
		const from = number(each.from);
		const step = each.second === null ? 1n : number(each.second) - from;
		const to = number(each.to);
		if (step === 0n) return fail(each.span, "this range does not move on");
		const length = (to - from) / step + 1n;
		if ((step > 0n ? from > to : from < to) || length <= 0n) return { kind: "list", elements: [], span: each.span };
		if (length > BigInt(MOST_STEPS)) throw new LimitExceeded("this range is too long", { cause: each.span });
		spend(Number(length), each.span);
		const elements = Array.from(
			{ length: Number(length) },
			(_, index): Expanded => ({ kind: "number", value: from + step * BigInt(index), span: each.span }),
		);
		return { kind: "list", elements, span: each.span };
	};

	const comprehension = (each: core.Core & { kind: "comprehension" }, outer: Environment): Expanded => {
		let environments: Environment[] = [outer];
		for (const qualifier of each.qualifiers)
			environments = environments.flatMap((environment): Environment[] => {
				spend(1, each.span);
				if (qualifier.kind === "let") return [withDefinitions(qualifier.definitions, environment)];
				if (qualifier.kind === "if")
					return (evaluate(qualifier.expression, environment) as { value: unknown }).value === true
						? [environment]
						: [];
				const { elements } = evaluate(qualifier.expression, environment) as Expanded & { kind: "list" };
				spend(elements.length, each.span);
				return elements.flatMap((element): Environment[] => {
					const values = new Map<core.Binding, Expanded>();
					return matches(qualifier.pattern, element, values) ? [{ values, outer: environment }] : [];
				});
			});
		return {
			kind: "list",
			elements: environments.map((environment) => evaluate(each.element, environment)),
			span: each.span,
		};
	};

	const evaluate = (each: core.Core, environment: Environment): Expanded => {
		spend(1, each.span);
		if (++depth > MAX_DEPTH)
			throw new LimitExceeded(`functions call each other more than ${MAX_DEPTH} deep here`, { cause: each.span });
		try {
			return evaluateDeeper(each, environment);
		} finally {
			depth--;
		}
	};

	const evaluateDeeper = (each: core.Core, environment: Environment): Expanded => {
		switch (each.kind) {
			case "reference":
				return reference(each, environment);
			case "number":
			case "fraction":
			case "text":
				return each;
			case "application":
				return apply(
					evaluate(each.function, environment),
					each.arguments.map((argument) => evaluate(argument, environment)),
					each.span,
				);
			case "chain":
				return chain(each, environment);
			case "function":
				return { kind: "closure", function: each, environment };
			case "let":
				return evaluate(each.body, withDefinitions(each.definitions, environment));
			case "if":
				return conditional(each, environment);
			case "do": {
				let inner = environment;
				const run: NetFunction[] = [];
				for (const statement of each.statements)
					if (statement.kind === "let") inner = withDefinitions(statement.definitions, inner);
					else run.push(evaluate(statement.expression, inner) as NetFunction);
				return { kind: "NetFunction", steps: run };
			}
			case "list":
				return {
					kind: "list",
					elements: each.elements.map((element) => evaluate(element, environment)),
					span: each.span,
				};
			case "tuple":
				return { kind: "tuple", elements: each.elements.map((element) => evaluate(element, environment)) };
			case "range":
				return range(each, environment);
			case "comprehension":
				return comprehension(each, environment);
			case "annotation":
				return evaluate(each.expression, environment);
			case "hole":
				return fail(each.span, "this has no value");
		}
	};

	const top: Environment = { values: new Map(), outer: null };
	let main: Expanded | null = null;
	for (const { binding, value } of definitions) {
		try {
			const worth = evaluate(value, top);
			top.values.set(binding, worth);
			if (binding.name === "main") main = worth;
		} catch (failure) {
			if (!(failure instanceof ExpansionFailure)) throw failure;
			depth = 0;
		}
	}
	return main?.kind === "NetFunction" && report.diagnostics.length === 0 ? main : null;
};

const isCallable = (value: Expanded): value is Callable =>
	value.kind === "closure" || value.kind === "builtin" || value.kind === "partial";
