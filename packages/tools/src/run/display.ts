// SPDX-License-Identifier: BSD-3-Clause
import type { Figures } from "./figures.js";

/** What shows a run while it goes on, and when it is over. */
export interface Display {
	/** Milliseconds between two calls of `interval`. */
	readonly every: number;
	interval(now: Figures, before: Figures): void;
	summary(figures: Figures): void;
}
