// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";
import type { CapturedPacket } from "../capture/capture.js";
import { dissect, evaluate, newGroupState, type Outcome } from "../evaluator/index.js";
import { packetSummary } from "../explanation/packet-summary.js";
import { asPacket, packetsOf, timestamp } from "./capture-file.js";
import { type Example, examples } from "./help.js";
import { packetLine } from "./packet-line.js";
import { loadProgram, type ProgramOptions } from "./program.js";
import { count, newTotals, totalsJson, totalsText } from "./totals.js";
import { runWatched, type WatchOptions, watchOption } from "./watch.js";

interface EvalOptions extends ProgramOptions, WatchOptions {
	readonly read: string;
	readonly json?: true;
}

const shown: readonly Example[] = [
	["eval -r traffic.pcap web.pfq", "What would become of each packet."],
	[
		"eval -r traffic.pcap -e 'main = udp >-> port 53 >-> steer_flow' | grep -v dropped",
		"The packets that a program lets through.",
	],
	["eval -r traffic.pcap --json web.pfq | tail -n 1", "The totals, as JSON."],
];

export const evalCommand = (name: string): Command =>
	new Command("eval")
		.description("Say what a program would do with each packet of a capture.")
		.argument("[file]", "the program; - is standard input")
		.option("-e, --expression <text>", "the program itself")
		.requiredOption("-r, --read <capture>", "a pcap or pcapng file")
		.option("--json", "one JSON object for each packet, and one of the totals")
		.addOption(watchOption())
		.addHelpText("after", examples(name, shown))
		.action((file: string | undefined, options: EvalOptions) =>
			runWatched(options, [file, options.read], () => run(file, options)),
		);

const run = (file: string | undefined, options: EvalOptions): void => {
	const { computation } = loadProgram(file, options);
	const group = newGroupState();
	const totals = newTotals();
	const tell = options.json ? tellJson : tellText();
	let isWhole = false;
	try {
		for (const captured of packetsOf(options.read)) {
			const packet = asPacket(captured);
			const outcome = packet && evaluate(computation, packet, group);
			count(totals, outcome);
			tell(captured, outcome);
		}
		isWhole = true;
	} finally {
		if (isWhole || totals.packets > 0)
			process.stdout.write(options.json ? totalsJson(totals, group) : totalsText(totals, group));
	}
};

type Tell = (captured: CapturedPacket, outcome: Outcome | null) => void;

const tellText = (): Tell => {
	let start: bigint | null = null;
	return (captured, outcome) => {
		start ??= captured.time;
		process.stdout.write(`${packetLine(captured, outcome, start)}\n`);
	};
};

/** An outcome as JSON has it. */
export const outcomeObject = ({ fanout, classMask, mark, state, forwards, toHost, logs }: Outcome) => ({
	fanout: fanout.kind,
	...(fanout.kind === "steer" && { [fanout.by]: fanout.hash }),
	...(fanout.kind === "double" && { hashes: fanout.hashes }),
	classMask: `0x${classMask.toString(16)}`,
	mark,
	state,
	forwards,
	toHost,
	...(logs.length > 0 && { logs }),
});

const tellJson: Tell = (captured, outcome) => {
	const { number, time, linkType, length, octets } = captured;
	const packet = asPacket(captured);
	const object = {
		packet: number,
		time: timestamp(time),
		length,
		captured: octets.length,
		...(packet === null ? { linkType } : { summary: packetSummary(dissect(packet), packet) }),
		outcome: outcome && outcomeObject(outcome),
	};
	process.stdout.write(`${JSON.stringify(object)}\n`);
};
