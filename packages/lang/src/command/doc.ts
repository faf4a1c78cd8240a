// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";
import { type Documentation, documentationOf, documentedNames, nearestDocumented } from "../documentation.js";
import { Failure } from "./failure.js";
import { type Example, examples } from "./help.js";
import { output } from "./terminal.js";

const shown: readonly Example[] = [
	["doc steer_flow", "The type, the meaning and an example of a primitive."],
	["doc '.&&.' foldr1", "Operators and library functions, too."],
	["doc", "All names."],
];

export const docCommand = (name: string): Command =>
	new Command("doc")
		.description("Tell what built-in names mean.")
		.argument("[name...]", "primitives, operators, functions of Haskell's libraries; all names if none is given")
		.option("--json", "one JSON object for each meaning")
		.addHelpText("after", examples(name, shown))
		.action((names: string[], { json }: { json?: true }) => {
			const found = (names.length === 0 ? documentedNames() : names).flatMap(meaningsOf);
			if (json) for (const each of found) process.stdout.write(`${JSON.stringify(each)}\n`);
			else if (names.length === 0) process.stdout.write(found.map(shortly).join(""));
			else process.stdout.write(found.map(whole).join("\n"));
		});

/** All meanings of a name, for people. */
export const describeName = (name: string): string => meaningsOf(name).map(whole).join("\n");

const meaningsOf = (name: string): readonly Documentation[] => {
	const found = documentationOf(name);
	if (found.length > 0) return found;
	const near = nearestDocumented(name);
	throw new Failure(`nothing is called \`${name}\`${near === undefined ? "" : `; did you mean \`${near}\`?`}`);
};

/** Operators are in parentheses where they stand for themselves. */
const signature = ({ name, type }: Documentation): string =>
	`${output.bold(/^[\p{L}_]/u.test(name) ? name : `(${name})`)} :: ${type}`;

const shortly = (each: Documentation): string => `${signature(each)}\n    ${each.meaning}\n`;

const whole = (each: Documentation): string => {
	const own = each.modules.some((module) => module.startsWith("Network.PFQ"));
	return [
		signature(each),
		...(own ? [] : [output.dim(`of ${each.modules.join(" and ")}, worked out when a program is compiled`)]),
		"",
		`    ${each.meaning}`,
		...each.ranges.map((range) => `    ${range}`),
		"",
		"example:",
		...each.example.split("\n").map((line) => `    ${line}`),
		"",
	].join("\n");
};
