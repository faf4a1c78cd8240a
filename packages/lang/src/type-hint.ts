// SPDX-License-Identifier: BSD-3-Clause
import type { Core } from "./core.js";
import { findPrimitive } from "./primitive.js";
import { isFunction, resolved, showType, type Type } from "./type.js";

const nameOf = (type: Type): string => (type.kind === "constructor" ? type.name : "");

/** The name that an expression is, or the name of the function that it calls. */
const subjectOf = (each: Core | undefined): string | undefined => {
	if (each?.kind === "application") return subjectOf(each.function);
	return each?.kind === "reference" ? each.binding.name : undefined;
};

/** What may help where one type is asked for and another was found. */
export const mismatchHint = (expected: Type, found: Type, each?: Core): string | undefined => {
	const actual = resolved(found);
	const wanted = nameOf(resolved(expected));
	const subject = subjectOf(each);
	if (isFunction(actual) && wanted !== "->" && wanted !== "") {
		return `${subject === undefined ? "it" : `\`${subject}\``} lacks an argument of type ${showType(actual.arguments[0])}`;
	}
	switch (`${nameOf(actual)} for ${wanted}`) {
		case "NetPredicate for NetFunction":
			return "`filter` makes a NetFunction of a NetPredicate: it drops unless the predicate holds";
		case "NetFunction for NetPredicate": {
			const row = subject === undefined ? undefined : findPrimitive(subject);
			return row?.form === "filter" && !row.negated
				? `\`${row.symbol}\` is a filter; the predicate is \`${row.of}\``
				: undefined;
		}
		case "NetPredicate for Bool":
		case "Bool for NetPredicate":
			return "predicates are joined by `.&&.`, `.||.` and `not`; a Bool is known when the program is compiled";
		case "NetProperty for NetPredicate":
			return `a property is compared with a number to make a predicate, as in \`${subject ?? "ip_ttl"} .< 64\``;
		default:
			return undefined;
	}
};
