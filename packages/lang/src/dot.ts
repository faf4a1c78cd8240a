// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Node } from "./computation.js";
import { phraseOf } from "./explanation/phrase.js";
import { phraseLines } from "./phrase-lines.js";
import { findPrimitive } from "./primitive.js";
import { constant } from "./text-writer.js";

/** What functions are for: the class of their nodes in an SVG, and their colours. */
const kinds = [
	{ name: "end", symbols: /^(drop|bridge|detour)$/, fill: "#fdecec", line: "#c2413b" },
	{ name: "steering", symbols: /^(double_steer_|steer_|broadcast|classify)/, fill: "#e4f6e9", line: "#2c8a50" },
	{
		name: "control",
		symbols: /^(when|unless|conditional|inv|par\d?|tee|tap|shift|src|dst|kernel_if|detour_if)$/,
		fill: "#fff5da",
		line: "#b57f0a",
	},
	{
		name: "action",
		symbols: /^(inc|dec|mark|put_state|forward|forwardIO|link|kernel$|log_|trace|unit)/,
		fill: "#f2eefb",
		line: "#7552b8",
	},
	{ name: "filter", symbols: /./, fill: "#e7f0fc", line: "#2a67b1" },
] as const;

const kindOf = (symbol: string) => kinds.find(({ symbols }) => symbols.test(symbol)) as (typeof kinds)[number];

/** What the arrow to a function that a node runs is called, where its parameter has no better name. */
const arrows: Readonly<Record<string, string>> = {
	"when function": "yes",
	"unless function": "no",
	"conditional consequent": "yes",
	"conditional alternative": "no",
	"inv function": "",
	"shift function": "inside",
	"src function": "source",
	"dst function": "destination",
};

const arrowColours: Readonly<Record<string, string>> = { yes: "#2c8a50", no: "#c2413b" };

const LONGEST_PHRASE = 400;
const LONGEST_LINE = 40;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as HTML-like labels have it. What controls a terminal or the direction of writing is shown as a sign. */
const escaped = (text: string): string =>
	text.replace(/[&<>"]/g, (each) => entities[each] as string).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "\ufffd");

/** The name of a function in bold; under it what it asks, in lines that begin together if there are several. */
const labelOf = (head: string, asked: readonly string[]): string => {
	const title = `<b>${escaped(head)}</b>`;
	if (asked.length === 0) return `<${title}>`;
	const end = asked.length > 1 ? '<br align="left"/>' : "";
	const code = asked.map((line) => escaped(line) + end).join("");
	return `<${title}<br/><font face="Courier" point-size="11">${code}</font>>`;
};

/**
 * A computation as a graph for Graphviz: its functions, with what they ask written in them. Bold arrows go to what runs next,
 * thin ones to what a function runs in turn. Nodes and arrows have classes, for those who style the SVG.
 */
export const writeDot = (computation: Computation): string => {
	const { nodes } = computation;
	const label = ({ symbol, arguments: args }: Node): string => {
		const constants = args.flatMap((each) => (each.type === "Fun" ? [] : [constant(each.value)]));
		const asked = args.flatMap(({ type, value }) =>
			type === "Fun" && isFunction(value) === false
				? phraseLines(phraseOf(computation, value, LONGEST_PHRASE), LONGEST_LINE)
				: [],
		);
		return labelOf([symbol === "conditional" ? "if" : symbol, ...constants].join(" "), asked);
	};

	/** Whether a node is a NetFunction: others are written in those that ask them. */
	const isFunction = (index: number): boolean => findPrimitive(nodes[index]?.symbol ?? "")?.result === "NetFunction";

	const lines = nodes.flatMap((node, index) => {
		if (!isFunction(index)) return [];
		const row = findPrimitive(node.symbol);
		const { name: kind, fill, line } = kindOf(node.symbol);
		const runs = node.arguments.flatMap(({ type, value }, position) => {
			if (type !== "Fun" || !isFunction(value)) return [];
			const parameter = row?.parameters[position]?.name ?? "";
			const name = arrows[`${node.symbol} ${parameter}`] ?? parameter;
			const colour = arrowColours[name];
			const style = colour === undefined ? "" : `, class="${name}", color="${colour}", fontcolor="${colour}"`;
			return [`\tn${index} -> n${value} [label=" ${name} "${style}];`];
		});
		const next = node.next === null ? [] : [`\tn${index} -> n${node.next} [class="next", penwidth=1.8, weight=8];`];
		const look = `class="${kind}", fillcolor="${fill}", color="${line}"`;
		return [`\tn${index} [label=${label(node)}, ${look}];`, ...runs, ...next];
	});
	const style = [
		'\tgraph [fontname="Helvetica", nodesep=0.35, ranksep=0.38, bgcolor="transparent", pad=0.1];',
		'\tnode [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=12, fontcolor="#1c2430", penwidth=1.2, margin="0.17,0.09", height=0.3];',
		'\tedge [fontname="Helvetica", fontsize=10, color="#5b6675", fontcolor="#5b6675", arrowsize=0.65];',
		'\tpacket [shape=plaintext, style="", label="packet", class="packet", fontcolor="#5b6675", fontsize=11, margin=0.02, height=0.2];',
		'\tpacket -> n0 [class="next", penwidth=1.8, weight=8];',
	];
	return `digraph computation {\n${[...style, ...lines].join("\n")}\n}\n`;
};
