// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";
import { format } from "../formatter.js";
import { tellDiagnostics } from "./diagnostics.js";
import { Failure, misuse, Told } from "./failure.js";
import { nameOf, readOctets, textOf, writeOctets } from "./file.js";
import { type Example, examples } from "./help.js";

const shown: readonly Example[] = [
	["fmt web.pfq dns.pfq", "Format programs in their files, and name those that changed."],
	[
		"fmt --check *.pfq",
		"Only name the programs that are not in the usual form; the exit status is 1 if there are any.",
	],
	["fmt - <web.pfq", "From standard input to standard output."],
];

export const fmtCommand = (name: string): Command =>
	new Command("fmt")
		.description("Put programs into the usual form. Comments and the breaks of lines stay.")
		.argument("<file...>", "programs; - is standard input, and is written to standard output")
		.option("--check", "change nothing; fail if a program is not in the usual form")
		.addHelpText("after", examples(name, shown))
		.action((files: string[], { check }: { check?: true }) => {
			if (files.length > 1 && files.includes("-")) throw misuse("- goes with no other file");
			const good = files.map((file) => formatFile(file, check ?? false));
			if (!good.every(Boolean)) throw new Told();
		});

/** Whether the file is now as it should be. */
const formatFile = (file: string, check: boolean): boolean => {
	const name = nameOf(file);
	const complain = (message: string): boolean => process.stderr.write(`${message}\n`);
	try {
		const text = textOf(name, readOctets(file));
		const formatted = format(text, name);
		if (!formatted.ok) {
			tellDiagnostics(formatted.diagnostics);
			return false;
		}
		const changes = formatted.text !== text;
		if (check) {
			if (changes) complain(`${name}: not formatted`);
			return !changes;
		}
		if (file === "-") process.stdout.write(formatted.text);
		else if (changes) {
			writeOctets(file, formatted.text);
			process.stdout.write(`${name}\n`);
		}
		return true;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		complain(error.message);
		return false;
	}
};
