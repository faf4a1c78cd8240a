// SPDX-License-Identifier: BSD-3-Clause
import type { Device, LinkType, Packet } from "@pfq/lang/evaluator";
import fc from "fast-check";
import { address, word } from "./octets.js";
import * as pools from "./pools.js";
import { near, nearWord, weighted } from "./pools.js";

/** Packets of all link types, well-formed, malformed and cut off. */

type Octets = readonly number[];
type Pool = readonly [number, ...number[]];
/** A protocol number of the layer below, and the octets that it announces. */
interface Announced {
	readonly number: number;
	readonly octets: Octets;
}

const anyOctets = (maxLength: number): fc.Arbitrary<Octets> =>
	fc.array(fc.integer({ min: 0, max: 255 }), { maxLength, size: "max" });
const address4 = near(
	[address(pools.addresses4[0]), address("255.255.255.255"), ...pools.addresses4.map(address)],
	fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 }),
);
const address6 = near(
	[address(pools.addresses6[0]), ...pools.addresses6.map(address)],
	fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 16, maxLength: 16 }),
);
const port = nearWord(pools.ports, 16);

const announced = (number: number, octets: fc.Arbitrary<Octets>): fc.Arbitrary<Announced> =>
	octets.map((octets) => ({ number, octets }));

const tcp = announced(
	pools.protocols.tcp,
	fc
		.tuple(port, port, nearWord(pools.tcpHeaderWords, 4), nearWord(pools.tcpFlags, 8), anyOctets(16))
		.map(([source, destination, words, flags, payload]) => [
			...word(source, 2),
			...word(destination, 2),
			...word(1, 4),
			...word(2, 4),
			words << 4,
			flags,
			...word(0xffff, 2),
			...word(0, 4),
			...payload,
		]),
);
const udp = announced(
	pools.protocols.udp,
	fc
		.tuple(port, port, nearWord(pools.udpLengths, 16), anyOctets(16))
		.map(([source, destination, length, payload]) => [
			...word(source, 2),
			...word(destination, 2),
			...word(length, 2),
			...word(0, 2),
			...payload,
		]),
);
const sctp = announced(
	pools.protocols.sctp,
	fc
		.tuple(port, port)
		.map(([source, destination]) => [...word(source, 2), ...word(destination, 2), ...word(7, 4), ...word(0, 4)]),
);
const icmpOf = (protocol: number, types: Parameters<typeof nearWord>[0]): fc.Arbitrary<Announced> =>
	announced(
		protocol,
		fc
			.tuple(nearWord(types, 8), nearWord(pools.icmpCodes, 8), anyOctets(8))
			.map(([type, code, payload]) => [type, code, ...word(0, 2), ...payload]),
	);
const icmp = icmpOf(pools.protocols.icmp, pools.icmpTypes);
const icmp6 = icmpOf(pools.protocols.icmp6, pools.icmp6Types);
const otherProtocol = fc
	.tuple(nearWord([...pools.otherProtocols, ...pools.extensions], 8), anyOctets(24))
	.map(([number, octets]) => ({ number, octets }));

/** UDP with these ports and this payload. */
const udpOf = (
	sources: fc.Arbitrary<number>,
	destinations: fc.Arbitrary<number>,
	payload: fc.Arbitrary<Octets>,
): fc.Arbitrary<Announced> =>
	announced(
		pools.protocols.udp,
		fc
			.tuple(sources, destinations, payload)
			.map(([source, destination, payload]) => [
				...word(source, 2),
				...word(destination, 2),
				...word(8 + payload.length, 2),
				...word(0, 2),
				...payload,
			]),
	);
const either = (port: number): readonly [fc.Arbitrary<number>, fc.Arbitrary<number>] => [
	weighted([2, fc.constant(port)], [1, nearWord(pools.ports, 16)]),
	weighted([2, fc.constant(port)], [1, nearWord(pools.ports, 16)]),
];
const firstOctets = (first: Pool, second: Pool): fc.Arbitrary<Octets> =>
	fc
		.tuple(nearWord(first, 8), nearWord(second, 8), anyOctets(12))
		.map(([first, second, rest]) => [first, second, ...rest]);
const rtp = udpOf(
	nearWord(pools.rtpPorts, 16),
	nearWord(pools.rtpPorts, 16),
	firstOctets(pools.rtpFlags, pools.rtpTypes),
);
const rtcp = udpOf(
	nearWord(pools.rtcpPorts, 16),
	nearWord(pools.rtcpPorts, 16),
	firstOctets(pools.rtpFlags, pools.rtcpTypes),
);
const sip = weighted([1, udpOf(...either(5060), anyOctets(12))], [1, udpOf(...either(5061), anyOctets(12))]);
const gtpControl = udpOf(...either(2123), anyOctets(12));

/** Mostly what belongs on this version of IP; ICMP of the other version happens, too. */
const transport = (version: 4 | 6): fc.Arbitrary<Announced> =>
	weighted(
		[6, tcp],
		[6, udp],
		[2, sctp],
		[version === 4 ? 6 : 1, icmp],
		[version === 6 ? 6 : 1, icmp6],
		[2, otherProtocol],
		[4, rtp],
		[5, rtcp],
		[1, sip],
		[1, gtpControl],
	);

const ipv4 = (payload: fc.Arbitrary<Announced>): fc.Arbitrary<Announced> =>
	announced(
		pools.IPV4,
		fc
			.record({
				version: weighted([20, fc.constant(4)], [1, fc.integer({ min: 0, max: 15 })]),
				words: weighted(
					[14, fc.constant(5)],
					[4, fc.integer({ min: 6, max: 15 })],
					[1, fc.integer({ min: 0, max: 4 })],
				),
				tos: nearWord(pools.tos, 8),
				length: nearWord(pools.lengths, 16),
				id: nearWord(pools.ids, 16),
				fragment: weighted([1, fc.constant(0)], [2, nearWord(pools.fragmentFields4, 16)]),
				ttl: nearWord(pools.hops, 8),
				source: address4,
				destination: address4,
				payload,
			})
			.map(({ version, words, tos, length, id, fragment, ttl, source, destination, payload }) => [
				(version << 4) | words,
				tos,
				...word(length, 2),
				...word(id, 2),
				...word(fragment, 2),
				ttl,
				payload.number,
				...word(0, 2),
				...source,
				...destination,
				...Array<number>(Math.max(0, words - 5) * 4).fill(1),
				...payload.octets,
			]),
	);

/** An extension header but for its next header, as octets after that one. */
const extension: fc.Arbitrary<Announced> = weighted(
	[
		3,
		announced(
			44,
			nearWord(pools.fragmentFields6, 16).map((field) => [0, ...word(field, 2), ...word(1, 4)]),
		),
	],
	[
		2,
		announced(
			51,
			fc
				.constantFrom(4, 1, 0, 2, 255)
				.map((length) => [length, ...Array<number>(Math.min((length + 2) * 4 - 2, 64)).fill(9)]),
		),
	],
	[
		8,
		fc
			.tuple(
				fc.constantFrom(...pools.extensions.filter((kind) => kind !== 44 && kind !== 51)),
				weighted([6, fc.constant(0)], [3, fc.integer({ min: 1, max: 3 })], [1, fc.constant(255)]),
			)
			.map(([number, units]) => ({ number, octets: [units, ...Array<number>(Math.min(units * 8 + 6, 64)).fill(1)] })),
	],
);
const chain = weighted(
	[10, fc.constant<Announced[]>([])],
	[8, fc.array(extension, { minLength: 1, maxLength: 3 })],
	[3, fc.array(extension, { minLength: 7, maxLength: 10, size: "max" })],
	// The walk's bound, reached by extensions that are easy to follow.
	[
		2,
		fc
			.integer({ min: 7, max: 9 })
			.map((count) => Array<Announced>(count).fill({ number: 60, octets: [0, ...word(0, 6)] })),
	],
);
const ipv6 = (payload: fc.Arbitrary<Announced>): fc.Arbitrary<Announced> =>
	announced(
		pools.IPV6,
		fc
			.record({
				version: weighted([20, fc.constant(6)], [1, fc.integer({ min: 0, max: 15 })]),
				trafficClass: nearWord(pools.tos, 8),
				flowLabel: nearWord(pools.flowLabels, 20),
				length: nearWord(pools.lengths, 16),
				hopLimit: nearWord(pools.hops, 8),
				source: address6,
				destination: address6,
				chain,
				payload,
			})
			.map(({ version, trafficClass, flowLabel, length, hopLimit, source, destination, chain, payload }) => [
				...word(version * 2 ** 28 + trafficClass * 2 ** 20 + flowLabel, 4),
				...word(length, 2),
				chain[0]?.number ?? payload.number,
				hopLimit,
				...source,
				...destination,
				...chain.flatMap(({ octets }, index) => [chain[index + 1]?.number ?? payload.number, ...octets]),
				...payload.octets,
			]),
	);

const plain4 = ipv4(transport(4));
const plain6 = ipv6(transport(6));

/** The flags of a GRE header, and the words that each of the known ones adds. */
const greFlags = weighted(
	[6, fc.constantFrom(0, 0x2000, 0x3000, 0x8000, 0xb000)],
	[1, fc.constantFrom(0x4000, 1, 0x0800)],
);
const greWords = (flags: number): number => [0x8000, 0x2000, 0x1000].filter((flag) => (flags & flag) !== 0).length;

const innerEthernet = (network: fc.Arbitrary<Announced>): fc.Arbitrary<Octets> =>
	fc
		.tuple(nearWord(pools.macs, 48), nearWord(pools.macs, 48), fc.nat(2), network)
		.map(([destination, source, tags, { number, octets }]) => [
			...word(destination, 6),
			...word(source, 6),
			...Array.from({ length: tags }, () => [...word(0x8100, 2), ...word(7, 2)]).flat(),
			...word(number, 2),
			...octets,
		]);

const gre = (network: fc.Arbitrary<Announced>): fc.Arbitrary<Announced> =>
	fc
		.tuple(
			greFlags,
			weighted([4, network], [2, announced(0x6558, innerEthernet(network))], [1, announced(pools.ARP, anyOctets(8))]),
		)
		.map(([flags, { number, octets }]) => ({
			number: 47,
			octets: [...word(flags, 2), ...word(number, 2), ...Array<number>(greWords(flags) * 4).fill(3), ...octets],
		}));

const vxlan = (network: fc.Arbitrary<Announced>): fc.Arbitrary<Announced> =>
	udpOf(
		weighted([6, port], [1, fc.constant(4789)]),
		weighted([12, fc.constant(4789)], [1, port]),
		fc
			.tuple(weighted([8, fc.constant(0x08)], [1, fc.constantFrom(0, 0xff, 0xf7)]), innerEthernet(network))
			.map(([flags, octets]) => [flags, 0, 0, 0, 0, 1, 0, 0, ...octets]),
	);

/** Extension headers of GTP-U, from the type of the first on; lengths of 0 and cut chains happen. */
const gtpExtensions = fc
	.array(weighted([12, fc.constant(1)], [2, fc.constant(2)], [1, fc.constant(0)]), { maxLength: 9, size: "max" })
	.map((lengths) => [
		lengths.length > 0 ? 0x85 : 0,
		...lengths.flatMap((length, index) => [
			length,
			...Array<number>(Math.max(length * 4 - 2, 2)).fill(9),
			index < lengths.length - 1 ? 0x85 : 0,
		]),
	]);
const gtp = (network: fc.Arbitrary<Announced>): fc.Arbitrary<Announced> =>
	udpOf(
		...either(2152),
		fc
			.tuple(
				weighted(
					[10, fc.constantFrom(0x30, 0x32, 0x31)],
					[6, fc.constant(0x34)],
					[1, fc.constantFrom(0x20, 0x50, 0x33)],
				),
				weighted([12, fc.constant(0xff)], [1, fc.constantFrom(1, 0xfe)]),
				gtpExtensions,
				network,
			)
			.map(([flags, message, extensions, { octets }]) => [
				...[flags, message, ...word(octets.length, 2), ...word(1, 4)],
				...((flags & 7) === 0 ? [] : [...word(0, 2), 0, ...((flags & 4) === 0 ? [0] : extensions)]),
				...octets,
			]),
	);

/** IP that carries IP in so many layers at most. */
const tunnelled = (layers: number): fc.Arbitrary<Announced> => {
	const network = layers === 0 ? weighted([2, plain4], [1, plain6]) : tunnelled(layers - 1);
	const inside = weighted([3, network], [1, weighted([2, plain4], [1, plain6])]);
	const payload = weighted(
		[4, inside.map(({ number, octets }) => ({ number: number === pools.IPV4 ? 4 : 41, octets }))],
		[1, inside.map(({ octets }) => ({ number: 4, octets }))],
		[3, gre(inside)],
		[3, vxlan(inside)],
		[5, gtp(inside)],
	);
	return weighted([2, ipv4(payload)], [1, ipv6(payload)]);
};
const MOST_LAYERS = 5;
const tunnels = fc.oneof(...Array.from({ length: MOST_LAYERS }, (_, layers) => tunnelled(layers)));

const arp = announced(
	pools.ARP,
	fc
		.tuple(address4, address4)
		.map(([sender, target]) => [
			...word(1, 2),
			...word(0x0800, 2),
			6,
			4,
			...word(1, 2),
			...word(2, 6),
			...sender,
			...word(0, 6),
			...target,
		]),
);
const otherEtherType = fc
	.tuple(
		weighted(
			[8, fc.constantFrom(...pools.namedEtherTypes)],
			[3, fc.constantFrom(...pools.etherTypes)],
			[1, fc.nat(0xffff)],
		),
		weighted([2, anyOctets(24)], [1, plain4.map(({ octets }) => octets)]),
	)
	.map(([number, octets]) => ({ number, octets }));
const network = weighted([12, plain4], [9, plain6], [8, tunnels], [2, arp], [8, otherEtherType]);

type Framed = readonly [link: LinkType, octets: Octets];

const tag = fc
	.tuple(fc.constantFrom(...pools.tagProtocols), fc.integer({ min: 0, max: 15 }), nearWord(pools.vids, 12))
	.map(([protocol, priority, vid]) => ({ protocol, tci: (priority << 12) | vid }));
const tags = weighted(
	[5, fc.constant<{ protocol: number; tci: number }[]>([])],
	[4, fc.array(tag, { minLength: 1, maxLength: 2 })],
	[2, fc.array(tag, { minLength: 3, maxLength: 6, size: "max" })],
);
const mac = nearWord(pools.macs, 48);
const ethernet: fc.Arbitrary<Framed> = fc
	.tuple(mac, mac, tags, network)
	.map(([destination, source, tags, inner]) => [
		"ethernet",
		[
			...word(destination, 6),
			...word(source, 6),
			...tags.flatMap(({ protocol, tci }) => [...word(protocol, 2), ...word(tci, 2)]),
			...word(inner.number, 2),
			...inner.octets,
		],
	]);
const raw: fc.Arbitrary<Framed> = network.map(({ octets }) => ["raw", octets]);
const loopback: fc.Arbitrary<Framed> = fc
	.tuple(network, fc.boolean(), fc.constantFrom(10, 24, 28, 30), weighted([5, fc.constant(0)], [1, fc.nat(255)]))
	.map(([{ number, octets }, swapped, family6, shift]) => {
		const family = word((number === pools.IPV4 ? 2 : number === pools.IPV6 ? family6 : 7) + shift * 256, 4);
		return ["null", [...(swapped ? family.reverse() : family), ...octets]];
	});
const cooked1: fc.Arbitrary<Framed> = fc
	.tuple(network, tags)
	.map(([{ number, octets }, [tag]]) => [
		"sll",
		[
			...word(0, 2),
			...word(1, 2),
			...word(6, 2),
			...word(2, 8),
			...(tag === undefined ? [] : [...word(tag.protocol, 2), ...word(tag.tci, 2)]),
			...word(number, 2),
			...octets,
		],
	]);
const cooked2: fc.Arbitrary<Framed> = network.map(({ number, octets }) => [
	"sll2",
	[...word(number, 2), ...word(0, 2), ...word(1, 4), ...word(1, 2), 0, 6, ...word(2, 8), ...octets],
]);
const ppp: fc.Arbitrary<Framed> = fc
	.tuple(network, fc.boolean())
	.map(([{ number, octets }, withAddress]) => [
		"ppp",
		[
			...(withAddress ? [0xff, 0x03] : []),
			...word(number === pools.IPV4 ? 0x0021 : number === pools.IPV6 ? 0x0057 : 0xc021, 2),
			...octets,
		],
	]);

const framed = weighted([12, ethernet], [2, raw], [2, loopback], [2, cooked1], [2, cooked2], [2, ppp]);

/** Octets at random, most of them such as mean something somewhere. */
const noise: fc.Arbitrary<Framed> = fc.tuple(
	fc.constantFrom<LinkType>("ethernet", "raw", "null", "sll", "sll2", "ppp"),
	fc.array(
		weighted(
			[3, fc.constantFrom(0x45, 0x60, 0x08, 0x00, 0x86, 0xdd, 0x81, 0x06, 0x11, 0x2c, 0xff, 0x03, 0x21, 0x57)],
			[1, fc.integer({ min: 0, max: 255 })],
		),
		{ maxLength: 90, size: "max" },
	),
);

const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
const changes = fc.array(change, { minLength: 1, maxLength: 4 });

/** Puts octets at places that are taken modulo the length. */
export function mutate(
	octets: Octets | Uint8Array,
	changes: readonly (readonly [place: number, octet: number])[],
): Octets {
	const mutated = [...octets];
	for (const [place, octet] of changes) if (mutated.length > 0) mutated[place % mutated.length] = octet;
	return mutated;
}

const mutated: fc.Arbitrary<Framed> = fc
	.tuple(framed, changes)
	.map(([[link, octets], changes]) => [link, mutate(octets, changes)]);

/** What besides its octets a packet has. */
interface Circumstances {
	/** Captured octets, modulo the length and one; undefined: all. */
	readonly captured: number | undefined;
	/** How much longer the packet was on the wire than the octets that are given. */
	readonly beyond: number;
	readonly mark: number;
	readonly flowHash: number | undefined;
	/** Which of the devices d0 to d3 it came in by. */
	readonly device: number | undefined;
}

/** Places within tags, addresses, extension headers and ports, on Ethernet (without and with a tag) and on raw links. */
const splits = [11, 13, 16, 17, 22, 23, 33, 36, 37, 40, 41, 42, 43, 49, 53, 55, 56, 57, 59, 60, 61, 63];

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
	captured: weighted<number | undefined>(
		[14, fc.constant(undefined)],
		[3, fc.nat(200)],
		[2, fc.constantFrom(...splits)],
	),
	beyond: weighted([3, fc.constant(0)], [1, fc.nat(2000)]),
	mark: nearWord(pools.words32, 32),
	flowHash: fc.option(nearWord(pools.words32, 32), { nil: undefined }),
	device: fc.option(fc.nat(3), { nil: undefined }),
});

/** As the engine under test has them: build/evaluate. */
const deviceOf = (number: number): Device => ({ name: `d${number}`, addresses: [`192.0.2.${number + 1}`] });

export function packetOf(
	link: LinkType,
	octets: Octets | Uint8Array,
	{ captured, beyond, mark, flowHash, device }: Circumstances,
): Packet {
	const all = Uint8Array.from(octets);
	const kept = captured === undefined ? all : all.subarray(0, captured % (all.length + 1));
	const from = device === undefined ? undefined : deviceOf(device);
	return { link, octets: kept, length: all.length + beyond, mark, flowHash, device: from };
}

export const packet: fc.Arbitrary<Packet> = fc
	.tuple(weighted([14, framed], [3, mutated], [1, noise]), circumstances)
	.map(([[link, octets], more]) => packetOf(link, octets, more));

/** Changes to make to a real packet. */
export const mutation = fc.tuple(fc.option(changes, { nil: [] }), circumstances);
