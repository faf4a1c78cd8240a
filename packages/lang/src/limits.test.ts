// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { format } from "./formatter.js";

const MANY = 10_000;
const repeated = (part: (index: number) => string, count = MANY): string =>
	Array.from({ length: count }, (_, index) => part(index)).join("");

/** The number of nodes, or the kind and the message of the first error. */
const outcome = (source: string): number | string => {
	const result = compile(source, { optimise: false });
	if (result.ok) return result.computation.nodes.length;
	return `${result.diagnostics[0]?.kind}: ${result.diagnostics[0]?.message}`;
};

describe("a program with", () => {
	it.each([
		["a chain of 10,000 functions", `main = ip${repeated((n) => ` >-> mark ${n}`)}`, MANY + 1],
		[
			"10,000 comparisons joined by `.||.`",
			`main = filter (is_ip${repeated((n) => ` .||. ip_id .== ${n}`)})`,
			2 * MANY + 3,
		],
		["10,000 times `else if`", `main = ${repeated((n) => `if has_port ${n} then mark ${n} else `)}drop`, 3 * MANY + 1],
		["10,000 times `$`", `main = ${"inv $ ".repeat(MANY)}ip`, MANY + 1],
		["10,000 lines of `do`", `main = do\n${repeated((n) => `  mark ${n}\n`)}`, MANY],
		[
			"10,000 definitions that use each other",
			`a0 = ip\n${repeated((n) => `a${n + 1} = a${n} >-> mark ${n}\n`)}main = a${MANY}`,
			MANY + 1,
		],
		[
			"definitions that use another twice, 60 times over",
			`a0 = is_ip\n${repeated((n) => `a${n + 1} = a${n} .||. not a${n}\n`, 60)}main = filter a60`,
			122,
		],
		["300 brackets in each other", `main = ${"inv (".repeat(300)}ip${")".repeat(300)}`, 301],
	])("%s is compiled", (_, source, nodes) => {
		expect(outcome(source)).toBe(nodes);
	});

	it.each([
		[
			"10,000 brackets in each other",
			`main = ${"(".repeat(MANY)}ip${")".repeat(MANY)}`,
			"limit: this is nested more than 1000 deep",
		],
		[
			"a million brackets that are open",
			`main = ${"[".repeat(1_000_000)}`,
			"limit: this is nested more than 1000 deep",
		],
		[
			"10,000 lambdas in each other",
			`main = ${"\\x -> ".repeat(MANY)}ip`,
			"syntax: this is nested more than 1000 deep",
		],
		["10,000 nested `let`", `main = ${"let x = ip in ".repeat(MANY)}ip`, "syntax: this is nested more than 1000 deep"],
		[
			"10,000 functions that call each other",
			`a0 x = x\n${repeated((n) => `a${n + 1} x = a${n} x >-> ip\n`)}main = a${MANY} ip`,
			/^limit: /,
		],
		[
			"2^40 steps",
			`a0 = ip >-> udp\n${repeated((n) => `a${n + 1} = a${n} >-> a${n}\n`, 40)}main = a40`,
			"limit: the program has more than 65536 nodes",
		],
		[
			"2^40 calls",
			`a0 x = x\n${repeated((n) => `a${n + 1} x = a${n} (a${n} x)\n`, 40)}main = a40 ip`,
			"limit: this program takes too many steps to expand",
		],
		[
			"a list of 2^60 elements",
			`main = vlan_id_filter (${repeated(() => "concatMap (replicate 1000) (", 20)}[1]${")".repeat(21)}`,
			"limit: this program takes too many steps to expand",
		],
		[
			"a type of size 2^40",
			`a0 x = (x, x)\n${repeated((n) => `a${n + 1} x = a${n} (a${n} x)\n`, 40)}main = ip`,
			"limit: the types of this program are too large",
		],
		[
			"a circle of 10,000 definitions",
			`${repeated((n) => `a${n} = a${(n + 1) % MANY}\n`)}main = a0`,
			/^recursion: `a0` is defined by itself: `a0` → `a1` → .* → `a0`$/,
		],
		[
			"a number of a million digits",
			`main = mark ${"9".repeat(1_000_000)}`,
			"lexical: this number is too long for any type",
		],
		["10,000 errors", repeated((n) => `a${n} = zz${n}zz\n`), "name: nothing is called `zz0zz`"],
	])("%s is refused", (_, source, message) => {
		expect(outcome(source)).toMatch(message);
	});

	/** 200,000 characters: what takes time by their square would not end. */
	const LARGE = 200_000;
	it.each([
		["empty strings on one line", `main = ${'"" '.repeat(LARGE / 3)}`],
		["empty lines", `${"\n".repeat(LARGE)}main = ip`],
		["spaces", `main = ip${" ".repeat(LARGE)}>-> udp`],
		["comments after code", "a=b--c\n".repeat(130_000)],
		["open comments", "{-".repeat(LARGE / 2)],
		["a long name", `main = ${"a".repeat(LARGE)}`],
		["a tuple of all", `main = (${"ip,".repeat(LARGE / 3)}ip)`],
		["imports", `${"import Data.List\n".repeat(LARGE / 50)}main = ip`],
		["signs", `main = ${"- ".repeat(LARGE / 2)}`],
		["back quotes", "`".repeat(LARGE)],
		["signs of other languages", "# \n".repeat(LARGE / 3)],
	])("%s, 200,000 characters of them, are read and formatted to an end", (_, source) => {
		const { ok, diagnostics } = compile(source);
		expect(ok).toBe(diagnostics.length === 0);
		for (const { message } of diagnostics) expect(message.length).toBeLessThan(300);
		const formatted = format(source);
		if (formatted.ok) expect(format(formatted.text)).toEqual(formatted);
	});

	it("10,000 errors has a hundred of them told", () => {
		expect(compile(repeated((n) => `a${n} = zz${n}zz\n`)).diagnostics.length).toBe(100);
	});
});
