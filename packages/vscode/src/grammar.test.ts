// SPDX-License-Identifier: BSD-3-Clause
// The grammar, run by the library that VS Code runs it with.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { primitives } from "@pfq/abi";
import { beforeAll, describe, expect, it } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const { OnigScanner, OnigString, loadWASM } = oniguruma;
const grammarFile = new URL("../syntaxes/pfq-lang.tmLanguage.json", import.meta.url);
const examples = new URL("../../../examples/", import.meta.url);

let grammar: textmate.IGrammar;

beforeAll(async () => {
	const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
	const onigLib = loadWASM(wasm).then(() => ({
		createOnigScanner: (patterns: string[]) => new OnigScanner(patterns),
		createOnigString: (text: string) => new OnigString(text),
	}));
	const registry = new textmate.Registry({
		onigLib,
		loadGrammar: async () => textmate.parseRawGrammar(readFileSync(grammarFile, "utf8"), grammarFile.pathname),
	});
	const loaded = await registry.loadGrammar("source.pfq-lang");
	if (loaded === null) throw new Error("no grammar");
	grammar = loaded;
});

/** The parts of a text with their innermost scopes; space, and what is in no scope of its own, is left out. */
const scopesOf = (text: string): readonly (readonly [part: string, scope: string])[] => {
	let state = textmate.INITIAL;
	return text.split("\n").flatMap((line) => {
		const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
		state = ruleStack;
		return tokens.flatMap(({ startIndex, endIndex, scopes }) => {
			const part = line.slice(startIndex, endIndex).trim();
			const scope = scopes.at(-1) ?? "";
			return part === "" ? [] : [[part, scope.replace(".pfq-lang", "")] as const];
		});
	});
};

describe("the grammar", () => {
	it("tells the kinds of words apart", () => {
		expect(scopesOf('main = when (is_tcp .&&. ip_ttl .< 0x40) (forward "eth1") -- why')).toEqual([
			["main", "entity.name.function"],
			["=", "keyword.operator"],
			["when", "support.function.control"],
			["(", "punctuation"],
			["is_tcp", "support.function.predicate"],
			[".&&.", "keyword.operator"],
			["ip_ttl", "variable.other"],
			[".<", "keyword.operator"],
			["0x40", "constant.numeric"],
			[")", "punctuation"],
			["(", "punctuation"],
			["forward", "support.function.action"],
			['"', "string.quoted.double"],
			["eth1", "string.quoted.double"],
			['"', "string.quoted.double"],
			[")", "punctuation"],
			["-- why", "comment.line.double-dash"],
		]);
	});

	it("knows signatures, imports, nested comments, and operators that begin with dashes", () => {
		expect(scopesOf("count :: Int -> NetFunction")).toEqual([
			["count", "entity.name.function"],
			["::", "keyword.operator.type"],
			["Int", "storage.type"],
			["->", "keyword.operator.type"],
			["NetFunction", "storage.type"],
		]);
		expect(scopesOf("import qualified Data.List as L (sum)").slice(0, 4)).toEqual([
			["import", "keyword.control.import"],
			["qualified", "keyword.control.import"],
			["Data.List", "entity.name.namespace"],
			["as", "keyword.control.import"],
		]);
		expect(scopesOf("{- a {- b -} c\n-} main").at(-1)).toEqual(["main", "variable.other"]);
		expect(scopesOf("a --> b")[1]).toEqual(["-->", "keyword.operator"]);
		expect(scopesOf("x'main drop'")).toEqual([
			["x'main", "variable.other"],
			["drop'", "variable.other"],
		]);
	});

	it("has a scope of its own for every primitive that does something, steers or asks", () => {
		const odd = primitives
			.filter(({ symbol }) => /^(is_|has_|steer_|double_steer_)/.test(symbol))
			.filter(({ symbol }) => !scopesOf(` ${symbol}`)[0]?.[1].startsWith("support.function"));
		expect(odd.map(({ symbol }) => symbol)).toEqual([]);
	});

	it.each(readdirSync(examples).filter((name) => name.endsWith(".pfq")))(
		"leaves no word of %s without a scope",
		(name) => {
			const parts = scopesOf(readFileSync(new URL(name, examples), "utf8"));
			expect(parts.filter(([, scope]) => scope === "source")).toEqual([]);
			expect(parts).toContainEqual(["main", "entity.name.function"]);
		},
	);
});
