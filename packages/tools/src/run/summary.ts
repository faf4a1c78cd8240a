// SPDX-License-Identifier: BSD-3-Clause
import type { Display } from "./display.js";
import { report } from "./report.js";

/** For output that is no terminal: nothing until the run is over. */
export const summaryDisplay = (): Display => ({
	every: 1000,
	interval: () => {},
	summary(figures) {
		process.stdout.write(`${report(figures)}\n`);
	},
});
