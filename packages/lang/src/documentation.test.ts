// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { documentationOf, documentedNames, nearestDocumented } from "./documentation.js";

describe("the documentation of built-in names", () => {
	it("has for each a meaning, and an example that compiles and uses it", () => {
		for (const name of documentedNames())
			for (const { meaning, example, type } of documentationOf(name)) {
				expect(meaning, name).not.toBe("");
				expect(type).not.toBe("");
				expect(example).toContain(name);
				expect(renderDiagnostics(compile(example).diagnostics), `${name}: ${example}`).toBe("");
			}
	});

	it("has both meanings of a name that Haskell has too", () => {
		expect(documentationOf("filter").map(({ type }) => type)).toEqual([
			"NetPredicate -> NetFunction",
			"(a -> Bool) -> [a] -> [a]",
			"(v -> Bool) -> Map k v -> Map k v",
			"(a -> Bool) -> Set a -> Set a",
		]);
	});

	it("knows what was meant", () => {
		expect(nearestDocumented("steer_flw")).toBe("steer_flow");
		expect(documentationOf("steer_flw")).toEqual([]);
	});
});
