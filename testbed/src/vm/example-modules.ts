// SPDX-License-Identifier: BSD-3-Clause
// The module of examples/kernel-module, and modules made of it that must not be loaded, built for a kernel of a guest.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Kernel } from "./kernel.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const engine = `${root}packages/kernel-module`;
const example = `${root}examples/kernel-module`;

/** What is changed in the example, and what the log says when pfq_NAME.ko, which comes of it, is loaded. */
export const spoiledModules: Readonly<Record<string, readonly [from: string, to: string, said: string]>> = {
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

const make = (...args: readonly string[]): void => {
	const made = spawnSync("make", ["-s", ...args, "modules"], {
		encoding: "utf8",
		env: { ...process.env, MAKEFLAGS: "" }, // an outer make's are not for this one
	});
	if (made.status !== 0) throw new Error(`${example}: cannot be built:\n${made.stderr}`);
};

/** Leaves them in examples/kernel-module/build and testbed/build/primitives, in a folder named for the kernel. */
export const buildExampleModules = (kernel: Kernel): void => {
	make("-C", engine, `KDIR=${kernel.headers}`);
	make("-C", example, `KDIR=${kernel.headers}`);
	const folder = `${root}testbed/build/primitives/${kernel.version}`;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const source = readFileSync(`${example}/pfq_example.c`, "utf8");
	for (const [name, [from, to]] of Object.entries(spoiledModules))
		writeFileSync(
			`${folder}/pfq_${name}.c`,
			source.replace(from, to).replace("static bool longer_than", "static bool __maybe_unused longer_than"),
		);
	const objects = Object.keys(spoiledModules).map((name) => `pfq_${name}.o`);
	writeFileSync(
		`${folder}/Kbuild`,
		readFileSync(`${example}/Kbuild`, "utf8").replace("pfq_example.o", objects.join(" ")),
	);
	make(
		...["-C", kernel.headers, `M=${folder}`, `PFQ=${engine}`, `PFQ_ABI_INCLUDE=${root}packages/abi/include`],
		`KBUILD_EXTRA_SYMBOLS=${engine}/build/${kernel.version}/Module.symvers`,
	);
};
