// SPDX-License-Identifier: BSD-3-Clause
import type { Computation } from "./computation.js";
import { findPrimitive } from "./primitive.js";
import { constant } from "./text-writer.js";

/**
 * A computation as its function descriptors, one a line: index, symbol, arguments by the names that the primitive gives
 * them (`#3` is the node of that index), and the node that runs next.
 */
export const writeDescriptors = ({ nodes }: Computation): string => {
	const digits = String(nodes.length - 1).length;
	const lines = nodes.map(({ symbol, arguments: args, next }, index) => {
		const parameters = findPrimitive(symbol)?.parameters ?? [];
		const given = args.map(
			(each, position) =>
				`${parameters[position]?.name ?? position}=${each.type === "Fun" ? `#${each.value}` : constant(each.value)}`,
		);
		const link = next === null ? [] : [`-> #${next}`];
		return [`#${String(index).padEnd(digits)}`, symbol, ...given, ...link].join(" ");
	});
	return `${lines.join("\n")}\n`;
};
