// SPDX-License-Identifier: BSD-3-Clause
import type { Address } from "./packet.js";

/** The value of a CIDR: an address whose host bits are 0, and the number of bits before them. */
export interface Network {
	readonly address: Address;
	readonly prefix: number;
}

/** Reads the canonical text of a CIDR. Throws on what the front end would not have written. */
export function network(text: string): Network {
	const [host = "", length = ""] = text.split("/");
	const address = host.includes(":") ? ipv6(host) : { version: 4 as const, value: ipv4(host) };
	const prefix = Number(length);
	if (length === "" || !Number.isInteger(prefix) || prefix < 0 || prefix > widthOf(address)) {
		throw new RangeError(`not a network: ${text}`);
	}
	return { address, prefix };
}

/** Whether the address is in the network; one of the other version never is. */
export function contains({ address, prefix }: Network, candidate: Address): boolean {
	if (address.version !== candidate.version) return false;
	const hostBits = BigInt(widthOf(address) - prefix);
	return address.value >> hostBits === candidate.value >> hostBits;
}

function widthOf(address: Address): number {
	return address.version === 4 ? 32 : 128;
}

/** An IPv4 address as a number. */
export function ipv4(text: string): bigint {
	const octets = text.split(".");
	if (octets.length !== 4) throw new RangeError(`not an IPv4 address: ${text}`);
	return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

/** Groups of 16 bits, of which `::` stands for as many zeros as lack; the last 32 bits may be a dotted quad. */
function ipv6(text: string): Address {
	const groupsOf = (part: string | undefined): bigint[] =>
		part === undefined || part === ""
			? []
			: part.split(":").flatMap((group) => {
					if (!group.includes(".")) return [BigInt(`0x${group}`)];
					const quad = ipv4(group);
					return [quad >> 16n, quad & 0xffffn];
				});
	const [before, after] = text.split("::");
	const head = groupsOf(before);
	const tail = groupsOf(after);
	const lacking = 8 - head.length - tail.length;
	if (after === undefined ? lacking !== 0 : lacking < 1) throw new RangeError(`not an IPv6 address: ${text}`);
	const groups = [...head, ...Array<bigint>(lacking).fill(0n), ...tail];
	return { version: 6, value: groups.reduce((value, group) => (value << 16n) | group, 0n) };
}
