// SPDX-License-Identifier: BSD-3-Clause
import { existsSync } from "node:fs";
import { Abi } from "@pfq/abi";
import { Command, Option } from "commander";
import { misuse } from "../failure.js";
import { parseInput } from "./inputs.js";
import { countFrom1, fileName, parseClasses, parseSeconds, type RunOptions } from "./options.js";

const examples = `
Examples:
  pfq run -r traffic.pcap
      Count the packets of a capture, spread over one socket.
  pfq run -r traffic.pcap -e 'main = udp >-> port 53 >-> steer_flow' -n 3
      DNS alone, over three sockets, each flow whole in one of them.
  sudo pfq run -i eth0 -f web.pfq -n 4
      A program of your own on live traffic, until Ctrl-C.
  sudo pfq run -i eth0 -f dns-split.pfq -n 4 --class 1,0
      The first socket is of class 1, the other three are of class 0.
  sudo pfq run -i eth0:0 -i eth0:1 --seconds 10 --json | tail -n 1
      Two hardware queues for ten seconds; the summary as JSON.

Devices are interfaces; pcap:FILE and mem:NAME work too.

Without a program, one socket gets every packet, and more sockets share them
by flow (main = steer_rss).

What the tables say, and in parentheses the members of --json:
  packets (recv)          of a socket or the group: put into the queues;
                          of a device: what reached the engine
  lost (lost)             of a socket or the group: its queue was full;
                          of a device: the kernel dropped it before
  dropped (drop)          went to no socket: stopped by the program
  forwarded (frwd)        sent to devices by the program
  to the host (kern)      given to the host's own stack by the program
  counters (counters)     what the program counts with inc and dec

How they add up, when the run is over (docs/run.md has the whole story):
  of a device   packets + lost = what came in at it
  of the group  packets = the sum of its sockets' packets; lost likewise
  together      the devices' packets = the group's packets + lost + dropped,
                where a packet goes to one socket at most

The exit status is 0 when it is done (Ctrl-C included), 1 when it failed,
2 when it was misused.
`;

const collect =
	<T>(parse: (text: string) => T) =>
	(text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), parse(text)];

export const runCommand = (): Command =>
	new Command("run")
		.description("Run a program on the packets of devices or files, and spread them over a group of sockets.")
		.usage("[-i DEV[:QUEUE]]... [-r FILE] [options]")
		.option(
			"-i, --interface <dev[:queue]>",
			"a device, or a hardware queue of it; may be repeated",
			collect(parseInput),
		)
		.option(
			"-r, --read <file>",
			"a pcap or pcapng file, - for standard input; may be repeated",
			collect(fileName("-r")),
		)
		.addOption(
			new Option("-f, --file <file>", "the program, in a file: text, or a compiled image")
				.argParser(fileName("-f"))
				.conflicts("expression"),
		)
		.option("-e, --expression <program>", "the program itself, such as 'main = udp >-> steer_flow'")
		.option("-n, --sockets <n>", "sockets in the group", countFrom1("-n", Abi.MAX_SOCKETS), 1)
		.option(
			"--class <list>",
			"the class of each socket in order, the last one for the rest; 0 unless told otherwise",
			parseClasses,
		)
		.option(
			"-c, --caplen <octets>",
			"octets of each packet that sockets get; the program sees all",
			countFrom1("-c", Abi.MAX_CAPLEN),
			64,
		)
		.option("-s, --slots <n>", "packets that the queue of each socket holds", countFrom1("-s", Abi.MAX_SLOTS), 16384)
		.option("--shared", "let other processes join the group, and load programs into it (pfq.ko)")
		.option("--seconds <n>", "stop after so many seconds", parseSeconds)
		.option("--json", "one JSON object a line: each second, and a summary")
		.argument("[operand...]")
		.addHelpText("after", examples)
		.action(async (operands: readonly string[], options: RunOptions) => {
			refuse(operands);
			await (await import("./run.js")).run(options);
		});

const refuse = ([operand]: readonly string[]): void => {
	if (operand === undefined) return;
	const option = existsSync(`/sys/class/net/${operand}`) ? "-i" : "-r";
	throw misuse(`${operand}: did you mean ${option} ${operand}?`);
};
