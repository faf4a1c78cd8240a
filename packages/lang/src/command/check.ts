// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";
import { diagnosticObject, tellDiagnostics } from "./diagnostics.js";
import { Failure, Told } from "./failure.js";
import { nameOf, readOctets } from "./file.js";
import { type Example, examples } from "./help.js";
import { compilationOf } from "./program.js";
import { complaints } from "./terminal.js";
import { runWatched, type WatchOptions, watchOption } from "./watch.js";

interface CheckOptions extends WatchOptions {
	readonly json?: true;
}

const shown: readonly Example[] = [
	["check web.pfq dns.pfq", "Say of each program whether it compiles, and all that is wrong with it."],
	[
		"check --json web.pfq",
		"The same for an editor or a script: one JSON object for each error, and for each good program.",
	],
	["check --watch web.pfq", "Again and again, while you write it."],
];

export const checkCommand = (name: string): Command =>
	new Command("check")
		.description("Say whether programs compile, and all that is wrong with them.")
		.argument("<file...>", "programs; - is standard input")
		.option("--json", "one JSON object a line")
		.addOption(watchOption())
		.addHelpText("after", examples(name, shown))
		.action((files: string[], options: CheckOptions) =>
			runWatched(options, files, () => {
				const good = files.map((file) => check(file, options.json ?? false));
				if (!good.every(Boolean)) throw new Told();
			}),
		);

const check = (file: string, json: boolean): boolean => {
	const name = nameOf(file);
	const print = (value: object): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
	try {
		const { ok, computation, diagnostics } = compilationOf(file, readOctets(file), {});
		if (!ok && json) for (const each of diagnostics) print(diagnosticObject(each));
		else if (!ok) {
			tellDiagnostics(diagnostics);
			process.stderr.write(`\n${name}: ${diagnostics.length} ${diagnostics.length === 1 ? "error" : "errors"}\n`);
		} else if (json) print({ file: name, ok, nodes: computation.nodes.length });
		else {
			const { length } = computation.nodes;
			process.stdout.write(`${name}: ok, ${length} ${length === 1 ? "node" : "nodes"}\n`);
		}
		return ok;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		if (json) print({ file: name, kind: "file", message: error.message });
		else process.stderr.write(`${complaints.red("error:")} ${error.message}\n`);
		return false;
	}
};
