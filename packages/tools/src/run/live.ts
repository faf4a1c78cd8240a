// SPDX-License-Identifier: BSD-3-Clause
import { createLogUpdate } from "log-update";
import type { Display } from "./display.js";
import type { Figures } from "./figures.js";
import { report } from "./report.js";
import { summaryDisplay } from "./summary.js";

/** For a terminal: a table redrawn in place, which the summary replaces. */
export const liveDisplay = (host: string): Display => {
	const draw = createLogUpdate(process.stdout);
	let redraw = (): void => {};
	const startAfresh = (): void => {
		// where the lines have gone that were drawn before, each terminal decides by itself
		process.stdout.write(eraseScreen);
		draw.done();
		redraw();
	};
	process.stdout.on("resize", startAfresh);
	return {
		every: 500,
		interval(now, before) {
			redraw = () => draw(fittedReport(now, before));
			redraw();
		},
		summary(figures) {
			process.stdout.off("resize", startAfresh);
			draw.clear();
			draw.done();
			summaryDisplay(host).summary(figures);
		},
	};
};

const eraseScreen = "\x1b[H\x1b[J";

/** As much of the report as the terminal has room for: fewer sockets first, then fewer lines; lines are cut, not wrapped. */
const fittedReport = (now: Figures, before: Figures): string => {
	const columns = process.stdout.columns || 80;
	const room = (process.stdout.rows || 24) - 1; // the cursor's own line
	const tooMany = report(now, before).split("\n").length - room;
	const sockets = tooMany > 0 ? Math.max(0, now.sockets.length - tooMany - 1) : now.sockets.length;
	const lines = report(now, before, sockets).split("\n");
	const shown = lines.length > room ? [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more`] : lines;
	return shown.map((line) => cut(line, columns)).join("\n");
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: styles are control characters
const styleOrCharacter = /\x1b\[[0-9;]*m|./gu;

/** Styles have no width, and those that end one are kept. */
const cut = (line: string, columns: number): string => {
	let width = 0;
	return line.replace(styleOrCharacter, (part) => (part.startsWith("\x1b") || ++width <= columns ? part : ""));
};
