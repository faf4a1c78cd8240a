// SPDX-License-Identifier: BSD-3-Clause
import { ErrorCodes, ResponseError } from "vscode-languageserver/node.js";
import { compile } from "../compile.js";
import { report } from "../diagnostic.js";
import { writeJson } from "../json.js";
import { tokensOf } from "../lexer.js";
import type { ModuleFinder } from "../modules.js";
import { type Definition, occurrencesOf } from "../occurrences.js";
import type { Span } from "../source.js";
import { pathOf, type Workspace } from "./workspace.js";

export interface Occurrences {
	readonly uri: string;
	readonly text: string;
	readonly spans: readonly Span[];
}

/** Where a definition's name stands, in all programs around a document. */
export const occurrencesAround = (
	workspace: Workspace,
	{ uri, text }: { readonly uri: string; readonly text: string },
	target: Definition,
): readonly Occurrences[] =>
	workspace
		.programsAround(uri, text)
		.filter((each) => each.text.includes(target.name))
		.map((each) => ({ ...each, spans: occurrencesOf(each.text, workspace.optionsOf(each.uri, each.text), target) }))
		.filter(({ spans }) => spans.length > 0);

const refuse = (message: string): never => {
	throw new ResponseError(ErrorCodes.InvalidRequest, message);
};

/** Refuses what is no name of the kind that the old one is. */
export const checkName = (before: string, after: string): void => {
	const [token, end] = tokensOf({ file: "", text: after }, report());
	const wanted = /^[\p{L}_]/u.test(before) ? "name" : "operator";
	if (token?.kind !== wanted || token.text !== after || end?.kind !== "end")
		refuse(
			`\`${after}\` is no ${wanted === "name" ? "name: a small letter comes first, then letters, digits and _" : "operator"}`,
		);
};

const replaced = ({ text, spans }: Occurrences, after: string): string =>
	spans.toReversed().reduce((made, { start, end }) => made.slice(0, start) + after + made.slice(end), text);

/** Refuses a renaming after which a program that compiled does not, or means something else. */
export const checkMeaning = (workspace: Workspace, changed: readonly Occurrences[], after: string): void => {
	const texts = new Map(changed.map((each) => [pathOf(each.uri), replaced(each, after)]));
	for (const { uri, text } of changed) {
		const options = workspace.optionsOf(uri, text);
		const before = compile(text, options);
		if (!before.ok) continue;
		const renamed = compile(texts.get(options.file) ?? text, {
			...options,
			modules: withTexts(options.modules, texts),
		});
		if (!renamed.ok) refuse(`with \`${after}\`, ${options.file} would not compile: ${renamed.diagnostics[0]?.message}`);
		else if (writeJson(renamed.computation) !== writeJson(before.computation))
			refuse(`with \`${after}\`, ${options.file} would mean something else`);
	}
};

/** Modules as they will be. */
const withTexts = (modules: ModuleFinder, texts: ReadonlyMap<string, string>): ModuleFinder => ({
	...modules,
	find(name) {
		const found = modules.find(name);
		return found && "text" in found ? { ...found, text: texts.get(found.file) ?? found.text } : found;
	},
});
