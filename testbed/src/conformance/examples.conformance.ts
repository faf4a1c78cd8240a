// SPDX-License-Identifier: BSD-3-Clause
// The programs of examples/, in each language, on interfaces: what they count, write, spread, send on and send is what was sent.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	balanceOf,
	buildExamples,
	type ExampleName,
	type LanguageName,
	languageNames,
	type RunningExample,
	readCapture,
	runExample,
	startExample,
	whyNot,
} from "../example-programs.js";
import { ethernet, packet } from "../layers.js";
import { createVeth } from "./cable.js";
import { onKernel, pause, until } from "./host.js";
import { datagram, series } from "./packets.js";
import { collect, hex, openReceiver, receive } from "./receiver.js";

let folder: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "pfq-examples-"));
	if (!onKernel) buildExamples();
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How many receive from a device. */
const receivers = (device: string): number => {
	if (onKernel) {
		const rows = readFileSync("/proc/net/pfq/devices", "utf8")
			.trim()
			.split("\n")
			.map((row) => row.trim().split(/\s+/));
		const [head = []] = rows;
		const row = rows.find((words) => words.includes(device)) ?? [];
		return Number(row[head.indexOf("bindings")] ?? 0);
	}
	const index = readFileSync(`/sys/class/net/${device}/ifindex`, "utf8").trim();
	const sockets = readFileSync("/proc/net/packet", "utf8")
		.split("\n")
		.map((row) => row.trim().split(/\s+/));
	return sockets.filter(([, , , protocol, at]) => protocol === "0003" && at === index).length;
};

/** Milliseconds that Node.js may take to begin, in an emulated machine. */
const patience = 90_000;

/** Milliseconds for another process to take from its ring what we have taken from ours: on the user host each has its own. */
const grace = onKernel ? 0 : 500;

/** One that receives from the device when this returns. */
const follow = async (
	language: LanguageName,
	name: ExampleName,
	device: string,
	...others: readonly string[]
): Promise<RunningExample> => {
	const before = receivers(device);
	const running = startExample(language, name, [device, ...others]);
	let gone = false;
	void running.ended.then(() => {
		gone = true;
	});
	try {
		await until(`${name} is bound to ${device}`, () => gone || receivers(device) > before, patience);
		if (gone) throw new Error(`${language} ${name}: ${(await running.ended).stderr}`);
		return running;
	} catch (error) {
		running[Symbol.dispose]();
		throw error;
	}
};

/** Packets of different lengths. */
const sizes = (count: number): Uint8Array[] =>
	Array.from({ length: count }, (_, number) => datagram({ number, length: 60 + ((number * 37) % 1455) }));

describe.each(languageNames)("examples in %s", { timeout: 300_000 }, (language) => {
	const obstacle = whyNot(language);
	const test = it.skipIf(obstacle);
	const title = (text: string): string => (obstacle ? `${text}: ${obstacle}` : text);

	test(title("count what was sent"), async () => {
		using cable = createVeth();
		using witness = openReceiver(cable.device);
		using running = await follow(language, "count", cable.device);
		const sent = sizes(700);
		cable.send(...sent);
		await receive(witness, sent.length);
		await pause(grace);
		const octets = sent.reduce((sum, { length }) => sum + length, 0);
		expect(await running.stop()).toBe(`${sent.length} packets, ${octets} octets, 0 lost\n`);
	});

	test(title("capture what was sent, packet for packet, at the time of its arrival"), async () => {
		using cable = createVeth();
		using witness = openReceiver(cable.device);
		const file = join(folder, "live.pcap");
		using running = await follow(language, "capture", cable.device, file);
		const sent = sizes(700);
		const begin = BigInt(Date.now()) * 1_000_000n;
		cable.send(...sent);
		const end = BigInt(Date.now() + 1) * 1_000_000n;
		await receive(witness, sent.length);
		await pause(grace);
		expect(await running.stop("SIGTERM")).toBe(`${sent.length} packets, 0 lost\n`);
		const captured = readCapture(file);
		expect(captured.map(({ octets }) => octets)).toEqual(sent.map(hex));
		expect(captured.filter(({ time }) => time < begin || time > end)).toEqual([]);
		expect(captured.some(({ time }) => time % 1000n !== 0n)).toBe(true);
	});

	// Threads that had parts of flows would hardly all have a multiple of this.
	const each = 31;
	test(title(`balance whole flows, of ${each} packets in both directions`), async () => {
		using cable = createVeth();
		using witness = openReceiver(cable.device);
		using running = await follow(language, "balance", cable.device, "3");
		const flows = Array.from({ length: 64 }, (_, index) => ({
			there: datagram({ source: "10.1.0.1", destination: `10.2.0.${index}`, sport: 1024 + index, dport: 80 }),
			back: datagram({ source: `10.2.0.${index}`, destination: "10.1.0.1", sport: 80, dport: 1024 + index }),
		}));
		const noIp = Array.from({ length: 5 }, () => packet(ethernet({ minimum: 60, etherType: 0x88b5 }), "no IP"));
		for (let turn = 0; turn < each; turn++) cable.send(...flows.map(({ there, back }) => (turn % 2 ? there : back)));
		cable.send(...noIp);
		const total = each * flows.length;
		await receive(witness, total + noIp.length);
		await pause(grace);
		const { threads, rest } = balanceOf(await running.stop());
		expect(threads.filter((count) => count > 0 && count % each === 0)).toHaveLength(3);
		expect(threads.reduce((sum, count) => sum + count)).toBe(total);
		expect(rest).toBe(`${noIp.length} dropped, 0 lost\n`);
	});

	test(title("forward packets unchanged, two of them in both directions"), async () => {
		using left = createVeth();
		using right = createVeth();
		using atLeft = openReceiver(left.far);
		using atRight = openReceiver(right.far);
		const both = await Promise.all([
			follow(language, "forward", left.device, right.device),
			follow(language, "forward", right.device, left.device),
		]);
		using there = both[0];
		using back = both[1];
		const [request, answer] = [sizes(300), series(200)];
		left.send(...request);
		expect((await receive(atRight, request.length)).map(({ data }) => hex(data))).toEqual(request.map(hex));
		right.send(...answer);
		expect((await receive(atLeft, answer.length)).map(({ data }) => hex(data))).toEqual(answer.map(hex));
		expect(await there.stop()).toBe(`${request.length} packets sent on, 0 not taken by ${right.device}, 0 lost\n`);
		expect(await back.stop()).toBe(`${answer.length} packets sent on, 0 not taken by ${left.device}, 0 lost\n`);
		expect((await collect([atLeft.socket, atRight.socket], 0)).flat()).toEqual([]);
	});

	test(
		title("generate as many packets as they are told, at the rate that they are told, and until they are stopped"),
		async () => {
			using cable = createVeth();
			using receiver = openReceiver(cable.far);
			const all = await runExample(language, "generate", [cable.device, "640"]);
			expect(all).toMatch(new RegExp(`^640 packets sent, 0 not taken by ${cable.device}, in \\d+\\.\\d+ s\n$`));
			const received = await receive(receiver, 640);
			expect(received).toHaveLength(640);
			const ports = received.map(({ data }) => data.readUInt16BE(34));
			expect(ports).toEqual(ports.map((_, index) => 1024 + (index % 64)));

			const paced = await runExample(language, "generate", [cable.device, "300", "1000"]);
			const times = (await receive(receiver, 300)).map(({ timestamp }) => timestamp);
			expect(times).toHaveLength(300);
			expect(Number(paced.match(/in (.*) s$/m)?.[1])).toBeGreaterThan(0.29);
			expect(Number((times.at(-1) ?? 0n) - (times[0] ?? 0n))).toBeGreaterThan(0.25e9);

			using endless = startExample(language, "generate", [cable.device, "0", "500"]);
			await until("packets come", () => receiver.socket.stats().recv > 940, patience);
			const first = await receive(receiver, 50);
			const said = Number((await endless.stop()).split(" ")[0]);
			const rest = await receive(receiver, said - first.length);
			expect(first.length + rest.length).toBe(said);
		},
	);
});
