// SPDX-License-Identifier: BSD-3-Clause
import { type Diagnostic, renderDiagnostic } from "../diagnostic.js";
import { complaints } from "./terminal.js";

/** Tells what is wrong with a program, for people. */
export const tellDiagnostics = (diagnostics: readonly Diagnostic[]): void => {
	process.stderr.write(diagnostics.map((each) => coloured(renderDiagnostic(each))).join("\n"));
};

const coloured = (text: string): string => {
	const { bold, red, dim } = complaints;
	return text
		.split("\n")
		.map((line, index) => {
			if (index === 0)
				return line.replace(
					/^(.*?:\d+:\d+:) error: (.*)$/,
					(_, at, what) => `${bold(at)} ${red("error:")} ${bold(what)}`,
				);
			return index === 2
				? line.replace(/\^+/, (mark) => red(mark))
				: line.replace(/^( *\d* [|=])/, (margin) => dim(margin));
		})
		.join("\n");
};

/** A diagnostic as one line of JSON. */
export const diagnosticObject = ({ place, kind, message, length, expected, found, hint }: Diagnostic) => ({
	...place,
	length,
	kind,
	message,
	...(expected !== undefined && { expected }),
	...(found !== undefined && { found }),
	...(hint !== undefined && { hint }),
});
