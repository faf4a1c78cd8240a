// SPDX-License-Identifier: BSD-3-Clause
// Building pfq.ko for a kernel.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findKernel, type Kernel, type KernelSeries } from "./kernel.js";

const packageFolder = fileURLToPath(new URL("../../../packages/kernel-module", import.meta.url));

const make = (kernel: Kernel, ...args: readonly string[]) =>
	spawnSync("make", ["-s", "-C", packageFolder, "modules", `KDIR=${kernel.headers}`, ...args], {
		encoding: "utf8",
		env: { ...process.env, MAKEFLAGS: "" }, // an outer make's are not for this one
	});

/** pfq.ko for this kernel, built if anything changed. */
export const buildModule = (kernel: Kernel): string => {
	const made = make(kernel);
	if (made.status !== 0)
		throw new Error(
			`pfq.ko cannot be built for ${kernel.version} (package linux-headers-${kernel.version}):\n${made.stderr}`,
		);
	return join(packageFolder, "build", kernel.version, "pfq.ko");
};

/** What the compiler and sparse say when they look closely. */
export const moduleWarnings = (series: KernelSeries): string => {
	const kernel = findKernel(series);
	const made = make(kernel, "W=1", "C=2", `KERNEL_BUILD=${join(packageFolder, "build", `${kernel.version}-checked`)}`);
	const said = made.stderr + (made.status === 0 ? "" : made.stdout);
	// headers without an image beside them have no type information to add
	const warnings = said.split("\n").filter((line) => line && !line.startsWith("Skipping BTF generation"));
	return warnings.map((line) => `${line}\n`).join("");
};
