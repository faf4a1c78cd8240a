// SPDX-License-Identifier: BSD-3-Clause
// Kernels to boot: Debian's own packages, unpacked outside the tree and installed nowhere.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Kernel series that the module supports, and the Debian package that brings the headers of the newest of each. */
export const kernelSeries = { "6.1": "linux-headers-amd64", "6.12": "linux-headers-6.12-amd64" } as const;
export type KernelSeries = keyof typeof kernelSeries;

export interface Kernel {
	/** As `uname -r` says it. */
	readonly version: string;
	/** The compressed image. */
	readonly image: string;
	/** The folder of its modules, with modules.dep. */
	readonly modules: string;
	/** Where a module is built for it. */
	readonly headers: string;
	/** Whether it can look for memory that is left behind (kmemleak). */
	readonly watchesMemory?: boolean;
}

const cache = () => join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pfq");

/** A folder of the cache, made if need be. The guest sees it, as it sees the whole file system but /tmp. */
export const cacheFolder = (name: string): string => {
	const path = join(cache(), name);
	mkdirSync(path, { recursive: true });
	return path;
};

/** Runs a program to its end and returns what it printed. */
export const run = (command: string, args: readonly string[], cwd?: string): string => {
	const done = spawnSync(command, args, { encoding: "utf8", cwd, maxBuffer: 1 << 28 });
	if (done.error !== undefined) throw new Error(`${command}: ${done.error.message}`);
	if (done.status !== 0)
		throw new Error(`${command} ${args.join(" ")}: ${(done.stderr || done.stdout).trim() || `status ${done.status}`}`);
	return done.stdout;
};

const versionsOf = (series: KernelSeries): string[] => {
	const parent = "/lib/modules";
	const found = existsSync(parent) ? readdirSync(parent) : [];
	return found
		.filter((version) => version.startsWith(`${series}.`) && /(?<!-rt|-cloud)-amd64$/.test(version))
		.filter((version) => existsSync(join(parent, version, "build/include/generated/utsrelease.h")))
		.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
};

const unpacked = (folder: string): Kernel | undefined => {
	const version = existsSync(join(folder, "lib/modules")) ? readdirSync(join(folder, "lib/modules"))[0] : undefined;
	if (version === undefined) return undefined;
	return {
		version,
		image: join(folder, `boot/vmlinuz-${version}`),
		modules: join(folder, "lib/modules", version),
		headers: `/lib/modules/${version}/build`,
	};
};

const fetch = (name: string, folder: string): void => {
	const temporary = mkdtempSync(join(cacheFolder("kernels"), "fetching-"));
	try {
		run("apt-get", ["-q", "-o", "APT::Sandbox::User=root", "download", name], temporary);
		const file = readdirSync(temporary).find((each) => each.endsWith(".deb"));
		if (file === undefined) throw new Error(`${name}: nothing was fetched`);
		const root = join(temporary, "root");
		run("dpkg", ["-x", join(temporary, file), root]);
		const kernel = unpacked(root);
		if (!kernel) throw new Error(`${name}: holds no kernel`);
		run("depmod", ["-b", root, kernel.version]);
		rmSync(folder, { recursive: true, force: true });
		renameSync(root, folder);
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
};

/** The newest kernel of the series that there are headers for on this machine, fetched if it is not there yet. */
export const findKernel = (series: KernelSeries): Kernel => {
	const [version] = versionsOf(series);
	if (version === undefined)
		throw new Error(`there are no headers of Linux ${series}: apt-get install ${kernelSeries[series]}`);
	const name = `linux-image-${version}`;
	const folder = join(cacheFolder("kernels"), name);
	if (!unpacked(folder)) {
		try {
			fetch(name, folder);
		} catch (error) {
			const reason = error instanceof Error ? error.message : error;
			throw new Error(`${name} cannot be fetched (apt-get update; apt-get install ${kernelSeries[series]}): ${reason}`);
		}
	}
	const fetched = unpacked(folder);
	if (!fetched) throw new Error(`${name}: holds no kernel`);
	return fetched;
};
