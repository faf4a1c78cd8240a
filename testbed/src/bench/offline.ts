// SPDX-License-Identifier: BSD-3-Clause
// E2: a capture file of a gigabyte through a filter, `pfq run -r` and `tcpdump -r`.
import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { type CapturedPacket, CaptureWriter } from "../capture-writer.js";
import { sampleTraffic } from "../sample-traffic.js";
import { type Benchmark, type Context, fromRoot, makeBuildFolder } from "./context.js";
import { buildNative, type Ended, isInstalled, measured } from "./process.js";
import type { Row } from "./result.js";

const program = "main = filter ((is_tcp .&&. (has_port 80 .||. has_port 443)) .||. (is_udp .&&. has_port 53))";
const filter = "(tcp and (port 80 or port 443)) or (udp and port 53)";

const fileHeader = 24;

function writeSeed(path: string, snapLength: number): number {
	let packets = 0;
	using file = new CaptureWriter(path, { precision: "us", snapLength });
	for (const packet of sampleTraffic({ packets: 20_000, seed: 7 }) as Iterable<CapturedPacket>) {
		file.write(packet);
		packets++;
	}
	return packets;
}

/** A capture of so many octets: some made-up traffic again and again. Gives the number of its packets. */
function writeLarge(path: string, size: number, snapLength: number): number {
	const seedPath = `${path}.seed`;
	const packets = writeSeed(seedPath, snapLength);
	const seed = readFileSync(seedPath);
	const body = seed.subarray(fileHeader);
	const times = Math.ceil(size / body.length);
	if (existsSync(path) && statSync(path).size === fileHeader + times * body.length) return packets * times;
	const file = openSync(path, "w");
	try {
		writeSync(file, seed.subarray(0, fileHeader));
		for (let n = 0; n < times; n++)
			for (let at = 0; at < body.length; ) at += writeSync(file, body, at, body.length - at);
	} finally {
		closeSync(file);
	}
	return packets * times;
}

const runPfq = (path: string): Promise<Ended> =>
	measured(process.execPath, [fromRoot("packages/tools/bin/pfq.js"), "run", "-r", path, "-e", program, "--json"]).ended;

const runTcpdump = (path: string): Promise<Ended> =>
	measured("tcpdump", ["-n", "-r", path, "-w", "/dev/null", filter]).ended;

const cost = ({ usage }: Ended): number => usage.user + usage.system;

async function* compare(
	work: string,
	path: string,
	packets: number,
	{ quick, progress }: Context,
): AsyncGenerator<Row> {
	const ours: Ended[] = [];
	const theirs: Ended[] = [];
	const repetitions = quick ? 3 : 9;
	await runTcpdump(path); // the file is in the page cache now
	for (let n = 1; n <= repetitions; n++) {
		progress(`${work}: ${n} of ${repetitions}`);
		ours.push(await runPfq(path));
		theirs.push(await runTcpdump(path));
	}
	const rates = (all: readonly Ended[]) => all.map(({ usage }) => packets / usage.seconds);
	const costs = (all: readonly Ended[]) => all.map((each) => (cost(each) / packets) * 1e9);
	const names = ["pfq run -r", "tcpdump -r -w /dev/null"] as const;
	yield {
		id: "E2",
		work,
		unit: "packets/s",
		ours: { name: names[0], samples: rates(ours), details: ours.map(({ usage }) => usage) },
		peer: { name: names[1], samples: rates(theirs), details: theirs.map(({ usage }) => usage) },
		wanted: { ratio: "at least", value: 2 },
	};
	yield {
		id: "E2",
		work: `${work}: processor time`,
		unit: "ns a packet",
		ours: { name: names[0], samples: costs(ours) },
		peer: { name: names[1], samples: costs(theirs) },
	};
}

async function* run(context: Context): AsyncGenerator<Row> {
	if (!isInstalled("tcpdump")) {
		yield { id: "E2", work: "a capture file through a filter", missing: "tcpdump is not installed" };
		return;
	}
	await buildNative();
	const size = context.quick ? 200_000_000 : 1_000_000_000;
	for (const [work, snapLength] of [
		["a capture of 1 GB, packets cut to 64 octets", 64],
		["a capture of 1 GB, whole packets", 262_144],
	] as const) {
		const path = `${makeBuildFolder()}/large-${snapLength}-${size}.pcap`;
		context.progress(`writing ${path}`);
		yield* compare(
			context.quick ? work.replace("1 GB", "200 MB") : work,
			path,
			writeLarge(path, size, snapLength),
			context,
		);
	}
}

export const offlineBenchmark: Benchmark = { id: "E2", title: "a capture file through a filter", run };
