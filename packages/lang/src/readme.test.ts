// SPDX-License-Identifier: BSD-3-Clause
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import * as lang from "./index.js";
import { captureOf } from "./testing/capture-writer.js";
import { pfqLang } from "./testing/pfq-lang.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

const blocks = (language: string): string[] =>
	Array.from(readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs")), ([, text]) => text ?? "");

/** Runs a TypeScript example that has no types in it, with what it imports from this package, and gives what it leaves. */
const run = (example: string, result: string): unknown => {
	const [, names = "", body = ""] = /^import \{(.*?)\} from "@pfq\/lang";\n(.*)$/s.exec(example) ?? [];
	return new Function("lang", `const {${names}} = lang;\n${body}\nreturn ${result};`)(lang);
};

/** Ethernet, IPv4, UDP 192.168.1.11:43966 > 209.87.249.18:53, 98 octets. */
const query = Buffer.alloc(98);
query.write("0200000000020200000000010800", "hex");
query.write("450000541234000040110000c0a8010bd157f912", 14, "hex");
query.write("abbe003500400000", 34, "hex");

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

	it("has commands that say what it prints", async () => {
		const folder = mkdtempSync(join(tmpdir(), "pfq-readme-"));
		try {
			const [program = ""] = blocks("haskell");
			const [commands = ""] = blocks("sh");
			const [, printed] = /```sh\n[^`]*```\n\n```\n(.*?)```/s.exec(readme) ?? [];
			writeFileSync(join(folder, "web.pfq"), program);
			writeFileSync(
				join(folder, "traffic.pcap"),
				captureOf([...Array.from({ length: 6 }, () => Buffer.alloc(60)), query]),
			);
			const lines = [...commands.matchAll(/^pfq-lang (.*?) +#/gm)].map(([, line = ""]) => line.split(" "));
			const outputs = lines.map((line) =>
				pfqLang(line.map((word) => (/\.(pfq|pcap)$/.test(word) ? join(folder, word) : word))),
			);
			const [check, explain] = await Promise.all(outputs);
			expect(check).toMatchObject({ status: 0, stderr: "" });
			expect(explain).toEqual({ status: 0, stderr: "", stdout: printed });
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
