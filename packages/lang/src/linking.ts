// SPDX-License-Identifier: BSD-3-Clause
import type * as core from "./core.js";
import type { Report } from "./diagnostic.js";
import { type Exports, importsOf } from "./imports.js";
import type { LoadedModule } from "./modules.js";
import { rename } from "./renamer.js";

/** The definitions of a program and of the modules that it imports. */
export interface Linked {
	/** Of all modules: each comes after those that it uses. */
	readonly definitions: readonly core.Definition[];
	/** Of the program itself. */
	readonly own: readonly core.Definition[];
}

/** Resolves the names of modules, which come in the order of their imports, the program last. */
export const link = (modules: readonly LoadedModule[], report: Report): Linked => {
	const exported = new Map<LoadedModule, Exports>();
	const definitions: core.Definition[] = [];
	let own: readonly core.Definition[] = [];
	for (const each of modules) {
		const imports = importsOf(each, (module) => exported.get(module) as Exports, report);
		const renamed = rename(each.module, imports, report);
		exported.set(each, renamed.exports);
		for (const definition of renamed.definitions) definitions.push(definition);
		own = renamed.definitions;
	}
	return { definitions, own };
};
