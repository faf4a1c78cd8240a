// SPDX-License-Identifier: BSD-3-Clause
import type { Builtin } from "./builtin.js";
import type { Binding, Lambda } from "./core.js";
import type { Span } from "./source.js";
import type { NetFunction, NetPredicate, NetProperty } from "./term.js";

/** What an expression is worth when the program is expanded. */
export type Expanded =
	| NetFunction
	| NetPredicate
	| NetProperty
	| NumberValue
	| { readonly kind: "fraction"; readonly value: number; readonly span: Span }
	| { readonly kind: "text"; readonly value: string; readonly span: Span }
	| { readonly kind: "truth"; readonly value: boolean }
	| ListValue
	| { readonly kind: "tuple"; readonly elements: readonly Expanded[] }
	| Callable;

export interface NumberValue {
	readonly kind: "number";
	readonly value: bigint;
	/** Where it was written, or worked out. */
	readonly span: Span;
}

export interface ListValue {
	readonly kind: "list";
	readonly elements: readonly Expanded[];
	readonly span: Span;
}

export type Callable =
	| { readonly kind: "closure"; readonly function: Lambda; readonly environment: Environment }
	| { readonly kind: "builtin"; readonly builtin: Builtin; readonly span: Span }
	| { readonly kind: "partial"; readonly function: Callable; readonly arguments: readonly Expanded[] };

/** The values of the names in scope, innermost first. */
export interface Environment {
	readonly values: Map<Binding, Expanded>;
	readonly outer: Environment | null;
}

/** What a built-in function may ask of the expansion that runs it. */
export interface Expander {
	/** Where the function is called. */
	readonly span: Span;
	apply(callable: Expanded, args: readonly Expanded[]): Expanded;
	/** Counts so many steps of work; ends the expansion where they are too many. */
	spend(steps: number): void;
	fail(message: string, hint?: string): never;
}
