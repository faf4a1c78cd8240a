// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Node } from "./computation.js";
import { phraseOf } from "./explanation/phrase.js";
import { findPrimitive } from "./primitive.js";
import { constant } from "./text-writer.js";

const escaped = (text: string): string => text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");

/** What functions are for, by colour. */
const colours: readonly (readonly [pattern: RegExp, fill: string, line: string])[] = [
	[/^(drop|bridge)$/, "#fde8e8", "#c0392b"],
	[/^(steer_|broadcast|classify)/, "#e3f5e7", "#2d8a4e"],
	[/^(when|unless|conditional|inv|par\d?|tee|tap|kernel_if|detour_if)$/, "#fff6dc", "#b7860b"],
	[/^(inc|dec|mark|put_state|forward|unit)$/, "#f1edf9", "#7454b3"],
];
const filterColours = ["#e6f0fb", "#2b6cb0"] as const;

const coloursOf = (symbol: string): readonly [fill: string, line: string] => {
	const [, fill, line] = colours.find(([pattern]) => pattern.test(symbol)) ?? [];
	return fill && line ? [fill, line] : filterColours;
};

/** What the arrow to a function that a node runs is called, where its parameter has no better name. */
const arrows: Readonly<Record<string, string>> = {
	"when function": "yes",
	"unless function": "no",
	"conditional consequent": "yes",
	"conditional alternative": "no",
	"inv function": "",
};

const LONGEST_PHRASE = 400;
const LONGEST_LINE = 48;

/** Breaks a predicate into lines: at "or", and where a line is still too long at "and". */
const broken = (phrase: string): string => {
	if (phrase.length <= LONGEST_LINE) return phrase;
	const lines = phrase.split(/ (?=\.\|\|\. )/);
	return lines.flatMap((line) => (line.length <= LONGEST_LINE ? [line] : line.split(/ (?=\.&&\. )/))).join("\n");
};

/**
 * A computation as a graph for Graphviz: its functions, with what they ask written in them. Bold arrows go to what runs next,
 * thin ones to what a function runs in turn.
 */
export const writeDot = (computation: Computation): string => {
	const { nodes } = computation;
	const label = ({ symbol, arguments: args }: Node): string => {
		const constants = args.flatMap((each) => (each.type === "Fun" ? [] : [constant(each.value)]));
		const asked = args.flatMap(({ type, value }) =>
			type === "Fun" && isFunction(value) === false ? [broken(phraseOf(computation, value, LONGEST_PHRASE))] : [],
		);
		const head = [symbol === "conditional" ? "if" : symbol, ...constants].join(" ");
		return [head, ...asked].join("\n");
	};

	/** Whether a node is a NetFunction: others are written in those that ask them. */
	const isFunction = (index: number): boolean => findPrimitive(nodes[index]?.symbol ?? "")?.result === "NetFunction";

	const lines = nodes.flatMap((node, index) => {
		if (!isFunction(index)) return [];
		const row = findPrimitive(node.symbol);
		const [fill, line] = coloursOf(node.symbol);
		const runs = node.arguments.flatMap(({ type, value }, position) => {
			if (type !== "Fun" || !isFunction(value)) return [];
			const name = row?.parameters[position]?.name ?? "";
			return [`\tn${index} -> n${value} [label=" ${escaped(arrows[`${node.symbol} ${name}`] ?? name)} "];`];
		});
		const next = node.next === null ? [] : [`\tn${index} -> n${node.next} [style=bold, weight=8];`];
		return [`\tn${index} [label="${escaped(label(node))}", fillcolor="${fill}", color="${line}"];`, ...runs, ...next];
	});
	const style = [
		'\tgraph [fontname="Helvetica", nodesep=0.4, ranksep=0.35];',
		'\tnode [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=12, penwidth=1.2, margin="0.18,0.09"];',
		'\tedge [fontname="Helvetica", fontsize=10, color="#555555", fontcolor="#555555", arrowsize=0.7];',
	];
	return `digraph computation {\n${[...style, ...lines].join("\n")}\n}\n`;
};
