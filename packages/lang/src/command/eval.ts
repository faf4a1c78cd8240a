// SPDX-License-Identifier: BSD-3-Clause
import { Command } from "commander";
import type { CapturedPacket } from "../capture/capture.js";
import { dissect, evaluate, type GroupState, newGroupState, type Outcome } from "../evaluator/index.js";
import { outcomeText } from "../explanation/outcome-text.js";
import { packetSummary } from "../explanation/packet-summary.js";
import { asPacket, packetsOf, secondsSince, timestamp, unknownLink } from "./capture-file.js";
import { type Example, examples } from "./help.js";
import { loadProgram, type ProgramOptions } from "./program.js";
import { output } from "./terminal.js";

interface EvalOptions extends ProgramOptions {
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
		.addHelpText("after", examples(name, shown))
		.action((file: string | undefined, options: EvalOptions) => {
			const { computation } = loadProgram(file, options);
			const group = newGroupState();
			const totals: Totals = { packets: 0, dropped: 0, every: 0, one: 0, two: 0, copies: 0, notRun: 0 };
			const tell = options.json ? tellJson : tellText();
			try {
				for (const captured of packetsOf(options.read)) {
					const packet = asPacket(captured);
					const outcome = packet && evaluate(computation, packet, group);
					count(totals, outcome);
					tell(captured, outcome);
				}
			} finally {
				if (totals.packets > 0) process.stdout.write(options.json ? jsonOf(totals, group) : textOf(totals, group));
			}
		});

interface Totals {
	packets: number;
	dropped: number;
	/** To every socket of some classes. */
	every: number;
	/** Steered to one. */
	one: number;
	/** Steered to two. */
	two: number;
	/** To other devices. */
	copies: number;
	/** Of link types that are not read. */
	notRun: number;
}

const count = (totals: Totals, outcome: Outcome | null): void => {
	totals.packets++;
	if (outcome === null) {
		totals.notRun++;
		return;
	}
	totals[({ drop: "dropped", pass: "every", steer: "one", double: "two" } as const)[outcome.fanout.kind]]++;
	totals.copies += outcome.forwards.length;
};

type Tell = (captured: CapturedPacket, outcome: Outcome | null) => void;

const SUMMARY_WIDTH = 58;

const tellText = (): Tell => {
	let start: bigint | null = null;
	return (captured, outcome) => {
		start ??= captured.time;
		const packet = asPacket(captured);
		const summary = packet ? packetSummary(dissect(packet), packet) : "";
		const what = outcome ? outcomeText(outcome) : unknownLink(captured.linkType);
		const line = `${String(captured.number).padStart(5)} ${secondsSince(start, captured.time).padStart(11)}  ${summary.padEnd(SUMMARY_WIDTH)}  ${what}`;
		const isKept =
			outcome !== null && (outcome.fanout.kind !== "drop" || outcome.forwards.length > 0 || outcome.toHost);
		process.stdout.write(`${isKept ? line : output.dim(line)}\n`);
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

const usedCounters = ({ counters }: GroupState): (readonly [number, bigint])[] =>
	Array.from(counters, (value, index) => [index, value] as const).filter(([, value]) => value !== 0n);

const jsonOf = (totals: Totals, group: GroupState): string => {
	const counters = Object.fromEntries(usedCounters(group).map(([index, value]) => [index, String(value)]));
	return `${JSON.stringify({ totals, counters })}\n`;
};

const textOf = ({ packets, dropped, every, one, two, copies, notRun }: Totals, group: GroupState): string => {
	const parts: readonly (readonly [number, string])[] = [
		[one, "to one socket"],
		[two, "to two sockets"],
		[every, "to every socket"],
		[dropped, "dropped"],
		[notRun, "not run"],
		[copies, copies === 1 ? "copy to another device" : "copies to other devices"],
	];
	const shares = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
	const counters = usedCounters(group).map(([index, value]) => `counter ${index} = ${value}`);
	const total = `${packets} ${packets === 1 ? "packet" : "packets"}: ${shares.join(", ")}`;
	return `${output.bold([total, ...counters].join("; "))}\n`;
};
