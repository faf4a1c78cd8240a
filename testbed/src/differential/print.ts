// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Computation } from "@pfq/lang";
import type { Packet } from "@pfq/lang/evaluator";
import { hex } from "./octets.js";

/** The text of a computation. What is shared is written out at each place. */
export function programText({ nodes }: Computation): string {
	const value = (argument: Argument): string => {
		if (argument.type === "Fun") return `(${chain(argument.value)})`;
		const one = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : `${value}`);
		return Array.isArray(argument.value) ? `[${argument.value.map(one).join(", ")}]` : one(argument.value);
	};
	const chain = (start: number): string => {
		const steps: string[] = [];
		for (let index: number | null | undefined = start; typeof index === "number"; index = nodes[index]?.next) {
			const node = nodes[index];
			if (node !== undefined) steps.push([node.symbol, ...node.arguments.map(value)].join(" "));
		}
		return steps.join(" >-> ");
	};
	return `main = ${chain(0)}`;
}

export function packetText({ link, octets, length, mark, flowHash, device }: Packet): string {
	const hash = flowHash === undefined ? "none" : flowHash;
	const from = device === undefined ? "" : `, from ${device.name}`;
	return `${link}, ${octets.length} of ${length} octets, mark ${mark}, flow hash ${hash}${from}: ${hex(octets)}`;
}
