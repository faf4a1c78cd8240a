// SPDX-License-Identifier: BSD-3-Clause
import { isTerminal } from "../terminal.js";
import type { Figures } from "./figures.js";
import type { RunOptions } from "./options.js";

/** What shows a run while it goes on, and when it is over. */
export interface Display {
	/** Milliseconds between two calls of `interval`. */
	readonly every: number;
	interval(now: Figures, before: Figures): void;
	summary(figures: Figures): void;
}

/** Each is loaded when it is wanted: tables take as long to load as a small file takes to read. */
export const displayFor = async ({ json }: RunOptions, host: string): Promise<Display> => {
	if (json) return (await import("./json.js")).jsonDisplay(host);
	if (isTerminal()) return (await import("./live.js")).liveDisplay(host);
	return (await import("./summary.js")).summaryDisplay(host);
};
