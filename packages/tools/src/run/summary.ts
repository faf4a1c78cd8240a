// SPDX-License-Identifier: BSD-3-Clause
import { dim } from "../terminal.js";
import type { Display } from "./display.js";
import { report } from "./report.js";

/** For output that is no terminal: nothing until the run is over. */
export const summaryDisplay = (host: string): Display => ({
	every: 1000,
	interval: () => {},
	summary(figures) {
		process.stdout.write(`${report(figures)}\n${dim(`host: ${host}`)}\n`);
	},
});
