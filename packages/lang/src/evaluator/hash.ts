// SPDX-License-Identifier: BSD-3-Clause
import type { Address, Headers } from "./packet.js";

/** The hashes of the steering functions: docs/packet-model.md, "Hashes". */

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
export function mix(value: bigint): bigint {
	let x = u64(value);
	x ^= x >> 30n;
	x = u64(x * 0xbf58476d1ce4e5b9n);
	x ^= x >> 27n;
	x = u64(x * 0x94d049bb133111ebn);
	return x ^ (x >> 31n);
}

/** 64 bits to 32. */
export function fold(value: bigint): number {
	const x = u64(value);
	return Number(BigInt.asUintN(32, x ^ (x >> 32n)));
}

/** One end of a conversation. */
export function end({ version, value }: Address, port: number): bigint {
	if (version === 4) return mix(value | (BigInt(port) << 32n));
	const high = value >> 64n;
	const low = u64(value);
	return mix(mix(high) + low + ((BigInt(port) << 48n) | 6n));
}

/** Symmetric over the two ends; the ports count where both are present. `undefined` unless both addresses are. */
export function flowHash({ source, destination, sourcePort, destinationPort }: Headers): number | undefined {
	if (source === undefined || destination === undefined) return undefined;
	const [from, to] = sourcePort === undefined || destinationPort === undefined ? [0, 0] : [sourcePort, destinationPort];
	return fold(end(source, from) + end(destination, to));
}

/** As flowHash, with each port halved: RTP and its RTCP, which has the port after it, meet. */
export function callHash(headers: Headers): number | undefined {
	const half = (port: number | undefined): number | undefined => (port === undefined ? undefined : port >>> 1);
	return flowHash({
		...headers,
		sourcePort: half(headers.sourcePort),
		destinationPort: half(headers.destinationPort),
	});
}

/** One end by its address. */
export function addressOnly(address: Address): number {
	return fold(end(address, 0));
}

/** One end by its MAC. */
export function macOnly(mac: number): number {
	return fold(mix(BigInt(mac)));
}

/** Symmetric over the two addresses. */
export function addressHash({ source, destination }: Headers): number | undefined {
	if (source === undefined || destination === undefined) return undefined;
	return fold(end(source, 0) + end(destination, 0));
}

/** Symmetric over the two MACs. */
export function linkHash({ sourceMac, destinationMac }: Headers): number | undefined {
	if (sourceMac === undefined || destinationMac === undefined) return undefined;
	return fold(mix(BigInt(sourceMac)) + mix(BigInt(destinationMac)));
}
