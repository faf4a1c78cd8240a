// SPDX-License-Identifier: BSD-3-Clause
import { LimitExceeded } from "./limits.js";
import {
	GENERIC,
	meets,
	resolved,
	type Type,
	type TypeConstructor,
	type TypeVariable,
	together,
	variable,
} from "./type.js";

/** How many parts of types may be looked at in one run. */
const FUEL = 20_000_000;

/** Makes types equal, and gives definitions their general types; counts its work, so that no program keeps it for ever. */
export interface Unifier {
	/** False where the types cannot be the same. */
	unify(left: Type, right: Type): boolean;
	/** A copy of a type with new variables in the place of the generic ones. */
	instantiate(type: Type, level: number): Type;
	/** Makes generic what no enclosing definition speaks of. */
	generalise(type: Type, level: number): void;
}

export const unifier = (): Unifier => {
	let fuel = FUEL;
	const spend = (): void => {
		if (--fuel < 0) throw new LimitExceeded("the types of this program are too large");
	};

	/** Ties a variable to a type; false if the type contains it, or is none that its constraint allows. */
	const bind = (to: TypeVariable, type: Type): boolean => {
		if (type.kind === "variable") {
			const common = to.constraint && type.constraint ? together(to.constraint, type.constraint) : null;
			if (common !== null && typeof common !== "string") {
				to.bound = common;
				type.bound = common;
				return true;
			}
			if (common === null && to.constraint && type.constraint) return false;
			type.constraint = common ?? type.constraint ?? to.constraint;
			type.level = Math.min(type.level, to.level);
			to.bound = type;
			return true;
		}
		if (to.constraint && !meets(to.constraint, type)) return false;
		const seen = new Set<Type>();
		const stack: Type[] = [type];
		for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
			const each = resolved(top);
			if (each.kind === "variable") {
				if (each === to) return false;
				each.level = Math.min(each.level, to.level);
			} else if (each.arguments.length > 0 && !seen.has(each)) {
				spend();
				seen.add(each);
				for (const part of each.arguments) stack.push(part);
			}
		}
		to.bound = type;
		return true;
	};

	const same = (a: TypeConstructor, b: TypeConstructor): boolean =>
		a.name === b.name && a.rigid === b.rigid && a.arguments.length === b.arguments.length;

	const unify = (left: Type, right: Type): boolean => {
		const stack: [Type, Type][] = [[left, right]];
		for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
			spend();
			const a = resolved(top[0]);
			const b = resolved(top[1]);
			if (a === b) continue;
			if (a.kind === "variable") {
				if (!bind(a, b)) return false;
			} else if (b.kind === "variable") {
				if (!bind(b, a)) return false;
			} else {
				if (!same(a, b)) return false;
				for (let index = a.arguments.length - 1; index >= 0; index--)
					stack.push([a.arguments[index] as Type, b.arguments[index] as Type]);
			}
		}
		return true;
	};

	const instantiate = (type: Type, level: number): Type => {
		const copies = new Map<Type, Type>();
		let depth = 0;
		const copy = (wanted: Type): Type => {
			const each = resolved(wanted);
			if (each.kind === "constructor" && each.arguments.length === 0) return each;
			const known = copies.get(each);
			if (known) return known;
			spend();
			if (++depth > 1_000) throw new LimitExceeded("the types of this program are too large");
			let made: Type = each;
			if (each.kind === "variable") {
				if (each.level === GENERIC) made = variable(level, each.constraint);
			} else {
				const args = each.arguments.map(copy);
				if (args.some((argument, index) => argument !== each.arguments[index])) made = { ...each, arguments: args };
			}
			depth--;
			copies.set(each, made);
			return made;
		};
		return copy(type);
	};

	const generalise = (type: Type, level: number): void => {
		const seen = new Set<Type>();
		const stack: Type[] = [type];
		for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
			const each = resolved(top);
			if (each.kind === "variable") {
				if (each.level > level) each.level = GENERIC;
			} else if (each.arguments.length > 0 && !seen.has(each)) {
				spend();
				seen.add(each);
				for (const part of each.arguments) stack.push(part);
			}
		}
	};

	return { unify, instantiate, generalise };
};
