// SPDX-License-Identifier: BSD-3-Clause
// Benchmarks of pfq.ko in a virtual machine whose clock counts instructions (`vm --icount`): the figures are the same on every
// machine, however busy.
//
// A benchmark is an id and some rows. A row names commands, which are run in the guest, at the top of the checkout, after the
// prelude below: ours, a peer's, and a floor (the same work without either), whose cost is taken off both. The last line that a
// command prints is one JSON object whose `total` has the samples, in nanoseconds a unit of work, which are instructions. Equal
// commands are run once. To add a benchmark: a file with its rows, as kernel-receive.ts, and a line in ../bench.ts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Benchmark, type Context, fromRoot } from "./context.js";
import { buildNative } from "./process.js";
import type { Row, Series, Wanted } from "./result.js";
import { median } from "./statistics.js";

export interface Contender {
	readonly name: string;
	readonly command: string;
}

export interface KernelRow {
	readonly work: string;
	readonly unit: string;
	readonly floor?: Contender;
	readonly ours: Contender;
	readonly peer: Contender;
	readonly wanted?: Wanted;
}

export interface KernelBenchmark {
	readonly id: string;
	readonly title: string;
	/** Called when the benchmark runs: it may write files that its commands read. */
	readonly rows: (quick: boolean) => readonly KernelRow[];
}

/** Two cables with nothing on them but what the commands send, a device that drops, and the kernel's packet generator. */
const prelude = `
set -e
modprobe pktgen
rmmod pfq
insmod $PFQ_MODULE tx_cpus=0
ip link add dummy0 type dummy
ip link add veth0 type veth peer name veth1
ip link add veth2 type veth peer name veth3
for each in dummy0 veth0 veth1 veth2 veth3; do
	echo 1 >/proc/sys/net/ipv6/conf/$each/disable_ipv6
	ip link set $each up
done
`;

async function inGuest(series: string, script: string): Promise<string> {
	const vm = fromRoot("testbed/bin/vm.js");
	const options = ["--kernel", series, "--icount", "--smp", "1", "--limit", "3000"];
	const child = spawn(process.execPath, [vm, ...options, "--", "sh", "-c", prelude + script], {
		cwd: fromRoot("."),
		stdio: ["ignore", "pipe", "pipe"],
	});
	let output = "";
	let errors = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		output += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		errors += text;
	});
	const [status] = await once(child, "close");
	if (status !== 0) throw new Error(`Linux ${series}: ${errors.trim() || `status ${status}`}`);
	return output;
}

const contendersOf = ({ floor, ours, peer }: KernelRow): Contender[] =>
	floor === undefined ? [ours, peer] : [floor, ours, peer];

/** The samples of each command, by the command. */
async function measure(series: string, rows: readonly KernelRow[]): Promise<Map<string, readonly number[]>> {
	const commands = [...new Set(rows.flatMap(contendersOf).map(({ command }) => command))];
	const script = commands.map((command) => `out=$(${command})\nprintf '%s\\n' "$out" | tail -n 1\n`).join("");
	const lines = (await inGuest(series, script)).trim().split("\n");
	return new Map(
		commands.map((command, n) => [command, (JSON.parse(lines[n] ?? "{}") as { total: readonly number[] }).total]),
	);
}

function compare(id: string, series: string, row: KernelRow, measured: Map<string, readonly number[]>): Row {
	const samples = ({ command }: Contender) => measured.get(command) ?? [];
	const floor = row.floor === undefined ? 0 : median(samples(row.floor));
	const above = (contender: Contender): Series => ({
		name: contender.name,
		samples: samples(contender).map((each) => each - floor),
	});
	return {
		id,
		work: `${row.work}, Linux ${series}`,
		unit: row.unit,
		ours: above(row.ours),
		peer: above(row.peer),
		...(row.wanted !== undefined && { wanted: row.wanted }),
		...(row.floor !== undefined && { note: `${row.floor.name}: ${floor.toFixed(0)}, taken off both` }),
	};
}

export function kernelBenchmark({ id, title, rows }: KernelBenchmark): Benchmark {
	async function* run({ quick, progress }: Context): AsyncGenerator<Row> {
		await buildNative();
		const work = rows(quick);
		for (const series of quick ? ["6.1"] : ["6.1", "6.12"]) {
			progress(`Linux ${series}`);
			const measured = await measure(series, work);
			for (const row of work) yield compare(id, series, row, measured);
		}
	}
	return { id, title, run };
}
