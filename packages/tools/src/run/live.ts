// SPDX-License-Identifier: BSD-3-Clause
import { createLogUpdate } from "log-update";
import type { Display } from "./display.js";
import { report } from "./report.js";
import { summaryDisplay } from "./summary.js";

/** For a terminal: a table redrawn in place, which the summary replaces. */
export const liveDisplay = (): Display => {
	const draw = createLogUpdate(process.stdout);
	return {
		every: 500,
		interval: (now, before) => draw(report(now, before)),
		summary(figures) {
			draw.clear();
			draw.done();
			summaryDisplay().summary(figures);
		},
	};
};
