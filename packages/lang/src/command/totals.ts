// SPDX-License-Identifier: BSD-3-Clause
import type { GroupState, Outcome } from "../evaluator/index.js";
import { output } from "./terminal.js";

/** What became of the packets of a capture, added up. */
export interface Totals {
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

export const newTotals = (): Totals => ({ packets: 0, dropped: 0, every: 0, one: 0, two: 0, copies: 0, notRun: 0 });

export const count = (totals: Totals, outcome: Outcome | null): void => {
	totals.packets++;
	if (outcome === null) {
		totals.notRun++;
		return;
	}
	totals[({ drop: "dropped", pass: "every", steer: "one", double: "two" } as const)[outcome.fanout.kind]]++;
	totals.copies += outcome.forwards.length;
};

const usedCounters = ({ counters }: GroupState): (readonly [number, bigint])[] =>
	Array.from(counters, (value, index) => [index, value] as const).filter(([, value]) => value !== 0n);

/** The totals as a line of JSON. */
export const totalsJson = (totals: Totals, group: GroupState): string => {
	const counters = Object.fromEntries(usedCounters(group).map(([index, value]) => [index, String(value)]));
	return `${JSON.stringify({ totals, counters })}\n`;
};

/** The totals in words. */
export const totalsText = (
	{ packets, dropped, every, one, two, copies, notRun }: Totals,
	group: GroupState,
): string => {
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
	const total = `${packets} ${packets === 1 ? "packet" : "packets"}${shares.length === 0 ? "" : `: ${shares.join(", ")}`}`;
	return `${output.bold([total, ...counters].join("; "))}\n`;
};
