// SPDX-License-Identifier: BSD-3-Clause
import type { Builtin } from "./builtin.js";
import type { Span } from "./source.js";
import type { TypeSyntax } from "./syntax.js";
import type { Type } from "./type.js";

/** What the renamer makes: names are resolved, operators have their operands, definitions come before their uses. */
export type Core =
	| Reference
	| { readonly kind: "number"; readonly value: bigint; readonly span: Span }
	| { readonly kind: "fraction"; readonly value: number; readonly span: Span }
	| { readonly kind: "text"; readonly value: string; readonly span: Span }
	| { readonly kind: "application"; readonly function: Core; readonly arguments: readonly Core[]; readonly span: Span }
	/** Operators of one precedence in a row: `a + b - c`. One operand more than operators. */
	| Chain
	| Lambda
	| { readonly kind: "let"; readonly definitions: readonly Definition[]; readonly body: Core; readonly span: Span }
	| {
			readonly kind: "if";
			readonly branches: readonly { readonly condition: Core; readonly consequent: Core }[];
			readonly otherwise: Core;
			readonly span: Span;
	  }
	| { readonly kind: "do"; readonly statements: readonly Statement[]; readonly span: Span }
	| { readonly kind: "list"; readonly elements: readonly Core[]; readonly span: Span }
	| {
			readonly kind: "range";
			readonly from: Core;
			readonly second: Core | null;
			readonly to: Core;
			readonly span: Span;
	  }
	| {
			readonly kind: "comprehension";
			readonly element: Core;
			readonly qualifiers: readonly Qualifier[];
			readonly span: Span;
	  }
	| { readonly kind: "tuple"; readonly elements: readonly Core[]; readonly span: Span }
	| { readonly kind: "annotation"; readonly expression: Core; readonly type: TypeSyntax; readonly span: Span }
	/** Where a name could not be resolved: of any type, so that no more errors follow from it. */
	| { readonly kind: "hole"; readonly span: Span };

export interface Reference {
	readonly kind: "reference";
	readonly binding: Binding;
	readonly span: Span;
}

export interface Chain {
	readonly kind: "chain";
	readonly associativity: "left" | "right";
	readonly operands: readonly Core[];
	readonly operators: readonly Core[];
	readonly span: Span;
}

export interface Lambda {
	readonly kind: "function";
	readonly clauses: readonly Clause[];
	readonly span: Span;
}

export interface Clause {
	readonly patterns: readonly Pattern[];
	readonly body: Core;
}

/** A name that stands for something: of the program, or built in. */
export interface Binding {
	readonly name: string;
	/** Where it is defined, or null if it is built in. */
	readonly span: Span | null;
	readonly builtin: Builtin | null;
	/** Found by type inference. */
	type: Type | null;
}

export interface Definition {
	readonly binding: Binding;
	readonly signature: TypeSyntax | null;
	readonly value: Core;
}

export type Statement = { readonly kind: "run"; readonly expression: Core } | Definitions;

export interface Definitions {
	readonly kind: "let";
	readonly definitions: readonly Definition[];
}

export type Qualifier =
	| { readonly kind: "from"; readonly pattern: Pattern; readonly expression: Core }
	| { readonly kind: "if"; readonly expression: Core }
	| Definitions;

export type Pattern =
	| { readonly kind: "variable"; readonly binding: Binding; readonly span: Span }
	| { readonly kind: "any"; readonly span: Span }
	| { readonly kind: "literal"; readonly value: bigint | string; readonly span: Span }
	| { readonly kind: "truth"; readonly value: boolean; readonly span: Span }
	| { readonly kind: "list"; readonly elements: readonly Pattern[]; readonly span: Span }
	| { readonly kind: "tuple"; readonly elements: readonly Pattern[]; readonly span: Span }
	| { readonly kind: "prepend"; readonly head: Pattern; readonly tail: Pattern; readonly span: Span };
