// SPDX-License-Identifier: BSD-3-Clause
// What packages/kernel-module/packaging says of the module is what the module says of itself.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("../../packages/kernel-module", import.meta.url));
const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");

it("gives DKMS a tree of the module's version with all that it is built of", () => {
	const version = /^MODULE_VERSION\("(.*)"\);$/m.exec(read("linux/main.c"))?.[1];
	expect(/^PACKAGE_VERSION="(.*)"$/m.exec(read("packaging/dkms.conf"))?.[1]).toBe(version);
	expect(JSON.parse(read("package.json")).version).toBe(version);
	const tree = execFileSync("make", ["-s", "-C", folder, "dkms"], { encoding: "utf8" }).trim();
	expect(tree).toBe(`build/dkms/pfq-${version}`);
	for (const file of ["dkms.conf", "Kbuild", "engine/engine.c", "linux/main.c", "include/pfq/abi.h"])
		expect(existsSync(`${folder}/${tree}/${file}`), file).toBe(true);
});

it("has an example of options that the module knows", () => {
	const parameters = read("linux/parameters.c");
	const options = [...read("packaging/modprobe.conf").matchAll(/^#options pfq (\w+)=/gm)].map(([, name]) => name ?? "");
	expect(options.length).toBeGreaterThan(0);
	for (const option of options) expect(parameters).toMatch(new RegExp(`(ROW\\(|DECLARE\\()${option},`));
});
