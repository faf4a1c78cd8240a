// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { primitives } from "@pfq/abi";
import { describe, expect, it } from "vitest";
import { goldenSources } from "../generated/golden-sources.js";
import { image, program } from "../program.js";
import type { NetFunction } from "../term.js";
import { goldenFiles, imageOf } from "./files.js";

const root = resolve(import.meta.dirname, "../../../..");
const kept = (path: string): string => readFileSync(resolve(root, path), "utf8");

const texts = Object.entries(JSON.parse(kept("packages/lang/golden/programs.json")) as Record<string, string>);
const images = new Map(
	kept("packages/lang/golden/images.txt")
		.trimEnd()
		.split("\n")
		.map((line) => line.split(" ") as [string, string]),
);
const edsl = new Map<string, () => NetFunction>(Object.entries(goldenSources));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

describe("the golden programs", () => {
	it("are at least two hundred, and say each primitive", () => {
		expect(texts.length).toBeGreaterThanOrEqual(200);
		const words = new Set(texts.flatMap(([, text]) => text.match(/\w+/g) ?? []));
		expect(primitives.map(({ symbol }) => symbol).filter((symbol) => !words.has(symbol))).toEqual([]);
	});

	it("have an image each, and a source in TypeScript", () => {
		const names = texts.map(([name]) => name);
		expect([...images.keys()]).toEqual(names);
		expect([...edsl.keys()]).toEqual(names);
	});

	it.each(texts)("are these bytes from text and from the eDSL: %s", (name, text) => {
		const golden = images.get(name);
		expect(hex(imageOf(text))).toBe(golden);
		expect(hex(image(program((edsl.get(name) as () => NetFunction)())))).toBe(golden);
	});

	it.each(Object.entries(goldenFiles()))("are up to date: %s (else: pnpm generate)", (path, content) => {
		expect(kept(path) === content).toBe(true);
	});
});
