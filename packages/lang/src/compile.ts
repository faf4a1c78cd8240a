// SPDX-License-Identifier: BSD-3-Clause
import type { Computation } from "./computation.js";
import { type Diagnostic, report as newReport, type Report } from "./diagnostic.js";
import { expand } from "./expansion.js";
import { computationOf } from "./graph.js";
import { inferTypes } from "./inference.js";
import { LimitExceeded } from "./limits.js";
import { link } from "./linking.js";
import { loadModules, type ModuleFinder } from "./modules.js";
import { optimise } from "./optimiser.js";
import { bareFilterHint } from "./slips/bare-filter.js";
import type { Source, Span } from "./source.js";
import { showType } from "./type.js";

/** What is said of a program without one; of a module for others it is no fault. */
export const NO_MAIN = "there is no `main`";

export interface CompileOptions {
	/** The name of the source, for diagnostics and for the places of nodes. */
	readonly file?: string;
	/** Whether to run the optimiser, which keeps the program's meaning; it does unless this is false. */
	readonly optimise?: boolean;
	/** Whether equal parts of the program stay apart, each at its place in the source; they do not unless this is true. */
	readonly places?: boolean;
	/** Where modules come from that are not built in; without it there are none. */
	readonly modules?: ModuleFinder;
}

export interface DefinitionType {
	readonly name: string;
	readonly type: string;
}

export type Compilation =
	| {
			readonly ok: true;
			readonly computation: Computation;
			/** The principal type of each definition at the top of the program. */
			readonly types: readonly DefinitionType[];
			readonly diagnostics: readonly Diagnostic[];
	  }
	| {
			readonly ok: false;
			readonly computation?: never;
			readonly types?: never;
			readonly diagnostics: readonly Diagnostic[];
	  };

/**
 * Compiles a program: lexer, layout, parser, renamer, type inference, expansion, optimiser. Never throws: what is wrong with a
 * program is told in the diagnostics, all of one pass together.
 */
export const compile = (text: string, options: CompileOptions = {}): Compilation => {
	const source: Source = { file: options.file ?? "program", text };
	const report = newReport();
	const result = passes(source, options, report);
	// The program's own come first, then those of the modules that it imports, each in the order of the lines.
	const files = [source.file, ...new Set(report.diagnostics.map(({ place }) => place.file))];
	const diagnostics = report.diagnostics.toSorted(
		({ place: a }, { place: b }) =>
			files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
	);
	const [first, ...more] = diagnostics;
	if (first?.kind === "syntax" && first.expected?.startsWith("`=`") && !first.hint && more.length === 0) {
		const hint = bareFilterHint(text, (meant) => compile(meant, options));
		if (hint !== null) return { ok: false, diagnostics: [{ ...first, hint }] };
	}
	return result === null || diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, ...result, diagnostics };
};

const passes = (source: Source, options: CompileOptions, report: Report) => {
	try {
		return run(source, options, report);
	} catch (failure) {
		// A program that is too large, or nested too deep for the stack that is left, is refused as a whole.
		if (!(failure instanceof LimitExceeded || failure instanceof RangeError)) throw failure;
		const message = failure instanceof LimitExceeded ? failure.message : "this program is too large or nested too deep";
		report.add("limit", isSpan(failure.cause) ? failure.cause : { source, start: 0, end: 0 }, message);
		return null;
	}
};

const isSpan = (value: unknown): value is Span => typeof value === "object" && value !== null && "source" in value;

const run = (
	source: Source,
	{ optimise: optimised = true, places = false, modules: finder }: CompileOptions,
	report: Report,
) => {
	const failed = (): boolean => report.diagnostics.length > 0;
	const modules = loadModules(source, report, finder);
	if (report.diagnostics.some(({ kind }) => kind === "limit")) return null;
	const wellFormed = report.diagnostics.every(({ kind }) => kind === "import");
	const linked = link(modules, report);
	if (wellFormed && !linked.own.some(({ binding }) => binding.name === "main"))
		report.add("name", { source, start: 0, end: 0 }, NO_MAIN, {
			hint: "a program defines `main`, the NetFunction that every packet runs through",
		});
	inferTypes(linked, report);
	if (failed()) return null;
	const types = linked.own
		.toSorted((a, b) => (a.binding.span?.start ?? 0) - (b.binding.span?.start ?? 0))
		.map(({ binding }) => ({ name: binding.name, type: binding.type ? showType(binding.type) : "" }));
	const main = expand(linked, report);
	if (main === null) return null;
	const computation = computationOf(main, { places });
	return { computation: optimised ? optimise(computation) : computation, types };
};
