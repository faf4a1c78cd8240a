#!/usr/bin/env node
// SPDX-License-Identifier: BSD-3-Clause
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { goldenFiles } from "./files.js";

const root = resolve(import.meta.dirname, "../../../..");
for (const [path, content] of Object.entries(goldenFiles())) {
	const target = resolve(root, path);
	mkdirSync(dirname(target), { recursive: true });
	writeFileSync(target, content);
	console.log(path);
}
