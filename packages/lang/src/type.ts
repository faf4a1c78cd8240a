// SPDX-License-Identifier: BSD-3-Clause
import { integerRange } from "./value.js";

/** The types of programs while they are inferred. */
export type Type = TypeVariable | TypeConstructor;

export interface TypeVariable {
	readonly kind: "variable";
	/** What it was found to be. */
	bound: Type | null;
	/** How many definitions enclose it; GENERIC once it stands for any type. */
	level: number;
	constraint: Constraint | null;
}

export interface TypeConstructor {
	readonly kind: "constructor";
	readonly name: string;
	readonly arguments: readonly Type[];
	/** Set for a type variable of a signature, which is a type of its own while its definition is checked. */
	readonly rigid?: { readonly constraint: Constraint | null };
}

/** What a literal, or a function of Haskell's libraries, asks of a type. */
export type Constraint = "Num" | "Integral" | "Fractional" | "Text" | "Semigroup";

export const GENERIC = Number.POSITIVE_INFINITY;

export const variable = (level: number, constraint: Constraint | null = null): TypeVariable => ({
	kind: "variable",
	bound: null,
	level,
	constraint,
});

const plain = new Map<string, TypeConstructor>();

export const named = (name: string, ...args: readonly Type[]): TypeConstructor => {
	if (args.length > 0) return { kind: "constructor", name, arguments: args };
	const known = plain.get(name) ?? { kind: "constructor", name, arguments: [] };
	plain.set(name, known);
	return known;
};

export const listOf = (element: Type): TypeConstructor => named("[]", element);

export const functionOf = (parameters: readonly Type[], result: Type): Type =>
	parameters.reduceRight<Type>((to, from) => named("->", from, to), result);

/** A type without the variables that were found to be something. */
export const resolved = (type: Type): Type => {
	let found = type;
	while (found.kind === "variable" && found.bound !== null) found = found.bound;
	// Shorten the way for whoever asks next.
	let each = type;
	while (each.kind === "variable" && each.bound !== null && each.bound !== found) {
		const next = each.bound;
		each.bound = found;
		each = next;
	}
	return found;
};

export const isFunction = (type: Type): type is TypeConstructor & { readonly arguments: readonly [Type, Type] } =>
	type.kind === "constructor" && type.name === "->";

const textTypes: ReadonlySet<string> = new Set(["String", "IPv4", "IPv6", "CIDR", "MAC"]);

const isInteger = (name: string): boolean => integerRange(name) !== undefined;

/** The types of each class. */
const members: Readonly<Record<Constraint, (name: string) => boolean>> = {
	Num: (name) => isInteger(name) || name === "Double",
	Integral: isInteger,
	Fractional: (name) => name === "Double",
	Text: (name) => textTypes.has(name),
	Semigroup: (name) => name === "[]" || name === "String",
};

/** Whether a type is of a class. */
export const meets = (constraint: Constraint, type: TypeConstructor): boolean => {
	if (!type.rigid) return members[constraint](type.name);
	return type.rigid.constraint !== null && together(constraint, type.rigid.constraint) === type.rigid.constraint;
};

const pairs: ReadonlyMap<string, Constraint | TypeConstructor> = new Map<string, Constraint | TypeConstructor>([
	["Num Integral", "Integral"],
	["Num Fractional", "Fractional"],
	["Semigroup Text", named("String")],
]);

/** What is of both classes: a class, the only type of both, or null where there is none. */
export const together = (a: Constraint, b: Constraint): Constraint | TypeConstructor | null =>
	a === b ? a : (pairs.get(`${a} ${b}`) ?? pairs.get(`${b} ${a}`) ?? null);

const LONGEST_TYPE = 400;

/** A type as text: names `a`, `b`, … for variables, with their constraints in front. */
export const showType = (type: Type): string => showTypes([type])[0] as string;

/** Several types as text, in which the same variable has the same name. */
export const showTypes = (types: readonly Type[]): string[] => {
	const names = new Map<Type, string>();
	let length = 0;
	const nameOf = (type: TypeVariable): string => {
		const known = names.get(type);
		if (known !== undefined) return known;
		const index = names.size;
		const name = `${String.fromCharCode(97 + (index % 26))}${index < 26 ? "" : Math.floor(index / 26)}`;
		names.set(type, name);
		return name;
	};
	const show = (wanted: Type, tight: boolean, constrained: Set<string>): string => {
		if (length > LONGEST_TYPE) return "…";
		const type = resolved(wanted);
		if (type.kind === "variable") {
			const name = nameOf(type);
			if (type.constraint) constrained.add(`${type.constraint} ${name}`);
			length += name.length;
			return name;
		}
		const [first, second] = type.arguments;
		length += type.name.length;
		if (type.name === "->" && first && second) {
			const parts: string[] = [];
			let rest: Type = type;
			while (isFunction(rest) && length <= LONGEST_TYPE) {
				parts.push(show(rest.arguments[0] as Type, true, constrained));
				rest = resolved(rest.arguments[1] as Type);
			}
			parts.push(show(rest, false, constrained));
			const text = parts.join(" -> ");
			return tight ? `(${text})` : text;
		}
		const args = (inner: boolean): string[] => type.arguments.map((each) => show(each, inner, constrained));
		if (type.name === "[]") return `[${args(false).join("")}]`;
		if (type.name === ",") return `(${args(false).join(", ")})`;
		if (type.arguments.length === 0) return type.name;
		const text = [type.name, ...args(true)].join(" ");
		return tight ? `(${text})` : text;
	};
	return types.map((type) => {
		length = 0;
		const constrained = new Set<string>();
		const text = show(type, false, constrained);
		const context = [...constrained];
		if (context.length === 0) return text;
		return `${context.length === 1 ? context[0] : `(${context.join(", ")})`} => ${text}`;
	});
};
