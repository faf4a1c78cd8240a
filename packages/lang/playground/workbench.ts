// SPDX-License-Identifier: BSD-3-Clause
import { detailsOf, type Proposal, proposalsAfter, spanIn, symbolAt } from "../src/assistance.js";
import { type CapturedPacket, MalformedCapture, readCapture } from "../src/capture/capture.js";
import { type CompileOptions, compile, type DefinitionType } from "../src/compile.js";
import type { Computation } from "../src/computation.js";
import { writeDot } from "../src/dot.js";
import {
	dissect,
	evaluate,
	type GroupState,
	newGroupState,
	type Outcome,
	type Packet,
} from "../src/evaluator/index.js";
import { explain, type Step } from "../src/explanation/explanation.js";
import { outcomeText } from "../src/explanation/outcome-text.js";
import { packetSummary } from "../src/explanation/packet-summary.js";
import { format } from "../src/formatter.js";
import { writeImage } from "../src/image-writer.js";
import { symbolsOf } from "../src/symbols.js";
import { writeText } from "../src/text-writer.js";

/** What is wrong at a part of the program, in UTF-16 units. */
export interface Problem {
	readonly from: number;
	readonly to: number;
	readonly line: number;
	readonly column: number;
	readonly message: string;
}

export interface CompiledProgram {
	readonly problems: readonly Problem[];
	/** Of the program as it is compiled; null if it does not compile. */
	readonly result: {
		readonly nodes: number;
		readonly types: readonly DefinitionType[];
		readonly text: string;
		readonly dot: string | null;
	} | null;
}

export interface Hover {
	readonly from: number;
	readonly to: number;
	readonly signature: string;
	readonly meaning: string;
	readonly example: string;
}

/** What becomes of a packet, in one word. */
export type Fate = "one" | "two" | "every" | "dropped" | "notRun";

export interface RunSummary {
	readonly packets: number;
	readonly fates: Readonly<Record<Fate, number>>;
	readonly copies: number;
	readonly counters: readonly (readonly [counter: number, value: bigint])[];
}

export interface Row {
	readonly number: number;
	/** Seconds since the first packet. */
	readonly time: number | null;
	readonly summary: string;
	readonly length: number;
	readonly fate: Fate;
	readonly outcome: string;
}

export interface PacketExplanation {
	readonly row: Row;
	readonly steps: readonly Step[];
}

/** A graph of more nodes is no picture any more. */
const MOST_DRAWN = 600;
/** Packets that are run before others have a turn, and between the states that are kept to explain one from. */
const SLICE = 4096;
const file = "program.pfq";

const options: CompileOptions & { readonly file: string } = {
	file,
	modules: {
		find: () => null,
		where: () => "the playground has no folder; modules of your own need pfq-lang in a terminal",
	},
};

const asPacket = ({ link, octets, length }: CapturedPacket): Packet | null =>
	link === null ? null : { link, octets, length, mark: 0 };

const fateOf = (outcome: Outcome | null): Fate =>
	outcome === null
		? "notRun"
		: ({ drop: "dropped", pass: "every", steer: "one", double: "two" } as const)[outcome.fanout.kind];

const copyOf = ({ counters, roundRobin }: GroupState): GroupState => ({ counters: counters.slice(), roundRobin });

/** A program and a capture that it is tried on: all of the playground that is no page. */
export const createWorkbench = () => {
	let program: { readonly optimised: Computation; readonly placed: Computation } | null = null;
	let capture: readonly CapturedPacket[] = [];
	let outcomes: (Outcome | null)[] = [];
	let numbers: Record<Fate, number[]> = { one: [], two: [], every: [], dropped: [], notRun: [] };
	/** The group's state before each slice of packets. */
	let states: GroupState[] = [];
	let runs = 0;
	/** Packets that the run under way has done. */
	let done = 0;

	const rowAt = (index: number): Row => {
		const captured = capture[index] as CapturedPacket;
		const outcome = outcomes[index] ?? null;
		const packet = asPacket(captured);
		const start = capture[0]?.time ?? null;
		return {
			number: captured.number,
			time: captured.time === null || start === null ? null : Number(captured.time - start) / 1e9,
			summary: packet ? packetSummary(dissect(packet), packet) : `link type ${captured.linkType}`,
			length: captured.length,
			fate: fateOf(outcome),
			outcome: outcome ? outcomeText(outcome) : "not run: PFQ does not read this link type",
		};
	};

	return {
		compile(text: string): CompiledProgram {
			const placed = compile(text, { ...options, optimise: false, places: true });
			const optimised = compile(text, options);
			program = placed.ok && optimised.ok ? { placed: placed.computation, optimised: optimised.computation } : null;
			const problems = optimised.diagnostics.map((each) => {
				const { start, end } = spanIn(text, each);
				return { from: start, to: end, line: each.place.line, column: each.place.column, message: detailsOf(each) };
			});
			if (!optimised.ok) return { problems, result: null };
			const { computation, types } = optimised;
			const nodes = computation.nodes.length;
			return {
				problems,
				result: { nodes, types, text: writeText(computation), dot: nodes > MOST_DRAWN ? null : writeDot(computation) },
			};
		},

		image: (): Uint8Array | null => program && writeImage(program.optimised),

		hover(text: string, offset: number): Hover | null {
			const symbol = symbolAt(symbolsOf(text, options), offset);
			if (symbol === undefined) return null;
			const { name, type, span, documentation, comment } = symbol;
			const written = /^[\p{L}_]/u.test(name) ? name : `(${name})`;
			return {
				from: span.start,
				to: span.end,
				signature: `${written} :: ${type ?? "?"}`,
				meaning: [documentation?.meaning ?? comment, ...(documentation?.ranges ?? [])].join("\n"),
				example: documentation?.example ?? "",
			};
		},

		proposals: (text: string, line: string): readonly Proposal[] => proposalsAfter(line, symbolsOf(text, options)),

		format(text: string): string | null {
			const formatted = format(text, file);
			return formatted.ok ? formatted.text : null;
		},

		/** Reads a capture; gives the number of its packets, and what is wrong with it after them. */
		open(octets: Uint8Array): { readonly packets: number; readonly problem: string | null } {
			const packets: CapturedPacket[] = [];
			let problem: string | null = null;
			try {
				for (const each of readCapture(octets)) packets.push(each);
			} catch (error) {
				if (!(error instanceof MalformedCapture)) throw error;
				problem = error.message;
			}
			if (packets.length > 0 || problem === null) {
				capture = packets;
				runs++;
				outcomes = [];
				numbers = { one: [], two: [], every: [], dropped: [], notRun: [] };
				states = [];
			}
			return { packets: packets.length, problem };
		},

		/** Runs the program on the capture; null if there is no program, or another run has begun meanwhile. */
		async run(): Promise<RunSummary | null> {
			const run = ++runs;
			done = 0;
			if (program === null) return null;
			const { optimised } = program;
			const group = newGroupState();
			const made: (Outcome | null)[] = [];
			const found: typeof numbers = { one: [], two: [], every: [], dropped: [], notRun: [] };
			const kept: GroupState[] = [];
			let copies = 0;
			for (const [index, captured] of capture.entries()) {
				if (index % SLICE === 0) {
					kept.push(copyOf(group));
					if (index > 0) await new Promise((resolve) => setTimeout(resolve));
					if (run !== runs) return null;
					done = index;
				}
				const packet = asPacket(captured);
				const outcome = packet && evaluate(optimised, packet, group);
				made.push(outcome);
				found[fateOf(outcome)].push(index);
				copies += outcome?.forwards.length ?? 0;
			}
			outcomes = made;
			numbers = found;
			states = kept;
			const { one, two, every, dropped, notRun } = found;
			return {
				packets: made.length,
				fates: {
					one: one.length,
					two: two.length,
					every: every.length,
					dropped: dropped.length,
					notRun: notRun.length,
				},
				copies,
				counters: Array.from(group.counters, (value, index) => [index, value] as const).filter(
					([, value]) => value > 0n,
				),
			};
		},

		/** How far the run is, from 0 to 1. */
		progress: (): number => done / Math.max(capture.length, 1),

		/** Some of the packets of one fate, or of all. */
		rows(fate: Fate | null, from: number, to: number): readonly Row[] {
			if (fate !== null) return numbers[fate].slice(from, to).map(rowAt);
			const end = Math.min(to, outcomes.length);
			return Array.from({ length: Math.max(end - from, 0) }, (_, index) => rowAt(from + index));
		},

		explain(number: number): PacketExplanation | null {
			const captured = capture[number - 1];
			if (captured === undefined || program === null || outcomes.length === 0) return null;
			const slice = Math.floor((number - 1) / SLICE);
			const group = copyOf(states[slice] ?? newGroupState());
			for (const before of capture.slice(slice * SLICE, number - 1)) {
				const packet = asPacket(before);
				if (packet) evaluate(program.optimised, packet, group);
			}
			const packet = asPacket(captured);
			return { row: rowAt(number - 1), steps: packet ? explain(program.placed, packet, group).steps : [] };
		},
	};
};

export type Workbench = ReturnType<typeof createWorkbench>;
