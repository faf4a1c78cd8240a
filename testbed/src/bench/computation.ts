// SPDX-License-Identifier: BSD-3-Clause
// E1: one computation per packet, in memory, against libpcap's bpf_filter() on the equal filter.
import { writeFileSync } from "node:fs";
import {
	and,
	filter,
	hasAddr,
	hasDstAddr,
	hasDstPort,
	hasPort,
	hasSrcAddr,
	hasSrcPort,
	image,
	isIcmp,
	isIcmp6,
	isTcp,
	isUdp,
	type NetPredicate,
	not,
	or,
	type Program,
	program,
	steerFlow,
	tcp,
	udp,
} from "@pfq/lang";
import { writeCapture } from "../capture-writer.js";
import { sampleTraffic } from "../sample-traffic.js";
import {
	type Benchmark,
	build,
	type Context,
	captureFiles,
	engineBenchmark,
	makeBuildFolder,
	runForJson,
} from "./context.js";
import { type Result, ratioOf, type Wanted } from "./result.js";

interface Computation {
	readonly name: string;
	readonly program: Program;
	readonly filter: string;
	readonly wanted: Wanted;
}

const anyOf = (first: NetPredicate, ...rest: NetPredicate[]): NetPredicate => {
	const [second, ...more] = rest;
	return second === undefined ? first : or(first, second, ...more);
};
const ports = (ask: (port: number) => NetPredicate, first: number, ...rest: number[]): NetPredicate =>
	anyOf(ask(first), ...rest.map(ask));

/** Twenty questions, what a host lets in: not from one network; some TCP and UDP services; ICMP. */
const services = and(
	not(hasSrcAddr("192.168.0.0/16")),
	anyOf(
		and(isTcp, ports(hasPort, 22, 25, 80, 110, 143, 443, 587, 993, 8080)),
		and(isUdp, ports(hasPort, 53, 67, 123, 443, 500, 4500)),
		isIcmp,
		isIcmp6,
	),
);
const servicesFilter =
	"not src net 192.168.0.0/16 and (" +
	"(tcp and (port 22 or port 25 or port 80 or port 110 or port 143 or port 443 or port 587 or port 993 or port 8080)) or " +
	"(udp and (port 53 or port 67 or port 123 or port 443 or port 500 or port 4500)) or icmp or icmp6)";

/** Twenty more, what a router lets through to the servers of one network, and what it lets back. */
const directions = anyOf(
	and(isTcp, hasDstAddr("10.2.0.0/16"), ports(hasDstPort, 22, 80, 443, 8080)),
	and(isUdp, hasDstAddr("10.2.0.0/16"), ports(hasDstPort, 53, 123)),
	and(isUdp, hasSrcAddr("10.2.0.0/16"), ports(hasSrcPort, 53, 123)),
	and(isTcp, hasSrcAddr("10.2.0.0/16"), ports(hasSrcPort, 22, 80, 443, 8080)),
);
const directionsFilter =
	"(tcp and dst net 10.2.0.0/16 and (dst port 22 or dst port 80 or dst port 443 or dst port 8080)) or " +
	"(udp and dst net 10.2.0.0/16 and (dst port 53 or dst port 123)) or " +
	"(udp and src net 10.2.0.0/16 and (src port 53 or src port 123)) or " +
	"(tcp and src net 10.2.0.0/16 and (src port 22 or src port 80 or src port 443 or src port 8080))";

const half: Wanted = { ratio: "at most", value: 0.5 };

const computations: readonly Computation[] = [
	{ name: "udp", program: program(udp), filter: "udp", wanted: half },
	{ name: "has_port 53", program: program(filter(hasPort(53))), filter: "port 53", wanted: half },
	{
		name: 'addr "10.0.0.0/8"',
		program: program(filter(hasAddr("10.0.0.0/8"))),
		filter: "net 10.0.0.0/8",
		wanted: half,
	},
	{
		name: "tcp >-> steer_flow",
		program: program(tcp, steerFlow),
		filter: "tcp",
		wanted: { median: "at most", value: 20 },
	},
	{ name: "firewall of services", program: program(filter(services)), filter: servicesFilter, wanted: half },
	{ name: "firewall of directions", program: program(filter(directions)), filter: directionsFilter, wanted: half },
];

/** What bench_program prints. */
interface Measured {
	readonly packets: number;
	readonly kept: number;
	readonly peerKept: number;
	readonly samples: number[];
	readonly peerSamples: number[];
}

/** Both fit into the second-level cache of a processor of today: what is measured is the computation, not the memory. */
export const packetCount = 4096;

export function inputs(): { name: string; files: string[] }[] {
	const generated = `${makeBuildFolder()}/generated.pcap`;
	writeCapture(generated, sampleTraffic({ packets: packetCount }));
	const captures = captureFiles();
	return [
		{ name: "generated", files: [generated] },
		...(captures.length > 0 ? [{ name: "captures", files: captures }] : []),
	];
}

async function measure(
	{ name, program, filter }: Computation,
	files: readonly string[],
	...options: readonly string[]
): Promise<Measured> {
	const path = `${makeBuildFolder()}/${name.replaceAll(/\W+/g, "_")}.pfqc`;
	writeFileSync(path, image(program));
	return (await runForJson(engineBenchmark("bench_program"), [
		...["-p", path, "-f", filter, "-m", String(packetCount)],
		...options,
		...files,
	])) as Measured;
}

async function* run({ quick, progress }: Context): AsyncGenerator<Result> {
	await build("packages/kernel-module/bench");
	for (const { name: input, files } of inputs()) {
		for (const computation of computations) {
			progress(`${computation.name}, ${input}`);
			const measured = await measure(computation, files, "-n", quick ? "15" : "101");
			const { kept, peerKept, packets, samples, peerSamples } = measured;
			yield {
				id: "E1",
				work: `${computation.name} (${input})`,
				unit: "ns a packet",
				ours: { name: "pfq_run_program()", samples, details: { packets, kept } },
				peer: {
					name: `bpf_filter() "${computation.filter}"`,
					samples: peerSamples,
					details: { packets, kept: peerKept },
				},
				wanted: computation.wanted,
				...(kept !== peerKept && { note: `of ${packets} packets it keeps ${kept}, the peer ${peerKept}` }),
			};
		}
	}
}

export const computationBenchmark: Benchmark = {
	id: "E1",
	title: "one computation per packet, in memory",
	run,
};

const tolerance = 0.05;

/** The harness against itself: the engine on both sides. */
async function* runTwice({ quick, progress }: Context): AsyncGenerator<Result> {
	await build("packages/kernel-module/bench");
	const [first] = inputs();
	const [, computation] = computations;
	if (first === undefined || computation === undefined) return;
	for (let attempt = 1; ; attempt++) {
		progress(attempt === 1 ? "the same on both sides" : `again, with samples ${attempt} times as long`);
		const options = ["-a", "-n", quick ? "25" : "101", "-t", String(3 * attempt)];
		const { samples, peerSamples } = await measure(computation, first.files, ...options);
		const result: Result = {
			id: "A/A",
			work: `${computation.name}, the same on both sides`,
			unit: "ns a packet",
			ours: { name: "pfq_run_program()", samples },
			peer: { name: "pfq_run_program()", samples: peerSamples },
			wanted: { ratio: "within", value: 1, share: tolerance },
			...(attempt > 1 && { note: `the machine is noisy: attempt ${attempt}, with longer samples` }),
		};
		if (attempt === 4 || Math.abs((ratioOf(result) ?? 0) - 1) <= tolerance) {
			yield result;
			return;
		}
	}
}

export const selfCheck: Benchmark = { id: "A/A", title: "the harness against itself", run: runTwice };
