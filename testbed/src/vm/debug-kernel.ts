// SPDX-License-Identifier: BSD-3-Clause
// A kernel that watches itself: testbed/kernel/debug.config on Debian's source of Linux 6.1, built once into the cache.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, type Kernel, run } from "./kernel.js";

const configuration = fileURLToPath(new URL("../../kernel/debug.config", import.meta.url));
const archive = "/usr/src/linux-source-6.1.tar.xz";

/** Large, and of no use here; the rest is what the configuration's own files refer to. */
const leftOut = ["*/drivers/gpu/drm/amd/include", "*/tools/testing"];

const sourceVersion = (): string => run("dpkg-query", ["--show", "linux-source-6.1"]).trim();

/** A folder for each version of the source and of the configuration. */
const folder = (): string => {
	const key = createHash("sha256")
		.update(`${sourceVersion()}\n`)
		.update(readFileSync(configuration))
		.digest("hex")
		.slice(0, 12);
	return join(cacheFolder("debug-kernels"), key);
};

const described = (place: string): Kernel => {
	const build = join(place, "build");
	return {
		version: readFileSync(join(build, "include/config/kernel.release"), "utf8").trim(),
		image: join(build, "arch/x86/boot/bzImage"),
		modules: join(place, "modules"),
		headers: build,
		watchesMemory: true,
	};
};

const built = (place: string): string => join(place, "built");

const make = (source: string, args: readonly string[]): void => {
	const done = spawnSync("nice", ["make", "-s", "-C", source, `O=${join(source, "../build")}`, ...args], {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "pipe"],
		maxBuffer: 1 << 28,
	});
	if (done.status !== 0) throw new Error(`the debug kernel cannot be built:\n${(done.stderr ?? "").slice(-2000)}`);
};

/** Options of ours that the kernel's own configuration did not take. */
const refused = (place: string): string[] => {
	const taken = new Set(readFileSync(join(place, "build/.config"), "utf8").split("\n"));
	return readFileSync(configuration, "utf8")
		.split("\n")
		.filter((line) => line.startsWith("CONFIG_") && !taken.has(line));
};

/** Builds it unless it is there. */
export const buildDebugKernel = (say: (text: string) => void): Kernel => {
	if (!existsSync(archive)) throw new Error(`${archive} is missing (package linux-source-6.1)`);
	const place = folder();
	if (existsSync(built(place))) return described(place);
	const source = join(place, "source");
	rmSync(place, { recursive: true, force: true });
	mkdirSync(source, { recursive: true });
	mkdirSync(join(place, "build"));
	mkdirSync(join(place, "modules"));
	say(`unpacking ${archive} ...`);
	run("tar", ["-xJf", archive, "--strip-components=1", "-C", source, ...leftOut.map((each) => `--exclude=${each}`)]);
	make(source, [`KCONFIG_ALLCONFIG=${configuration}`, "allnoconfig"]);
	const missing = refused(place);
	if (missing.length > 0) throw new Error(`${configuration}: not taken: ${missing.join(", ")}`);
	say("building the debug kernel; some ten minutes on two processors ...");
	make(source, [`-j${availableParallelism()}`, "bzImage", "modules"]);
	writeFileSync(join(place, "modules/modules.dep"), ""); // all is built in
	writeFileSync(built(place), "");
	return described(place);
};

export const findDebugKernel = (): Kernel => {
	const place = folder();
	if (!existsSync(built(place))) throw new Error("there is no debug kernel: make debug-kernel");
	return described(place);
};
