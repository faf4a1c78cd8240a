// SPDX-License-Identifier: BSD-3-Clause

const table = Uint32Array.from({ length: 256 }, (_, index) => {
	let value = index;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
	return value;
});

/** CRC-32 of IEEE 802.3, as zlib computes it; `from` is the sum of what came before. */
export const crc32 = (octets: Uint8Array, from = 0): number => {
	let sum = ~from;
	for (const octet of octets) sum = (sum >>> 8) ^ (table[(sum ^ octet) & 0xff] as number);
	return ~sum >>> 0;
};
