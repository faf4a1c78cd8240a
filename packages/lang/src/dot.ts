// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Node } from "./computation.js";
import { findPrimitive } from "./primitive.js";

const escaped = (text: string): string => text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");

const label = ({ symbol, arguments: args }: Node): string =>
	[
		symbol,
		...args.flatMap(({ type, value }) =>
			type === "Fun" ? [] : [Array.isArray(value) ? `[${value.join(", ")}]` : String(value)],
		),
	].join(" ");

/** A computation as a graph for Graphviz: what runs next by bold arrows, what a node asks or runs by thin ones with names. */
export const writeDot = ({ nodes }: Computation): string => {
	const lines = nodes.flatMap((node, index) => {
		const row = findPrimitive(node.symbol);
		const shape = row?.result === "NetFunction" ? "box" : row?.result === "NetProperty" ? "plaintext" : "ellipse";
		const operands = node.arguments.flatMap(({ type, value }, position) =>
			type === "Fun"
				? [`\tn${index} -> n${value} [style=dashed, label="${escaped(row?.parameters[position]?.name ?? "")}"];`]
				: [],
		);
		const next = node.next === null ? [] : [`\tn${index} -> n${node.next} [style=bold];`];
		return [`\tn${index} [shape=${shape}, label="${escaped(label(node))}"];`, ...operands, ...next];
	});
	return `digraph computation {\n\tnode [fontname="sans-serif"];\n\tedge [fontname="sans-serif", fontsize=10];\n${lines.join("\n")}\n}\n`;
};
