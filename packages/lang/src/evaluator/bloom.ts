// SPDX-License-Identifier: BSD-3-Clause
import type { Node } from "../computation.js";
import { integer, texts } from "./argument.js";
import { mix } from "./hash.js";
import { ipv4 } from "./network.js";
import type { Address } from "./packet.js";

/** Bloom filters: docs/packet-model.md. */

const HASHES = 4;

/** An address of which only the first bits are left. */
export function masked(address: bigint, prefix: number): bigint {
	const hostBits = BigInt(32 - prefix);
	return (address >> hostBits) << hostBits;
}

/** The numbers of the bits of an address, in a filter of so many. */
function bitsOf(address: bigint, bins: number): number[] {
	const hash = mix(address);
	const start = BigInt.asUintN(32, hash);
	const step = (hash >> 32n) | 1n;
	return Array.from({ length: HASHES }, (_, index) => Number((start + BigInt(index) * step) % BigInt(bins)));
}

/** The bits that are set in the filter of a node; worked out once. */
const filters = new WeakMap<Node, ReadonlySet<number>>();

function filterOf(node: Node, bins: number, prefix: number): ReadonlySet<number> {
	const known = filters.get(node);
	if (known !== undefined) return known;
	const made = new Set(texts(node, 1).flatMap((text) => bitsOf(masked(ipv4(text), prefix), bins)));
	filters.set(node, made);
	return made;
}

/** Whether the Bloom filter that a node describes may have one of the addresses in it. */
export function mayContain(node: Node, addresses: readonly (Address | undefined)[]): boolean {
	const bins = 2 ** Math.ceil(Math.log2(integer(node, 0)));
	const prefix = integer(node, 2);
	const filter = filterOf(node, bins, prefix);
	return addresses.some(
		(address) => address?.version === 4 && bitsOf(masked(address.value, prefix), bins).every((bit) => filter.has(bit)),
	);
}
