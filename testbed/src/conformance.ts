// SPDX-License-Identifier: BSD-3-Clause
// conformance [HOST ...]: runs the conformance suite on the user host and on pfq.ko in virtual machines, and leaves the results in
// build/conformance, where scripts/tally-tests.mjs finds them. Hosts: user, 6.1, 6.12 (these by default), and stress, on the debug kernel.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildExamples } from "./example-programs.js";
import { whyNoLinks } from "./namespaces.js";
import { buildExampleModules } from "./vm/example-modules.js";
import { findKernel, type Kernel, type KernelSeries, kernelSeries } from "./vm/kernel.js";
import { buildLibpfqTests, libpfqTests } from "./vm/libpfq-tests.js";
import { moduleWarnings } from "./vm/module.js";
import type { NicModel } from "./vm/network.js";

const folder = fileURLToPath(new URL("..", import.meta.url));
const vm = join(folder, "bin/vm.js");

/** Emulated interfaces that the suite runs on, besides veth pairs. */
const nics: readonly NicModel[] = ["virtio-net", "e1000e"];

/** Of the module. Emulated cards take their time to have room again. */
const parameters: readonly string[] = ["tx_cpus=0-1", "tx_retry=1024"];

interface Verdict {
	readonly passed: readonly string[];
	readonly failed: readonly string[];
	readonly skipped: readonly string[];
}

const vitest = (...args: readonly string[]): string[] => [
	process.execPath,
	"node_modules/vitest/vitest.mjs",
	...["run", "--config", "vitest.conformance.ts", "--root", "."],
	...args,
];

/** Runs a program in this package's folder; its output is passed on. */
const perform = async (
	[program = "", ...args]: readonly string[],
	environment: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly complaint: string }> => {
	const child = spawn(program, args, {
		cwd: folder,
		env: { ...process.env, ...environment },
		stdio: ["ignore", "inherit", "pipe"],
	});
	let complaint = "";
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		process.stderr.write(text);
		complaint += text;
	});
	const [status] = (await once(child, "close")) as [number | null];
	return { status: status ?? 1, complaint };
};

const onUserHost = async (output: string): Promise<Verdict> => {
	const prepare =
		"mount -t sysfs sysfs /sys && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && ip link set lo up";
	await perform(["unshare", "--net", "--mount", "sh", "-c", `${prepare} && exec "$@"`, "sh", ...vitest()], {
		PFQ_HOST: "user",
		PFQ_CONFORMANCE_OUTPUT: output,
	});
	return { passed: [], failed: [], skipped: [] };
};

/** Why there can be no virtual machine here. */
const whyNoMachines = (): string | undefined => {
	for (const [command, from] of [
		["qemu-system-x86_64", "qemu-system-x86"],
		["busybox", "busybox-static"],
		["depmod", "kmod"],
	] as const)
		if (spawnSync(command, ["--help"], { stdio: "ignore" }).error)
			return `there is no \`${command}\` command (package ${from})`;
	return undefined;
};

/** What the end of a virtual machine means; a test that failed is in vitest's own report. */
const endings: Readonly<Record<number, string>> = {
	124: "the machine ends in time",
	125: "the machine boots, and the module is unloaded at the end",
	126: "the kernel's log tells of no trouble",
};

/** Boots and runs the suite inside, or the files of it that are named. */
const inMachine = async (output: string, options: readonly string[], files: readonly string[]): Promise<Verdict> => {
	const { status, complaint } = await perform(
		[
			...[
				process.execPath,
				vm,
				"--output",
				output,
				"--log",
				join(output, "kernel.log"),
				...parameters.flatMap((each) => ["--parameter", each]),
				...options,
			],
			...[...nics.flatMap((nic) => ["--nic", nic]), "--", ...vitest(...files)],
		],
		{ PFQ_HOST: "kernel", PFQ_CONFORMANCE_OUTPUT: "/output", PFQ_CONFORMANCE_NICS: nics.join(",") },
	);
	const trouble = endings[status];
	const passed = Object.values(endings).filter((each) => each !== trouble);
	const failed = trouble
		? [`${trouble}: ${complaint.slice(complaint.lastIndexOf("vm: ")).trim().split("\n").slice(0, 4).join(" | ")}`]
		: [];
	return { passed, failed, skipped: [] };
};

/** The compiler and sparse find nothing to say about the module. */
const checkSources = (series: KernelSeries): Verdict => {
	const name = "the module is built without a warning (W=1, sparse)";
	if (spawnSync("sparse", ["--version"], { stdio: "ignore" }).error)
		return { passed: [], failed: [], skipped: [`${name}: there is no \`sparse\` command (package sparse)`] };
	const warnings = moduleWarnings(series);
	process.stdout.write(warnings);
	return { passed: warnings ? [] : [name], failed: warnings ? [name] : [], skipped: [] };
};

/** What the suite runs besides itself is built here, as that is slow in an emulated machine. */
const buildPrograms = (kernel: Kernel): void => {
	buildLibpfqTests(libpfqTests);
	buildExamples();
	buildExampleModules(kernel);
};

const onKernel = async (series: KernelSeries, output: string): Promise<Verdict> => {
	let kernel: Kernel;
	try {
		kernel = findKernel(series);
	} catch (error) {
		return { passed: [], failed: [], skipped: [`all: ${error instanceof Error ? error.message : error}`] };
	}
	buildPrograms(kernel);
	const sources = checkSources(series);
	const machine = await inMachine(output, ["--kernel", series, "--limit", "2700"], []);
	return {
		passed: [...sources.passed, ...machine.passed],
		failed: [...sources.failed, ...machine.failed],
		skipped: sources.skipped,
	};
};

const underStress = (output: string): Promise<Verdict> => {
	const limit = 5400 + 180 * Number(process.env.PFQ_STRESS_MINUTES ?? 0);
	return inMachine(output, ["--debug", "--limit", String(limit)], ["src/conformance/stress"]);
};

interface Host {
	/** Of the folder of its results. */
	readonly name: string;
	readonly title: string;
	readonly run: (output: string) => Promise<Verdict>;
	readonly obstacle: () => string | undefined;
}

const hosts: Readonly<Record<string, Host>> = {
	user: { name: "user-host", title: "the user host", run: onUserHost, obstacle: whyNoLinks },
	...Object.fromEntries(
		Object.keys(kernelSeries).map((series) => [
			series,
			{
				name: `linux-${series}`,
				title: `pfq.ko on Linux ${series}`,
				run: (output: string) => onKernel(series as KernelSeries, output),
				obstacle: whyNoMachines,
			},
		]),
	),
	stress: { name: "stress", title: "pfq.ko under stress", run: underStress, obstacle: whyNoMachines },
};

const conform = async ({ name, title, run, obstacle }: Host): Promise<void> => {
	const output = join(folder, "build/conformance", name);
	rmSync(output, { recursive: true, force: true });
	mkdirSync(output, { recursive: true });
	process.stdout.write(`\nConformance: ${title} ...\n`);
	const start = Date.now();
	const reason = obstacle();
	const verdict: Verdict =
		reason === undefined ? await run(output) : { passed: [], failed: [], skipped: [`all: ${reason}`] };
	const ran = reason === undefined && !verdict.skipped.some((each) => each.startsWith("all: "));
	const silent = ran && !existsSync(join(output, "test-results.json"));
	const failed = [...verdict.failed, ...(silent ? ["the suite did not run"] : [])];
	const { passed, skipped } = verdict;
	const notes = [...failed.map((each) => `FAILED   ${each}`), ...skipped.map((each) => `SKIPPED  ${each}`)];
	const figures = `${passed.length} ${failed.length} ${skipped.length}`;
	writeFileSync(join(output, "test-tally"), `${[figures, ...notes].join("\n")}\n`);
	for (const note of notes) process.stdout.write(`${note}\n`);
	process.stdout.write(`${title}: ${Math.round((Date.now() - start) / 1000)} s\n`);
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in hosts));
if (unknown !== undefined) {
	process.stderr.write(`conformance: ${unknown}: must be one of ${Object.keys(hosts).join(", ")}\n`);
	process.exit(2);
}
const all = Object.keys(hosts).filter((name) => name !== "stress");
for (const name of asked.length > 0 ? asked : all) await conform(hosts[name] as Host);
