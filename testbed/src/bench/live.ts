// SPDX-License-Identifier: BSD-3-Clause
// E3, E4: live over a veth pair, small packets as fast as one core sends them, to a counting reader.
import { setTimeout as sleep } from "node:timers/promises";
import { startBlast } from "../blast.js";
import { createLink, type Link, whyNoLinks } from "../namespaces.js";
import { type Benchmark, type Context, nativeBenchmark, nodeBenchmark } from "./context.js";
import { npmPackage } from "./npm.js";
import { buildNative, type Ended, isInstalled, measured, type Running } from "./process.js";
import type { Row, Series, Wanted } from "./result.js";

const snapLength = 96;

interface Receiver {
	readonly name: string;
	/** Why there is none on this machine. */
	readonly absent?: string | undefined;
	readonly start: (link: Link) => Running;
	readonly read: (ended: Ended) => Figures;
}

interface Figures {
	readonly received: number;
	readonly lost: number;
	/** Processor time in microseconds since it was ready, where the start of the process is not to count. */
	readonly usage?: { readonly user: number; readonly system: number };
}

/** The last line of our own programs. */
function readJson({ output }: Ended): Figures {
	return JSON.parse(output.at(-1) ?? "{}") as Figures;
}

function readTcpdump({ errors }: Ended): Figures {
	const number = (pattern: RegExp) => Number(pattern.exec(errors)?.[1] ?? Number.NaN);
	return {
		received: number(/(\d+) packets? captured/),
		lost: number(/(\d+) packets? dropped by kernel/),
	};
}

const inside = (link: Link) => link.right.spawn;

const pfq: Receiver = {
	name: "pfq_read()",
	start: (link) =>
		measured(
			nativeBenchmark("bench_reader"),
			["-c", String(snapLength), "-s", "65536", link.right.device],
			/ready/,
			inside(link),
		),
	read: readJson,
};

const tcpdump: Receiver = {
	name: "tcpdump -w /dev/null -B 65536",
	absent: isInstalled("tcpdump") ? undefined : "tcpdump is not installed",
	start: (link) => {
		const options = ["-n", "-B", "65536", "-s", String(snapLength), "-w", "/dev/null", "-i", link.right.device];
		return measured("tcpdump", options, /listening on/, inside(link));
	},
	read: readTcpdump,
};

const bare: Receiver = {
	name: "bare TPACKET_V3 loop",
	start: (link) => measured(nativeBenchmark("bench_tpacket"), [link.right.device], /ready/, inside(link)),
	read: readJson,
};

interface Repetition {
	readonly sent: number;
	readonly received: number;
	readonly lost: number;
	/** Packets received per second of sending. */
	readonly rate: number;
	/** Processor seconds of the receiver for a million packets. */
	readonly cost: number;
	readonly user: number;
	readonly system: number;
}

async function repeat(link: Link, receiver: Receiver, seconds: number): Promise<Repetition> {
	const running = receiver.start(link);
	await running.ready;
	await sleep(200);
	const blast = await startBlast(link.left, { seconds, flows: 256 }).done;
	await sleep(400);
	running.interrupt();
	const ended = await running.ended;
	const { received, lost, usage } = receiver.read(ended);
	const user = usage ? usage.user / 1e6 : ended.usage.user;
	const system = usage ? usage.system / 1e6 : ended.usage.system;
	return {
		sent: blast.sent,
		received,
		lost,
		rate: received / blast.seconds,
		cost: ((user + system) / received) * 1e6,
		user,
		system,
	};
}

interface Peer {
	readonly receiver: Receiver;
	/** What ours has to reach beside it: packets/s, processor time a packet. */
	readonly rate?: Wanted;
	readonly cost?: Wanted;
}

/** Each repetition sends for so many whole seconds. */
async function* compare(
	id: string,
	ours: Receiver,
	peers: readonly Peer[],
	seconds: number,
	context: Context,
): AsyncGenerator<Row> {
	const impossible = whyNoLinks();
	if (impossible !== undefined) {
		yield { id, work: "live capture", missing: impossible };
		return;
	}
	await buildNative();
	const present = peers.filter(({ receiver }) => receiver.absent === undefined);
	const receivers = [ours, ...present.map(({ receiver }) => receiver)];
	const seen = new Map(receivers.map((receiver) => [receiver, [] as Repetition[]]));
	using link = createLink({ ipv4: false, ipv6: false });
	const repetitions = context.quick ? 2 : 7;
	for (let n = 1; n <= repetitions; n++) {
		for (const receiver of receivers) {
			context.progress(`${n} of ${repetitions}: ${receiver.name}`);
			seen.get(receiver)?.push(await repeat(link, receiver, seconds));
		}
	}
	const series = (receiver: Receiver, figure: (repetition: Repetition) => number): Series => {
		const details = seen.get(receiver) ?? [];
		return { name: receiver.name, samples: details.map(figure), details };
	};
	const lossOf = (receiver: Receiver) => {
		const all = seen.get(receiver) ?? [];
		const sum = (figure: (repetition: Repetition) => number) => all.reduce((total, each) => total + figure(each), 0);
		return `${receiver.name} ${((1 - sum(({ received }) => received) / sum(({ sent }) => sent)) * 100).toFixed(1)} %`;
	};
	for (const { receiver, rate, cost } of present) {
		yield {
			id,
			work: "live, 60-octet packets: received",
			unit: "packets/s",
			ours: series(ours, (each) => each.rate),
			peer: series(receiver, (each) => each.rate),
			...(rate && { wanted: rate }),
			note: `lost of what was sent: ${lossOf(ours)}, ${lossOf(receiver)}`,
		};
		yield {
			id,
			work: "live, 60-octet packets: processor time",
			unit: "s a million packets",
			ours: series(ours, (each) => each.cost),
			peer: series(receiver, (each) => each.cost),
			...(cost && { wanted: cost }),
		};
	}
	for (const { receiver } of peers)
		if (receiver.absent !== undefined) yield { id, work: `live capture by ${receiver.name}`, missing: receiver.absent };
}

export const liveBenchmark: Benchmark = {
	id: "E3",
	title: "live capture over a veth pair",
	run: (context) =>
		compare(
			"E3",
			pfq,
			[
				{ receiver: tcpdump, rate: { ratio: "at least", value: 1 }, cost: { ratio: "at most", value: 1 } },
				{ receiver: bare },
			],
			2,
			context,
		),
};

const node = (link: Link, program: string, ...args: string[]): Running =>
	measured(process.execPath, [nodeBenchmark(program), ...args, link.right.device], /ready/, inside(link));

const typescript: Receiver = {
	name: "for await (const batch of socket)",
	start: (link) => node(link, "live-pfq"),
	read: readJson,
};

const capReceiver = async (): Promise<Receiver> => {
	const found = await npmPackage("cap", "0.2.1", "build/Release/cap.node");
	return {
		name: "cap 0.2.1",
		absent: found.missing,
		start: (link) => node(link, "live-cap", found.folder),
		read: readJson,
	};
};

export const liveNodeBenchmark: Benchmark = {
	id: "E4",
	title: "the same, read from TypeScript",
	async *run(context) {
		const receiver = await capReceiver();
		const peer = { receiver, rate: { ratio: "at least", value: 5 }, cost: { ratio: "at most", value: 0.2 } } as const;
		yield* compare("E4", typescript, [peer], 5, context); // V8's compilers are done after the first tenth
	},
};
