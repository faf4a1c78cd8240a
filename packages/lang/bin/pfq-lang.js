#!/usr/bin/env node
// SPDX-License-Identifier: BSD-3-Clause
// The command's entry stands in the source tree, not in dist/, so that it can be linked before anything is built.
import { existsSync } from "node:fs";

const command = new URL("../dist/command/command.js", import.meta.url);
if (!existsSync(command)) {
	console.error("pfq-lang: not built yet; run `make build` first");
	process.exit(1);
}
const { runCommandLine } = await import(command.href);
process.exitCode = await runCommandLine("pfq-lang", process.argv.slice(2));
