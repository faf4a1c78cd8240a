// SPDX-License-Identifier: BSD-3-Clause
import { type Primitive, primitives } from "@pfq/abi";
import { bloomFunctions } from "./bloom-functions.js";
import { containerFunctions, containerModules } from "./haskell-containers.js";
import { haskellFunctions } from "./haskell-functions.js";
import type { HaskellFunction, Implementation } from "./haskell-values.js";
import { keyNames } from "./steering-keys.js";
import type { Associativity } from "./syntax.js";

/** A name that every program has: a primitive, an operator on primitives, or a function of Haskell's libraries. */
export interface Builtin {
	readonly name: string;
	/** Its type, as a program would write it. */
	readonly type: string;
	readonly modules: readonly string[];
	readonly meaning:
		| { readonly kind: "primitive"; readonly row: Primitive; readonly flipped: boolean }
		| { readonly kind: "composition" }
		| { readonly kind: "truth"; readonly value: boolean }
		| { readonly kind: "function"; readonly arity: number; readonly run: Implementation };
}

export const pfqModules = [
	"Network.PFQ",
	"Network.PFQ.Lang",
	"Network.PFQ.Lang.Default",
	"Network.PFQ.Lang.Experimental",
	"Network.PFQ.Lang.Prelude",
	"Network.PFQ.Types",
] as const;

const primitive = (name: string, row: Primitive, flipped = false): Builtin => {
	const parameters = row.parameters.map(({ type }) => type);
	if (flipped) parameters.reverse();
	return {
		name,
		type: [...parameters, row.result].join(" -> "),
		modules: pfqModules,
		meaning: { kind: "primitive", row, flipped },
	};
};

const rowOf = (symbol: string): Primitive => primitives.find((row) => row.symbol === symbol) as Primitive;

/** Operators by the primitive that they are; the constant of those that end in a dot is on the left. */
const operators: readonly (readonly [operator: string, symbol: string, flipped?: boolean])[] = [
	[".&&.", "and"],
	[".||.", "or"],
	[".^^.", "xor"],
	[".<", "less"],
	[".<=", "less_eq"],
	[".>", "greater"],
	[".>=", "greater_eq"],
	[".==", "equal"],
	["./=", "not_equal"],
	["<.", "greater", true],
	["<=.", "greater_eq", true],
	[">.", "less", true],
	[">=.", "less_eq", true],
	["==.", "equal", true],
	["/=.", "not_equal", true],
];

const truth = (name: string, value: boolean): Builtin => ({
	name,
	type: "Bool",
	modules: ["Prelude"],
	meaning: { kind: "truth", value },
});

const pfqNames: readonly Builtin[] = [
	...primitives.map((row) => primitive(row.symbol, row)),
	...operators.map(([operator, symbol, flipped]) => primitive(operator, rowOf(symbol), flipped)),
	{
		name: ">->",
		type: "NetFunction -> NetFunction -> NetFunction",
		modules: pfqModules,
		meaning: { kind: "composition" },
	},
];

const libraryName = ({ name, type, modules, arity, run }: HaskellFunction): Builtin => ({
	name,
	type,
	modules,
	meaning: { kind: "function", arity, run },
});

const libraryNames: readonly Builtin[] = [
	truth("True", true),
	truth("False", false),
	truth("otherwise", true),
	...[...haskellFunctions, ...bloomFunctions, ...keyNames].map(libraryName),
];

const containerNames: readonly Builtin[] = containerFunctions.map(libraryName);

/** The built-in names of each module. */
export const builtinModules: ReadonlyMap<string, ReadonlyMap<string, Builtin>> = (() => {
	const modules = new Map<string, Map<string, Builtin>>();
	const empty = ["Data.Int", "Data.Word", "Data.Char", "Data.Maybe", "Data.String", "Data.Monoid"];
	for (const name of empty) modules.set(name, new Map());
	for (const builtin of [...pfqNames, ...libraryNames, ...containerNames])
		for (const name of builtin.modules) {
			const names = modules.get(name) ?? new Map<string, Builtin>();
			modules.set(name, names.set(builtin.name, builtin));
		}
	return modules;
})();

/** Modules whose names a program has only where it imports them. */
export const importedModules: ReadonlySet<string> = new Set(containerModules);

/** The names that a program has without qualifying them; those of pfq-lang come before Haskell's. */
export const builtinNames: ReadonlyMap<string, Builtin> = new Map(
	[...libraryNames, ...pfqNames].map((builtin) => [builtin.name, builtin]),
);

/** Types that may stand in an import list or a signature. */
export const typeNames: ReadonlySet<string> = new Set([
	...["Int", "Int8", "Int16", "Int32", "Int64", "Word", "Word8", "Word16", "Word32", "Word64", "Integer", "Double"],
	...["String", "Bool", "IPv4", "IPv6", "CIDR", "MAC", "Map", "Set"],
	...["NetFunction", "NetPredicate", "NetProperty", "Qbuff", "Action", "Function"],
]);

export interface OperatorFixity {
	readonly associativity: Associativity;
	readonly precedence: number;
}

const fixities = (
	associativity: Associativity,
	precedence: number,
	names: string,
): readonly (readonly [string, OperatorFixity])[] =>
	names.split(" ").map((name) => [name, { associativity, precedence }]);

export const builtinFixities: ReadonlyMap<string, OperatorFixity> = new Map([
	...fixities("right", 9, "."),
	...fixities("left", 9, "!!"),
	...fixities("right", 8, "^"),
	...fixities("left", 8, "shiftL shiftR"),
	...fixities("left", 9, "!"),
	...fixities("none", 5, "\\\\"),
	...fixities("none", 8, ".< .<= .> .>= .== ./= <. <=. >. >=. ==. /=. any_bit all_bit"),
	...fixities("right", 8, "**"),
	...fixities("left", 7, "* / div mod quot rem .&. .&&."),
	...fixities("left", 6, "+ - .^^."),
	...fixities("right", 6, "<>"),
	...fixities("left", 5, ".|. .||."),
	...fixities("right", 5, "++ :"),
	...fixities("none", 4, "== /= < <= > >= elem notElem"),
	...fixities("right", 3, "&&"),
	...fixities("right", 2, "||"),
	...fixities("left", 1, ">->"),
	...fixities("right", 0, "$"),
]);
