// SPDX-License-Identifier: BSD-3-Clause
// Headers for test packets. `packet(ethernet(…), ipv4(…), udp(…), "payload")` fills in every type, length and checksum that
// is not given; a field that is given is written as it stands, so that wrong packets can be made, too.
import { ipv4Bytes, ipv6Bytes, macBytes } from "./addresses.js";
import { crc32c, internetChecksum } from "./checksums.js";

/** The addresses of the enclosing IP header, for the checksums of what is inside. */
interface Network {
	source: Uint8Array;
	destination: Uint8Array;
}

export interface Layer {
	/** What an enclosing Ethernet, VLAN or GRE header says of this one. */
	readonly etherType?: number;
	/** What an enclosing IP header says of this one. */
	readonly ipProtocol?: number;
	/** IP headers: their addresses. */
	readonly network?: Network;
	/** This header followed by `inner`, whose first header is `next`. */
	encode(inner: Uint8Array, next: Layer | undefined, network: Network | undefined): Uint8Array;
}

export type Part = Layer | Uint8Array | string;

const text = new TextEncoder();
const isLayer = (part: Part): part is Layer => typeof part !== "string" && !(part instanceof Uint8Array);

/** A packet: headers from the outermost to the innermost, and payload as bytes or text. */
export function packet(...parts: Part[]): Uint8Array {
	return encodeWithin(undefined, parts);
}

/** The bytes of `parts` as they stand inside the IP header `around`. */
export function encodeWithin(around: Layer | undefined, parts: Part[]): Uint8Array {
	let inner: Uint8Array = new Uint8Array(0);
	for (let at = parts.length - 1; at >= 0; at--) {
		const part = parts[at];
		if (part === undefined) continue;
		if (!isLayer(part)) {
			inner = concat(typeof part === "string" ? text.encode(part) : part, inner);
			continue;
		}
		const next = parts[at + 1];
		const outer = parts.slice(0, at).findLast((layer): layer is Layer => isLayer(layer) && layer.network !== undefined);
		inner = part.encode(inner, next !== undefined && isLayer(next) ? next : undefined, (outer ?? around)?.network);
	}
	return inner;
}

export function concat(...parts: Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** Big-endian fields as [bytes, value] pairs. */
function fields(...pairs: [size: 1 | 2 | 4, value: number][]): Uint8Array {
	return concat(
		...pairs.map(([size, value]) =>
			Uint8Array.from({ length: size }, (_, at) => Math.floor(value / 2 ** (8 * (size - 1 - at))) & 0xff),
		),
	);
}

/** Options are padded to 32-bit words with zeroes. */
function words(bytes: Uint8Array | undefined): Uint8Array {
	return bytes === undefined ? new Uint8Array(0) : concat(bytes, new Uint8Array(-bytes.length & 3));
}

function putUint16(bytes: Uint8Array, at: number, value: number): Uint8Array {
	bytes[at] = value >> 8;
	bytes[at + 1] = value & 0xff;
	return bytes;
}

// --- link layer

export interface EthernetFields {
	source?: string;
	destination?: string;
	etherType?: number;
	/** Frames shorter than this are padded with zeroes (60 is what a network card sends). */
	minimum?: number;
}

export function ethernet(given: EthernetFields = {}): Layer {
	return {
		encode(inner, next) {
			const frame = concat(
				macBytes(given.destination ?? "02:00:00:00:00:02"),
				macBytes(given.source ?? "02:00:00:00:00:01"),
				fields([2, given.etherType ?? next?.etherType ?? 0xffff]),
				inner,
			);
			return concat(frame, new Uint8Array(Math.max(0, (given.minimum ?? 0) - frame.length)));
		},
	};
}

export interface VlanFields {
	vid: number;
	priority?: number;
	etherType?: number;
	/** The tag's own type: 0x8100 (802.1Q), or 0x88a8 for the outer tag of QinQ (802.1ad). */
	tagType?: number;
}

export function vlan(given: VlanFields): Layer {
	return {
		etherType: given.tagType ?? 0x8100,
		encode: (inner, next) =>
			concat(
				fields([2, ((given.priority ?? 0) << 13) | given.vid], [2, given.etherType ?? next?.etherType ?? 0xffff]),
				inner,
			),
	};
}

/** The outer tag of QinQ. */
export function serviceVlan(given: VlanFields): Layer {
	return vlan({ tagType: 0x88a8, ...given });
}

export interface ArpFields {
	operation: "request" | "reply";
	senderMac: string;
	senderIp: string;
	targetMac?: string;
	targetIp: string;
}

export function arp(given: ArpFields): Layer {
	return {
		etherType: 0x0806,
		encode: (inner) =>
			concat(
				fields([2, 1], [2, 0x0800], [1, 6], [1, 4], [2, given.operation === "request" ? 1 : 2]),
				macBytes(given.senderMac),
				ipv4Bytes(given.senderIp),
				macBytes(given.targetMac ?? "00:00:00:00:00:00"),
				ipv4Bytes(given.targetIp),
				inner,
			),
	};
}

// --- network layer

export interface Ipv4Fields {
	source?: string;
	destination?: string;
	tos?: number;
	id?: number;
	ttl?: number;
	dontFragment?: boolean;
	moreFragments?: boolean;
	/** In bytes; a multiple of 8. */
	fragmentOffset?: number;
	options?: Uint8Array;
	protocol?: number;
	totalLength?: number;
	/** In 32-bit words. */
	headerLength?: number;
	checksum?: number;
}

export function ipv4(given: Ipv4Fields = {}): Layer {
	const source = ipv4Bytes(given.source ?? "10.0.0.1");
	const destination = ipv4Bytes(given.destination ?? "10.0.0.2");
	return {
		etherType: 0x0800,
		ipProtocol: 4,
		network: { source, destination },
		encode(inner, next) {
			const options = words(given.options);
			const flags = (given.dontFragment ? 0x4000 : 0) | (given.moreFragments ? 0x2000 : 0);
			const header = concat(
				fields(
					[1, 0x40 | (given.headerLength ?? 5 + options.length / 4)],
					[1, given.tos ?? 0],
					[2, given.totalLength ?? 20 + options.length + inner.length],
					[2, given.id ?? 0],
					[2, flags | ((given.fragmentOffset ?? 0) >> 3)],
					[1, given.ttl ?? 64],
					[1, given.protocol ?? next?.ipProtocol ?? 253],
					[2, 0],
				),
				source,
				destination,
				options,
			);
			return concat(putUint16(header, 10, given.checksum ?? internetChecksum(header)), inner);
		},
	};
}

export interface Ipv6Fields {
	source?: string;
	destination?: string;
	trafficClass?: number;
	flowLabel?: number;
	hopLimit?: number;
	nextHeader?: number;
	payloadLength?: number;
}

/** No next header (RFC 8200, 4.7). */
const noNextHeader = 59;

export function ipv6(given: Ipv6Fields = {}): Layer {
	const source = ipv6Bytes(given.source ?? "fd00::1");
	const destination = ipv6Bytes(given.destination ?? "fd00::2");
	return {
		etherType: 0x86dd,
		ipProtocol: 41,
		network: { source, destination },
		encode: (inner, next) =>
			concat(
				fields(
					[4, 0x60000000 + (given.trafficClass ?? 0) * 0x100000 + (given.flowLabel ?? 0)],
					[2, given.payloadLength ?? inner.length],
					[1, given.nextHeader ?? next?.ipProtocol ?? noNextHeader],
					[1, given.hopLimit ?? 64],
				),
				source,
				destination,
				inner,
			),
	};
}

export interface ExtensionFields {
	/** What follows the two bytes of type and length; padded with PadN (RFC 8200, 4.2). */
	options?: Uint8Array;
	nextHeader?: number;
}

function optionsHeader(ipProtocol: number, given: ExtensionFields): Layer {
	return {
		ipProtocol,
		encode(inner, next) {
			const options = given.options ?? new Uint8Array(0);
			const padding = -(2 + options.length) & 7;
			const pad = padding === 1 ? Uint8Array.of(0) : padding > 1 ? Uint8Array.of(1, padding - 2) : new Uint8Array(0);
			const body = concat(options, pad, new Uint8Array(padding - pad.length));
			return concat(
				fields([1, given.nextHeader ?? next?.ipProtocol ?? noNextHeader], [1, (2 + body.length) / 8 - 1]),
				body,
				inner,
			);
		},
	};
}

export const hopByHop = (given: ExtensionFields = {}): Layer => optionsHeader(0, given);
export const destinationOptions = (given: ExtensionFields = {}): Layer => optionsHeader(60, given);

export interface RoutingFields {
	type?: number;
	segmentsLeft?: number;
	addresses?: string[];
	nextHeader?: number;
}

/** Checksums behind it are computed over the IPv6 header's own destination, which is right once no segment is left. */
export function routing(given: RoutingFields = {}): Layer {
	const addresses = given.addresses ?? [];
	return {
		ipProtocol: 43,
		encode: (inner, next) =>
			concat(
				fields(
					[1, given.nextHeader ?? next?.ipProtocol ?? noNextHeader],
					[1, 2 * addresses.length],
					[1, given.type ?? 0],
					[1, given.segmentsLeft ?? 0],
					[4, 0],
				),
				...addresses.map(ipv6Bytes),
				inner,
			),
	};
}

export interface Ipv6FragmentFields {
	id?: number;
	/** In bytes; a multiple of 8. */
	offset?: number;
	moreFragments?: boolean;
	nextHeader?: number;
}

export function ipv6Fragment(given: Ipv6FragmentFields = {}): Layer {
	return {
		ipProtocol: 44,
		encode: (inner, next) =>
			concat(
				fields(
					[1, given.nextHeader ?? next?.ipProtocol ?? noNextHeader],
					[1, 0],
					[2, (given.offset ?? 0) | (given.moreFragments ? 1 : 0)],
					[4, given.id ?? 0],
				),
				inner,
			),
	};
}

/** The authentication header (RFC 4302) with a zero integrity check value of 96 bits. */
export function authentication(given: { spi?: number; sequence?: number; nextHeader?: number } = {}): Layer {
	return {
		ipProtocol: 51,
		encode: (inner, next) =>
			concat(
				fields(
					[1, given.nextHeader ?? next?.ipProtocol ?? noNextHeader],
					[1, 4],
					[2, 0],
					[4, given.spi ?? 1],
					[4, given.sequence ?? 1],
				),
				new Uint8Array(12),
				inner,
			),
	};
}

export interface GreFields {
	protocol?: number;
	checksum?: boolean;
	key?: number;
	sequence?: number;
}

/** RFC 2784 with the key and sequence number of RFC 2890. */
export function gre(given: GreFields = {}): Layer {
	return {
		ipProtocol: 47,
		encode(inner, next) {
			const flags =
				(given.checksum ? 0x8000 : 0) |
				(given.key === undefined ? 0 : 0x2000) |
				(given.sequence === undefined ? 0 : 0x1000);
			const whole = concat(
				fields([2, flags], [2, given.protocol ?? next?.etherType ?? 0x6558]),
				given.checksum ? new Uint8Array(4) : new Uint8Array(0),
				given.key === undefined ? new Uint8Array(0) : fields([4, given.key]),
				given.sequence === undefined ? new Uint8Array(0) : fields([4, given.sequence]),
				inner,
			);
			return given.checksum ? putUint16(whole, 4, internetChecksum(whole)) : whole;
		},
	};
}

// --- transport layer

/** RFC 768, RFC 9293 and RFC 8200, 8.1: the addresses, the protocol and the length are summed, too. */
function transportChecksum(network: Network | undefined, protocol: number, segment: Uint8Array): number {
	if (network === undefined) return 0;
	const rest =
		network.source.length === 4
			? fields([2, protocol], [2, segment.length])
			: fields([4, segment.length], [4, protocol]);
	return internetChecksum(network.source, network.destination, rest, segment);
}

export interface UdpFields {
	source: number;
	destination: number;
	length?: number;
	checksum?: number;
}

export function udp(given: UdpFields): Layer {
	return {
		ipProtocol: 17,
		encode(inner, _next, network) {
			const segment = concat(
				fields([2, given.source], [2, given.destination], [2, given.length ?? 8 + inner.length], [2, 0]),
				inner,
			);
			// A sum of zero is sent as all ones: zero says that there is none (RFC 768).
			return putUint16(segment, 6, given.checksum ?? (transportChecksum(network, 17, segment) || 0xffff));
		},
	};
}

/** The flags' letters as tcpdump writes them. */
const tcpFlagBits = { F: 1, S: 2, R: 4, P: 8, ".": 16, U: 32, E: 64, W: 128 } as const;
export type TcpFlag = keyof typeof tcpFlagBits;

export interface TcpFields {
	source: number;
	destination: number;
	sequence?: number;
	acknowledgement?: number;
	flags?: TcpFlag[];
	window?: number;
	urgent?: number;
	options?: Uint8Array;
	/** In 32-bit words. */
	headerLength?: number;
	checksum?: number;
}

export function tcp(given: TcpFields): Layer {
	return {
		ipProtocol: 6,
		encode(inner, _next, network) {
			const options = words(given.options);
			const flags = (given.flags ?? ["."]).reduce((bits, flag) => bits | tcpFlagBits[flag], 0);
			const segment = concat(
				fields(
					[2, given.source],
					[2, given.destination],
					[4, given.sequence ?? 0],
					[4, given.acknowledgement ?? 0],
					[1, (given.headerLength ?? 5 + options.length / 4) << 4],
					[1, flags],
					[2, given.window ?? 64240],
					[2, 0],
					[2, given.urgent ?? 0],
				),
				options,
				inner,
			);
			return putUint16(segment, 16, given.checksum ?? transportChecksum(network, 6, segment));
		},
	};
}

export interface SctpFields {
	source: number;
	destination: number;
	verificationTag?: number;
	checksum?: number;
}

/** RFC 9260; what follows are chunks, as `sctpData` makes them. */
export function sctp(given: SctpFields): Layer {
	return {
		ipProtocol: 132,
		encode(inner) {
			const whole = concat(
				fields([2, given.source], [2, given.destination], [4, given.verificationTag ?? 0], [4, 0]),
				inner,
			);
			new DataView(whole.buffer).setUint32(8, given.checksum ?? crc32c(whole), true);
			return whole;
		},
	};
}

/** A DATA chunk with a whole message. */
export function sctpData(message: string, sequence = 1): Uint8Array {
	const data = text.encode(message);
	return concat(
		fields([1, 0], [1, 3], [2, 16 + data.length], [4, sequence], [2, 0], [2, 0], [4, 0]),
		data,
		new Uint8Array(-data.length & 3),
	);
}

export interface IcmpFields {
	type: number;
	code?: number;
	/** The second 32-bit word, whose meaning depends on the type. */
	rest?: number;
	checksum?: number;
}

function icmpHeader(given: IcmpFields, inner: Uint8Array): Uint8Array {
	return concat(fields([1, given.type], [1, given.code ?? 0], [2, 0], [4, given.rest ?? 0]), inner);
}

export function icmp(given: IcmpFields): Layer {
	return {
		ipProtocol: 1,
		encode(inner) {
			const message = icmpHeader(given, inner);
			return putUint16(message, 2, given.checksum ?? internetChecksum(message));
		},
	};
}

export function icmp6(given: IcmpFields): Layer {
	return {
		ipProtocol: 58,
		encode(inner, _next, network) {
			const message = icmpHeader(given, inner);
			return putUint16(message, 2, given.checksum ?? transportChecksum(network, 58, message));
		},
	};
}

export interface EchoFields {
	id: number;
	sequence: number;
	reply?: boolean;
}

const echoRest = (given: EchoFields) => given.id * 0x10000 + given.sequence;
export const icmpEcho = (given: EchoFields): Layer => icmp({ type: given.reply ? 0 : 8, rest: echoRest(given) });
export const icmp6Echo = (given: EchoFields): Layer => icmp6({ type: given.reply ? 129 : 128, rest: echoRest(given) });

// --- tunnels over UDP

/** RFC 7348; goes into `udp({ destination: 4789 })` and an Ethernet frame follows. */
export function vxlan(vni: number): Layer {
	return { encode: (inner) => concat(fields([4, 0x08000000], [4, vni * 0x100]), inner) };
}

/** A G-PDU (3GPP TS 29.281); goes into `udp({ destination: 2152 })` and an IP packet follows. */
export function gtpUser(tunnel: number): Layer {
	return { encode: (inner) => concat(fields([1, 0x30], [1, 255], [2, inner.length], [4, tunnel]), inner) };
}
