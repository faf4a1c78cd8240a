// SPDX-License-Identifier: BSD-3-Clause

/**
 * Addresses as text and as octets. Each reader returns the octets (in network order), or a string that says in a few
 * words what is wrong with the text; each writer makes the canonical text.
 */

const decimal = (text: string): number => (/^(0|[1-9][0-9]{0,3})$/.test(text) ? Number(text) : Number.NaN);

export const readIPv4 = (text: string): Uint8Array | string => {
	const parts = text.split(".", 6);
	if (parts.length !== 4) return "an IPv4 address has four octets, as in 10.0.0.1";
	const octets = parts.map(decimal);
	if (octets.some(Number.isNaN)) return "an IPv4 address is decimal octets, as in 10.0.0.1";
	const large = octets.find((octet) => octet > 255);
	return large === undefined ? Uint8Array.from(octets) : `an octet is 0 to 255, not ${large}`;
};

export const readIPv6 = (text: string): Uint8Array | string => {
	const malformed = "an IPv6 address is groups of hexadecimal digits, as in 2001:db8::1";
	if (text.length > 45) return malformed;
	const halves = text.split("::");
	if (halves.length > 2) return "an IPv6 address has `::` at most once";
	const octets: number[][] = [];
	for (const [index, half] of halves.entries()) {
		const part: number[] = [];
		const groups = half === "" ? [] : half.split(":");
		for (const [position, group] of groups.entries()) {
			const last = index === halves.length - 1 && position === groups.length - 1;
			if (last && group.includes(".")) {
				const tail = readIPv4(group);
				if (typeof tail === "string") return tail;
				part.push(...tail);
			} else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
				const value = Number.parseInt(group, 16);
				part.push(value >> 8, value & 0xff);
			} else return malformed;
		}
		octets.push(part);
	}
	const [head = [], tail = []] = octets;
	const gap = 16 - head.length - tail.length;
	if (halves.length === 2 ? gap < 2 : gap !== 0) return "an IPv6 address has eight groups, or fewer and `::`";
	return Uint8Array.from([...head, ...new Array<number>(Math.max(gap, 0)).fill(0), ...tail]);
};

export const readMAC = (text: string): Uint8Array | string =>
	/^[0-9a-fA-F]{1,2}([:-][0-9a-fA-F]{1,2}){5}$/.test(text)
		? Uint8Array.from(text.split(/[:-]/), (octet) => Number.parseInt(octet, 16))
		: "a MAC address is six octets, as in 00:1b:21:0a:0b:0c";

export interface Network {
	readonly address: Uint8Array;
	readonly prefix: number;
}

/** An address with a prefix, or alone (all of its bits are then the prefix); the host bits are cleared. */
export const readCIDR = (text: string): Network | string => {
	const slash = text.indexOf("/");
	const address = slash < 0 ? text : text.slice(0, slash);
	const octets = address.includes(":") ? readIPv6(address) : readIPv4(address);
	if (typeof octets === "string") return octets;
	const longest = octets.length * 8;
	const prefix = slash < 0 ? longest : decimal(text.slice(slash + 1));
	if (Number.isNaN(prefix)) return `a prefix is a number from 0 to ${longest}`;
	if (prefix > longest) return `a prefix is 0 to ${longest}, not ${prefix}`;
	return { address: withoutHostBits(octets, prefix), prefix };
};

export const withoutHostBits = (octets: Uint8Array, prefix: number): Uint8Array =>
	octets.map((octet, index) => octet & (0xff00 >> Math.min(Math.max(prefix - index * 8, 0), 8)));

/** RFC 5952, in hexadecimal groups alone. */
const writeIPv6 = (octets: Uint8Array): string => {
	const groups = Array.from(
		{ length: 8 },
		(_, index) => ((octets[index * 2] ?? 0) << 8) | (octets[index * 2 + 1] ?? 0),
	);
	let start = 0;
	let length = 0;
	for (let from = 0; from < 8; from++) {
		let to = from;
		while (to < 8 && groups[to] === 0) to++;
		if (to - from > length) [start, length] = [from, to - from];
	}
	const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
	return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
};

export const writeAddress = (octets: Uint8Array): string =>
	octets.length === 4 ? octets.join(".") : writeIPv6(octets);

export const writeCIDR = ({ address, prefix }: Network): string => `${writeAddress(address)}/${prefix}`;

export const writeMAC = (octets: Uint8Array): string =>
	Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(":");
