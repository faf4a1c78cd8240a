// SPDX-License-Identifier: BSD-3-Clause
import type { Computation, Place } from "../computation.js";
import { dissect, type GroupState, type Outcome, type Packet } from "../evaluator/index.js";
import { BROADCAST_MAC, isBroadcastAddress } from "../evaluator/predicates.js";
import { findPrimitive } from "../primitive.js";
import { constant } from "../text-writer.js";
import { phraseOf } from "./phrase.js";
import { reasonOf, type Scene } from "./reason.js";
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
	const scene: Setting = { computation, packet, headers: dissect(packet), depth: 0 };
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
	tee: copying,
	tap: copying,
	kernel_if: giving,
	detour_if: giving,
};

const passesOrDrops = (passes: boolean, why: string): string => `${passes ? "passes" : "drops"}: ${why}`;

const by: Readonly<Record<string, string>> = {
	steer_flow: "by its addresses and ports",
	steer_p2p: "by its two addresses",
	steer_link: "by its two MACs",
	steer_vlan: "by its VLAN",
	steer_rss: "by the flow hash",
	steer_rrobin: "in turn",
};

const lacking: Readonly<Record<string, string>> = {
	steer_flow: "it is not IP",
	steer_p2p: "it is not IP",
	steer_link: "it has no MAC addresses",
	steer_vlan: "it has no VLAN tag",
};

/** What runs no other functions: a filter or an action. */
const plain: Describe = (scene, visit) => {
	const { node, answer } = visit;
	const expression = phraseOf(scene.computation, visit.index);
	const row = findPrimitive(node.symbol);
	if (row?.form === "filter") return { expression, note: passesOrDrops(answer, reasonOf(scene, visit)), steps: [] };
	return { expression, note: deed(scene, visit), steps: [] };
};

const deed = ({ headers }: Scene, { node, answer, mark, state, counter }: Visit): string => {
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
		case "steer_to":
			return `to one socket, number ${value}`;
	}
	if (!symbol.startsWith("steer_")) return answer ? "passes" : "drops";
	if (symbol === "steer_link" && headers.destinationMac === BROADCAST_MAC)
		return "to every socket of every class, as it is sent to the broadcast MAC";
	if (symbol === "steer_p2p" && (isBroadcastAddress(headers.source) || isBroadcastAddress(headers.destination)))
		return "to every socket of every class, as it has a broadcast address";
	if (!answer) return `drops: ${lacking[symbol] ?? "it lacks what is steered by"}`;
	return `to one socket, ${by[symbol] ?? "by its hash"}`;
};
