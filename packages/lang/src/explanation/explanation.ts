// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Node, Place } from "../computation.js";
import type { GroupState, Outcome, Packet } from "../evaluator/index.js";
import type { End } from "../evaluator/run.js";
import { inner } from "../evaluator/tunnel.js";
import { findPrimitive } from "../primitive.js";
import { constant } from "../text-writer.js";
import { packetSummary } from "./packet-summary.js";
import { phraseOf } from "./phrase.js";
import { reasonOf } from "./reason.js";
import { type Scene, sceneOf } from "./scene.js";
import { steeringWords } from "./steering-words.js";
import { traceOf, type Visit } from "./trace.js";

/** One thing that a program did with a packet. */
export interface Step {
	/** What was run, without what it ran in turn: `when (has_port 53)`. */
	readonly expression: string;
	/** What came of it, and why: "yes, destination port 53". */
	readonly note: string;
	/** Whether the packet goes on from here. */
	readonly passes: boolean;
	readonly place?: Place;
	/** What it ran in turn. */
	readonly steps: readonly Step[];
}

export interface Explanation {
	readonly steps: readonly Step[];
	readonly outcome: Outcome;
}

/** What a program does with a packet, step by step, and why. `group` is changed as the program says. */
export const explain = (computation: Computation, packet: Packet, group: GroupState): Explanation => {
	const { visits, outcome } = traceOf(computation, packet, group);
	const scene: Setting = { ...sceneOf(computation, packet), depth: 0 };
	return { steps: visits.map((visit) => stepOf(scene, visit)), outcome };
};

const stepOf = (scene: Setting, visit: Visit): Step => {
	const { node, answer } = visit;
	const described = (controls[node.symbol] ?? plain)(scene, visit);
	return { ...described, passes: answer, ...(node.place && { place: node.place }) };
};

type Described = Omit<Step, "passes" | "place">;
type Describe = (scene: Setting, visit: Visit) => Described;

/** How deep steps are told; images may nest as deep as they have nodes. */
const DEEPEST = 200;

interface Setting extends Scene {
	readonly depth: number;
}

const stepsOf = (scene: Setting, chain: readonly Visit[] | undefined): Step[] => {
	const inner = { ...scene, depth: scene.depth + 1 };
	return scene.depth < DEEPEST ? (chain ?? []).map((visit) => stepOf(inner, visit)) : [];
};

/** The answer of the predicate that a node asked first, and why. */
const question = (
	scene: Scene,
	visit: Visit,
): { readonly text: string; readonly holds: boolean; readonly why: string } => {
	const asked = visit.inner[0]?.[0];
	if (asked === undefined) return { text: "", holds: false, why: "" };
	const text = phraseOf(scene.computation, asked.index);
	return { text: /[ ]/.test(text) ? `(${text})` : text, holds: asked.answer, why: reasonOf(scene, asked) };
};

const yesOrNo = (holds: boolean, why: string): string => `${holds ? "yes" : "no"}, ${why}`;

const choice =
	(word: string): Describe =>
	(scene, visit) => {
		const { text, holds, why } = question(scene, visit);
		return { expression: `${word} ${text}`, note: yesOrNo(holds, why), steps: stepsOf(scene, visit.inner[1]) };
	};

const ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"] as const;

const alternatives: Describe = (scene, visit) => {
	const passed = visit.inner.findIndex((chain) => chain.at(-1)?.answer === true);
	const note = passed < 0 ? "drops: every alternative dropped" : `the ${ordinals[passed]} alternative does not drop`;
	const steps = visit.inner.map((chain, index) => ({
		expression: `${ordinals[index]} alternative`,
		note: chain.at(-1)?.answer ? "passes" : "drops",
		passes: chain.at(-1)?.answer ?? false,
		steps: stepsOf(scene, chain),
	}));
	return { expression: visit.node.symbol, note, steps };
};

/** `tee` and `tap`: a copy to a device, and a question. */
const copying: Describe = (scene, visit) => {
	const { symbol, arguments: args } = visit.node;
	const device = String(args[0]?.value);
	const { text, holds, why } = question(scene, visit);
	const copied = symbol === "tee" || !holds ? `; a copy goes to ${device}` : "";
	return { expression: `${symbol} ${constant(device)} ${text}`, note: yesOrNo(holds, why) + copied, steps: [] };
};

/** `kernel_if` and `detour_if`: a question, and what is for the host. */
const giving: Describe = (scene, visit) => {
	const { text, holds, why } = question(scene, visit);
	const given = holds ? "; it goes to the host's own stack" : "";
	return { expression: `${visit.node.symbol} ${text}`, note: yesOrNo(holds, why) + given, steps: [] };
};

/** `shift`: what is run looks at the headers that are further in. */
const further: Describe = (scene, visit) => {
	const headers = inner(scene.packet, scene.headers);
	const isThere = headers.etherType !== undefined;
	const note = isThere
		? `inside is ${packetSummary({ ...headers, vlans: [] }, scene.packet)}`
		: "there is nothing inside";
	return { expression: "shift", note, steps: stepsOf({ ...scene, headers }, visit.inner[0]) };
};

/** `src` and `dst`. */
const oneEnd =
	(symbol: string, end: End): Describe =>
	(scene, visit) => ({
		expression: symbol,
		note: `looks at the ${end} alone`,
		steps: stepsOf({ ...scene, ends: [end] }, visit.inner[0]),
	});

/** What runs other functions, each with what it ran. */
const controls: Readonly<Record<string, Describe>> = {
	when: choice("when"),
	unless: choice("unless"),
	conditional: (scene, visit) => {
		const { text, holds, why } = question(scene, visit);
		const branch = holds ? "then" : "else";
		return {
			expression: `if ${text}`,
			note: `${yesOrNo(holds, why)}: ${branch}`,
			steps: stepsOf(scene, visit.inner[1]),
		};
	},
	filter: (scene, visit) => {
		const { text, holds, why } = question(scene, visit);
		return { expression: `filter ${text}`, note: passesOrDrops(holds, why), steps: [] };
	},
	inv: (scene, visit) => ({
		expression: "inv",
		note: visit.answer ? "passes, since this drops" : "drops, since this passes",
		steps: stepsOf(scene, visit.inner[0]),
	}),
	...Object.fromEntries(["", 3, 4, 5, 6, 7, 8].map((count) => [`par${count}`, alternatives])),
	shift: further,
	src: oneEnd("src", "source"),
	dst: oneEnd("dst", "destination"),
	tee: copying,
	tap: copying,
	kernel_if: giving,
	detour_if: giving,
};

const passesOrDrops = (passes: boolean, why: string): string => `${passes ? "passes" : "drops"}: ${why}`;

/** What runs no other functions: a filter or an action. */
const plain: Describe = (scene, visit) => {
	const { node, answer } = visit;
	const expression = phraseOf(scene.computation, visit.index);
	const row = findPrimitive(node.symbol);
	if (row?.form === "filter") return { expression, note: passesOrDrops(answer, reasonOf(scene, visit)), steps: [] };
	return { expression, note: deed(scene, visit), steps: [] };
};

const linked = (scene: Scene, node: Node): string => {
	const devices = node.arguments[0]?.value as readonly string[];
	const own = scene.packet.device?.name;
	const others = devices.filter((device) => device !== own);
	const but = others.length < devices.length ? `; none to ${own}, where it came from` : "";
	return others.length === 0 ? `no copies${but}` : `copies go to ${others.join(", ")}${but}`;
};

const deed = (scene: Scene, { node, answer, mark, state, counter }: Visit): string => {
	const { symbol, arguments: args } = node;
	const value = args[0]?.value;
	switch (symbol) {
		case "unit":
			return "nothing to do";
		case "drop":
			return "drops";
		case "bridge":
			return `drops, and a copy goes to ${value}`;
		case "kernel":
			return "to the host's own stack, too";
		case "detour":
			return "drops, and it goes to the host's own stack";
		case "forward":
			return `a copy goes to ${value}`;
		case "forwardIO":
			return `a copy goes to ${value} at once`;
		case "link":
			return linked(scene, node);
		case "broadcast":
			return "to every socket of every class";
		case "classify":
			return "to every socket of these classes";
		case "mark":
			return `the mark is now ${mark}`;
		case "put_state":
			return `the state is now ${state}`;
		case "inc":
		case "dec":
			return `counter ${value} is now ${counter}`;
		case "log_msg":
			return "says so in the log";
		case "log_buff":
			return "its first octets go to the log";
		case "log_packet":
			return "what its headers say goes to the log";
		case "trace":
			return "what the run has come to goes to the log";
	}
	return isSteering.test(symbol) ? steeringWords(scene, node, answer) : answer ? "passes" : "drops";
};

const isSteering = /^(double_)?steer_/;
