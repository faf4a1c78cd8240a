// SPDX-License-Identifier: BSD-3-Clause
import {
	concat,
	encodeWithin,
	type Ipv4Fields,
	type Ipv6Fields,
	ipv4,
	ipv6,
	ipv6Fragment,
	type Layer,
	type Part,
} from "./layers.js";

/** `bytes` cut into pieces of at most `size`, which all but the last make a multiple of 8. */
function pieces(bytes: Uint8Array, size: number): { offset: number; bytes: Uint8Array; last: boolean }[] {
	const step = size & ~7;
	if (step <= 0) throw new RangeError(`fragments of ${size} bytes: at least 8 are needed`);
	const cut: { offset: number; bytes: Uint8Array; last: boolean }[] = [];
	for (let offset = 0; offset < bytes.length; offset += step) {
		cut.push({ offset, bytes: bytes.subarray(offset, offset + step), last: offset + step >= bytes.length });
	}
	return cut;
}

function protocolOf(parts: Part[]): number {
	const [first] = parts;
	return (typeof first === "object" && !(first instanceof Uint8Array) ? first.ipProtocol : undefined) ?? 253;
}

/** The IPv4 packets that carry `parts` in fragments with at most `size` bytes of payload each, behind `outer` headers. */
export function ipv4Fragments(outer: Layer[], header: Ipv4Fields, parts: Part[], size: number): Uint8Array[] {
	const whole = encodeWithin(ipv4(header), parts);
	return pieces(whole, size).map((piece) =>
		encodeWithin(undefined, [
			...outer,
			ipv4({ ...header, protocol: protocolOf(parts), fragmentOffset: piece.offset, moreFragments: !piece.last }),
			concat(piece.bytes),
		]),
	);
}

/** The same for IPv6, with a fragment header (RFC 8200, 4.5). */
export function ipv6Fragments(
	outer: Layer[],
	header: Ipv6Fields,
	id: number,
	parts: Part[],
	size: number,
): Uint8Array[] {
	const whole = encodeWithin(ipv6(header), parts);
	return pieces(whole, size).map((piece) =>
		encodeWithin(undefined, [
			...outer,
			ipv6(header),
			ipv6Fragment({ id, nextHeader: protocolOf(parts), offset: piece.offset, moreFragments: !piece.last }),
			concat(piece.bytes),
		]),
	);
}
