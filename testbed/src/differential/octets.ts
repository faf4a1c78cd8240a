// SPDX-License-Identifier: BSD-3-Clause

/** An unsigned integer in network order. */
export function word(value: number | bigint, size: number): number[] {
	const octets: number[] = [];
	for (let rest = BigInt(value), left = size; left > 0; left--, rest >>= 8n) octets.unshift(Number(rest & 0xffn));
	return octets;
}

/** The octets of an IPv4 or IPv6 address in text form. */
export function address(text: string): number[] {
	if (!text.includes(":")) return text.split(".").map(Number);
	const groupsOf = (part = ""): number[] =>
		part === ""
			? []
			: part
					.split(":")
					.flatMap((group) => (group.includes(".") ? address(group) : word(Number.parseInt(group, 16), 2)));
	const [before, after] = text.split("::");
	const head = groupsOf(before);
	const tail = groupsOf(after);
	return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

export function hex(octets: Uint8Array): string {
	return Buffer.from(octets).toString("hex");
}
