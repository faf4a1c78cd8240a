// SPDX-License-Identifier: BSD-3-Clause
import { builtinModules } from "./builtin.js";
import type { Report } from "./diagnostic.js";
import { withLayout } from "./layout.js";
import { tokensOf } from "./lexer.js";
import { LimitExceeded } from "./limits.js";
import { parse } from "./parser.js";
import type { Source } from "./source.js";
import { nearestName } from "./suggestion.js";
import type * as syntax from "./syntax.js";

/** A module that a program imports: its text; or why it cannot be had; or null if there is none. */
export type FoundModule = Source | { readonly problem: string } | null;

/** Where the modules come from that are not built in. */
export interface ModuleFinder {
	find(name: string): FoundModule;
	/** Where a module was looked for, for the message that there is none. */
	readonly where?: (name: string) => string;
}

/** A module that was read, and what its imports are of: those that are missing have no entry. */
export interface LoadedModule {
	readonly source: Source;
	readonly module: syntax.Module;
	readonly imports: ReadonlyMap<syntax.Import, LoadedModule>;
	/** Imports that were refused: what uses their names is not at fault. */
	readonly refused: ReadonlySet<syntax.Import>;
}

/** The most modules that a program may import, directly or not; each may import another one. */
const MOST_MODULES = 1_000;

/**
 * Reads a program and all modules that it imports. The modules come in an order in which each is after those that it imports,
 * the program last. Modules that there are not, that cannot be read, or that import each other in a circle, are reported at
 * the import.
 */
export const loadModules = (program: Source, report: Report, finder?: ModuleFinder): readonly LoadedModule[] => {
	const ordered: LoadedModule[] = [];
	const loaded = new Map<string, LoadedModule>();
	/** The modules that are being read: each imports the one after it. */
	const path: { readonly name: string; readonly file: string }[] = [];

	const problem = (span: syntax.Name["span"], message: string, hint?: string): null => {
		report.add("import", span, message, hint === undefined ? {} : { hint });
		return null;
	};

	const resolve = ({ text, span }: syntax.Name): LoadedModule | null => {
		const found = finder?.find(text) ?? null;
		if (found === null) {
			const near = nearestName(text, builtinModules.keys());
			const where = finder?.where?.(text);
			const hint = near === undefined ? where : `did you mean \`${near}\`?`;
			return problem(span, `there is no module \`${text}\``, hint);
		}
		if ("problem" in found) return problem(span, `the module \`${text}\` cannot be read: ${found.problem}`);
		const known = loaded.get(found.file);
		if (known) return known;
		const first = path.findIndex(({ file }) => file === found.file);
		if (first < 0) return load(text, found);
		const circle = [...path.slice(first).map(({ name }) => name), path[first]?.name ?? text].map(
			(each) => `\`${each}\``,
		);
		if (circle.length === 2) return problem(span, `the module ${circle[0]} imports itself`);
		const way = circle.length > 12 ? [...circle.slice(0, 8), "…", ...circle.slice(-3)] : circle;
		return problem(span, `these modules import each other in a circle: ${way.join(" → ")}`);
	};

	const load = (name: string, source: Source): LoadedModule => {
		if (loaded.size + path.length >= MOST_MODULES)
			throw new LimitExceeded(`the program imports more than ${MOST_MODULES} modules`);
		const tokens = withLayout(tokensOf(source, report), source, report);
		// Tokens end where a limit was met; there is nothing to be made of such a module.
		const isWhole = report.diagnostics.every(({ kind }) => kind !== "limit");
		const module = parse(isWhole ? tokens : [], source, report);
		path.push({ name: module.name?.text ?? name, file: source.file });
		const imports = new Map<syntax.Import, LoadedModule>();
		const refused = new Set<syntax.Import>();
		for (const each of module.imports) {
			if (builtinModules.has(each.module.text)) continue;
			const imported = resolve(each.module);
			if (imported) imports.set(each, imported);
			else refused.add(each);
		}
		path.pop();
		const made: LoadedModule = { source, module, imports, refused };
		loaded.set(source.file, made);
		ordered.push(made);
		return made;
	};

	load("Main", program);
	return ordered;
};
