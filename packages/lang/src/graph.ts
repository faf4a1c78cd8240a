// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Computation, Node, Place } from "./computation.js";
import { LimitExceeded, MAX_NODES } from "./limits.js";
import type { Constant, NetFunction, Term } from "./term.js";

/**
 * A graph under construction, in which equal nodes are one: two nodes are equal if symbol, arguments and next are.
 * Operands are made before their users, so a node's references are less than its own index; `finish` turns them round.
 */
export interface GraphBuilder {
	readonly nodes: readonly Node[];
	add(symbol: string, args: readonly Argument[], next: number | null, place?: Place): number;
}

/** What makes two arguments equal; a list is told from a string of the same text. */
const argumentKey = ({ type, value }: Argument): string =>
	`${type}=${typeof value === "string" || Array.isArray(value) ? JSON.stringify(value, textOfBigInt) : Object.is(value, -0) ? "-0" : value}`;

const textOfBigInt = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

/** What else tells nodes apart: nothing, or where they come from. */
export interface GraphOptions {
	/** Whether equal nodes of different places of the source stay apart, so that each is at its place. */
	readonly places?: boolean;
}

export const graphBuilder = (limit = MAX_NODES, { places = false }: GraphOptions = {}): GraphBuilder => {
	const nodes: Node[] = [];
	const indices = new Map<string, number>();
	return {
		nodes,
		add(symbol, args, next, place) {
			const where = places && place ? `|${place.file}:${place.line}:${place.column}` : "";
			const key = `${symbol}|${args.map(argumentKey).join("|")}|${next ?? ""}${where}`;
			const known = indices.get(key);
			if (known !== undefined) return known;
			if (nodes.length >= limit) throw new LimitExceeded(`the program has more than ${limit} nodes`);
			nodes.push({ symbol, arguments: args, next, ...(place && { place }) });
			indices.set(key, nodes.length - 1);
			return nodes.length - 1;
		},
	};
};

const references = ({ arguments: args, next }: Node): number[] => {
	const found = args.flatMap((each) => (each.type === "Fun" ? [each.value] : []));
	return next === null ? found : [...found, next];
};

/**
 * The nodes that the entry reaches, in the order of the image: the reverse of the order in which a depth-first walk
 * leaves them, that takes a node's `next` first and then its arguments from the last to the first. On a tree this is the
 * reading order: a node, its arguments from left to right, what comes next.
 */
export const inImageOrder = (nodes: readonly Node[], entry: number): Computation => {
	const left: number[] = [];
	const seen = new Uint8Array(nodes.length);
	const stack: { readonly index: number; readonly ahead: number[] }[] = [];
	const enter = (index: number): void => {
		seen[index] = 1;
		stack.push({ index, ahead: references(nodes[index] as Node) });
	};
	enter(entry);
	for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
		const reference = top.ahead.pop();
		if (reference === undefined) {
			left.push(top.index);
			stack.pop();
		} else if (!seen[reference]) enter(reference);
	}
	left.reverse();
	const places = new Map(left.map((index, place) => [index, place]));
	const place = (index: number): number => places.get(index) as number;
	return {
		nodes: left.map((index) => {
			const node = nodes[index] as Node;
			return {
				...node,
				arguments: node.arguments.map((each) => (each.type === "Fun" ? { ...each, value: place(each.value) } : each)),
				next: node.next === null ? null : place(node.next),
			};
		}),
	};
};

type Step = Exclude<Term, { steps: unknown }>;

/** One chain being laid down: the steps still ahead (the last on top), and the arguments of the step at hand. */
interface Chain {
	readonly term: Term;
	readonly ahead: Term[];
	next: number | null;
	pending: { readonly step: Step; readonly args: Argument[] } | null;
}

/**
 * Makes the graph of a program. Throws LimitExceeded where it has more than MAX_NODES nodes. Near-linear in the size of the
 * graph: a term that is used as an argument in several places is walked once.
 */
export const computationOf = (program: NetFunction, options: GraphOptions = {}): Computation => {
	const graph = graphBuilder(MAX_NODES, options);
	const made = new Map<Term, number>();
	const chainOf = (term: Term): Chain => ({ term, ahead: [term], next: null, pending: null });
	const stack: Chain[] = [chainOf(program)];
	let walked = 0;
	for (let chain = stack.at(-1); chain !== undefined; chain = stack.at(-1)) {
		if (chain.pending === null) {
			if (++walked > 64 * MAX_NODES) throw new LimitExceeded(`the program has more than ${64 * MAX_NODES} steps`);
			const step = chain.ahead.pop();
			if (step === undefined) {
				made.set(chain.term, chain.next ?? graph.add("unit", [], null));
				stack.pop();
			} else if ("steps" in step) {
				for (const each of step.steps) chain.ahead.push(each);
			} else chain.pending = { step, args: [] };
			continue;
		}
		const { step, args } = chain.pending;
		const operand: Term | Constant | undefined = step.arguments[args.length];
		if (operand === undefined) {
			chain.next = graph.add(step.symbol, args, chain.next, step.place);
			chain.pending = null;
		} else if (operand.kind === "Constant") args.push({ type: operand.type, value: operand.value });
		else {
			const index = made.get(operand);
			if (index === undefined) stack.push(chainOf(operand));
			else args.push({ type: "Fun", value: index });
		}
	}
	return inImageOrder(graph.nodes, made.get(program) as number);
};
