// SPDX-License-Identifier: BSD-3-Clause
import Table from "cli-table3";
import type { Machine } from "./machine.js";
import { isMissing, meets, type Row, ratioOf, saySeries, sayWanted } from "./result.js";
import { median, spread } from "./statistics.js";

function verdict(passed: boolean | undefined): string {
	if (passed === undefined) return "";
	return passed ? "pass" : "MISS";
}

const widest = 46;
const shorten = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

/** One line for each row, the ratio first. */
export function table(rows: readonly Row[]): string {
	const drawn = new Table({
		head: ["", "ratio", "wanted", "", "work", "PFQ", "peer", "unit", "peer is"],
		style: { head: [], border: [], compact: true },
		colAligns: ["left", "right", "left", "left", "left", "right", "right", "left", "left"],
		chars: {
			...{ top: "", "top-mid": "", "top-left": "", "top-right": "", left: "", right: "", middle: "  " },
			...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
			...{ mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
		},
	});
	const notes: string[] = [];
	for (const row of rows) {
		if (isMissing(row)) {
			drawn.push([row.id, "-", "", "", row.work, "", "", "", row.missing]);
			continue;
		}
		if (row.note !== undefined) notes.push(`${row.id} ${row.work}: ${row.note}`);
		drawn.push([
			row.id,
			ratioOf(row)?.toFixed(2) ?? "",
			sayWanted(row.wanted, row.unit),
			verdict(meets(row)),
			row.work,
			saySeries(row.ours),
			row.peer === undefined ? "" : saySeries(row.peer),
			row.unit,
			shorten(row.peer?.name ?? ""),
		]);
	}
	return [drawn.toString(), ...notes.map((note) => `  ${note}`)].join("\n");
}

export const sayMachine = ({ processor, processors, kernel, load, commit }: Machine): string =>
	`${processor}, ${processors} processors, Linux ${kernel}, load ${load.toFixed(2)}, commit ${commit}`;

/** Everything, every sample too. */
export function json(machine: Machine, rows: readonly Row[]): string {
	const results = rows.map((row) =>
		isMissing(row)
			? row
			: {
					...row,
					ratio: ratioOf(row),
					pass: meets(row),
					median: median(row.ours.samples),
					spread: spread(row.ours.samples),
					peerMedian: row.peer && median(row.peer.samples),
					peerSpread: row.peer && spread(row.peer.samples),
				},
	);
	return `${JSON.stringify({ machine, results }, null, "\t")}\n`;
}
