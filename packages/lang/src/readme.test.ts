// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import * as lang from "./index.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

const blocks = (language: string): string[] =>
	Array.from(readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs")), ([, text]) => text ?? "");

/** Runs a TypeScript example that has no types in it, with what it imports from this package, and gives what it leaves. */
const run = (example: string, result: string): unknown => {
	const [, names = "", body = ""] = /^import \{(.*?)\} from "@pfq\/lang";\n(.*)$/s.exec(example) ?? [];
	return new Function("lang", `const {${names}} = lang;\n${body}\nreturn ${result};`)(lang);
};

describe("the README", () => {
	it("has a program that compiles", () => {
		const [program = ""] = blocks("haskell");
		expect(renderDiagnostics(compile(program).diagnostics)).toBe("");
	});

	it("has examples that run", () => {
		const [edsl = "", text = ""] = blocks("ts");
		expect(lang.readImage(run(edsl, "bytes") as Uint8Array).nodes.length).toBe(10);
		expect(run(text, "result")).toMatchObject({ ok: true });
	});
});
