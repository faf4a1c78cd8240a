// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";

/** `pfq lang` is `pfq-lang`, which reads its own command line. */
export const langCommand = (): Command =>
	new Command("lang")
		.description("Check, compile, explain and format programs (the same as pfq-lang).")
		.argument("[args...]")
		.allowUnknownOption()
		.passThroughOptions()
		.helpOption(false)
		.action(async (args: string[]) => {
			const { runCommandLine } = await import("@pfq/lang/command");
			process.exitCode = await runCommandLine("pfq lang", args);
		});
