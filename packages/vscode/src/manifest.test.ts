// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, root), "utf8"));
const manifest = read("package.json");
const { languages, grammars, configuration, commands } = manifest.contributes;
const [language] = languages;
const [grammar] = grammars;

it("names files that there are", () => {
	for (const file of [manifest.main, language.configuration, grammar.path])
		expect(existsSync(new URL(file, root)), file).toBe(true);
	expect(grammar.language).toBe(language.id);
	expect(read(grammar.path).scopeName).toBe(grammar.scopeName);
	expect(language.extensions).toEqual([".pfq"]);
});

it("has a language configuration whose patterns are regular expressions", () => {
	const { comments, wordPattern, indentationRules, onEnterRules } = read(language.configuration);
	expect(comments).toEqual({ lineComment: "--", blockComment: ["{-", "-}"] });
	expect("main >-> x'1".match(new RegExp(wordPattern.pattern, `g${wordPattern.flags}`))).toEqual(["main", "x'1"]);
	expect(new RegExp(indentationRules.increaseIndentPattern).test("main = do")).toBe(true);
	expect(new RegExp(indentationRules.increaseIndentPattern).test("main = udp")).toBe(false);
	expect(new RegExp(indentationRules.decreaseIndentPattern).test("  else drop")).toBe(true);
	expect(new RegExp(onEnterRules[0].beforeText).test("-- a comment")).toBe(true);
});

it("declares the settings and commands that the extension uses", () => {
	const source = readFileSync(new URL("src/extension.ts", root), "utf8");
	expect(Object.keys(configuration.properties)).toEqual(["pfq-lang.command", "pfq-lang.trace.server"]);
	expect(commands.map(({ command }: { command: string }) => command)).toEqual(["pfq-lang.restart"]);
	expect(source).toContain('get<string>("command"');
	expect(source).toContain(".restart`");
});

/** Loads the bundle with a stand-in for `vscode`, which VS Code alone has; tells what it gives, and what else it asks for. */
const loading = `
	const Module = require("node:module");
	const anything = () => new Proxy(function () {}, {
		get: (_, name) => (name === Symbol.toPrimitive ? () => "" : anything()),
		apply: anything,
		construct: anything,
	});
	const load = Module._load;
	const asked = new Set();
	Module._load = (name, ...rest) => {
		if (name === "vscode") return anything();
		if (!Module.isBuiltin(name)) asked.add(name);
		return load(name, ...rest);
	};
	const bundle = process.argv[1];
	const gives = Object.keys(require(bundle));
	asked.delete(bundle);
	console.log(JSON.stringify({ gives, asked: [...asked] }));
`;

it("is bundled to one file that needs nothing but VS Code", () => {
	const bundle = new URL(manifest.main, root).pathname;
	const { stdout, stderr } = spawnSync(process.execPath, ["-e", loading, bundle], { encoding: "utf8" });
	expect(stderr).toBe("");
	expect(JSON.parse(stdout)).toEqual({ gives: ["activate", "deactivate"], asked: [] });
});
