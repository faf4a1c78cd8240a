// SPDX-License-Identifier: BSD-3-Clause
// pfq.ko as it is installed, and what packages/kernel-module/packaging says of it: the same as the module says of itself.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { kernelSeries } from "./vm/kernel.js";

const folder = fileURLToPath(new URL("../../packages/kernel-module", import.meta.url));
const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");

const isSupported = (version: string) => Object.keys(kernelSeries).some((series) => version.startsWith(`${series}.`));

/** A kernel whose headers are here. What is built for it stays. */
const version = (existsSync("/lib/modules") ? readdirSync("/lib/modules") : [])
	.filter(isSupported)
	.find((each) => existsSync(`/lib/modules/${each}/build/include/generated/utsrelease.h`));
const headers = `/lib/modules/${version}/build`;

/** An outer make's flags are not for these. */
const environment = { ...process.env, MAKEFLAGS: "", PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const run = (command: string, ...args: readonly string[]): string =>
	execFileSync(command, args, { encoding: "utf8", env: environment, stdio: ["ignore", "pipe", "pipe"] });
const make = (...args: readonly string[]): string => run("make", "-s", ...args);

describe.skipIf(version === undefined)("pfq.ko", { timeout: 300_000 }, () => {
	it("is installed where modprobe finds it", () => {
		const place = mkdtempSync(join(tmpdir(), "pfq-modules-"));
		try {
			make("-C", folder, "modules", `KDIR=${headers}`);
			make("-C", folder, "modules_install", `KDIR=${headers}`, `INSTALL_MOD_PATH=${place}`);
			run("depmod", "-b", place, version ?? "");
			const found = run("modprobe", "-d", place, "-S", version ?? "", "--show-depends", "pfq");
			expect(found).toMatch(new RegExp(`^insmod ${place}/lib/modules/.*/pfq\\.ko(\\.\\w+)? *\n$`));
		} finally {
			rmSync(place, { recursive: true });
		}
	});

	it("is built before it is installed", () => {
		const install = () => make("-C", folder, "modules_install", `KDIR=${headers}`, "KERNEL_BUILD=/nowhere");
		expect(install).toThrow("pfq.ko: not built for the kernel in");
	});

	it("builds in DKMS's tree by that alone", () => {
		const tree = join(folder, make("-C", folder, "dkms").trim());
		make("-C", headers, `M=${tree}`, "linux/main.o");
		expect(existsSync(join(tree, "linux/main.o"))).toBe(true);
	});
});

it("gives DKMS a tree of the module's version with all that it is built of", () => {
	const said = /^MODULE_VERSION\("(.*)"\);$/m.exec(read("linux/main.c"))?.[1];
	expect(/^PACKAGE_VERSION="(.*)"$/m.exec(read("packaging/dkms.conf"))?.[1]).toBe(said);
	expect(JSON.parse(read("package.json")).version).toBe(said);
	const tree = make("-C", folder, "dkms").trim();
	expect(tree).toBe(`build/dkms/pfq-${said}`);
	for (const file of ["dkms.conf", "Kbuild", "engine/engine.c", "linux/main.c", "include/pfq/abi.h"])
		expect(existsSync(`${folder}/${tree}/${file}`), file).toBe(true);
});

it("has an example of options that the module knows", () => {
	const parameters = read("linux/parameters.c");
	const options = [...read("packaging/modprobe.conf").matchAll(/^#options pfq (\w+)=/gm)].map(([, name]) => name ?? "");
	expect(options.length).toBeGreaterThan(0);
	for (const option of options) expect(parameters).toMatch(new RegExp(`(ROW\\(|DECLARE\\()${option},`));
});

it("has a udev rule for the module's device, and the group that it names", () => {
	const name = /\.name = "(\w+)"/.exec(read("linux/control_device.c"))?.[1];
	const [rule] = /^[^#].*$/m.exec(read("packaging/60-pfq.rules")) ?? [];
	expect(rule).toBe(`SUBSYSTEM=="misc", KERNEL=="${name}", GROUP="pfq", MODE="0660"`);
	expect(read("packaging/sysusers.conf")).toMatch(/^g pfq -$/m);
});
