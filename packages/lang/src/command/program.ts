// SPDX-License-Identifier: BSD-3-Clause
import { type Compilation, type CompileOptions, compile } from "../compile.js";
import { readImage } from "../image-reader.js";
import { readJson } from "../json.js";
import { InvalidComputation } from "../validation.js";
import { tellDiagnostics } from "./diagnostics.js";
import { Failure, misuse, Told } from "./failure.js";
import { nameOf, readOctets, textOf } from "./file.js";
import { modulesBeside } from "./module-folder.js";
import { printable } from "./terminal.js";

/** The program of a command line: a file, or the text itself. */
export interface ProgramOptions {
	readonly expression?: string;
}

export type Loaded = Extract<Compilation, { readonly ok: true }>;

const magic = "PFQC";

/** Whether this is a compiled program, by its first octets. */
export const isImage = (octets: Uint8Array): boolean =>
	String.fromCharCode(...octets.subarray(0, magic.length)) === magic;

/** Compiles a program in a file, or reads a compiled one (an image, or JSON). */
export const compilationOf = (file: string, octets: Uint8Array, options: CompileOptions): Compilation => {
	const name = nameOf(file);
	if (isImage(octets)) return compiled(name, () => readImage(octets));
	return compilationOfText(name, textOf(name, octets), { ...options, modules: modulesBeside(file) });
};

/** Compiles a text, or reads a program in JSON. */
export const compilationOfText = (name: string, text: string, options: CompileOptions): Compilation => {
	if (/^\s*\[/.test(text)) return compiled(name, () => readJson(text));
	return compile(text, { ...options, file: name });
};

const compiled = (name: string, read: () => Loaded["computation"]): Loaded => {
	try {
		return { ok: true, computation: read(), types: [], diagnostics: [] };
	} catch (error) {
		if (!(error instanceof InvalidComputation)) throw error;
		throw new Failure(`${printable(name)}: ${error.message}`);
	}
};

/** The program that a command is for. What is wrong with it is told, and ends the command. */
export const loadProgram = (
	file: string | undefined,
	{ expression }: ProgramOptions,
	options: CompileOptions = {},
): Loaded => {
	if ((file === undefined) === (expression === undefined))
		throw misuse(file === undefined ? "no program: give FILE or -e TEXT" : "two programs: give FILE or -e TEXT");
	const result =
		expression === undefined
			? compilationOf(file as string, readOctets(file as string), options)
			: compile(expression, { ...options, file: "-e", modules: modulesBeside(null) });
	if (result.ok) return result;
	tellDiagnostics(result.diagnostics);
	throw new Told();
};
