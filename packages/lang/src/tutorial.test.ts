// SPDX-License-Identifier: BSD-3-Clause
// docs/pfq-lang.md: its programs compile and run, its tables say what tcpdump says, its commands print what stands there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import type { Computation } from "./computation.js";
import { renderDiagnostics } from "./diagnostic.js";
import { dissect, evaluate, newGroupState } from "./evaluator/index.js";
import { captureOf } from "./testing/capture-writer.js";
import { pfqLang } from "./testing/pfq-lang.js";
import { samplePackets } from "./testing/sample-packets.js";

const docs = new URL("../../../docs/", import.meta.url);
const tutorial = readFileSync(new URL("pfq-lang.md", docs), "utf8");
const folder = mkdtempSync(join(tmpdir(), "pfq-tutorial-"));
afterAll(() => rmSync(folder, { recursive: true }));

const blocks = (language: string): string[] =>
	Array.from(tutorial.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs")), ([, text]) => text ?? "");

const computationOf = (program: string): Computation => {
	const result = compile(program);
	if (!result.ok) throw new Error(renderDiagnostics(result.diagnostics));
	return result.computation;
};

const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

/** How many packets of a capture tcpdump matches. */
const matched = (file: string, expression: string): number => {
	const { stdout } = spawnSync("tcpdump", ["-r", file, "-n", expression], { encoding: "utf8" });
	return stdout.split("\n").filter((line) => /^\d\d:/.test(line)).length;
};

describe("the tutorial", () => {
	it.each(blocks("haskell"))("has programs that compile and run (%#)", (program) => {
		const computation = computationOf(program);
		for (const packet of samplePackets) evaluate(computation, packet, newGroupState());
	});

	const filters = Array.from(tutorial.matchAll(/^\| `(.+?)` \| `(main = .+)` \|$/gm), ([, expression, program]) => ({
		expression: expression ?? "",
		program: program ?? "",
	}));

	it("has filters", () => {
		expect(filters.length).toBeGreaterThan(12);
	});

	describe.skipIf(!hasTcpdump)("has filters that let through what tcpdump does", () => {
		it.each(filters)("$expression", ({ expression, program }) => {
			// tcpdump does not look through tags unless it is asked about them
			const ofTags = expression.startsWith("vlan");
			const packets = samplePackets.filter((packet) => {
				const { vlans, protocol, fragment, sourcePort } = dissect(packet);
				// it drops what is cut off before a field that it asks for, even behind a "not"
				const isCutOff = (protocol === 6 || protocol === 17) && fragment !== "more" && sourcePort === undefined;
				return packet.octets.length > 0 && !isCutOff && vlans.length > 0 === ofTags;
			});
			const file = join(folder, `${ofTags ? "tagged" : "plain"}.pcap`);
			writeFileSync(file, captureOf(packets.map(({ octets }) => octets)));
			const computation = computationOf(program);
			const passed = packets.filter((packet) => evaluate(computation, packet, newGroupState()).fanout.kind !== "drop");
			expect(passed.length).toBeGreaterThan(0);
			expect(passed.length).toBe(matched(file, expression));
		});
	});

	it.each(blocks("console"))("has commands that print what stands there (%#)", async (session) => {
		const [, line = "", printed = ""] = /^\$ pfq-lang (.*?)\n(.*)$/s.exec(session) ?? [];
		const file = join(folder, "traffic.pcap");
		writeFileSync(file, captureOf(samplePackets.map(({ octets }) => octets)));
		const args = Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? "");
		const { stdout, stderr } = await pfqLang(args.map((each) => (each === "traffic.pcap" ? file : each)));
		expect(stdout + stderr).toBe(printed);
	});

	it("refers to files that there are", () => {
		for (const [, file = ""] of tutorial.matchAll(/\]\(([^)]+)\)/g))
			expect(existsSync(new URL(file, docs)), file).toBe(true);
	});

	it("has `has_` and `is_` words that there are", () => {
		for (const [, word = ""] of tutorial.replace(/```.*?```/gs, "").matchAll(/`((?:has|is|steer)_[a-z0-9]+)`/g))
			expect(compile(`main = ip\nx = ${word}`).diagnostics, word).toEqual([]);
	});
});
