// SPDX-License-Identifier: BSD-3-Clause
// C1: how long the compiler takes, in a process of its own and in one that has compiled before; and how that grows.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { compile, writeImage } from "@pfq/lang";
import type { Chart } from "./chart.js";
import { picture } from "./chart.js";
import { type Benchmark, type Context, fromRoot, makeBuildFolder } from "./context.js";
import { machine } from "./machine.js";
import type { Result } from "./result.js";
import { median } from "./statistics.js";

const execute = promisify(execFile);

interface Style {
	readonly name: string;
	/** A program that calls primitives about so many times. */
	readonly source: (calls: number) => string;
}

const lines = (count: number, line: (n: number) => string): string =>
	Array.from({ length: Math.max(1, Math.floor(count)) }, (_, n) => line(n)).join("");

const header = "import Network.PFQ.Lang.Default\nimport Network.PFQ.Lang.Prelude\n\n";
const rule = (n: number): string => `when (has_port ${n % 2_000} .&&. has_addr "10.${n % 250}.0.0/16") (inc ${n % 64})`;

/** A rule has four calls: `when`, the conjunction's two questions, and what is counted. */
const styles: readonly Style[] = [
	{
		name: "a do block of rules",
		source: (calls) => `${header}main = do\n${lines(calls / 4, (n) => `    ${rule(n)}\n`)}    steer_flow\n`,
	},
	{
		name: "questions joined by .||.",
		source: (calls) =>
			`${header}main = do\n${lines(calls / 200, (line) => `    filter (is_ip${lines(100, (n) => ` .||. has_port ${(line * 100 + n) % 20_000}`)})\n`)}`,
	},
	{
		name: "a definition for each rule",
		source: (calls) =>
			`${header}${lines(calls / 4, (n) => `rule${n} = ${rule(n)}\n`)}\nmain = unit${lines(calls / 4, (n) => ` >-> rule${n}`)}\n`,
	},
];
const sizes = [1_000, 3_000, 10_000, 30_000, 100_000];
const wantedNodes = 1_000;

function compileOnce(source: string): number {
	const start = performance.now();
	const compiled = compile(source);
	if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
	writeImage(compiled.computation);
	return performance.now() - start;
}

async function compileCold(file: string): Promise<number> {
	const start = performance.now();
	await execute(process.execPath, [fromRoot("packages/lang/bin/pfq-lang.js"), "compile", "-o", "/dev/null", file]);
	return performance.now() - start;
}

/** A program of so many nodes, after the optimiser. */
function programOf(nodes: number): string {
	const [style] = styles as [Style];
	const nodesOf = (calls: number): number => {
		const compiled = compile(style.source(calls));
		return compiled.ok ? compiled.computation.nodes.length : 0;
	};
	let calls = nodes;
	while (nodesOf(calls) < nodes) calls += 40;
	return style.source(calls);
}

async function* run({ quick, progress }: Context): AsyncGenerator<Result> {
	const source = programOf(wantedNodes);
	const file = `${makeBuildFolder()}/program.pfq`;
	writeFileSync(file, source);
	progress(`${wantedNodes} nodes`);
	const repetitions = quick ? 5 : 21;
	const cold: number[] = [];
	for (let n = 0; n < repetitions; n++) cold.push(await compileCold(file));
	yield {
		id: "C1",
		work: `a program of ${wantedNodes} nodes, cold process`,
		unit: "ms",
		ours: { name: "pfq-lang compile", samples: cold },
		wanted: { median: "at most", value: 300 },
	};
	for (let n = 0; n < 20; n++) compileOnce(source);
	yield {
		id: "C1",
		work: `a program of ${wantedNodes} nodes, warm`,
		unit: "ms",
		ours: { name: "compile()", samples: Array.from({ length: repetitions }, () => compileOnce(source)) },
		wanted: { median: "at most", value: 30 },
	};
	const drawn: Chart["lines"][number][] = [];
	for (const { name, source } of styles) {
		const points: { x: number; y: number }[] = [];
		for (const calls of sizes) {
			progress(`${name}: ${calls} calls`);
			const samples = Array.from({ length: quick ? 2 : 5 }, () => compileOnce(source(calls)));
			points.push({ x: calls, y: (median(samples) * 1000) / calls });
			if (calls === sizes.at(-1))
				yield {
					id: "C1",
					work: `${name}, ${calls} calls`,
					unit: "ms",
					ours: { name: "compile()", samples, details: points },
				};
		}
		drawn.push({ name, points });
	}
	const { processor, time } = machine();
	const path = `${makeBuildFolder()}/compile.svg`;
	const chart: Chart = { title: "Compiling", x: "calls of primitives in the program", y: "µs a call", lines: drawn };
	writeFileSync(path, picture([chart], `compile(), warm; ${processor}, ${time.slice(0, 10)}`));
	progress(`drawn: ${path}`);
}

export const compileBenchmark: Benchmark = {
	id: "C1",
	title: "compiling a program, and how that grows (draws build/bench/compile.svg)",
	run,
};
