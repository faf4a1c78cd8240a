// SPDX-License-Identifier: BSD-3-Clause
import {
	bits,
	ETHERTYPE,
	type Headers,
	headersAt,
	type Link,
	number,
	type OwnHeaders,
	type Packet,
	PROTOCOL,
	type Reader,
	readerOf,
	stripTags,
} from "./packet.js";

/** Headers within headers: docs/packet-model.md. Where there is no next set, or its conditions do not hold, all of it is absent. */

const TUNNEL = { ip: 4, ip6: 41, gre: 47 } as const;
const PORT = { vxlan: 4789, gtpUser: 2152 } as const;
const TRANSPARENT_ETHERNET = 0x6558;
const LAST_SET = 4;
const LAST_NETWORK_HEADER = 0xffff;
const MAX_GTP_EXTENSIONS = 8;

/** The set of headers that is one further in than this one. */
export function inner(packet: Packet, outer: Headers): Headers {
	const read = readerOf(packet.octets);
	const link = outer.depth < LAST_SET ? nextLink(read, outer) : undefined;
	const found = link !== undefined && link.network <= LAST_NETWORK_HEADER ? link : undefined;
	const { destinationMac, sourceMac, vlans } = outer;
	const own = found === undefined ? absent : headersAt(read, found.protocol, found.network);
	return { ...own, depth: outer.depth + 1, destinationMac, sourceMac, vlans };
}

const absent: OwnHeaders = headersAt(() => undefined, undefined, 0);

/** The EtherType of the next set, and where its network header begins. */
function nextLink(read: Reader, { transport, sourcePort, destinationPort }: Headers): Link | undefined {
	if (transport === undefined) return undefined;
	const { protocol, offset } = transport;
	switch (protocol) {
		case TUNNEL.ip:
			return { protocol: ETHERTYPE.ipv4, network: offset };
		case TUNNEL.ip6:
			return { protocol: ETHERTYPE.ipv6, network: offset };
		case TUNNEL.gre:
			return gre(read, offset);
		case PROTOCOL.udp:
			if (destinationPort === PORT.vxlan) return vxlan(read, offset + 8);
			if (sourcePort === PORT.gtpUser || destinationPort === PORT.gtpUser) return gtp(read, offset + 8);
	}
	return undefined;
}

/** An Ethernet header within other headers. */
function ethernet(read: Reader, at: number): Link | undefined {
	return read(at, 14) === undefined
		? undefined
		: stripTags(read, { protocol: number(read, at + 12, 2), network: at + 14 });
}

/** RFC 2784, RFC 2890. */
function gre(read: Reader, at: number): Link | undefined {
	const flags = number(read, at, 2);
	const protocol = number(read, at + 2, 2);
	if (flags === undefined || protocol === undefined || (flags & 0x4007) !== 0) return undefined;
	const optional = [0x8000, 0x2000, 0x1000].filter((flag) => (flags & flag) !== 0).length;
	const network = at + 4 + 4 * optional;
	if (protocol === TRANSPARENT_ETHERNET) return ethernet(read, network);
	return protocol === ETHERTYPE.ipv4 || protocol === ETHERTYPE.ipv6 ? { protocol, network } : undefined;
}

/** RFC 7348. */
function vxlan(read: Reader, at: number): Link | undefined {
	const flags = number(read, at, 1) ?? 0;
	return read(at, 8) === undefined || (flags & 0x08) === 0 ? undefined : ethernet(read, at + 8);
}

/** 3GPP TS 29.281. */
function gtp(read: Reader, at: number): Link | undefined {
	if (read(at, 8) === undefined) return undefined;
	const flags = number(read, at, 1) ?? 0;
	if (flags >>> 5 !== 1 || (flags & 0x10) === 0 || number(read, at + 1, 1) !== 0xff) return undefined;
	let network = at + 8;
	if ((flags & 0x07) !== 0) {
		if (read(at + 8, 4) === undefined) return undefined;
		network += 4;
	}
	let next = (flags & 0x04) !== 0 ? number(read, at + 11, 1) : 0;
	for (let count = 0; next !== 0; count++) {
		const length = (number(read, network, 1) ?? 0) * 4;
		if (count === MAX_GTP_EXTENSIONS || length === 0) return undefined;
		next = number(read, network + length - 1, 1);
		if (next === undefined) return undefined;
		network += length;
	}
	const version = bits(number(read, network, 1), 4, 0xf);
	const protocol = version === 4 ? ETHERTYPE.ipv4 : version === 6 ? ETHERTYPE.ipv6 : undefined;
	return { protocol, network };
}
