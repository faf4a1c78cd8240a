// SPDX-License-Identifier: BSD-3-Clause
import { type Builtin, builtinFixities, builtinNames, type OperatorFixity, typeNames } from "./builtin.js";
import type * as core from "./core.js";
import { cycleThrough, dependencyOrder } from "./dependency.js";
import type { Report } from "./diagnostic.js";
import { builtinBinding, type Exports, type Imports } from "./imports.js";
import { LimitExceeded, MAX_NESTING } from "./limits.js";
import { type Operator, withFixities } from "./operators.js";
import { addressAround } from "./slips/address.js";
import { netTypeOf } from "./slips/meaning.js";
import { parameterType, wordHint } from "./slips/word.js";
import { placeOf, type Span } from "./source.js";
import { nearestName } from "./suggestion.js";
import type * as syntax from "./syntax.js";

/** A program whose names are resolved; its definitions are in an order in which each comes after those it uses. */
export interface Renamed {
	readonly definitions: readonly core.Definition[];
	readonly exports: Exports;
}

/** Names that stand for something in a part of the program. */
interface Scope {
	readonly names: Map<string, core.Binding>;
	readonly fixities: ReadonlyMap<string, OperatorFixity>;
	readonly outer: Scope | null;
	readonly depth: number;
}

/** Definitions that may use each other, and what the one at hand uses. */
interface Group {
	readonly uses: Map<core.Binding, Set<core.Binding>>;
	current: core.Binding | null;
}

/** How deep the tree that the renamer makes may be; the passes that come after walk it by recursion. */
const MAX_DEPTH = 1_500;

/** How many names of a program are looked at to find the one that was meant. */
const MOST_CANDIDATES = 2_000;

const usualFixity: OperatorFixity = { associativity: "left", precedence: 9 };

/** Resolves the names of a module, with what its imports bring. */
export const rename = (module: syntax.Module, imports: Imports, report: Report): Renamed => {
	const groups = new Map<core.Binding, Group>();
	let depth = 0;

	const bindingOf = (name: string, span: Span): core.Binding => ({ name, span, builtin: null, type: null });

	function* namesInScope(scope: Scope): Generator<string> {
		yield* builtinNames.keys();
		let left = MOST_CANDIDATES;
		for (let each: Scope | null = scope; each !== null; each = each.outer)
			for (const name of each.names.keys()) if (left-- > 0) yield name;
	}

	const unknown = (name: syntax.Name, known: Iterable<string>, message: string): void => {
		if (report.isFull()) return;
		const near = nearestName(name.text, known);
		report.add("name", name.span, message, near === undefined ? {} : { hint: `did you mean \`${near}\`?` });
	};

	/** A name that nothing has; `near` is the type that is asked of it or, for an operator, that of what is on its left. */
	const unbound = (name: syntax.Name, scope: Scope, near?: string): void => {
		const { text, span } = name;
		const message = `nothing is called \`${text}\``;
		const address = addressAround(span.source.text, span.start);
		const hint = near === "String" ? `the name of a device is in double quotes: "${text}"` : wordHint(text, near);
		if (address) {
			const { start } = address;
			report.add("lexical", { ...span, start, end: start + address.text.length }, address.message);
		} else if (hint !== undefined) report.add("name", span, message, { hint });
		else unknown(name, namesInScope(scope), message);
	};

	const resolve = (name: syntax.Name, scope: Scope, near?: string): core.Core => {
		const { text, qualifier, span } = name;
		if (qualifier !== undefined) {
			const names = imports.qualified.get(qualifier)?.names;
			const binding = names?.get(text);
			if (binding) return { kind: "reference", binding, span };
			if (imports.mayExist(text, qualifier)) return { kind: "hole", span };
			if (names) unknown(name, names.keys(), `\`${qualifier}\` has no \`${text}\``);
			else unknown({ ...name, text: qualifier }, imports.qualified.keys(), `no module is imported as \`${qualifier}\``);
			return { kind: "hole", span };
		}
		for (let each: Scope | null = scope; each !== null; each = each.outer) {
			const binding = each.names.get(text);
			if (binding === undefined) continue;
			if (each.outer === null) reportAmbiguous(name);
			const group = groups.get(binding);
			if (group?.current) group.uses.get(group.current)?.add(binding);
			return { kind: "reference", binding, span };
		}
		const builtin = imports.builtin(text);
		if (builtin) return { kind: "reference", binding: builtin, span };
		if (module.broken.has(text) || imports.mayExist(text)) return { kind: "hole", span };
		if (text === "_") report.add("name", span, "`_` stands for nothing here; it is a pattern");
		else unbound(name, scope, near);
		return { kind: "hole", span };
	};

	const reportAmbiguous = ({ text, span }: syntax.Name): void => {
		const modules = imports.ambiguous.get(text);
		if (modules === undefined) return;
		const [first = "", second = ""] = modules;
		report.add("name", span, `\`${text}\` may be that of \`${first}\` or that of \`${second}\``, {
			hint: "hide it in one of the imports, or import one of the modules qualified",
		});
	};

	const fixityOf = ({ text, qualifier }: syntax.Name, scope: Scope): OperatorFixity => {
		if (qualifier !== undefined) {
			const found = imports.qualified.get(qualifier)?.fixities.get(text);
			if (found) return found;
		}
		for (let each: Scope | null = scope; each !== null; each = each.outer) {
			const found = each.fixities.get(text);
			if (found) return found;
			if (each.names.has(text)) return usualFixity;
		}
		return builtinFixities.get(text) ?? usualFixity;
	};

	const within = (outer: Scope, fixities: ReadonlyMap<string, OperatorFixity> = new Map()): Scope => {
		if (outer.depth >= MAX_NESTING) throw new LimitExceeded(`definitions are nested more than ${MAX_NESTING} deep`);
		return { names: new Map(), fixities, outer, depth: outer.depth + 1 };
	};

	const pattern = (each: syntax.Pattern, scope: Scope): core.Pattern => {
		switch (each.kind) {
			case "variable": {
				const { text, span } = each.name;
				const before = scope.names.get(text);
				if (before) report.add("name", span, `\`${text}\` is in these patterns twice`);
				const binding = bindingOf(text, span);
				scope.names.set(text, binding);
				return { kind: "variable", binding, span };
			}
			case "list":
			case "tuple":
				return { ...each, elements: each.elements.map((element) => pattern(element, scope)) };
			case "prepend":
				return { ...each, head: pattern(each.head, scope), tail: pattern(each.tail, scope) };
			default:
				return each;
		}
	};

	const clause = (patterns: readonly syntax.Pattern[], body: syntax.Expression, scope: Scope): core.Clause => {
		const inner = within(scope);
		const own = patterns.map((each) => pattern(each, inner));
		return { patterns: own, body: expression(body, inner) };
	};

	/** The clauses of each name, in the order in which the names are first defined. */
	const equations = (declarations: readonly syntax.Declaration[]): Map<string, syntax.Clause[]> => {
		const found = new Map<string, syntax.Clause[]>();
		let last: string | null = null;
		for (const each of declarations) {
			if (each.kind !== "clause") {
				last = null;
				continue;
			}
			const { name, patterns } = each;
			const before = found.get(name.text);
			const first = before?.[0];
			if (before === undefined || first === undefined) found.set(name.text, [each]);
			else if (last !== name.text || patterns.length === 0 || first.patterns.length === 0)
				report.add("name", name.span, `\`${name.text}\` is defined twice`, {
					hint: `it was first defined at line ${placeOf(first.name.span).line}`,
				});
			else {
				if (patterns.length !== first.patterns.length)
					report.add("name", name.span, `the equations of \`${name.text}\` have different numbers of arguments`);
				else before.push(each);
			}
			last = name.text;
		}
		return found;
	};

	const fixitiesOf = (declarations: readonly syntax.Declaration[]): Map<string, OperatorFixity> => {
		const found = new Map<string, OperatorFixity>();
		for (const each of declarations)
			if (each.kind === "fixity") for (const { text } of each.operators) found.set(text, each);
		return found;
	};

	const signaturesOf = (
		declarations: readonly syntax.Declaration[],
		defined: ReadonlyMap<string, unknown>,
	): Map<string, syntax.TypeSyntax> => {
		const found = new Map<string, syntax.TypeSyntax>();
		for (const each of declarations) {
			if (each.kind !== "signature") continue;
			for (const name of each.names) {
				if (!defined.has(name.text)) unknown(name, defined.keys(), `\`${name.text}\` has a type, but no definition`);
				else if (found.has(name.text)) report.add("name", name.span, `\`${name.text}\` has two type signatures`);
				else found.set(name.text, each.type);
			}
		}
		return found;
	};

	/** Renames definitions that may use each other, and puts them in the order of their uses. */
	const definitions = (
		declarations: readonly syntax.Declaration[],
		outer: Scope,
	): { scope: Scope; ordered: core.Definition[] } => {
		const clauses = equations(declarations);
		const signatures = signaturesOf(declarations, clauses);
		const scope = within(outer, fixitiesOf(declarations));
		const group: Group = { uses: new Map(), current: null };
		const bound = [...clauses].map(([text, own]) => {
			const binding = bindingOf(text, (own[0] as syntax.Clause).name.span);
			scope.names.set(text, binding);
			groups.set(binding, group);
			group.uses.set(binding, new Set());
			return { binding, own };
		});
		const made = new Map<core.Binding, core.Definition>();
		for (const { binding, own } of bound) {
			const [first] = own as [syntax.Clause];
			group.current = binding;
			const value: core.Core =
				first.patterns.length === 0
					? expression(first.body, scope)
					: {
							kind: "function",
							clauses: own.map(({ patterns, body }) => clause(patterns, body, scope)),
							span: first.name.span,
						};
			made.set(binding, { binding, signature: signatures.get(binding.name) ?? null, value });
		}
		group.current = null;
		const needs = (binding: core.Binding): Iterable<core.Binding> => group.uses.get(binding) ?? [];
		const ordered: core.Definition[] = [];
		for (const members of dependencyOrder([...made.keys()], needs)) {
			const [first] = members as [core.Binding];
			const recursive = members.length > 1 || group.uses.get(first)?.has(first);
			if (recursive) recursion(members, needs);
			for (const each of members) {
				const definition = made.get(each) as core.Definition;
				ordered.push(recursive ? { ...definition, value: { kind: "hole", span: definition.value.span } } : definition);
			}
		}
		return { scope, ordered };
	};

	const recursion = (
		members: readonly core.Binding[],
		needs: (binding: core.Binding) => Iterable<core.Binding>,
	): void => {
		const first = members.reduce((a, b) => ((a.span?.start ?? 0) <= (b.span?.start ?? 0) ? a : b));
		const cycle = cycleThrough(first, members, needs);
		const names = [...cycle, first].map(({ name }) => `\`${name}\``);
		const way = names.length > 12 ? [...names.slice(0, 8), "…", ...names.slice(-3)] : names;
		report.add("recursion", first.span as Span, `\`${first.name}\` is defined by itself: ${way.join(" → ")}`, {
			hint: "a packet runs through a program once: there is no recursion in pfq-lang",
		});
	};

	const expression = (each: syntax.Expression, scope: Scope): core.Core => {
		if (++depth > MAX_DEPTH) throw new LimitExceeded("this program is nested too deep", { cause: each.span });
		try {
			return renameExpression(each, scope);
		} finally {
			depth--;
		}
	};

	const all = (parts: readonly syntax.Expression[], scope: Scope): core.Core[] =>
		parts.map((each) => expression(each, scope));

	const renameExpression = (each: syntax.Expression, scope: Scope): core.Core => {
		const { span } = each;
		switch (each.kind) {
			case "name":
				return resolve(each.name, scope);
			case "number":
			case "fraction":
			case "text":
				return each;
			case "negation":
				if (each.operand.kind === "number") return { kind: "number", value: -each.operand.value, span };
				return {
					kind: "application",
					function: { kind: "reference", binding: builtinBinding(builtinNames.get("negate") as Builtin), span },
					arguments: [expression(each.operand, scope)],
					span,
				};
			case "application":
				return {
					kind: "application",
					function: expression(each.function, scope),
					arguments: each.arguments.map((argument, index) => {
						const head = each.function.kind === "name" ? each.function.name.text : "";
						if (argument.kind !== "name") return expression(argument, scope);
						return resolve(argument.name, scope, parameterType(head, index));
					}),
					span,
				};
			case "operation": {
				const operands = all(each.operands, scope);
				const operators = each.operators.map(
					(name, index): Operator => ({
						name,
						fixity: fixityOf(name, scope),
						reference: resolve(name, scope, netTypeOf(operands[index])),
					}),
				);
				if (operators.some(({ reference }) => reference.kind === "hole")) return { kind: "hole", span };
				const levels = new Set(operators.map(({ fixity }) => fixity.precedence)).size;
				if (depth + levels > MAX_DEPTH) throw new LimitExceeded("this program is nested too deep", { cause: span });
				return withFixities(operands, operators, ({ span: at }, message) => report.add("syntax", at, message));
			}
			case "sectionLeft":
				return {
					kind: "application",
					function: resolve(each.operator, scope),
					arguments: [expression(each.operand, scope)],
					span,
				};
			case "sectionRight": {
				const binding = bindingOf("left", span);
				const operator = resolve(each.operator, scope);
				if (operator.kind === "hole") return operator;
				const call: core.Core = {
					kind: "application",
					function: operator,
					arguments: [{ kind: "reference", binding, span }, expression(each.operand, scope)],
					span,
				};
				return { kind: "function", clauses: [{ patterns: [{ kind: "variable", binding, span }], body: call }], span };
			}
			case "lambda":
				return { kind: "function", clauses: [clause(each.patterns, each.body, scope)], span };
			case "let": {
				const { scope: inner, ordered } = definitions(each.declarations, scope);
				return { kind: "let", definitions: ordered, body: expression(each.body, inner), span };
			}
			case "if":
				return {
					kind: "if",
					branches: each.branches.map(({ condition, consequent }) => ({
						condition: expression(condition, scope),
						consequent: expression(consequent, scope),
					})),
					otherwise: expression(each.otherwise, scope),
					span,
				};
			case "do": {
				let inner = scope;
				const statements = each.statements.map((statement): core.Statement => {
					if (statement.kind === "run") return { kind: "run", expression: expression(statement.expression, inner) };
					const found = definitions(statement.declarations, inner);
					inner = found.scope;
					return { kind: "let", definitions: found.ordered };
				});
				if (each.statements.at(-1)?.kind === "let")
					report.add("syntax", span, "the last line of a `do` is a NetFunction, not a `let`");
				return { kind: "do", statements, span };
			}
			case "list":
			case "tuple":
				return { kind: each.kind, elements: all(each.elements, scope), span };
			case "range":
				return {
					kind: "range",
					from: expression(each.from, scope),
					second: each.second && expression(each.second, scope),
					to: expression(each.to, scope),
					span,
				};
			case "comprehension": {
				let inner = scope;
				const qualifiersOf = each.qualifiers.map((qualifier): core.Qualifier => {
					if (qualifier.kind === "if") return { kind: "if", expression: expression(qualifier.expression, inner) };
					if (qualifier.kind === "let") {
						const found = definitions(qualifier.declarations, inner);
						inner = found.scope;
						return { kind: "let", definitions: found.ordered };
					}
					const from = expression(qualifier.expression, inner);
					inner = within(inner);
					return { kind: "from", pattern: pattern(qualifier.pattern, inner), expression: from };
				});
				return { kind: "comprehension", element: expression(each.element, inner), qualifiers: qualifiersOf, span };
			}
			case "annotation":
				return { kind: "annotation", expression: expression(each.expression, scope), type: each.type, span };
			case "parentheses":
				return expression(each.expression, scope);
		}
	};

	/** What the module gives to others: what its list says; without one, what it defines. */
	const exportsOf = ({ names, fixities }: Scope): Exports => {
		if (module.exports === null) return { names, fixities, broken: module.broken };
		const given = new Map<string, core.Binding>();
		const known = new Map<string, OperatorFixity>([...imports.fixities, ...fixities]);
		for (const each of module.exports) {
			const { text } = each;
			const binding = names.get(text) ?? imports.names.get(text);
			const again = text === module.name?.text ? { names } : imports.qualified.get(text);
			if (binding) given.set(text, binding);
			else if (again) for (const [name, one] of again.names) given.set(name, one);
			else if (!typeNames.has(text) && !imports.builtin(text) && !module.broken.has(text) && !imports.mayExist(text))
				unknown(each, names.keys(), `\`${text}\` is given to other modules, but not defined`);
		}
		return { names: given, fixities: known, broken: module.broken };
	};

	const top: Scope = { names: imports.names, fixities: imports.fixities, outer: null, depth: 0 };
	const { scope, ordered } = definitions(module.declarations, top);
	return { definitions: ordered, exports: exportsOf(scope) };
};
