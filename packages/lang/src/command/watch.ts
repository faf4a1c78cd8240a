// SPDX-License-Identifier: BSD-3-Clause
import { existsSync, type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { Option } from "commander";
import { misuse, reported } from "./failure.js";
import { stateOf, takeLooks } from "./file.js";
import { complaints, printable } from "./terminal.js";

/** Editors write a file in several steps, in milliseconds. */
const PAUSE = 80;

export interface WatchOptions {
	readonly watch?: true;
}

export const watchOption = (): Option =>
	new Option("-w, --watch", "do it again whenever a file changes that it read, until Ctrl-C");

/**
 * Runs an action; with --watch again whenever a file changes that it looked at (the program, its modules, a capture). What fails
 * is told, and tried again at the next change. A terminal is cleared before each turn; a pipe gets one output after the other.
 */
export const runWatched = async (
	{ watch: isWatched }: WatchOptions,
	files: readonly (string | undefined)[],
	action: () => void | Promise<void>,
): Promise<void> => {
	if (!isWatched) return action();
	if (files.includes("-")) throw misuse("--watch: standard input comes once; give files");
	for (;;) {
		if (process.stdout.isTTY) process.stdout.write("\x1b[H\x1b[2J");
		try {
			await action();
		} catch (error) {
			const { message } = reported(error);
			if (message !== null) process.stderr.write(`${complaints.red("error:")} ${message}\n`);
		}
		const looks = takeLooks();
		if (looks.size === 0) throw misuse("--watch: there is no file to watch");
		if (process.stderr.isTTY) process.stderr.write(`${complaints.dim(`${watched([...looks.keys()])}; Ctrl-C ends`)}\n`);
		await change(looks);
	}
};

const watched = (files: readonly string[]): string => {
	const there = files.filter((file) => existsSync(file));
	const [first = "for a file"] = there;
	return `watching ${printable(first)}${there.length > 1 ? ` and ${there.length - 1} more` : ""}`;
};

/** Waits until one of the files is not as it was. */
const change = (looks: ReadonlyMap<string, string>): Promise<void> =>
	new Promise((resolve) => {
		const watchers: FSWatcher[] = [];
		let pause: NodeJS.Timeout | undefined;
		const compare = (): void => {
			if ([...looks].every(([file, state]) => stateOf(file) === state)) return;
			for (const each of watchers) each.close();
			resolve();
		};
		const later = (): void => {
			clearTimeout(pause);
			pause = setTimeout(compare, PAUSE);
		};
		// Folders, since an editor puts a new file in the place of the old one, and a module that is missing may come.
		for (const folder of new Set([...looks.keys()].map(folderOf)))
			watchers.push(watch(folder, later).on("error", later));
		// what changed before there was a watcher
		later();
	});

/** The folder of a file or, where there is none, the nearest one above. */
const folderOf = (file: string): string => {
	let folder = dirname(file);
	while (!existsSync(folder)) folder = dirname(folder);
	return folder;
};
