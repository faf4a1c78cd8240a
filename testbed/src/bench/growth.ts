// SPDX-License-Identifier: BSD-3-Clause
// How the cost of a packet grows with its size, with groups, with sockets and with the nodes of a program: a picture.
import { writeFileSync } from "node:fs";
import {
	filter,
	hasDstAddr,
	hasDstPort,
	hasSrcAddr,
	image,
	type NetPredicate,
	not,
	or,
	program,
	steerFlow,
} from "@pfq/lang";
import { type Chart, picture } from "./chart.js";
import { type Benchmark, type Context, makeBuildFolder } from "./context.js";
import { machine } from "./machine.js";
import type { Result } from "./result.js";
import { median } from "./statistics.js";
import { compareScenes, type SceneSettings, steeringImage } from "./steering.js";

interface Study {
	readonly name: string;
	/** What is varied, and how. */
	readonly x: string;
	readonly lines: readonly Variation[];
}

interface Variation {
	readonly name: string;
	readonly values: readonly number[];
	readonly scene: (value: number) => SceneSettings;
}

/** Questions of which none holds, one after the other. */
function anyOf(count: number, question: (n: number) => NetPredicate): NetPredicate {
	let all = question(count);
	for (let n = count - 1; n >= 1; n--) all = or(question(n), all);
	return all;
}

/** A program that asks so many questions of a packet before it steers it. */
function asking(kind: string, count: number, question: (n: number) => NetPredicate): string {
	const path = `${makeBuildFolder()}/${kind}-${count}.pfqc`;
	writeFileSync(path, image(program(filter(not(anyOf(count, question))), steerFlow)));
	return path;
}

/** Of two kinds in turn, so that no instruction can answer for the next. */
const networks = (n: number): NetPredicate => {
	const network = `203.0.${n >> 8}.${n & 255}/32`;
	return n % 2 === 0 ? hasSrcAddr(network) : hasDstAddr(network);
};
const ports = (n: number): NetPredicate => hasDstPort(60_000 + n);

/** As many slots, a power of two, as take about so much memory: what is compared does not differ in that. */
const queueMemory = 12 << 20;
const slotsFor = (size: number): number => 2 ** Math.floor(Math.log2(queueMemory / (64 + Math.max(size, 128))));

const steer = steeringImage;
const powers = (...values: number[]): number[] => values;

const studies: readonly Study[] = [
	{
		name: "Packet size",
		x: "octets of a packet, all of them captured",
		lines: [
			{
				name: "one socket",
				values: powers(64, 128, 256, 512, 1024, 2048, 4096, 9000),
				scene: (size) => ({ size, slots: slotsFor(size), packets: 2048, image: steer() }),
			},
		],
	},
	{
		name: "Groups",
		x: "groups, each with its program and one socket",
		lines: [
			{
				name: "a socket each",
				values: powers(1, 2, 4, 8, 16, 32, 64),
				scene: (groups) => ({ groups, slots: 65536, image: steer() }),
			},
		],
	},
	{
		name: "Sockets",
		x: "sockets of a group that steers",
		lines: [
			{
				name: "65,536 slots between them",
				values: powers(1, 2, 4, 8, 16, 32, 64, 128, 256),
				scene: (sockets) => ({ sockets, slots: 65536, image: steer() }),
			},
		],
	},
	{
		name: "Program",
		x: "questions asked of each packet",
		lines: [
			{
				name: "networks, source and destination in turn",
				values: powers(1, 4, 16, 64, 256),
				scene: (count) => ({ slots: 65536, image: asking("networks", count, networks) }),
			},
			{
				name: "destination ports",
				values: powers(1, 4, 16, 64, 256),
				scene: (count) => ({ slots: 65536, image: asking("ports", count, ports) }),
			},
		],
	},
];

async function* run({ quick, progress }: Context): AsyncGenerator<Result> {
	const charts: Chart[] = [];
	const repetitions = quick ? 5 : 31;
	for (const { name, x, lines } of studies) {
		const drawn: Chart["lines"][number][] = [];
		for (const line of lines) {
			const [first = 1] = line.values;
			const base = line.scene(first);
			const points: { x: number; y: number }[] = [];
			for (const value of line.values) {
				progress(`${name}, ${line.name}: ${value}`);
				const { scene, peer } = await compareScenes(line.scene(value), base, repetitions);
				points.push({ x: value, y: median(scene.samples) });
				if (value === line.values.at(-1))
					yield {
						id: "growth",
						work: `${name}, ${line.name}: ${value}, not ${first}`,
						unit: "ns a packet",
						ours: { name: String(value), samples: scene.samples, details: points },
						peer: { name: `itself with ${first}`, samples: peer.samples },
					};
			}
			drawn.push({ name: line.name, points });
		}
		charts.push({ title: name, x, y: "ns a packet", lines: drawn });
	}
	const { processor, time } = machine();
	const path = `${makeBuildFolder()}/growth.svg`;
	writeFileSync(
		path,
		picture(
			charts,
			`pfq_receive(), 60 octets and one socket where not said otherwise; ${processor}, ${time.slice(0, 10)}`,
		),
	);
	progress(`drawn: ${path}`);
}

export const growthBenchmark: Benchmark = {
	id: "growth",
	title: "how cost grows with packet size, groups, sockets and programs (draws build/bench/growth.svg)",
	run,
};
