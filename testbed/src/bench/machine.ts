// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { fromRoot } from "./context.js";

export interface Machine {
	readonly processor: string;
	readonly processors: number;
	readonly memory: number;
	readonly kernel: string;
	readonly node: string;
	/** Load average of the last minute, when the run began. */
	readonly load: number;
	readonly commit: string;
	readonly time: string;
}

function commit(): string {
	try {
		const git = (...args: string[]) => execFileSync("git", ["-C", fromRoot("."), ...args], { encoding: "utf8" });
		const changed = git("status", "--porcelain", "--untracked-files=no").trim() !== "";
		return git("rev-parse", "HEAD").trim() + (changed ? " with changes" : "");
	} catch {
		return "not a checkout";
	}
}

export function machine(): Machine {
	return {
		processor: cpus()[0]?.model.trim() ?? "unknown",
		processors: cpus().length,
		memory: totalmem(),
		kernel: release(),
		node: process.version,
		load: loadavg()[0] ?? 0,
		commit: commit(),
		time: new Date().toISOString(),
	};
}
