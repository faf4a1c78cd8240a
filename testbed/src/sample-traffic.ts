// SPDX-License-Identifier: BSD-3-Clause
// Made-up traffic with the ways of real traffic: web and bulk TCP connections with handshakes and acknowledgements, DNS, echo
// requests over both IPs, ARP; many flows at a time. The same seed gives the same packets.
import type { CapturedPacket } from "./capture-writer.js";
import {
	arp,
	ethernet,
	icmp6Echo,
	icmpEcho,
	ipv4,
	ipv6,
	type Layer,
	packet,
	type TcpFlag,
	tcp,
	udp,
} from "./layers.js";

export interface SampleOptions {
	/** Default 20,000. */
	packets?: number;
	seed?: number;
	/** Time of the first packet, nanoseconds since the epoch. */
	start?: bigint;
}

type Random = () => number;
type Conversation = Generator<Uint8Array, void, undefined>;

/** Numbers from 0 up to 1 (the mulberry32 generator). */
function random(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

const below = (draw: Random, end: number) => Math.floor(draw() * end);

/** The headers up to the network layer for both directions between a client and a server. */
interface Path {
	version: 4 | 6;
	there: Layer[];
	back: Layer[];
}

function path(draw: Random, version: 4 | 6): Path {
	const [client, server] = [2 + below(draw, 200), 2 + below(draw, 6)];
	const macs = { source: `02:00:00:00:01:${hex(client)}`, destination: `02:00:00:00:02:${hex(server)}` };
	const [from, to] =
		version === 4 ? [`10.1.0.${client}`, `10.2.0.${server}`] : [`fd00:1::${hex(client)}`, `fd00:2::${hex(server)}`];
	const ip = version === 4 ? ipv4 : ipv6;
	return {
		version,
		there: [ethernet(macs), ip({ source: from, destination: to })],
		back: [ethernet({ source: macs.destination, destination: macs.source }), ip({ source: to, destination: from })],
	};
}

function hex(byte: number): string {
	return byte.toString(16).padStart(2, "0");
}

const ephemeralPort = (draw: Random) => 32768 + below(draw, 28000);
const anyVersion = (draw: Random): 4 | 6 => (draw() < 0.7 ? 4 : 6);

/** A TCP connection: handshake, a request, `segments` full answers of which every second is acknowledged, and the end. */
function* connection(draw: Random, port: number, request: string, segments: number): Conversation {
	const { there, back, version } = path(draw, anyVersion(draw));
	const client = ephemeralPort(draw);
	const body = new Uint8Array(version === 4 ? 1460 : 1440).fill(0x2e);
	let [mine, theirs] = [below(draw, 2 ** 31), below(draw, 2 ** 31)];
	const send = (flags: TcpFlag[], payload: Uint8Array | string = "") => {
		const header = tcp({ source: client, destination: port, sequence: mine, acknowledgement: theirs, flags });
		mine += payload.length;
		return packet(...there, header, payload);
	};
	const answer = (flags: TcpFlag[], payload: Uint8Array | string = "") => {
		const header = tcp({ source: port, destination: client, sequence: theirs, acknowledgement: mine, flags });
		theirs += payload.length;
		return packet(...back, header, payload);
	};
	yield send(["S"]);
	mine++;
	yield answer(["S", "."]);
	theirs++;
	yield send(["."]);
	yield send(["P", "."], request);
	for (let segment = 0; segment < segments; segment++) {
		yield answer(["."], body);
		if (segment % 2 === 1) yield send(["."]);
	}
	yield answer(["F", "."]);
	theirs++;
	yield send(["F", "."]);
	mine++;
	yield answer(["."]);
}

function* web(draw: Random): Conversation {
	const [port, text] = (
		[
			[80, "GET / HTTP/1.1\r\nHost: www.example\r\n\r\n"],
			[8080, "GET /status HTTP/1.1\r\nHost: www.example\r\n\r\n"],
			[443, "\u0016\u0003\u0001\u0000\u0000"],
		] as const
	)[below(draw, 3)] ?? [80, ""];
	yield* connection(draw, port, text, 1 + below(draw, 20));
}

function* bulk(draw: Random): Conversation {
	yield* connection(draw, 5201, "start", 200 + below(draw, 400));
}

function* dns(draw: Random): Conversation {
	const { there, back } = path(draw, anyVersion(draw));
	const client = ephemeralPort(draw);
	const id = below(draw, 65536);
	const name = `host${below(draw, 1000)}`;
	const question = [...labels(name, "example"), 0, 1, 0, 1];
	const header = (flags: number, answers: number) => [
		id >> 8,
		id & 255,
		flags >> 8,
		flags & 255,
		0,
		1,
		0,
		answers,
		0,
		0,
		0,
		0,
	];
	yield packet(
		...there,
		udp({ source: client, destination: 53 }),
		Uint8Array.from([...header(0x0100, 0), ...question]),
	);
	const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1 + below(draw, 250)];
	yield packet(
		...back,
		udp({ source: 53, destination: client }),
		Uint8Array.from([...header(0x8180, 1), ...question, ...record]),
	);
}

function labels(...names: string[]): number[] {
	return [...names.flatMap((name) => [name.length, ...Buffer.from(name)]), 0];
}

function* ping(draw: Random): Conversation {
	const { there, back, version } = path(draw, draw() < 0.5 ? 4 : 6);
	const echo = version === 4 ? icmpEcho : icmp6Echo;
	const id = below(draw, 65536);
	const payload = new Uint8Array(56);
	for (let sequence = 1; sequence <= 4; sequence++) {
		yield packet(...there, echo({ id, sequence }), payload);
		yield packet(...back, echo({ id, sequence, reply: true }), payload);
	}
}

function* resolution(draw: Random): Conversation {
	const [client, server] = [2 + below(draw, 200), 2 + below(draw, 6)];
	const [mac, other] = [`02:00:00:00:01:${hex(client)}`, `02:00:00:00:02:${hex(server)}`];
	const [ip, target] = [`10.1.0.${client}`, `10.2.0.${server}`];
	yield packet(
		ethernet({ source: mac, destination: "ff:ff:ff:ff:ff:ff", minimum: 60 }),
		arp({ operation: "request", senderMac: mac, senderIp: ip, targetIp: target }),
	);
	yield packet(
		ethernet({ source: other, destination: mac, minimum: 60 }),
		arp({ operation: "reply", senderMac: other, senderIp: target, targetMac: mac, targetIp: ip }),
	);
}

/** How often a new conversation is of which kind. */
const kinds: [weight: number, begin: (draw: Random) => Conversation][] = [
	[45, web],
	[35, dns],
	[12, ping],
	[5, resolution],
	[3, bulk],
];

function begin(draw: Random): Conversation {
	let ticket = below(draw, 100);
	for (const [weight, kind] of kinds) {
		if (ticket < weight) return kind(draw);
		ticket -= weight;
	}
	return web(draw);
}

/** Conversations that go on at the same time. */
const parallel = 32;

export function* sampleTraffic(options: SampleOptions = {}): Generator<CapturedPacket, void, undefined> {
	const draw = random(options.seed ?? 1);
	let time = options.start ?? 1_700_000_000_000_000_000n;
	const active = Array.from({ length: parallel }, () => begin(draw));
	for (let made = 0; made < (options.packets ?? 20_000); ) {
		const at = below(draw, parallel);
		const next = active[at]?.next();
		if (next === undefined || next.done === true) {
			active[at] = begin(draw);
			continue;
		}
		yield { time, bytes: next.value };
		made++;
		time += BigInt(1 + below(draw, 200_000));
	}
}
