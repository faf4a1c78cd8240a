// SPDX-License-Identifier: BSD-3-Clause
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { TextDocuments } from "vscode-languageserver/node.js";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { Failure } from "../command/failure.js";
import { readOctets, textOf } from "../command/file.js";
import { modulesBeside } from "../command/module-folder.js";
import type { ModuleFinder } from "../modules.js";

/** The most programs that are looked through for uses of a name. */
const MOST_FILES = 500;

export interface SourceOptions {
	readonly file: string;
	readonly modules: ModuleFinder;
}

export interface Workspace {
	/** What the compiler is told of a document: its file, and the modules beside it, as they are in the editor. */
	optionsOf(uri: string, text: string): SourceOptions;
	/** The programs of the folder in which a document's modules are, as they are in the editor. */
	programsAround(uri: string, text: string): readonly { readonly uri: string; readonly text: string }[];
}

/** A document's file; what messages call it where it is in no file. */
export const pathOf = (uri: string): string => (uri.startsWith("file:") ? fileURLToPath(uri) : uri);

export const uriOf = (file: string): string => (file.startsWith("/") ? pathToFileURL(file).href : file);

/** What a text calls itself, if it is a module. */
export const moduleName = (text: string): string | undefined =>
	/^(?:\s|--[^\n]*\n|\{-[\s\S]*?-\})*module\s+([\p{L}\p{N}_'.]+)/u.exec(text)?.[1];

/** A file from which the modules that a document imports are found: Net.Ports imports what is beside Net. */
const rootOf = (file: string, text: string): string => {
	const parts = moduleName(text)?.split(".") ?? [];
	const inFolder = parts.length > 1 && file.replace(/\.[^./]+$/, "").endsWith(`/${parts.join("/")}`);
	return parts.slice(1).reduce((path) => (inFolder ? dirname(path) : path), file);
};

export const workspaceOf = (documents: TextDocuments<TextDocument>): Workspace => ({
	optionsOf(uri, text) {
		const file = pathOf(uri);
		const beside = modulesBeside(file.startsWith("/") ? rootOf(file, text) : null);
		const modules: ModuleFinder = {
			...beside,
			find(name) {
				const found = beside.find(name);
				if (found === null || "problem" in found) return found;
				const open = documents.get(uriOf(found.file));
				return open ? { ...found, text: open.getText() } : found;
			},
		};
		return { file, modules };
	},

	programsAround(uri, text) {
		const file = pathOf(uri);
		const found = new Map(documents.all().map((each) => [each.uri, each.getText()]));
		const files = file.startsWith("/") ? programsIn(dirname(rootOf(file, text))) : [];
		for (const each of files) if (!found.has(uriOf(each))) found.set(uriOf(each), readable(each));
		return Array.from(found, ([each, content]) => ({ uri: each, text: content }));
	},
});

const programsIn = (folder: string): readonly string[] => {
	const found: string[] = [];
	const pending = [folder];
	for (let each = pending.pop(); each !== undefined && found.length < MOST_FILES; each = pending.pop())
		for (const entry of entriesOf(each)) {
			if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
			if (entry.isDirectory()) pending.push(join(each, entry.name));
			else if (/\.(pfq|hs)$/.test(entry.name)) found.push(join(each, entry.name));
		}
	return found;
};

const entriesOf = (folder: string) => {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
};

const readable = (file: string): string => {
	try {
		return textOf(file, readOctets(file));
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return "";
	}
};
