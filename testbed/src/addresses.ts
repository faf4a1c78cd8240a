// SPDX-License-Identifier: BSD-3-Clause

/** "02:00:00:00:00:01" as six bytes. */
export function macBytes(text: string): Uint8Array {
	const parts = text.split(":");
	if (parts.length !== 6 || !parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part))) {
		throw new RangeError(`${text}: not a MAC address`);
	}
	return Uint8Array.from(parts, (part) => Number.parseInt(part, 16));
}

/** "10.0.0.1" as four bytes. */
export function ipv4Bytes(text: string): Uint8Array {
	const parts = text.split(".");
	if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
		throw new RangeError(`${text}: not an IPv4 address`);
	}
	return Uint8Array.from(parts, Number);
}

/** "fd00::1" as sixteen bytes (RFC 4291; the dotted form of the last 32 bits included). */
export function ipv6Bytes(text: string): Uint8Array {
	const invalid = () => new RangeError(`${text}: not an IPv6 address`);
	const halves = text.split("::");
	if (halves.length > 2) throw invalid();
	const [head = [], tail = []] = halves.map((half) => {
		if (half === "") return [];
		return half.split(":").flatMap((group) => {
			if (group.includes(".")) return [...ipv4Bytes(group)];
			if (!/^[0-9a-f]{1,4}$/i.test(group)) throw invalid();
			const value = Number.parseInt(group, 16);
			return [value >> 8, value & 0xff];
		});
	});
	const missing = 16 - head.length - tail.length;
	if (halves.length === 1 ? missing !== 0 : missing < 2) throw invalid();
	return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}
