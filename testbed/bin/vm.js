#!/usr/bin/env node
// SPDX-License-Identifier: BSD-3-Clause
// The command's entry stands in the source tree, not in dist/, so that it can be linked before anything is built.
import { existsSync } from "node:fs";

const program = new URL("../dist/vm.js", import.meta.url);
if (!existsSync(program)) {
	console.error("vm: not built yet; run `make build` first");
	process.exit(1);
}
await import(program.href);
