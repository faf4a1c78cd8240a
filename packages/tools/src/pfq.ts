// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { endWithOutput } from "@pfq/lang/terminal";
import { Command, CommanderError } from "commander";
import { describeError, ExitStatus } from "./failure.js";
import { langCommand } from "./lang.js";
import { runCommand } from "./run/command.js";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
	version: string;
};

const program = new Command("pfq")
	.description("Functional packet processing: programs run on packets, groups of sockets get them.")
	.version(version, "-V, --version", "show the version")
	.helpCommand(true)
	.enablePositionalOptions()
	.addHelpText("after", "\nStart with:  pfq run --help, pfq lang --help\n");

program.addCommand(runCommand());
for (const command of [program, ...program.commands])
	command
		.exitOverride()
		.configureOutput({ outputError: () => {} })
		.helpOption("-h, --help", "show this help");
program.addCommand(langCommand());

/** The command that the arguments are for, as the user knows it. */
const commandName = (): string => {
	const [name] = process.argv.slice(2);
	return program.commands.some((command) => command.name() === name) ? `pfq ${name}` : "pfq";
};

const main = async (): Promise<number> => {
	try {
		await program.parseAsync();
		// `pfq lang` has set a status of its own
		return Number(process.exitCode ?? ExitStatus.done);
	} catch (error) {
		if (error instanceof CommanderError) {
			if (error.exitCode === 0) return ExitStatus.done;
			if (error.code === "commander.help") program.outputHelp({ error: true });
			else process.stderr.write(`${commandName()}: ${complaint(error)}; see \`${commandName()} --help\`\n`);
			return ExitStatus.misused;
		}
		const { message, status } = describeError(error);
		process.stderr.write(`${commandName()}: ${message}\n`);
		return status;
	}
};

const complaint = (error: CommanderError): string => error.message.replace(/^error: /, "").replaceAll("\n", " ");

endWithOutput(commandName);
process.exitCode = await main();
