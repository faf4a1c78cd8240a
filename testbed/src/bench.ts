// SPDX-License-Identifier: BSD-3-Clause
// The benchmarks of docs/performance.md: `make bench`, `make bench ARGS='E1 E5'`.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compileBenchmark } from "./bench/compile.js";
import { computationBenchmark, selfCheck } from "./bench/computation.js";
import { type Benchmark, type Context, makeBuildFolder } from "./bench/context.js";
import { growthBenchmark } from "./bench/growth.js";
import { kernelBridgeBenchmark } from "./bench/kernel-bridge.js";
import { kernelSteeringBenchmark, kernelTapBenchmark } from "./bench/kernel-receive.js";
import { kernelTransmitBenchmark } from "./bench/kernel-transmit.js";
import { languageServerBenchmark } from "./bench/language-server.js";
import { languagesBenchmark } from "./bench/languages.js";
import { liveBenchmark, liveNodeBenchmark } from "./bench/live.js";
import { machine } from "./bench/machine.js";
import { memoryBenchmark } from "./bench/memory.js";
import { offlineBenchmark } from "./bench/offline.js";
import { primitivesBenchmark } from "./bench/primitives.js";
import { json, sayMachine, table } from "./bench/report.js";
import { isMissing, meets, type Row } from "./bench/result.js";
import { steeringBenchmark } from "./bench/steering.js";
import { timedBenchmark } from "./bench/timed.js";

const benchmarks: readonly Benchmark[] = [
	selfCheck,
	computationBenchmark,
	primitivesBenchmark,
	offlineBenchmark,
	liveBenchmark,
	liveNodeBenchmark,
	steeringBenchmark,
	languagesBenchmark,
	kernelTapBenchmark,
	kernelSteeringBenchmark,
	compileBenchmark,
	kernelTransmitBenchmark,
	kernelBridgeBenchmark,
	timedBenchmark,
	memoryBenchmark,
	languageServerBenchmark,
	growthBenchmark,
];

const usage = `usage: make bench [ARGS='[ID]... [--quick] [--json FILE]']

${benchmarks.map(({ id, title }) => `  ${id.padEnd(8)}${title}`).join("\n")}

  --quick      a fraction of the repetitions: to see whether all works, not to quote
  --json FILE  where the samples go (default testbed/build/bench/results.json)
`;

function fail(text: string): never {
	process.stderr.write(`bench: ${text}\n${usage}`);
	process.exit(2);
}

function options() {
	try {
		return parseArgs({
			allowPositionals: true,
			options: { quick: { type: "boolean" }, json: { type: "string" }, help: { type: "boolean", short: "h" } },
		});
	} catch (error) {
		fail(error instanceof Error ? error.message : String(error));
	}
}

function choose(ids: readonly string[]): readonly Benchmark[] {
	const wanted = ids.map((id) => id.toLowerCase());
	for (const id of wanted)
		if (!benchmarks.some((each) => each.id.toLowerCase() === id)) fail(`${id}: no such benchmark`);
	return ids.length === 0 ? benchmarks : benchmarks.filter(({ id }) => wanted.includes(id.toLowerCase()));
}

async function runAll(chosen: readonly Benchmark[], quick: boolean): Promise<Row[]> {
	const rows: Row[] = [];
	for (const { id, title, run } of chosen) {
		const context: Context = { quick, progress: (text) => process.stderr.write(`${id}: ${text}\n`) };
		try {
			for await (const row of run(context)) rows.push(row);
		} catch (error) {
			const [reason] = (error instanceof Error ? error.message : String(error)).split("\n").filter(Boolean).slice(-1);
			rows.push({ id, work: title, missing: reason ?? "it failed" });
		}
	}
	return rows;
}

const { values, positionals } = options();
if (values.help) {
	process.stdout.write(usage);
	process.exit(0);
}
const chosen = choose(positionals);
const seen = machine();
process.stderr.write(`${sayMachine(seen)}\n`);
const rows = await runAll(chosen, values.quick ?? false);
const file = values.json ?? `${makeBuildFolder()}/results.json`;
writeFileSync(file, json(seen, rows));
process.stdout.write(`\n${sayMachine(seen)}\n\n${table(rows)}\n\nevery sample: ${file}\n`);
const judged = (verdict: boolean) => rows.filter((row) => !isMissing(row) && meets(row) === verdict).length;
const absent = rows.filter(isMissing).length;
process.stdout.write(`${judged(true)} as wanted, ${judged(false)} not, ${absent} could not be measured\n`);
