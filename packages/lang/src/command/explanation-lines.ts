// SPDX-License-Identifier: BSD-3-Clause
import type { CapturedPacket } from "../capture/capture.js";
import type { Place } from "../computation.js";
import { dissect, type Packet } from "../evaluator/index.js";
import type { Explanation, Step } from "../explanation/explanation.js";
import { outcomeText } from "../explanation/outcome-text.js";
import { packetSummary } from "../explanation/packet-summary.js";
import { secondsSince, unknownLink } from "./capture-file.js";
import { output } from "./terminal.js";

export interface ExplanationSetting {
	/** The time of the first packet. */
	readonly start: bigint | null;
	/** The file whose places need no name. */
	readonly main: string;
}

const PLACE_WIDTH = 7;
const MOST_INDENT = 20;

/** Which way a packet went, a line for each part of the program that was run. */
export const explanationLines = (
	{ number, time, length, linkType }: CapturedPacket,
	packet: Packet | null,
	explanation: Explanation | null,
	{ start, main }: ExplanationSetting,
): readonly string[] => {
	const when = time === null ? "" : `, ${secondsSince(start, time)} s`;
	const what = packet === null ? "" : `: ${packetSummary(dissect(packet), packet)}`;
	const lines = [output.bold(`packet ${number}${when}${what}, ${length} ${length === 1 ? "octet" : "octets"}`)];
	if (explanation === null) lines.push(`${" ".repeat(PLACE_WIDTH)}  ${unknownLink(linkType)}`);
	else {
		for (const step of explanation.steps) addStep(lines, step, 1, main);
		const isDropped = explanation.outcome.fanout.kind === "drop";
		const culprit = isDropped ? dropping(explanation.steps) : undefined;
		const by = culprit?.place ? output.dim(` at ${placeText(culprit.place, main)}, by ${culprit.expression}`) : "";
		const verdict = (isDropped ? output.red : output.green)(outcomeText(explanation.outcome));
		lines.push(`${" ".repeat(PLACE_WIDTH)}  => ${verdict}${by}`);
	}
	return lines;
};

/** The part of the program that dropped the packet: the last that was run, as far in as it goes. */
const dropping = (steps: readonly Step[]): Step | undefined => {
	const last = steps.at(-1);
	if (last === undefined || last.passes) return undefined;
	// of alternatives, no single one is to blame
	if (/^par\d?$/.test(last.expression)) return last;
	const inner = dropping(last.steps);
	return inner?.place ? inner : last;
};

const addStep = (lines: string[], step: Step, depth: number, main: string): void => {
	const place = step.place ? placeText(step.place, main) : "";
	const indent = "  ".repeat(Math.min(depth, MOST_INDENT));
	const note = step.passes ? step.note : output.red(step.note);
	lines.push(`${output.dim(place.padStart(PLACE_WIDTH))}${indent}${output.cyan(step.expression)}: ${note}`);
	for (const inner of step.steps) addStep(lines, inner, depth + 1, main);
};

const placeText = ({ file, line, column }: Place, main: string): string =>
	file === main ? `${line}:${column}` : `${file}:${line}:${column}`;
