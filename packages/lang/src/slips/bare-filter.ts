// SPDX-License-Identifier: BSD-3-Clause
import type { Compilation } from "../compile.js";

const LONGEST_FILTER = 200;

/** What may have been meant by a program that is one line without `=`, such as the filter of tcpdump `udp port 53`. */
export const bareFilterHint = (text: string, compile: (text: string) => Compilation): string | null => {
	const [line = "", ...more] = text
		.split("\n")
		.map((each) => each.trim())
		.filter((each) => each !== "" && !each.startsWith("--"));
	if (more.length > 0 || line.includes("=") || line.length > LONGEST_FILTER) return null;
	const meant = compile(`main = ${line}`);
	if (meant.ok) return `write \`main = ${line}\``;
	const [, written] = /^write `(.+)`$/.exec(meant.diagnostics[0]?.hint ?? "") ?? [];
	return written === undefined
		? "a program defines `main`, as in `main = udp >-> port 53`"
		: `write \`main = ${written}\``;
};
