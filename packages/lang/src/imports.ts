// SPDX-License-Identifier: BSD-3-Clause
import {
	type Builtin,
	builtinFixities,
	builtinModules,
	builtinNames,
	importedModules,
	type OperatorFixity,
	typeNames,
} from "./builtin.js";
import type * as core from "./core.js";
import type { Report } from "./diagnostic.js";
import type { LoadedModule } from "./modules.js";
import { nearestName } from "./suggestion.js";
import type * as syntax from "./syntax.js";

/** What a module gives to those that import it. */
export interface Exports {
	readonly names: ReadonlyMap<string, core.Binding>;
	readonly fixities: ReadonlyMap<string, OperatorFixity>;
	/** Names whose definitions could not be read: what uses them is not at fault. */
	readonly broken: ReadonlySet<string>;
}

/** The names that a module has from others. */
export interface Imports {
	/** Without a qualifier, from modules that are not built in. */
	readonly names: Map<string, core.Binding>;
	readonly fixities: Map<string, OperatorFixity>;
	/** Names that several modules give different meanings, and those modules. */
	readonly ambiguous: ReadonlyMap<string, readonly string[]>;
	/** By qualifier. */
	readonly qualified: ReadonlyMap<string, Exports>;
	/** The built-in name that stands for this, unless it is hidden. */
	builtin(name: string): core.Binding | undefined;
	/** Whether a name may be one of a module that could not be read. */
	mayExist(name: string, qualifier?: string): boolean;
}

const builtinBindings = new Map<Builtin, core.Binding>();

export const builtinBinding = (builtin: Builtin): core.Binding => {
	const known = builtinBindings.get(builtin);
	if (known) return known;
	const binding: core.Binding = { name: builtin.name, span: null, builtin, type: null };
	builtinBindings.set(builtin, binding);
	return binding;
};

const noNames: ReadonlySet<string> = new Set();

const builtinExports = (names: ReadonlyMap<string, Builtin>): Exports => ({
	names: new Map(Array.from(names, ([name, builtin]) => [name, builtinBinding(builtin)])),
	fixities: builtinFixities,
	broken: noNames,
});

const withoutBuiltins = (brought: Exports): Exports => ({
	...brought,
	names: new Map([...brought.names].filter(([name]) => !builtinNames.has(name))),
});

/** Finds what each import brings. Names that a module does not have are reported. */
export const importsOf = (
	{ module, imports, refused }: Pick<LoadedModule, "module" | "imports" | "refused">,
	exportsOf: (module: LoadedModule) => Exports,
	report: Report,
): Imports => {
	const names = new Map<string, core.Binding>();
	const fixities = new Map<string, OperatorFixity>();
	const givers = new Map<string, string[]>();
	const ambiguous = new Map<string, string[]>();
	const qualified = new Map<string, Exports>();
	const hiding: { readonly names: ReadonlyMap<string, Builtin>; readonly hidden: ReadonlySet<string> }[] = [];
	const bringing: { readonly names: ReadonlyMap<string, Builtin>; readonly listed: ReadonlySet<string> | null }[] = [];

	const check = ({ module: from, names: list }: syntax.Import, exported: Exports): void => {
		for (const name of list ?? []) {
			const { text, span } = name;
			if (exported.names.has(text) || exported.broken.has(text)) continue;
			if (typeNames.has(text) || text.startsWith("Data.")) continue;
			const near = nearestName(text, exported.names.keys());
			report.add("import", span, `\`${from.text}\` has no \`${text}\``, {
				...(near !== undefined && { hint: `did you mean \`${near}\`?` }),
			});
		}
	};

	const qualify = (qualifier: string, brought: Exports): void => {
		const before = qualified.get(qualifier);
		qualified.set(qualifier, {
			names: new Map([...(before?.names ?? []), ...brought.names]),
			fixities: new Map([...(before?.fixities ?? []), ...brought.fixities]),
			broken: new Set([...(before?.broken ?? []), ...brought.broken]),
		});
	};

	const bring = (from: string, brought: Exports): void => {
		for (const [name, binding] of brought.names) {
			const before = names.get(name);
			givers.set(name, [...(givers.get(name) ?? []), from]);
			if (before !== undefined && before !== binding) ambiguous.set(name, givers.get(name) ?? []);
			names.set(name, binding);
			const fixity = brought.fixities.get(name);
			if (fixity) fixities.set(name, fixity);
		}
	};

	for (const each of module.imports) {
		const { module: name, alias, names: list } = each;
		const builtins = builtinModules.get(name.text);
		const local = imports.get(each);
		const exported = builtins ? builtinExports(builtins) : local && exportsOf(local);
		if (exported === undefined) continue;
		check(each, exported);
		const listed = list && new Set(list.map(({ text }) => text));
		const brings = (text: string): boolean => listed === null || listed.has(text) !== each.hiding;
		const isOwn = builtins === undefined || importedModules.has(name.text);
		const brought: Exports = !isOwn
			? exported
			: { ...exported, names: new Map([...exported.names].filter(([text]) => brings(text))) };
		for (const qualifier of new Set([name.text, alias ?? name.text])) qualify(qualifier, brought);
		if (each.qualified) continue;
		// An import without a list must not take away the names that every program has.
		if (isOwn) bring(name.text, list === null && builtins ? withoutBuiltins(brought) : brought);
		else if (each.hiding && listed) hiding.push({ names: builtins, hidden: listed });
		else bringing.push({ names: builtins, listed });
	}

	/** Built-in names are there without an import, too; `hiding` takes one away, unless another import brings it. */
	const isHidden = (builtin: Builtin): boolean => {
		const { name } = builtin;
		const hides = hiding.some((each) => each.hidden.has(name) && each.names.get(name) === builtin);
		if (!hides) return false;
		const isBrought = bringing.some((each) => each.names.get(name) === builtin && (each.listed?.has(name) ?? true));
		return !isBrought && !hiding.some((each) => each.names.get(name) === builtin && !each.hidden.has(name));
	};

	const builtin = (name: string): core.Binding | undefined => {
		const first = builtinNames.get(name);
		if (first === undefined || hiding.length === 0) return first && builtinBinding(first);
		const others = [...builtinModules].flatMap(([from, each]) =>
			importedModules.has(from) ? [] : (each.get(name) ?? []),
		);
		const seen = [first, ...others].find((each) => !isHidden(each));
		return seen && builtinBinding(seen);
	};

	const notBuiltIn = module.imports.filter((each) => refused.has(each) || imports.has(each));

	const mayExist = (name: string, qualifier?: string): boolean =>
		notBuiltIn.some((each) => {
			const { module: from, alias, names: list, hiding: hides } = each;
			if (qualifier !== undefined && qualifier !== from.text && qualifier !== alias) return false;
			const local = imports.get(each);
			if (local) return exportsOf(local).broken.has(name);
			return list === null || hides || list.some(({ text }) => text === name);
		});

	return { names, fixities, ambiguous, qualified, builtin, mayExist };
};
