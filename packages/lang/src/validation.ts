// SPDX-License-Identifier: BSD-3-Clause
import type { FunctionType, ListType, Parameter, ScalarType } from "@pfq/abi";
import type { Argument, Computation, Node } from "./computation.js";
import { MAX_NODES } from "./limits.js";
import { findPrimitive, isFunctionType } from "./primitive.js";
import { checkValue } from "./value.js";

/** A computation, or an image or JSON of one, that does not keep the rules. */
export class InvalidComputation extends Error {
	override readonly name = "InvalidComputation";
}

/**
 * Checks a computation that comes from outside: every symbol and argument against the table of primitives, every
 * reference for being forward and of the right kind. Gives it with its values in canonical form.
 */
export const validComputation = ({ nodes }: Computation): Computation => {
	if (nodes.length < 1 || nodes.length > MAX_NODES)
		throw new InvalidComputation(`a computation has 1 to ${MAX_NODES} nodes, not ${nodes.length}`);
	const checks: Checks = new Map();
	return { nodes: nodes.map((node, index) => validNode(nodes, node, index, checks)) };
};

/** Lists that were checked, for a parameter: many nodes may share a long one. */
type Checks = Map<unknown, Map<Parameter, ReturnType<typeof checkValue>>>;

const checkOnce = (checks: Checks, parameter: Parameter, type: ScalarType | ListType, value: unknown) => {
	if (!Array.isArray(value)) return checkValue(type, value, parameter);
	const known = checks.get(value) ?? new Map<Parameter, ReturnType<typeof checkValue>>();
	checks.set(value, known);
	const checked = known.get(parameter) ?? checkValue(type, value, parameter);
	known.set(parameter, checked);
	return checked;
};

const validNode = (nodes: readonly Node[], node: Node, index: number, checks: Checks): Node => {
	const fail = (what: string): never => {
		throw new InvalidComputation(`node ${index} (${node.symbol}): ${what}`);
	};
	const reference = (what: string, target: number, kind: FunctionType): void => {
		if (!Number.isInteger(target) || target <= index || target >= nodes.length)
			fail(`${what} is node ${target}; it must be a later one of the ${nodes.length} nodes`);
		const found = findPrimitive(nodes[target]?.symbol ?? "")?.result;
		if (found !== undefined && found !== kind) fail(`${what} is a ${found}; a ${kind} is wanted`);
	};
	const row = findPrimitive(node.symbol) ?? fail("no primitive has this name");
	if (index === 0 && row.result !== "NetFunction") fail(`the entry is a ${row.result}; a NetFunction is wanted`);
	if (node.arguments.length !== row.parameters.length)
		fail(`${node.arguments.length} arguments; ${row.parameters.length} are wanted`);
	if (node.next !== null) {
		if (row.result !== "NetFunction") fail(`nothing comes next to a ${row.result}`);
		reference("what comes next", node.next, "NetFunction");
	}
	const valid = row.parameters.map((parameter, position): Argument => {
		const given = node.arguments[position] as Argument;
		const { name, type } = parameter;
		const wanted = isFunctionType(type) ? "Fun" : type;
		if (given.type !== wanted) return fail(`${name} is of type ${given.type}; ${wanted} is wanted`);
		if (isFunctionType(type)) {
			reference(name, given.value as number, type);
			return { type: "Fun", value: given.value as number };
		}
		const checked = checkOnce(checks, parameter, type, given.value);
		return checked.ok ? { type, value: checked.value } : fail(`${name}: ${checked.reason}`);
	});
	return { ...node, arguments: valid };
};
