// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { modulesBeside } from "./command/module-folder.js";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { evaluate, newGroupState, type Outcome, type Packet } from "./evaluator/index.js";
import { format } from "./formatter.js";
import { arpPacket, ipv4Packet } from "./testing/packet-builder.js";
import { samplePackets } from "./testing/sample-packets.js";
import { writeText } from "./text-writer.js";

/** A program in the style in which programs for PFQ are written, with modules of its own. */
const file = fileURLToPath(new URL("./testing/classic/Monitor.pfq", import.meta.url));
const source = readFileSync(file, "utf8");

const compiled = (optimise: boolean) => {
	const result = compile(source, { file, modules: modulesBeside(file), optimise });
	if (!result.ok) throw new Error(renderDiagnostics(result.diagnostics));
	return result.computation;
};
const program = compiled(true);

const runOf = (packets: readonly Packet[], computation = program): { outcomes: Outcome[]; counters: number[] } => {
	const group = newGroupState();
	const outcomes = packets.map((packet) => evaluate(computation, packet, group));
	return { outcomes, counters: Array.from(group.counters.slice(0, 5), Number) };
};

describe("a program in the style of existing ones", () => {
	it("means the same, optimised or not", () => {
		const plain = compiled(false);
		expect(plain.nodes.length).toBeGreaterThan(500);
		expect(program.nodes.length).toBeLessThanOrEqual(plain.nodes.length);
		expect(runOf(samplePackets)).toEqual(runOf(samplePackets, plain));
	});

	it("means the same in normal form", () => {
		const again = compile(writeText(program));
		expect(again.ok && runOf(samplePackets, again.computation)).toEqual(runOf(samplePackets));
	});

	it("has its comments and meaning kept by the formatter", () => {
		const formatted = format(source, file);
		expect(formatted.ok).toBe(true);
		const result = compile(formatted.ok ? formatted.text : "", { file, modules: modulesBeside(file) });
		expect(result.ok && runOf(samplePackets, result.computation)).toEqual(runOf(samplePackets));
	});

	it("counts, marks, copies and steers as it says", () => {
		const web = ipv4Packet({ protocol: "tcp", ports: [40_000, 443], flags: 0x10 });
		const opened = ipv4Packet({ protocol: "tcp", ports: [40_000, 443], flags: 0x02 });
		const mail = ipv4Packet({
			protocol: "tcp",
			ports: [40_000, 25],
			flags: 0x10,
			source: "203.0.113.1",
			destination: "203.0.113.2",
		});
		const scan = ipv4Packet({ protocol: "udp", ports: [31_337, 9] });
		const { outcomes, counters } = runOf([web, opened, mail, scan, arpPacket()]);
		const [first, second, third, fourth, fifth] = outcomes;
		// From a customer: the state says so, and there is no copy. What is short and not long is marked.
		expect(first).toMatchObject({ fanout: { kind: "steer" }, state: 7, mark: 2, forwards: [], classMask: 1n });
		expect(second).toMatchObject({ fanout: { kind: "steer" }, classMask: 2n });
		expect(third).toMatchObject({ fanout: { kind: "steer" }, state: 0, mark: 2, forwards: ["d2"] });
		expect(fourth).toMatchObject({ mark: 0xdead, forwards: ["d1"], state: 7 });
		expect(fifth).toMatchObject({ fanout: { kind: "drop" }, forwards: ["d2"] });
		expect(counters).toEqual([5, 2, 1, 0, 1]);
	});
});
