// SPDX-License-Identifier: BSD-3-Clause
import { Command, InvalidArgumentError } from "commander";
import type { CapturedPacket } from "../capture/capture.js";
import { dissect, evaluate, newGroupState, type Packet } from "../evaluator/index.js";
import { type Explanation, explain } from "../explanation/explanation.js";
import { packetSummary } from "../explanation/packet-summary.js";
import { asPacket, packetsOf, timestamp } from "./capture-file.js";
import { outcomeObject } from "./eval.js";
import { type ExplanationSetting, explanationLines } from "./explanation-lines.js";
import { Failure } from "./failure.js";
import { nameOf } from "./file.js";
import { type Example, examples } from "./help.js";
import { loadProgram, type ProgramOptions } from "./program.js";
import { printable } from "./terminal.js";
import { runWatched, type WatchOptions, watchOption } from "./watch.js";

/** The numbers of packets that are asked for, from 1. */
interface Range {
	readonly first: number;
	readonly last: number;
}

interface ExplainOptions extends ProgramOptions, WatchOptions {
	readonly read: string;
	readonly packet?: Range;
	readonly json?: true;
}

const shown: readonly Example[] = [
	["explain -r traffic.pcap web.pfq", "Which way each packet went through the program, and why."],
	["explain -r traffic.pcap --packet 7 web.pfq", "The same for the packet that tcpdump and Wireshark call number 7."],
	[
		"explain -r traffic.pcap --packet 7-9 -e 'main = udp >-> port 53 >-> steer_flow'",
		"For some packets, with a program on the command line.",
	],
];

const parseRange = (text: string): Range => {
	const [, from, to] = /^([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?$/.exec(text) ?? [];
	if (from === undefined) throw new InvalidArgumentError("a number from 1 is wanted, or a range such as 3-5.");
	const first = Number(from);
	const last = to === undefined ? first : Number(to);
	if (last < first) throw new InvalidArgumentError("the range ends before it begins.");
	return { first, last };
};

export const explainCommand = (name: string): Command =>
	new Command("explain")
		.description("Tell which way packets go through a program, and why, in words.")
		.argument("[file]", "the program; - is standard input")
		.option("-e, --expression <text>", "the program itself")
		.requiredOption("-r, --read <capture>", "a pcap or pcapng file")
		.option("-p, --packet <n>", "only packet N, or packets N-M; all unless told otherwise", parseRange)
		.option("--json", "one JSON object for each packet")
		.addOption(watchOption())
		.addHelpText("after", `${reading}${examples(name, shown)}`)
		.action((file: string | undefined, options: ExplainOptions) =>
			runWatched(options, [file, options.read], () => run(file, options)),
		);

const reading = `
Each line is a part of the program at its place (line:column), what came of it, and why. What is not shown was not run.
Packets before the first that is asked for are run as well, so that counters and turns are right.
`;

const run = (file: string | undefined, options: ExplainOptions): void => {
	// Each part of the program stays at its place, and nothing of it is optimised away.
	const { computation } = loadProgram(file, options, { optimise: false, places: true });
	const { first, last } = options.packet ?? { first: 1, last: Number.POSITIVE_INFINITY };
	const main = file === undefined ? "-e" : nameOf(file);
	const group = newGroupState();
	let start: bigint | null = null;
	let number = 0;
	for (const captured of packetsOf(options.read)) {
		start ??= captured.time;
		number = captured.number;
		const packet = asPacket(captured);
		if (number < first) {
			if (packet) evaluate(computation, packet, group);
			continue;
		}
		const explanation = packet && explain(computation, packet, group);
		if (options.json) tellJson(captured, packet, explanation);
		else tellText(captured, packet, explanation, { start, main, first });
		if (number >= last) return;
	}
	if (number < first && options.packet !== undefined) {
		const last = number === 0 ? "it has none" : `the last is ${number}`;
		throw new Failure(`${printable(nameOf(options.read))}: there is no packet ${first}; ${last}`);
	}
	if (number === 0 && !options.json) process.stdout.write("0 packets\n");
};

interface Setting extends ExplanationSetting {
	readonly first: number;
}

const tellText = (
	captured: CapturedPacket,
	packet: Packet | null,
	explanation: Explanation | null,
	{ start, main, first }: Setting,
): void => {
	const lines = explanationLines(captured, packet, explanation, { start, main });
	process.stdout.write(`${captured.number > first ? "\n" : ""}${lines.join("\n")}\n`);
};

const tellJson = (captured: CapturedPacket, packet: Packet | null, explanation: Explanation | null): void => {
	const { number, time, length, linkType } = captured;
	const object = {
		packet: number,
		time: timestamp(time),
		length,
		...(packet === null ? { linkType } : { summary: packetSummary(dissect(packet), packet) }),
		steps: explanation?.steps ?? null,
		outcome: explanation && outcomeObject(explanation.outcome),
	};
	process.stdout.write(`${JSON.stringify(object)}\n`);
};
