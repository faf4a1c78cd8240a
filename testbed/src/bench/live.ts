// SPDX-License-Identifier: BSD-3-Clause
// E3: live over a veth pair, small packets as fast as one core sends them, to a counting reader.
import { setTimeout as sleep } from "node:timers/promises";
import { startBlast } from "../blast.js";
import { createLink, type Link, whyNoLinks } from "../namespaces.js";
import { type Benchmark, type Context, nativeBenchmark } from "./context.js";
import { buildNative, type Ended, isInstalled, measured, type Running } from "./process.js";
import type { Row, Series } from "./result.js";

/** How long one repetition sends, in whole seconds. */
const sending = 2;
const snapLength = 96;

interface Receiver {
	readonly name: string;
	readonly start: (link: Link) => Running;
	readonly read: (ended: Ended) => { received: number; lost: number };
}

/** The last line of our own programs. */
function readJson({ output }: Ended): { received: number; lost: number } {
	return JSON.parse(output.at(-1) ?? "{}") as { received: number; lost: number };
}

function readTcpdump({ errors }: Ended): { received: number; lost: number } {
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

async function repeat(link: Link, receiver: Receiver): Promise<Repetition> {
	const running = receiver.start(link);
	await running.ready;
	await sleep(200);
	const blast = await startBlast(link.left, { seconds: sending, flows: 256 }).done;
	await sleep(400);
	running.interrupt();
	const ended = await running.ended;
	const { received, lost } = receiver.read(ended);
	const { user, system } = ended.usage;
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

async function* run({ quick, progress }: Context): AsyncGenerator<Row> {
	const impossible = whyNoLinks();
	if (impossible !== undefined) {
		yield { id: "E3", work: "live capture", missing: impossible };
		return;
	}
	await buildNative();
	const peers = isInstalled("tcpdump") ? [tcpdump, bare] : [bare];
	const receivers = [pfq, ...peers];
	const seen = new Map(receivers.map((receiver) => [receiver, [] as Repetition[]]));
	using link = createLink({ ipv4: false, ipv6: false });
	const repetitions = quick ? 2 : 7;
	for (let n = 1; n <= repetitions; n++) {
		for (const receiver of receivers) {
			progress(`${n} of ${repetitions}: ${receiver.name}`);
			seen.get(receiver)?.push(await repeat(link, receiver));
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
	for (const peer of peers) {
		const wanted = peer === tcpdump;
		yield {
			id: "E3",
			work: "live, 60-octet packets: received",
			unit: "packets/s",
			ours: series(pfq, ({ rate }) => rate),
			peer: series(peer, ({ rate }) => rate),
			...(wanted && { wanted: { ratio: "at least", value: 1 } as const }),
			note: `lost of what was sent: ${lossOf(pfq)}, ${lossOf(peer)}`,
		};
		yield {
			id: "E3",
			work: "live, 60-octet packets: processor time",
			unit: "s a million packets",
			ours: series(pfq, ({ cost }) => cost),
			peer: series(peer, ({ cost }) => cost),
			...(wanted && { wanted: { ratio: "at most", value: 1 } as const }),
		};
	}
	if (!peers.includes(tcpdump))
		yield { id: "E3", work: "live capture by tcpdump", missing: "tcpdump is not installed" };
}

export const liveBenchmark: Benchmark = { id: "E3", title: "live capture over a veth pair", run };
