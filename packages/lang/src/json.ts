// SPDX-License-Identifier: BSD-3-Clause
import { MAX_ARGUMENTS } from "@pfq/abi";
import type { Argument, Computation, Node } from "./computation.js";
import { inImageOrder } from "./graph.js";
import { MAX_NODES } from "./limits.js";
import { InvalidComputation, validComputation } from "./validation.js";

interface JsonNode {
	readonly funSymbol: string;
	readonly funArgs: readonly ({ readonly argType: string; readonly argValue: unknown } | null)[];
	readonly funIndex: number;
	readonly funLink: number;
}

/** Numbers that JavaScript's JSON cannot hold exactly are written as strings. */
const jsonValue = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(jsonValue);
	if (typeof value !== "bigint") return value;
	return BigInt.asIntN(53, value) === value && value >= 0n ? Number(value) : value.toString();
};

/** A computation as JSON: a list of nodes, each with its symbol, eight arguments (null where there is none), index and link. */
export const writeJson = ({ nodes }: Computation): string => {
	const list = nodes.map(({ symbol, arguments: args, next }, index): JsonNode => {
		const given = args.map(({ type, value }) => ({ argType: type, argValue: jsonValue(value) }));
		const none = new Array<null>(MAX_ARGUMENTS - given.length).fill(null);
		return { funSymbol: symbol, funArgs: [...given, ...none], funIndex: index, funLink: next ?? -1 };
	});
	return `${JSON.stringify(list, null, "\t")}\n`;
};

const fail = (what: string): never => {
	throw new InvalidComputation(`not a good program in JSON: ${what}`);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** 64-bit integers may be numbers or strings of digits. */
const readValue = (type: string, value: unknown): unknown => {
	if (Array.isArray(value)) return value.map((each) => readValue(type.slice(1, -1), each));
	return type.endsWith("64") && typeof value === "string" && /^-?[0-9]{1,20}$/.test(value) ? BigInt(value) : value;
};

const readArgument = (given: unknown, where: string): Argument => {
	if (!isObject(given) || typeof given.argType !== "string") return fail(`${where} has an argument without an argType`);
	const type = given.argType;
	return { type, value: readValue(type, given.argValue) } as Argument;
};

const readNode = (given: unknown, index: number): Node => {
	const where = `node ${index}`;
	if (!isObject(given)) return fail(`${where} is no object`);
	const {
		funSymbol: symbol,
		funArgs: args,
		funIndex: own,
		funLink: link,
	} = given as Partial<Record<keyof JsonNode, unknown>>;
	if (typeof symbol !== "string") return fail(`${where} has no funSymbol`);
	if (own !== undefined && own !== index) return fail(`${where} says that its funIndex is ${JSON.stringify(own)}`);
	if (!Array.isArray(args)) return fail(`${where} has no list of funArgs`);
	if (link !== null && !Number.isInteger(link)) return fail(`${where} has no funLink`);
	const last = args.findLastIndex((each) => each !== null);
	return {
		symbol,
		arguments: args.slice(0, last + 1).map((each) => readArgument(each, where)),
		next: link === null || (link as number) < 0 ? null : (link as number),
	};
};

/** The computation of a program in JSON. Throws InvalidComputation, which tells what is wrong with it. */
export const readJson = (text: string): Computation => {
	const parsed = ((): unknown => {
		try {
			return JSON.parse(text);
		} catch (error) {
			return fail((error as Error).message);
		}
	})();
	if (!Array.isArray(parsed)) return fail("it is no list of nodes");
	if (parsed.length < 1 || parsed.length > MAX_NODES)
		return fail(`it has ${parsed.length} nodes, not 1 to ${MAX_NODES}`);
	const nodes = parsed.map(readNode);
	for (const [index, { arguments: args, next }] of nodes.entries()) {
		const references = [
			...args.flatMap(({ type, value }) => (type === "Fun" ? [value] : [])),
			...(next === null ? [] : [next]),
		];
		for (const each of references)
			if (!Number.isInteger(each) || (each as number) < 0 || (each as number) >= nodes.length)
				fail(`node ${index} refers to node ${JSON.stringify(each)}, and there is none`);
	}
	return validComputation(inImageOrder(nodes, 0));
};
