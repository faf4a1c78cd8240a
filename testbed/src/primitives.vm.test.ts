// SPDX-License-Identifier: BSD-3-Clause
// Primitives of a kernel module of somebody's own, by the example of examples/kernel-module, in a virtual machine.
import { describe, expect, it } from "vitest";
import { buildExampleModules, spoiledModules } from "./vm/example-modules.js";
import { inGuest, inside, patience, seriesAsked } from "./vm/guest.js";
import { findKernel, type KernelSeries } from "./vm/kernel.js";

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
while (marks.length < 10 && (await socket.readable())) for (const packet of socket.read() ?? []) marks.push(packet.mark);
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
			// a guest finds them built, and no headers to build them with
			if (!inside) buildExampleModules(findKernel(series as KernelSeries));
			const { status, stdout, stderr } = await inGuest(
				series,
				`
				insmod examples/kernel-module/build/$(uname -r)/pfq_example.ko || fail 'the example is refused'
				dmesg -C
				for each in ${Object.keys(spoiledModules).join(" ")}; do
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
			const count = Object.keys(spoiledModules).length;
			const lines = stdout.trimEnd().split("\n");
			expect(lines.slice(0, count)).toEqual(
				Object.entries(spoiledModules).map(([name, [, , said]]) => `pfq: pfq_${name}: ${said}`),
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
		patience,
	);
});
