// SPDX-License-Identifier: BSD-3-Clause
import type { CompileOptions } from "./compile.js";
import { report as newReport } from "./diagnostic.js";
import { LimitExceeded } from "./limits.js";
import { type LoadedModule, loadModules } from "./modules.js";
import type { Span } from "./source.js";
import { symbolsOf } from "./symbols.js";
import type * as syntax from "./syntax.js";

/** Where a name is defined; what tells it from others that are called the same. */
export interface Definition {
	readonly name: string;
	readonly file: string;
	readonly start: number;
}

/** Where a text has the name of a definition, of its own or of a module: uses, clauses, signatures, imports and exports. */
export const occurrencesOf = (
	text: string,
	{ file = "program", modules }: CompileOptions,
	target: Definition,
): readonly Span[] => {
	const found = new Map<number, Span>();
	/** A name may stand behind the module that qualifies it. */
	const add = ({ source, end }: Span): void => {
		found.set(end, { source, start: end - target.name.length, end });
	};
	for (const { name, span, definition } of symbolsOf(text, { file, ...(modules && { modules }) }))
		if (name === target.name && definition?.start === target.start && definition.source.file === target.file) add(span);
	const own = loaded({ file, text }, modules)?.at(-1);
	if (own) for (const span of writtenNames(own, target)) add(span);
	return [...found.values()].sort((a, b) => a.start - b.start);
};

const loaded = (source: { file: string; text: string }, modules: CompileOptions["modules"]) => {
	try {
		return loadModules(source, newReport(), modules);
	} catch (error) {
		if (error instanceof LimitExceeded || error instanceof RangeError) return null;
		throw error;
	}
};

/** The places of a name that are no expression: the tree of names that the compiler resolves has them not. */
const writtenNames = ({ module, imports, source }: LoadedModule, target: Definition): readonly Span[] => {
	const isIt = ({ text }: syntax.Name): boolean => text === target.name;
	const imported = module.imports.flatMap((each) =>
		imports.get(each)?.source.file === target.file ? (each.names ?? []) : [],
	);
	if (source.file !== target.file) return imported.filter(isIt).map(({ span }) => span);
	const groups = declarationGroups(module).filter((group) =>
		group.some((each) => each.kind === "clause" && isIt(each.name) && each.name.span.start === target.start),
	);
	const atTop = groups.some((group) => group === module.declarations);
	const names = [...groups.flatMap((group) => group.flatMap(namesIn)), ...(atTop ? (module.exports ?? []) : [])];
	return names.filter(isIt).map(({ span }) => span);
};

const namesIn = (each: syntax.Declaration): readonly syntax.Name[] => {
	if (each.kind === "clause") return [each.name];
	return each.kind === "signature" ? each.names : each.operators;
};

/** The declarations of the module, and those of each `let` and `where` in it. */
const declarationGroups = (module: syntax.Module): readonly (readonly syntax.Declaration[])[] => {
	const groups: (readonly syntax.Declaration[])[] = [];
	const pending: unknown[] = [module];
	for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
		if (typeof part !== "object" || part === null) continue;
		if ("declarations" in part) groups.push(part.declarations as readonly syntax.Declaration[]);
		for (const [key, inner] of Object.entries(part)) if (key !== "span") pending.push(inner);
	}
	return groups;
};
