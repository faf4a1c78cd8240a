// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "./failure.js";
import { printable } from "./terminal.js";

const reasons: Readonly<Record<string, string>> = {
	ENOENT: "no such file",
	ENOTDIR: "no such file",
	EACCES: "permission denied",
	EISDIR: "is a directory; a file is wanted",
	ERR_FS_FILE_TOO_LARGE: "too large to be read whole (over 2 GiB)",
	ENOSPC: "no space left",
	EROFS: "the file system is read-only",
};

const failure = (file: string, error: unknown): Failure => {
	const { code = "", message } = error as NodeJS.ErrnoException;
	return new Failure(`${printable(file)}: ${reasons[code] ?? message}`);
};

/** A file, present or not, as it was when it was last looked at. */
const looks = new Map<string, string>();

/** What changes when a file does. */
export const stateOf = (file: string): string => {
	const { mtimeNs, size, ino } = statSync(file, { bigint: true, throwIfNoEntry: false }) ?? {};
	return `${mtimeNs} ${size} ${ino}`;
};

/** Keeps in mind that what a command does depends on this file, or on there being none. */
export const lookAt = (file: string): void => {
	if (file !== "-") looks.set(resolve(file), stateOf(file));
};

/** The files that were looked at since this was last asked, with their states then. */
export const takeLooks = (): ReadonlyMap<string, string> => {
	const taken = new Map(looks);
	looks.clear();
	return taken;
};

/** The octets of a file, or of standard input where it is `-`. */
export const readOctets = (file: string): Uint8Array => {
	lookAt(file);
	try {
		return readFileSync(file === "-" ? 0 : file);
	} catch (error) {
		throw failure(file, error);
	}
};

export const writeOctets = (file: string, content: Uint8Array | string): void => {
	try {
		writeFileSync(file, content);
	} catch (error) {
		throw failure(file, error);
	}
};

/** The text of a file, which must be UTF-8. */
export const textOf = (file: string, octets: Uint8Array): string => {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(octets);
	} catch {
		throw new Failure(`${printable(file)}: not a program: it is no UTF-8 text`);
	}
};

/** What messages call a file. */
export const nameOf = (file: string): string => (file === "-" ? "standard input" : file);
