// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "./generated-files.js";

const root = resolve(import.meta.dirname, "../../..");

describe("what is generated", () => {
	for (const [path, content] of Object.entries(generatedFiles())) {
		it(`is up to date: ${path} (else: node packages/abi/dist/generate.js)`, () => {
			expect(readFileSync(resolve(root, path), "utf8")).toBe(content);
		});
		it(`says so: ${path}`, () => {
			expect(content.split("\n").slice(0, 3).join("\n")).toMatch(/[Gg]enerated by @pfq\/abi, do not edit/);
		});
	}
});
