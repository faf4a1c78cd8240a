// SPDX-License-Identifier: BSD-3-Clause
import { fold, mix } from "./hash.js";
import type { Address, Headers } from "./packet.js";

/** The hash of `steer_key`: docs/packet-model.md, "Hashes". */

/** A field of a key: where it stands, as a word (from 1) and a bit of it; `undefined` where the packet lacks it. */
type Place = readonly [word: number, bit: number, value: bigint | undefined];

const wide = (value: number | undefined): bigint | undefined => (value === undefined ? undefined : BigInt(value));

const halves = (address: Address | undefined, word: number): readonly Place[] => [
	[word, 0, address && address.value >> 64n],
	[word + 1, 0, address && BigInt.asUintN(64, address.value)],
];

/** By the bit of the key that chooses it. */
function fieldsOf(headers: Headers): Readonly<Record<number, readonly Place[]>> {
	const trafficClass = headers.ipv4?.tos ?? headers.ipv6?.trafficClass;
	const message = headers.icmp ?? headers.icmp6;
	return {
		0: [[1, 0, wide(headers.etherType)]],
		1: [[2, 0, wide(headers.sourceMac)]],
		2: [[3, 0, wide(headers.destinationMac)]],
		3: halves(headers.source, 4),
		4: halves(headers.destination, 6),
		5: [[1, 16, wide(headers.protocol)]],
		6: [[1, 24, trafficClass === undefined ? undefined : BigInt(trafficClass & 3)]],
		7: [[1, 26, trafficClass === undefined ? undefined : BigInt(trafficClass >>> 2)]],
		9: [[2, 48, wide(headers.sourcePort)]],
		10: [[3, 48, wide(headers.destinationPort)]],
		11: [[1, 32, wide(message?.type)]],
		12: [[1, 40, wide(message?.code)]],
	};
}

const WORDS = 7;
const GOLDEN = 0x9e3779b97f4a7c15n;

/** `undefined` where a field is absent that the key chooses. */
export function keyHash(key: bigint, headers: Headers): number | undefined {
	const words = new Array<bigint>(WORDS + 1).fill(0n);
	for (const [bit, places] of Object.entries(fieldsOf(headers))) {
		if (((key >> BigInt(bit)) & 1n) === 0n) continue;
		for (const [word, shift, value] of places) {
			if (value === undefined) return undefined;
			words[word] = (words[word] ?? 0n) | (value << BigInt(shift));
		}
	}
	let sum = 0n;
	for (let n = 1; n <= WORDS; n++) sum += mix((words[n] ?? 0n) + BigInt(n) * GOLDEN);
	return fold(sum);
}
