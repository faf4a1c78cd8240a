// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";
import { misuse, Told } from "./failure.js";
import { type Example, examples } from "./help.js";

const shown: readonly Example[] = [
	["repl", "Then, for one:  :load traffic.pcap  and  udp >-> port 53 >-> steer_flow"],
	["repl web.pfq traffic.pcap", "With what web.pfq defines, and the packets of a capture."],
	["repl traffic.pcap <questions.txt", "Questions from a file; the exit status is 1 if one was wrong."],
];

export const replCommand = (name: string): Command =>
	new Command("repl")
		.description("Try expressions: their types, and what they do with the packets of a capture.")
		.argument("[file...]", "a program, a capture, or both")
		.addHelpText("after", `\nIn it, :help tells what there is.\n${examples(name, shown)}`)
		.action(async (files: string[]) => {
			if (files.includes("-")) throw misuse("standard input is what is asked; give files");
			const { runRepl } = await import("../repl/repl.js");
			if (!(await runRepl(files))) throw new Told();
		});
