// SPDX-License-Identifier: BSD-3-Clause
import { type Compilation, type CompileOptions, compile, NO_MAIN } from "../compile.js";
import type { Computation } from "../computation.js";
import type { Diagnostic } from "../diagnostic.js";
import type { ModuleFinder } from "../modules.js";
import { type Entry, entryOf } from "./entry.js";

/** What an expression is, worked out as far as its type allows. */
export type Answer =
	| { readonly kind: "bad"; readonly diagnostics: readonly Diagnostic[] }
	| { readonly kind: "done" }
	| { readonly kind: "defined"; readonly types: readonly string[] }
	/** NetFunctions and NetPredicates run on packets: `filter` makes one of the other. */
	| { readonly kind: "function" | "predicate"; readonly computation: Computation; readonly placed: Computation }
	| { readonly kind: "property"; readonly symbol: string }
	| { readonly kind: "value"; readonly text: string }
	| { readonly kind: "other"; readonly type: string };

export interface Session {
	/** Takes an import, definitions, or an expression. */
	enter(text: string): Answer;
	/** The type of an expression; or what is wrong with it. */
	typeOf(expression: string): string | readonly Diagnostic[];
	/** Takes a program, or a module, in the place of the one before. */
	load(file: string, text: string, modules: ModuleFinder): readonly Diagnostic[];
	/** What was typed, in the order in which it was. */
	listing(): string;
	/** Forgets what was typed, and the program. */
	clear(): void;
	/** The names that were defined. */
	names(): readonly string[];
}

/** What the program that was loaded is called, and what is typed: as no file's module would be. */
const LOADED = "Program'";
const ENTERED = "Entry'";
const file = "repl";

interface Program {
	readonly file: string;
	readonly text: string;
	readonly modules: ModuleFinder;
}

export const createSession = (beside: ModuleFinder): Session => {
	let program: Program | null = null;
	let imports: readonly string[] = [];
	let definitions = new Map<string, string>();

	/** The module that an expression stands in, so that `main` in it is what the user calls so. */
	let entered = "";

	const modules: ModuleFinder = {
		find(name) {
			if (name === ENTERED) return { file, text: entered };
			return name === LOADED && program ? program : (program?.modules ?? beside).find(name);
		},
		where: (name) => (program?.modules ?? beside).where?.(name) ?? "",
	};

	/** What was typed before, such that an entry can come after it. */
	const known = (own: readonly string[], others: ReadonlyMap<string, string>, before: readonly string[]): string =>
		[...(program ? [`import ${LOADED}`] : []), ...own, ...others.values(), ...before, ""].join("\n");

	/** The places of errors are those within the entry. */
	const placed = (result: Compilation, before: string, columns: number): Compilation => {
		const shift = { lines: before.split("\n").length - 1, columns };
		return result.ok ? result : { ok: false, diagnostics: result.diagnostics.map((each) => shifted(each, shift)) };
	};

	const compiled = (before: string, entry: string): Compilation =>
		placed(compile(before + entry, { file, modules }), before, 0);

	/** Compiles an expression, and a program that uses it by the name of `it`. */
	const expression = (text: string, main: string, options: CompileOptions = {}): Compilation => {
		const before = known(imports, definitions, ["it ="]);
		entered = before + text.replace(/^/gm, " ");
		const using = `import ${ENTERED}\nit' = it\nmain = ${main}\n`;
		return placed(compile(using, { file: "question", modules, ...options }), before, 1);
	};

	const define = (entry: Entry & { readonly kind: "definitions" }): Answer => {
		const others = new Map([...definitions].filter(([name]) => !entry.parts.has(name)));
		const main = entry.parts.has("main") || others.has("main") ? [] : ["main = unit"];
		const result = compiled(known(imports, others, main), entry.text);
		if (!result.ok) return { kind: "bad", diagnostics: result.diagnostics };
		definitions = new Map([...others, ...entry.parts]);
		const types = result.types
			.filter(({ name }) => entry.parts.has(name))
			.map(({ name, type }) => `${name} :: ${type}`);
		return { kind: "defined", types };
	};

	const include = (text: string): Answer => {
		const others = [...definitions.values(), ...(definitions.has("main") ? [] : ["main = unit"])].join("\n");
		const result = compiled(known(imports, new Map(), []), `${text}\n${others}\n`);
		if (!result.ok) return { kind: "bad", diagnostics: result.diagnostics };
		imports = [...imports, text];
		return { kind: "done" };
	};

	const typeOf = (text: string): string | readonly Diagnostic[] => {
		const result = expression(text, "unit");
		return result.ok ? (result.types.find(({ name }) => name === "it'")?.type ?? "") : result.diagnostics;
	};

	const evaluated = (text: string): Answer => {
		const type = typeOf(text);
		if (typeof type !== "string") return { kind: "bad", diagnostics: type };
		const kind = kinds[type];
		const main = kind?.main ?? (type.includes("->") ? null : "forward (show it)");
		if (main === null) return { kind: "other", type };
		const optimised = expression(text, main);
		const whole = expression(text, main, { optimise: false, places: true });
		if (!optimised.ok) return kind ? { kind: "bad", diagnostics: optimised.diagnostics } : { kind: "other", type };
		const { computation } = optimised;
		if (kind === undefined) return { kind: "value", text: String(computation.nodes[0]?.arguments[0]?.value) };
		if (kind.is === "property") return { kind: "property", symbol: computation.nodes.at(-1)?.symbol ?? "" };
		return { kind: kind.is, computation, placed: whole.ok ? whole.computation : computation };
	};

	return {
		enter(text) {
			const entry = entryOf(text);
			if (entry.kind === "import") return include(entry.text);
			return entry.kind === "definitions" ? define(entry) : evaluated(text);
		},
		typeOf,
		load(path, text, own) {
			const { diagnostics } = compile(text, { file: path, modules: own });
			const bad = diagnostics.filter(({ message }) => message !== NO_MAIN);
			if (bad.length > 0) return bad;
			program = { file: path, text, modules: own };
			imports = [];
			definitions = new Map();
			return [];
		},
		listing: () => [...imports, ...definitions.values()].map((each) => `${each}\n`).join(""),
		clear() {
			program = null;
			imports = [];
			definitions = new Map();
		},
		names: () => {
			const loaded = program ? compile(program.text, program) : null;
			return [...definitions.keys(), ...(loaded?.ok ? loaded.types.map(({ name }) => name) : [])];
		},
	};
};

/** What makes a program of an expression of these types. */
const kinds: Readonly<Record<string, { readonly is: "function" | "predicate" | "property"; readonly main: string }>> = {
	NetFunction: { is: "function", main: "it" },
	NetPredicate: { is: "predicate", main: "filter it" },
	NetProperty: { is: "property", main: "filter (it .> 0)" },
};

const shifted = (
	each: Diagnostic,
	{ lines, columns }: { readonly lines: number; readonly columns: number },
): Diagnostic => {
	const { line, column } = each.place;
	if (each.place.file !== file || line <= lines) return each;
	return {
		...each,
		place: { file, line: line - lines, column: Math.max(column - columns, 1) },
		line: each.line.slice(columns),
		indent: Math.max(each.indent - columns, 0),
	};
};
