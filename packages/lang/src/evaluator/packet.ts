// SPDX-License-Identifier: BSD-3-Clause

/**
 * A packet as a program gets it, and what a program sees of it. The specification is docs/packet-model.md.
 *
 * One rule stands over all others: a field that is not wholly within the captured octets is absent (`undefined`).
 */

export type LinkType = "ethernet" | "raw" | "null" | "sll" | "sll2" | "ppp";

export interface Packet {
	readonly link: LinkType;
	/** What was captured. */
	readonly octets: Uint8Array;
	/** The length on the wire, in octets. */
	readonly length: number;
	readonly mark: number;
	/** The device's flow hash, where it gives one. */
	readonly flowHash?: number | undefined;
	/** The device that the packet came in by, where that is known. */
	readonly device?: Device | undefined;
}

export interface Device {
	readonly name: string;
	/** Its IPv4 addresses; files and memory have none. */
	readonly addresses: readonly string[];
}

export interface Address {
	readonly version: 4 | 6;
	readonly value: bigint;
}

export type Fragment = "first" | "more";

export type Field = number | undefined;

/** A set of headers that a run looks at, and what is the packet's whichever set that is: MACs and VLAN tags. */
export interface Headers {
	/** How many sets are around this one. */
	readonly depth: number;
	/** The protocol after the VLAN tags. */
	readonly etherType: Field;
	readonly destinationMac: Field;
	readonly sourceMac: Field;
	/** The ids of the VLAN tags, outermost first. */
	readonly vlans: readonly number[];
	/** The version of the IP header, if there is one. */
	readonly version: 4 | 6 | undefined;
	readonly ipv4:
		| {
				readonly tos: Field;
				readonly totalLength: Field;
				readonly id: Field;
				readonly fragment: Field;
				readonly ttl: Field;
		  }
		| undefined;
	readonly ipv6: { readonly hopLimit: Field; readonly flowLabel: Field; readonly trafficClass: Field } | undefined;
	readonly source: Address | undefined;
	readonly destination: Address | undefined;
	/** `undefined` if the packet is no fragment. */
	readonly fragment: Fragment | undefined;
	/** The IP protocol, after any IPv6 extension headers. */
	readonly protocol: Field;
	/** Of TCP, UDP and SCTP. */
	readonly sourcePort: Field;
	readonly destinationPort: Field;
	readonly tcp: { readonly headerLength: Field; readonly flags: Field } | undefined;
	/** Its length, and the first two octets after its header. */
	readonly udp: { readonly length: Field; readonly payload: readonly [Field, Field] } | undefined;
	/** Of ICMP on IPv4. */
	readonly icmp: { readonly type: Field; readonly code: Field } | undefined;
	/** Of ICMPv6 on IPv6. */
	readonly icmp6: { readonly type: Field; readonly code: Field } | undefined;
	/** Where the transport header begins, and its protocol; none in a fragment other than the first. */
	readonly transport: { readonly protocol: number; readonly offset: number } | undefined;
}

export const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 } as const;
const EXTENSION = {
	hopByHop: 0,
	routing: 43,
	fragment: 44,
	authentication: 51,
	destination: 60,
	mobility: 135,
	hip: 139,
	shim6: 140,
} as const;
const extensions: ReadonlySet<number> = new Set(Object.values(EXTENSION));
const tagProtocols: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const MAX_TAGS = 4;
const MAX_EXTENSIONS = 8;
const MORE_FRAGMENTS = 0x2000;
const IPV4_OFFSET = 0x1fff;

/** Reads the captured octets in network order; `undefined` where the field is not wholly captured. */
export type Reader = (offset: number, size: number) => bigint | undefined;

export const readerOf =
	(octets: Uint8Array): Reader =>
	(offset, size) => {
		if (offset + size > octets.length) return undefined;
		let value = 0n;
		for (const octet of octets.subarray(offset, offset + size)) value = (value << 8n) | BigInt(octet);
		return value;
	};

/** A field of up to six octets as a number. */
export function number(read: Reader, offset: number, size: number): Field {
	const value = read(offset, size);
	return value === undefined ? undefined : Number(value);
}

/** A part of a field: `shift` bits to the right, then the bits of `mask`. */
export function bits(field: Field, shift: number, mask: number): Field {
	return field === undefined ? undefined : (field >>> shift) & mask;
}

export interface Link {
	readonly protocol: Field;
	readonly network: number;
}

const links: Readonly<Record<LinkType, (read: Reader) => Link>> = {
	ethernet: (read) => ({ protocol: number(read, 12, 2), network: 14 }),
	raw: (read) => {
		const version = bits(number(read, 0, 1), 4, 0xf);
		const protocol = version === 4 ? ETHERTYPE.ipv4 : version === 6 ? ETHERTYPE.ipv6 : undefined;
		return { protocol, network: 0 };
	},
	null: (read) => ({ protocol: protocolOfFamily(number(read, 0, 4)), network: 4 }),
	sll: (read) => ({ protocol: number(read, 14, 2), network: 16 }),
	sll2: (read) => ({ protocol: number(read, 0, 2), network: 20 }),
	ppp: (read) => {
		const start = pppStart(read);
		const carried = number(read, start, 2);
		const protocol = carried === 0x0021 ? ETHERTYPE.ipv4 : carried === 0x0057 ? ETHERTYPE.ipv6 : undefined;
		return { protocol, network: start + 2 };
	},
};

/** Where the protocol of PPP is, after address and control. */
function pppStart(read: Reader): number {
	return number(read, 0, 2) === 0xff03 ? 2 : 0;
}

/** The protocol that PPP carries, by its own number. */
export function pppProtocol({ link, octets }: Packet): Field {
	if (link !== "ppp") return undefined;
	const read = readerOf(octets);
	return number(read, pppStart(read), 2);
}

/** The family numbers of the BSDs, Darwin and Linux, in either byte order. */
function protocolOfFamily(field: Field): Field {
	if (field === undefined) return undefined;
	const swapped = ((field & 0xff) << 24) | ((field & 0xff00) << 8) | ((field >>> 8) & 0xff00) | ((field >>> 24) & 0xff);
	for (const family of [field, swapped >>> 0]) {
		if (family === 2) return ETHERTYPE.ipv4;
		if (family === 10 || family === 24 || family === 28 || family === 30) return ETHERTYPE.ipv6;
	}
	return undefined;
}

export interface Tagged extends Link {
	readonly vlans: readonly number[];
}

export function stripTags(read: Reader, link: Link): Tagged {
	let { protocol, network } = link;
	const vlans: number[] = [];
	while (protocol !== undefined && tagProtocols.has(protocol) && vlans.length < MAX_TAGS) {
		const tci = number(read, network, 2);
		const next = number(read, network + 2, 2);
		if (tci === undefined || next === undefined) break;
		vlans.push(tci & 0xfff);
		protocol = next;
		network += 4;
	}
	return { protocol, network, vlans };
}

interface Payload {
	readonly protocol: Field;
	readonly fragment: Fragment | undefined;
	/** Where the payload of the IP header and its extensions begins. */
	readonly offset: number;
}

function payloadOfIPv4(read: Reader, network: number, headerLength: number): Payload {
	const field = number(read, network + 6, 2) ?? 0;
	const more = (field & IPV4_OFFSET) !== 0;
	const fragment = more ? "more" : (field & MORE_FRAGMENTS) !== 0 ? "first" : undefined;
	return { protocol: number(read, network + 9, 1), fragment, offset: network + headerLength };
}

/** Follows the chain of extension headers. Of several fragment headers, any makes the packet a fragment. */
function payloadOfIPv6(read: Reader, network: number): Payload {
	let protocol = number(read, network + 6, 1);
	let offset = network + 40;
	let fragment: Fragment | undefined;
	for (let count = 0; protocol !== undefined && extensions.has(protocol); count++) {
		const isFragment = protocol === EXTENSION.fragment;
		if (count === MAX_EXTENSIONS || read(offset, isFragment ? 8 : 2) === undefined) {
			return { protocol: undefined, fragment, offset };
		}
		const next = number(read, offset, 1);
		const length = number(read, offset + 1, 1) ?? 0;
		if (isFragment) {
			const field = number(read, offset + 2, 2) ?? 0;
			if (field >>> 3 !== 0) return { protocol: next, fragment: "more", offset: offset + 8 };
			if ((field & 1) !== 0) fragment = "first";
			offset += 8;
		} else {
			offset += protocol === EXTENSION.authentication ? (length + 2) * 4 : (length + 1) * 8;
		}
		protocol = next;
	}
	return { protocol, fragment, offset };
}

function address(read: Reader, version: 4 | 6, offset: number): Address | undefined {
	const value = read(offset, version === 4 ? 4 : 16);
	return value === undefined ? undefined : { version, value };
}

/** The outermost headers of a packet. */
export function dissect(packet: Packet): Headers {
	const read = readerOf(packet.octets);
	const onEthernet = packet.link === "ethernet";
	const link = links[packet.link](read);
	const { protocol, network, vlans } = onEthernet ? stripTags(read, link) : { ...link, vlans: [] };
	return {
		...headersAt(read, protocol, network),
		depth: 0,
		destinationMac: onEthernet ? number(read, 0, 6) : undefined,
		sourceMac: onEthernet ? number(read, 6, 6) : undefined,
		vlans,
	};
}

/** What is a set's own. */
export type OwnHeaders = Omit<Headers, "depth" | "destinationMac" | "sourceMac" | "vlans">;

/** The network and transport headers of an EtherType, from a place on. */
export function headersAt(read: Reader, etherType: Field, network: number): OwnHeaders {
	const first = number(read, network, 1);
	const headerVersion = bits(first, 4, 0xf);
	const headerWords = bits(first, 0, 0xf) ?? 0;
	const isIPv4 = etherType === ETHERTYPE.ipv4 && headerVersion === 4 && headerWords >= 5;
	const isIPv6 = etherType === ETHERTYPE.ipv6 && headerVersion === 6;

	const version = isIPv4 ? 4 : isIPv6 ? 6 : undefined;
	const payload: Payload = isIPv4
		? payloadOfIPv4(read, network, headerWords * 4)
		: isIPv6
			? payloadOfIPv6(read, network)
			: { protocol: undefined, fragment: undefined, offset: 0 };

	const { protocol, fragment } = payload;
	const transport = fragment === "more" ? undefined : protocol;
	const at = (offset: number, size: number): Field => number(read, payload.offset + offset, size);
	const hasPorts = transport === PROTOCOL.tcp || transport === PROTOCOL.udp || transport === PROTOCOL.sctp;
	const message = { type: at(0, 1), code: at(1, 1) };

	return {
		etherType,
		version,
		ipv4: isIPv4
			? {
					tos: number(read, network + 1, 1),
					totalLength: number(read, network + 2, 2),
					id: number(read, network + 4, 2),
					fragment: number(read, network + 6, 2),
					ttl: number(read, network + 8, 1),
				}
			: undefined,
		ipv6: isIPv6
			? {
					hopLimit: number(read, network + 7, 1),
					flowLabel: bits(number(read, network, 4), 0, 0xfffff),
					trafficClass: bits(number(read, network, 2), 4, 0xff),
				}
			: undefined,
		source: isIPv4 ? address(read, 4, network + 12) : isIPv6 ? address(read, 6, network + 8) : undefined,
		destination: isIPv4 ? address(read, 4, network + 16) : isIPv6 ? address(read, 6, network + 24) : undefined,
		fragment,
		protocol,
		sourcePort: hasPorts ? at(0, 2) : undefined,
		destinationPort: hasPorts ? at(2, 2) : undefined,
		tcp: transport === PROTOCOL.tcp ? { headerLength: hdrlen(at(12, 1)), flags: at(13, 1) } : undefined,
		udp: transport === PROTOCOL.udp ? { length: at(4, 2), payload: [at(8, 1), at(9, 1)] } : undefined,
		icmp: isIPv4 && transport === PROTOCOL.icmp ? message : undefined,
		icmp6: isIPv6 && transport === PROTOCOL.icmp6 ? message : undefined,
		transport: transport === undefined ? undefined : { protocol: transport, offset: payload.offset },
	};
}

/** The high nibble counts words of four octets. */
function hdrlen(field: Field): Field {
	return field === undefined ? undefined : (field >>> 4) * 4;
}
