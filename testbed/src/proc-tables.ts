// SPDX-License-Identifier: BSD-3-Clause
// The files in /proc/net/pfq: tables with a header, and a word in each place.
import { expect } from "vitest";

/** The rows, each by the words of the header. */
export const rowsOf = (text: string): Record<string, string>[] => {
	const [header = "", ...rows] = text.trimEnd().split("\n");
	const columns = header.trim().split(/ +/);
	return rows.map((row) => {
		const cells = row.trim().split(/ +/);
		expect(cells.length, text).toBe(columns.length);
		return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""]));
	});
};
