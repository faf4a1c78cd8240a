// SPDX-License-Identifier: BSD-3-Clause
import { report as newReport, type Report } from "./diagnostic.js";
import { expand } from "./expansion.js";
import { computationOf } from "./graph.js";
import { inferTypes } from "./inference.js";
import { withLayout } from "./layout.js";
import { tokensOf } from "./lexer.js";
import { link } from "./linking.js";
import { loadModules } from "./modules.js";
import { optimise } from "./optimiser.js";
import type { Source } from "./source.js";
import { writeText } from "./text-writer.js";
import { printToken } from "./token.js";
import { printTree } from "./tree-printer.js";
import { showType } from "./type.js";

/** What each pass made of a program, as text; null for those that its errors kept from running. */
export interface Stages {
	readonly tokens: string;
	readonly layout: string;
	readonly syntax: string;
	readonly names: string;
	readonly types: string;
	readonly expanded: string | null;
	readonly optimised: string | null;
}

/** Shows a program through all passes, for whoever works on one. Programs that are too large throw LimitExceeded. */
export const stagesOf = (text: string, report: Report = newReport()): Stages => {
	const source: Source = { file: "program", text };
	const tokens = tokensOf(source, report);
	const laidOut = withLayout(tokens, source, report);
	const modules = loadModules(source, report);
	const renamed = { definitions: link(modules, report).definitions };
	inferTypes(renamed, report);
	const main = report.diagnostics.length === 0 ? expand(renamed, report) : null;
	const computation = main && computationOf(main);
	return {
		tokens: tokens.map(printToken).join("\n"),
		layout: laidOut.map(printToken).join("\n"),
		syntax: printTree(modules.at(-1)?.module),
		names: printTree(renamed),
		types: renamed.definitions
			.map(({ binding }) => `${binding.name} :: ${binding.type ? showType(binding.type) : "?"}`)
			.join("\n"),
		expanded: computation && writeText(computation),
		optimised: computation && writeText(optimise(computation)),
	};
};
