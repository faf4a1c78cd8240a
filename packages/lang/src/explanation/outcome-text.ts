// SPDX-License-Identifier: BSD-3-Clause
import type { LogEntry, Outcome } from "../evaluator/index.js";
import { hexadecimal } from "./field-names.js";

const DEFAULT_CLASSES = 1n;
const ALL_CLASSES = (1n << 63n) - 1n;

/** What became of a packet, in words: "dropped", "to one socket (hash 0x1f2e3d4c), mark 1". */
export const outcomeText = (outcome: Outcome, markBefore = 0): string => {
	const { fanout, mark, forwards, toHost, logs } = outcome;
	const copies = new Map<string, number>();
	for (const device of forwards) copies.set(device, (copies.get(device) ?? 0) + 1);
	return [
		receivers(outcome),
		...(fanout.kind !== "drop" && mark !== markBefore ? [`mark ${mark}`] : []),
		...(toHost ? ["to the host's own stack"] : []),
		...Array.from(copies, ([device, count]) => (count === 1 ? `a copy to ${device}` : `${count} copies to ${device}`)),
		...logs.map(logText),
	].join(", ");
};

const logText = ({ what, text }: LogEntry): string => {
	switch (what) {
		case "message":
			return `logged ${JSON.stringify(text)}`;
		case "octets":
			return "its first octets logged";
		case "packet":
			return "its headers logged";
		case "trace":
			return "the run logged";
	}
};

const receivers = ({ fanout, classMask, toHost, forwards }: Outcome): string => {
	const classes = classesText(classMask);
	switch (fanout.kind) {
		case "drop":
			return toHost || forwards.length > 0 ? "to no socket" : "dropped";
		case "pass":
			return `to every socket${classes}`;
		case "steer":
			return fanout.by === "number"
				? `to one socket${classes} (number ${fanout.hash})`
				: `to one socket${classes} (hash ${hexadecimal(fanout.hash, 8)})`;
		case "double":
			return `to two sockets${classes} (hashes ${fanout.hashes.map((hash) => hexadecimal(hash, 8)).join(" and ")})`;
	}
};

const classesText = (mask: bigint): string => {
	if (mask === DEFAULT_CLASSES) return "";
	if (mask === ALL_CLASSES) return " of every class";
	const classes = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ((mask >> BigInt(bit)) & 1n) === 1n);
	if (classes.length === 0) return " of no class";
	return classes.length === 1 ? ` of class ${classes[0]}` : ` of classes ${classes.join(", ")}`;
};
