// SPDX-License-Identifier: BSD-3-Clause
import type { CompileOptions } from "./compile.js";
import type * as core from "./core.js";
import { report as newReport } from "./diagnostic.js";
import { type Documentation, documentationOf } from "./documentation.js";
import { inferTypes } from "./inference.js";
import { LimitExceeded } from "./limits.js";
import { type Linked, link } from "./linking.js";
import { loadModules } from "./modules.js";
import { lineOf, type Source, type Span } from "./source.js";
import { showType } from "./type.js";

/** A name in a program: where it stands, and what it stands for. */
export interface ProgramSymbol {
	readonly name: string;
	readonly span: Span;
	/** As it would be written; null where it could not be found. */
	readonly type: string | null;
	/** Where it is defined; null if it is built in. */
	readonly definition: Span | null;
	/** What a built-in name means. */
	readonly documentation: Documentation | null;
	/** The comment above a definition. */
	readonly comment: string;
}

/** The names of a program in the order of their places; of one that does not compile, those that can be told. */
export const symbolsOf = (
	text: string,
	{ file = "program", modules }: CompileOptions = {},
): readonly ProgramSymbol[] => {
	const source: Source = { file, text };
	const linked = linkedOf(source, modules);
	const names: { readonly binding: core.Binding; readonly span: Span }[] = [];
	const seen = new Set<unknown>();
	const pending: unknown[] = [...(linked?.own ?? [])];
	for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
		if (typeof part !== "object" || part === null || seen.has(part)) continue;
		seen.add(part);
		const { binding, span } = part as { readonly binding?: core.Binding; readonly span?: Span };
		const at = span ?? binding?.span;
		if (binding !== undefined && at != null && at.source.file === file) names.push({ binding, span: at });
		// without a list of the entries: there are many parts
		for (const key in part)
			if (key !== "binding" && key !== "span" && key !== "signature") {
				const inner = part[key as keyof typeof part] as unknown;
				if (typeof inner === "object") pending.push(inner);
			}
	}
	return names.map(symbolOf).sort((a, b) => a.span.start - b.span.start);
};

const linkedOf = (source: Source, modules: CompileOptions["modules"]): Linked | null => {
	const report = newReport();
	try {
		const linked = link(loadModules(source, report, modules), report);
		inferTypes(linked, report);
		return linked;
	} catch (error) {
		if (error instanceof LimitExceeded || error instanceof RangeError) return null;
		throw error;
	}
};

/** What is to be known of a name is found when it is asked for: an editor asks for few of all. */
const symbolOf = ({ binding, span }: { readonly binding: core.Binding; readonly span: Span }): ProgramSymbol => {
	const { name, builtin } = binding;
	return {
		name,
		span,
		definition: binding.span,
		get type() {
			return builtin?.type ?? (binding.type && showType(binding.type));
		},
		get documentation() {
			const meanings = builtin ? documentationOf(name) : [];
			return meanings.find(({ type }) => type === builtin?.type) ?? null;
		},
		get comment() {
			return binding.span ? commentAbove(binding.span, name) : "";
		},
	};
};

/** The lines of `--` directly above a definition, or above its type signature. */
const commentAbove = (span: Span, name: string): string => {
	const { source } = span;
	const found: string[] = [];
	for (let { start } = lineOf(span); start > 0; ) {
		const above = lineOf({ source, start: start - 1, end: start - 1 });
		const line = source.text.slice(above.start, above.end).trim();
		if (line.startsWith("--")) found.push(line.replace(/^--+ ?/, ""));
		else if (found.length > 0 || !line.startsWith(`${name} ::`)) break;
		start = above.start;
	}
	return found.reverse().join("\n");
};
