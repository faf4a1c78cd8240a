// SPDX-License-Identifier: BSD-3-Clause
import type { Span } from "./source.js";

/** The tree that the parser makes: the program as written, names unresolved and operators in a row. */
export interface Module {
	/** What the module calls itself, if it does. */
	readonly name: Name | null;
	/** The names that it gives to others, or null where all are meant. */
	readonly exports: readonly Name[] | null;
	readonly imports: readonly Import[];
	readonly declarations: readonly Declaration[];
	/** Names whose definitions could not be read: what uses them is not at fault. */
	readonly broken: ReadonlySet<string>;
}

export interface Name {
	readonly text: string;
	readonly qualifier?: string;
	readonly span: Span;
}

export interface Import {
	readonly module: Name;
	readonly qualified: boolean;
	readonly alias?: string;
	readonly hiding: boolean;
	/** The names in the list, or null where all are meant. */
	readonly names: readonly Name[] | null;
}

export type Declaration = Signature | Clause | Fixity;

export interface Signature {
	readonly kind: "signature";
	readonly names: readonly Name[];
	readonly type: TypeSyntax;
}

/** One equation of a binding; several of one name in a row are one function. */
export interface Clause {
	readonly kind: "clause";
	readonly name: Name;
	readonly patterns: readonly Pattern[];
	readonly body: Expression;
}

export type Associativity = "left" | "right" | "none";

export interface Fixity {
	readonly kind: "fixity";
	readonly associativity: Associativity;
	readonly precedence: number;
	readonly operators: readonly Name[];
}

export type TypeSyntax =
	/** A type under a context, as `Num a => a -> a`: the classes of its variables. */
	| {
			readonly kind: "qualified";
			readonly context: readonly TypeSyntax[];
			readonly type: TypeSyntax;
			readonly span: Span;
	  }
	| { readonly kind: "named"; readonly name: Name; readonly arguments: readonly TypeSyntax[]; readonly span: Span }
	| { readonly kind: "variable"; readonly name: string; readonly span: Span }
	| {
			readonly kind: "function";
			readonly parameters: readonly TypeSyntax[];
			readonly result: TypeSyntax;
			readonly span: Span;
	  }
	| { readonly kind: "list"; readonly element: TypeSyntax; readonly span: Span }
	| { readonly kind: "tuple"; readonly elements: readonly TypeSyntax[]; readonly span: Span };

export type Pattern =
	| { readonly kind: "variable"; readonly name: Name; readonly span: Span }
	| { readonly kind: "any"; readonly span: Span }
	| { readonly kind: "literal"; readonly value: bigint | string; readonly span: Span }
	| { readonly kind: "truth"; readonly value: boolean; readonly span: Span }
	| { readonly kind: "list"; readonly elements: readonly Pattern[]; readonly span: Span }
	| { readonly kind: "tuple"; readonly elements: readonly Pattern[]; readonly span: Span }
	| { readonly kind: "prepend"; readonly head: Pattern; readonly tail: Pattern; readonly span: Span };

export type Expression =
	| { readonly kind: "name"; readonly name: Name; readonly span: Span }
	| { readonly kind: "number"; readonly value: bigint; readonly span: Span }
	| { readonly kind: "fraction"; readonly value: number; readonly span: Span }
	| { readonly kind: "text"; readonly value: string; readonly span: Span }
	| { readonly kind: "negation"; readonly operand: Expression; readonly span: Span }
	| {
			readonly kind: "application";
			readonly function: Expression;
			readonly arguments: readonly Expression[];
			readonly span: Span;
	  }
	/** Operands with operators between them: one more of the former. */
	| {
			readonly kind: "operation";
			readonly operands: readonly Expression[];
			readonly operators: readonly Name[];
			readonly span: Span;
	  }
	| { readonly kind: "sectionLeft"; readonly operand: Expression; readonly operator: Name; readonly span: Span }
	| { readonly kind: "sectionRight"; readonly operator: Name; readonly operand: Expression; readonly span: Span }
	| { readonly kind: "lambda"; readonly patterns: readonly Pattern[]; readonly body: Expression; readonly span: Span }
	| {
			readonly kind: "let";
			readonly declarations: readonly Declaration[];
			readonly body: Expression;
			readonly span: Span;
	  }
	| { readonly kind: "if"; readonly branches: readonly Branch[]; readonly otherwise: Expression; readonly span: Span }
	| { readonly kind: "do"; readonly statements: readonly Statement[]; readonly span: Span }
	| { readonly kind: "list"; readonly elements: readonly Expression[]; readonly span: Span }
	| {
			readonly kind: "range";
			readonly from: Expression;
			readonly second: Expression | null;
			readonly to: Expression;
			readonly span: Span;
	  }
	| {
			readonly kind: "comprehension";
			readonly element: Expression;
			readonly qualifiers: readonly Qualifier[];
			readonly span: Span;
	  }
	| { readonly kind: "tuple"; readonly elements: readonly Expression[]; readonly span: Span }
	| { readonly kind: "annotation"; readonly expression: Expression; readonly type: TypeSyntax; readonly span: Span }
	| { readonly kind: "parentheses"; readonly expression: Expression; readonly span: Span };

export interface Branch {
	readonly condition: Expression;
	readonly consequent: Expression;
}

export type Statement =
	| { readonly kind: "run"; readonly expression: Expression }
	| { readonly kind: "let"; readonly declarations: readonly Declaration[] };

export type Qualifier =
	| { readonly kind: "from"; readonly pattern: Pattern; readonly expression: Expression }
	| { readonly kind: "if"; readonly expression: Expression }
	| { readonly kind: "let"; readonly declarations: readonly Declaration[] };
