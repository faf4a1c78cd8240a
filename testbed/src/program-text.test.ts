// SPDX-License-Identifier: BSD-3-Clause
// The engine's text of a loaded computation (engine/text.c) is a program of pfq-lang that compiles to the same.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, readImage, writeImage, writeText } from "@pfq/lang";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { program } from "./differential/programs.js";

const engineFolder = fileURLToPath(new URL("../../packages/kernel-module", import.meta.url));
/** Lines of a name and an image. */
const golden = readFileSync(new URL("../../packages/lang/golden/images.txt", import.meta.url), "utf8")
	.split("\n")
	.filter((line) => /^\S+ [0-9a-f]+$/.test(line))
	.map((line) => Buffer.from(line.split(" ")[1] ?? "", "hex"));

beforeAll(() => {
	execFileSync("make", ["-C", engineFolder, "build/evaluate"], { stdio: ["ignore", "ignore", "inherit"] });
}, 300_000);

const word = (value: number) => {
	const octets = Buffer.alloc(4);
	octets.writeUInt32LE(value);
	return octets;
};

/** Each image as the engine prints it. */
const printed = (images: readonly Uint8Array[]): string[] => {
	const input = Buffer.concat(images.flatMap((image) => [word(5), word(image.length), image]));
	const { stdout, stderr } = spawnSync(`${engineFolder}/build/evaluate`, { input, maxBuffer: 1 << 28 });
	expect(stderr.toString()).toBe("");
	const texts: string[] = [];
	for (let at = 0; at < stdout.length; at += 4 + stdout.readUInt32LE(at))
		texts.push(stdout.toString("latin1", at + 4, at + 4 + stdout.readUInt32LE(at)));
	return texts;
};

const compiled = (text: string) => {
	const result = compile(text, { optimise: false });
	if (!result.ok) throw new Error(`${result.diagnostics[0]?.message}:\n${text}`);
	return result.computation;
};

const imageOf = (text: string): string => Buffer.from(writeImage(compiled(text))).toString("hex");

describe("the engine's text of a program", () => {
	it("compiles to the same image as the text that the compiler writes", () => {
		const images = [...golden, ...fc.sample(program, { numRuns: 300, seed: 7 }).map(writeImage)];
		expect(golden.length).toBeGreaterThan(100);
		const texts = printed(images);
		expect(texts.length).toBe(images.length);
		for (const [index, image] of images.entries()) {
			const text = texts[index] ?? "";
			expect(imageOf(text), text).toBe(imageOf(writeText(readImage(image))));
		}
	}, 120_000);

	it("is ASCII whatever a string holds, and one line for each definition", () => {
		const names = ['"', "\\", "\n", "\u001b[2J", "é", "\u{1f980}", "\u2028", "\\&"].map((each) => `a${each}b`);
		const texts = printed(
			names.map((name) =>
				writeImage({
					nodes: [{ symbol: "forward", arguments: [{ type: "String", value: name }], next: null }],
				}),
			),
		);
		for (const [index, text] of texts.entries()) {
			expect(text).toMatch(/^main = forward "[ -~]*"\n$/);
			expect(compiled(text).nodes[0]?.arguments[0]?.value).toBe(names[index]);
		}
		expect(texts.length).toBe(names.length);
	});

	it("stays short where a program shares much or nests deep", () => {
		const doubled = Array.from({ length: 200 }, (_, index) =>
			index === 199
				? { symbol: "has_port", arguments: [{ type: "Word16", value: 80 } as const], next: null }
				: {
						symbol: "and",
						arguments: [{ type: "Fun", value: index + 2 } as const, { type: "Fun", value: index + 2 } as const],
						next: null,
					},
		);
		const nested = Array.from({ length: 5000 }, (_, index) => ({
			symbol: index === 4999 ? "is_ip" : "not",
			arguments: index === 4999 ? [] : [{ type: "Fun", value: index + 2 } as const],
			next: null,
		}));
		const filter = { symbol: "filter", arguments: [{ type: "Fun", value: 1 } as const], next: null };
		for (const text of printed([doubled, nested].map((nodes) => writeImage({ nodes: [filter, ...nodes] })))) {
			expect(text).toMatch(/^main = filter /);
			expect(text.length).toBeLessThan(50_000);
			for (const line of text.split("\n")) expect(line.length).toBeLessThan(200);
		}
	});
});
