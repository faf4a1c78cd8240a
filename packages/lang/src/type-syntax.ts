// SPDX-License-Identifier: BSD-3-Clause
import { typeNames } from "./builtin.js";
import { report as newReport, type Report } from "./diagnostic.js";
import { tokensOf } from "./lexer.js";
import { parseType } from "./parser.js";
import type { Source } from "./source.js";
import { nearestName } from "./suggestion.js";
import type { TypeSyntax } from "./syntax.js";
import { type Constraint, functionOf, GENERIC, listOf, named, type Type, variable } from "./type.js";

/** Names that Haskell has for types which pfq-lang calls otherwise. */
const synonyms: Readonly<Record<string, string>> = { Word: "Word64", Integer: "Int64", CInt: "Int" };

/** Types that take others, and how many. */
const containers: Readonly<Record<string, number>> = { Map: 2, Set: 1 };

const constraints: Readonly<Record<string, Constraint>> = {
	Num: "Num",
	Integral: "Integral",
	Real: "Num",
	Fractional: "Fractional",
	Floating: "Fractional",
	RealFrac: "Fractional",
	Bits: "Integral",
	FiniteBits: "Integral",
	Semigroup: "Semigroup",
	Monoid: "Semigroup",
	Text: "Text",
	IsString: "Text",
};

/** The classes that a context asks of each variable, as far as they matter here. */
const contextOf = (type: TypeSyntax): Map<string, Constraint> => {
	const found = new Map<string, Constraint>();
	for (const each of type.kind === "qualified" ? type.context : []) {
		if (each.kind !== "named") continue;
		const [subject] = each.arguments;
		const constraint = constraints[each.name.text];
		if (subject?.kind === "variable" && constraint) found.set(subject.name, constraint);
	}
	return found;
};

const packetFunctions: ReadonlyMap<string, string> = new Map([
	["Action", "NetFunction"],
	["Bool", "NetPredicate"],
	["Word64", "NetProperty"],
]);

/** Qbuff -> Action Qbuff, and Qbuff -> Bool or Word64, are the types of NetFunctions, NetPredicates and NetProperties. */
const packetFunction = (parameters: readonly Type[], result: Type): Type | null => {
	const last = parameters.at(-1);
	if (last?.kind !== "constructor" || last.name !== "Qbuff" || result.kind !== "constructor") return null;
	const name = packetFunctions.get(result.name);
	return name === undefined ? null : functionOf(parameters.slice(0, -1), named(name));
};

/** The type that a signature or an annotation means; `variableOf` gives the type of each variable in it. */
export const typeOfSyntax = (
	syntax: TypeSyntax,
	variableOf: (name: string, constraint: Constraint | null) => Type,
	report: Report,
): Type => {
	const context = contextOf(syntax);
	const convert = (each: TypeSyntax): Type => {
		switch (each.kind) {
			case "qualified":
				return convert(each.type);
			case "variable":
				return variableOf(each.name, context.get(each.name) ?? null);
			case "list":
				return listOf(convert(each.element));
			case "tuple":
				return named(",", ...each.elements.map(convert));
			case "function": {
				const parameters = each.parameters.map(convert);
				const result = convert(each.result);
				return packetFunction(parameters, result) ?? functionOf(parameters, result);
			}
			case "named": {
				const { text, span } = each.name;
				const [inner] = each.arguments;
				// `Function` and `Action` take a type that says nothing more.
				if (text === "Function" && inner) return convert(inner);
				const parameters = containers[text];
				if (parameters === each.arguments.length) return named(text, ...each.arguments.map(convert));
				if (parameters !== undefined) {
					const wanted = parameters === 1 ? "one type" : `${parameters} types`;
					report.add("type", span, `\`${text}\` takes ${wanted}, but is given ${each.arguments.length}`);
					return variable(0);
				}
				if (typeNames.has(text)) return named(synonyms[text] ?? text);
				const near = nearestName(text, typeNames);
				report.add(
					"name",
					span,
					`there is no type \`${text}\``,
					near === undefined ? {} : { hint: `did you mean \`${near}\`?` },
				);
				return variable(0);
			}
		}
	};
	return convert(syntax);
};

const parsed = new Map<string, Type>();

/** The type of a built-in name, its variables generic. */
export const builtinType = (text: string): Type => {
	const known = parsed.get(text);
	if (known) return known;
	const source: Source = { file: "built in", text };
	const report = newReport();
	const variables = new Map<string, Type>();
	const variableOf = (name: string, constraint: Constraint | null): Type => {
		const found = variables.get(name) ?? variable(GENERIC, constraint);
		variables.set(name, found);
		return found;
	};
	const type = typeOfSyntax(parseType(tokensOf(source, report), source, report), variableOf, report);
	parsed.set(text, type);
	return type;
};
