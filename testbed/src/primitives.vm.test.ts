// SPDX-License-Identifier: BSD-3-Clause
// Primitives of a kernel module of somebody's own, by the example of examples/kernel-module, in a virtual machine.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { inGuest, minutes, seriesAsked } from "./vm/guest.js";
import { findKernel, type KernelSeries } from "./vm/kernel.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = `${root}/examples/kernel-module`;
/** Modules made of the example that must not be loaded: what is changed in it, and what the log says then. */
const spoiled: Readonly<Record<string, readonly [from: string, to: string, said: string]>> = {
	again: ["", "", "primitive longer_than: there is one of this name"],
	builtin: ['= "longer_than"', '= "is_ip"', "primitive is_ip: there is one of this name"],
	twice: ['= "longer_than"', '= "add_to_mark"', "primitive add_to_mark: there is one of this name"],
	named: ['= "longer_than"', '= "Longer\\n"', "primitive ?: its name must be 1 to 63 of a-z, 0-9 and _"],
	kinds: [
		"PFQ_KIND_PREDICATE",
		"PFQ_KIND_FUNCTION",
		"primitive longer_than: must be a predicate, or an action and a function",
	],
	empty: [".run = longer_than", ".run = NULL", "primitive longer_than: has nothing to run"],
	typed: ["PFQ_ARG_Word32", "PFQ_ARG_Double", "primitive longer_than: has a parameter that makes no sense"],
};

/** Builds the example and the others for the kernel that the guest runs. */
const build = (series: string): void => {
	const kernel = findKernel(series as KernelSeries);
	const make = (...args: string[]) =>
		execFileSync("make", ["-s", ...args], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
	const engine = `${root}/packages/kernel-module`;
	make("-C", engine, "modules", `KDIR=${kernel.headers}`);
	make("-C", example, "modules", `KDIR=${kernel.headers}`);
	const folder = `${root}/testbed/build/primitives/${kernel.version}`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const source = readFileSync(`${example}/pfq_example.c`, "utf8");
	for (const [name, [from, to]] of Object.entries(spoiled))
		writeFileSync(
			`${folder}/pfq_${name}.c`,
			source.replace(from, to).replace("static bool longer_than", "static bool __maybe_unused longer_than"),
		);
	const kbuild = readFileSync(`${example}/Kbuild`, "utf8");
	writeFileSync(
		`${folder}/Kbuild`,
		kbuild.replace(
			"pfq_example.o",
			Object.keys(spoiled)
				.map((name) => `pfq_${name}.o`)
				.join(" "),
		),
	);
	make(
		"-C",
		kernel.headers,
		`M=${folder}`,
		`PFQ=${engine}`,
		`PFQ_ABI_INCLUDE=${root}/packages/abi/include`,
		`KBUILD_EXTRA_SYMBOLS=${engine}/build/${kernel.version}/Module.symvers`,
		"modules",
	);
};

/** Prints what becomes of packets of two lengths, whether the module can be unloaded, and what is refused. */
const program = `
import { execFileSync, spawnSync } from "node:child_process";
import { Socket } from "@pfq/core";
import { declarePrimitive } from "@pfq/lang";
const word = (name) => ({ name, type: "Word32" });
declarePrimitive({ form: "predicate", symbol: "longer_than", parameters: [word("octets")], result: "NetPredicate", doc: "" });
declarePrimitive({ form: "action", symbol: "add_to_mark", parameters: [word("number")], result: "NetFunction", doc: "" });
const nodes = (octets, number) => [
	{ symbol: "filter", arguments: [{ type: "Fun", value: 1 }], next: 2 },
	{ symbol: "longer_than", arguments: [{ type: "Word32", value: octets }], next: null },
	{ symbol: "add_to_mark", arguments: [{ type: "Word32", value: number }], next: null },
];
const socket = Socket.open({ caplen: 64, rxSlots: 1024 });
const group = socket.joinGroup();
group.setComputation({ nodes: nodes(200, 7) });
group.bind("veth0");
socket.enable();
for (const size of ["100", "300"])
	execFileSync("../../testbed/native/build/blast", ["-d", "veth1", "-n", "10", "-s", size], { stdio: "ignore" });
const marks = [];
for (let batch = socket.read(); batch !== null; batch = socket.read()) for (const packet of batch) marks.push(packet.mark);
console.log(JSON.stringify(marks));
console.log(execFileSync("cat", ["/proc/net/pfq/computations"]).toString().split("\\n").filter((line) => line.startsWith("main")).join());
console.log(spawnSync("rmmod", ["pfq_example"]).status);
try { group.setComputation({ nodes: nodes(200, 1001) }); } catch (error) { console.log(error.message); }
group.setComputation(null);
console.log(spawnSync("rmmod", ["pfq_example"]).status);
try { group.setComputation({ nodes: nodes(200, 7) }); } catch (error) { console.log(error.message); }
`;

describe.each(seriesAsked)("pfq.ko on Linux %s", (series) => {
	it(
		"runs primitives of another module, which cannot be unloaded meanwhile, and refuses what makes no sense",
		async () => {
			build(series);
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				insmod examples/kernel-module/build/$(uname -r)/pfq_example.ko || fail 'the example is refused'
				dmesg -C
				for each in ${Object.keys(spoiled).join(" ")}; do
					insmod testbed/build/primitives/$(uname -r)/pfq_$each.ko 2>/dev/null && fail "$each: taken"
				done
				dmesg -t | grep '^pfq: '
				cd packages/tools
				cat >/tmp/program.mjs <<-'END'
				${program}
				END
				cp /tmp/program.mjs program.mjs
				node program.mjs
				rmmod pfq && echo unloaded`,
			);
			expect(stderr).toBe("");
			expect(status).toBe(0);
			const count = Object.keys(spoiled).length;
			const lines = stdout.trimEnd().split("\n");
			expect(lines.slice(0, count)).toEqual(
				Object.entries(spoiled).map(([name, [, , said]]) => `pfq: pfq_${name}: ${said}`),
			);
			expect(lines.slice(count)).toEqual([
				JSON.stringify(new Array(10).fill(7)),
				"main = filter (longer_than 200) >-> add_to_mark 7",
				"1",
				expect.stringContaining("argument number is out of range"),
				"0",
				expect.stringContaining("this engine has no primitive longer_than"),
				"unloaded",
			]);
		},
		10 * minutes,
	);
});
