// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import type { ComputationSource } from "@pfq/core";
import type { ModuleFinder } from "@pfq/lang";
import { modulesBeside } from "@pfq/lang/module-folder";
import { Failure } from "../failure.js";
import type { RunOptions } from "./options.js";

/** What a group is to run, and what messages call it. */
export interface ProgramSource {
	readonly source: ComputationSource;
	readonly file: string;
	/** Where the modules are that it imports. */
	readonly modules: ModuleFinder;
}

const imageMagic = Buffer.from("PFQC");

/**
 * Without a program, one socket gets all. More share them by the device's flow hash (and where there is none by flow,
 * and where there is no flow by MAC addresses), which drops nothing and copies nothing.
 */
const defaultProgram = (sockets: number): string => (sockets > 1 ? "main = steer_rss" : "main = unit");

export const programOf = ({ file, expression, sockets }: RunOptions): ProgramSource => {
	if (file !== undefined) return { file, source: readProgram(file), modules: modulesBeside(file) };
	const modules = modulesBeside(null);
	if (expression !== undefined) return { file: "-e", source: expression, modules };
	return { file: "default program", source: defaultProgram(sockets), modules };
};

const readProgram = (file: string): ComputationSource => {
	const octets = read(file);
	if (octets.subarray(0, imageMagic.length).equals(imageMagic)) return octets;
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(octets);
	} catch {
		throw new Failure(`${file}: neither UTF-8 text nor a compiled image`);
	}
};

const reasons: Readonly<Record<string, string>> = {
	ENOENT: "no such file",
	EACCES: "permission denied",
	EISDIR: "is a directory; a file with a program is wanted",
};

const read = (file: string): Buffer => {
	try {
		return readFileSync(file);
	} catch (error) {
		const { code = "", message } = error as NodeJS.ErrnoException;
		throw new Failure(`${file}: ${reasons[code] ?? message}`);
	}
};
