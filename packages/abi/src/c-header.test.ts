// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { cHeader } from "./c-header.js";
import { layoutOf } from "./layout.js";
import { structures } from "./structures.js";

/** Compilers that must agree on every size and offset; the header asserts them all. */
const compilers = [
	{ target: "x86-64", command: "gcc", options: ["-std=gnu11", "-ffreestanding"] },
	{ target: "x86-64 by clang", command: "clang", options: ["-std=gnu11", "-ffreestanding"] },
	{ target: "i686", command: "i686-linux-gnu-gcc", options: ["-std=gnu11", "-ffreestanding"] },
	{ target: "aarch64", command: "aarch64-linux-gnu-gcc", options: ["-std=gnu11", "-ffreestanding"] },
	{ target: "C++17", command: "g++", options: ["-std=c++17"] },
] as const;

type Compiler = (typeof compilers)[number];

const compile = ({ command, options }: Compiler, source: string) =>
	spawnSync(
		command,
		[...options, "-x", command === "g++" ? "c++" : "c", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-"],
		{ input: source, encoding: "utf8" },
	);

const isInstalled = ({ command }: Compiler): boolean => spawnSync(command, ["--version"]).error === undefined;

describe("the C header", () => {
	for (const compiler of compilers) {
		const installed = isInstalled(compiler);
		if (!installed)
			console.warn(`SKIPPED: the layout for ${compiler.target} is not checked: ${compiler.command} is not installed`);

		it.skipIf(!installed)(`has the layout of the definitions on ${compiler.target}`, () => {
			const { status, stderr } = compile(compiler, cHeader());
			expect(stderr).toBe("");
			expect(status).toBe(0);
		});

		it.skipIf(!installed)(`does not compile with another layout on ${compiler.target}`, () => {
			const shifted = cHeader().replace(/(struct pfq_pkthdr \{\n)/, "$1\tuint64_t before;\n");
			expect(shifted).not.toBe(cHeader());
			expect(compile(compiler, shifted).status).not.toBe(0);
		});
	}

	it("asserts the size of every structure that has members, and the offset of every member", () => {
		const header = cHeader();
		for (const each of structures) {
			const { size, leaves } = layoutOf(each);
			expect(header).toContain(`PFQ_ABI_ASSERT(sizeof(struct ${each.name}) == ${size});`);
			for (const { path, offset, bits } of leaves)
				if (!bits)
					expect(header).toContain(`PFQ_ABI_ASSERT(offsetof(struct ${each.name}, ${path.join(".")}) == ${offset});`);
		}
	});
});
