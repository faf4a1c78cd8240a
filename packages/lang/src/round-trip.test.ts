// SPDX-License-Identifier: BSD-3-Clause
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { writeDot } from "./dot.js";
import { filter, hasPort, ip, isTcp, mark, or, when } from "./generated/edsl.js";
import { computationOf } from "./graph.js";
import { readJson, writeJson } from "./json.js";
import { type NetFunction, sequence } from "./term.js";
import { arbitraryFunction } from "./testing/arbitrary-program.js";
import { writeText } from "./text-writer.js";

const withoutPlaces = (source: string) => {
	const result = compile(source, { optimise: false });
	if (!result.ok) throw new Error(`${renderDiagnostics(result.diagnostics)}\n${source}`);
	return { nodes: result.computation.nodes.map(({ place, ...node }) => node) };
};

describe("a computation", () => {
	it("printed as text is compiled to the same computation", () => {
		fc.assert(
			fc.property(arbitraryFunction(), (made) => {
				const computation = computationOf(made);
				expect(withoutPlaces(writeText(computation))).toEqual(computation);
			}),
			{ numRuns: 500 },
		);
	});

	it("of any size is printed so that it can be compiled", () => {
		let deep: NetFunction = ip;
		let wide = isTcp;
		for (let index = 0; index < 3_000; index++) {
			deep = when(hasPort(index), deep);
			wide = or(wide, hasPort(index));
		}
		const computation = computationOf(sequence(deep, filter(wide), mark(1)));
		expect(withoutPlaces(writeText(computation))).toEqual(computation);
	});

	it("written as JSON is read as the same computation", () => {
		fc.assert(
			fc.property(arbitraryFunction(), (made) => {
				const computation = computationOf(made);
				expect(readJson(writeJson(computation))).toEqual(computation);
			}),
			{ numRuns: 300 },
		);
	});

	it("has the JSON form of the specification", () => {
		const result = compile("main = when (has_port 53) (mark 1) >-> steer_flow");
		const none = [null, null, null, null, null, null];
		expect(result.ok && JSON.parse(writeJson(result.computation))).toEqual([
			{
				funSymbol: "when",
				funArgs: [{ argType: "Fun", argValue: 1 }, { argType: "Fun", argValue: 2 }, ...none],
				funIndex: 0,
				funLink: 3,
			},
			{
				funSymbol: "has_port",
				funArgs: [{ argType: "Word16", argValue: 53 }, null, ...none],
				funIndex: 1,
				funLink: -1,
			},
			{ funSymbol: "mark", funArgs: [{ argType: "Word32", argValue: 1 }, null, ...none], funIndex: 2, funLink: -1 },
			{ funSymbol: "steer_flow", funArgs: [null, null, ...none], funIndex: 3, funLink: -1 },
		]);
	});

	it.each([
		["{", "not a good program in JSON"],
		["{}", "not a good program in JSON: it is no list of nodes"],
		["[]", "not a good program in JSON: it has 0 nodes, not 1 to 65536"],
		["[5]", "not a good program in JSON: node 0 is no object"],
		[
			'[{"funSymbol":"ip","funArgs":[],"funIndex":0,"funLink":7}]',
			"not a good program in JSON: node 0 refers to node 7, and there is none",
		],
		[
			'[{"funSymbol":"ip","funArgs":[],"funIndex":0,"funLink":0}]',
			"node 0 (ip): what comes next is node 0; it must be a later one of the 1 nodes",
		],
		['[{"funSymbol":"ipp","funArgs":[],"funIndex":0,"funLink":-1}]', "node 0 (ipp): no primitive has this name"],
		[
			'[{"funSymbol":"mark","funArgs":[{"argType":"Word32","argValue":-1}],"funIndex":0,"funLink":-1}]',
			"node 0 (mark): mark: -1 is out of range: a Word32 goes from 0 to 4294967295",
		],
		[
			'[{"funSymbol":"is_ip","funArgs":[],"funIndex":0,"funLink":-1}]',
			"node 0 (is_ip): the entry is a NetPredicate; a NetFunction is wanted",
		],
	])("is not read from bad JSON: %s", (text, message) => {
		expect(() => readJson(text)).toThrow(message);
	});

	it("is drawn as a graph", () => {
		const result = compile('main = when is_ip (forward "a\\"b")');
		expect(result.ok && writeDot(result.computation)).toMatchInlineSnapshot(`
			"digraph computation {
				graph [fontname="Helvetica", nodesep=0.35, ranksep=0.38, bgcolor="transparent", pad=0.1];
				node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=12, fontcolor="#1c2430", penwidth=1.2, margin="0.17,0.09", height=0.3];
				edge [fontname="Helvetica", fontsize=10, color="#5b6675", fontcolor="#5b6675", arrowsize=0.65];
				packet [shape=plaintext, style="", label="packet", class="packet", fontcolor="#5b6675", fontsize=11, margin=0.02, height=0.2];
				packet -> n0 [class="next", penwidth=1.8, weight=8];
				n0 [label=<<b>when</b><br/><font face="Courier" point-size="11">is_ip</font>>, class="control", fillcolor="#fff5da", color="#b57f0a"];
				n0 -> n2 [label=" yes ", class="yes", color="#2c8a50", fontcolor="#2c8a50"];
				n2 [label=<<b>forward &quot;a\\&quot;b&quot;</b>>, class="action", fillcolor="#f2eefb", color="#7552b8"];
			}
			"
		`);
	});
});
