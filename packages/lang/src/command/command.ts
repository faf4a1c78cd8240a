// SPDX-License-Identifier: BSD-3-Clause
import { Command, CommanderError } from "commander";
import { checkCommand } from "./check.js";
import { compileCommand } from "./compile.js";
import { docCommand } from "./doc.js";
import { evalCommand } from "./eval.js";
import { explainCommand } from "./explain.js";
import { ExitStatus, reported } from "./failure.js";
import { fmtCommand } from "./fmt.js";
import { loadCommand } from "./load.js";
import { lspCommand } from "./lsp.js";
import { playgroundCommand } from "./playground.js";
import { replCommand } from "./repl.js";
import { endWithOutput } from "./terminal.js";

const commands = [
	checkCommand,
	compileCommand,
	evalCommand,
	explainCommand,
	fmtCommand,
	docCommand,
	replCommand,
	loadCommand,
	playgroundCommand,
	lspCommand,
];

const introduction = (name: string): string => `
A program says what becomes of each packet. The shortest that is of use:

  main = udp >-> port 53 >-> steer_flow

drops what is not UDP, drops what has no port 53, and spreads the rest over the sockets of a group, each flow whole.

Start with:
  ${name} check web.pfq
  ${name} explain -r traffic.pcap -e 'main = udp >-> port 53 >-> steer_flow'
  ${name} doc steer_flow
  ${name} playground
  ${name} COMMAND --help

The exit status is 0 when it is done, 1 when it failed (a program does not compile, a file cannot be read), 2 when it was misused.
`;

const programOf = (name: string): Command => {
	const program = new Command(name)
		.description("The compiler of pfq-lang, the language of what becomes of packets.")
		.helpCommand(true)
		.addHelpText("after", introduction(name));
	for (const command of commands) program.addCommand(command(name));
	for (const command of [program, ...program.commands])
		command
			.exitOverride()
			.configureOutput({ outputError: () => {} })
			.helpOption("-h, --help", "show this help");
	return program;
};

/** Runs `pfq-lang`, under this name, with these arguments; gives the exit status. */
export const runCommandLine = async (name: string, args: readonly string[]): Promise<number> => {
	const program = programOf(name);
	const command = program.commands.find((each) => each.name() === args[0]);
	const called = command ? `${name} ${command.name()}` : name;
	endWithOutput(() => called);
	const complain = (message: string): boolean => process.stderr.write(`${called}: ${message}\n`);
	try {
		await program.parseAsync(args, { from: "user" });
		return ExitStatus.done;
	} catch (error) {
		if (error instanceof CommanderError) {
			if (error.exitCode === 0) return ExitStatus.done;
			if (error.code === "commander.help") program.outputHelp({ error: true });
			else complain(`${error.message.replace(/^error: /, "").replaceAll("\n", " ")}; see \`${called} --help\``);
			return ExitStatus.misused;
		}
		const { message, status } = reported(error);
		if (message !== null) complain(message);
		return status;
	}
};
