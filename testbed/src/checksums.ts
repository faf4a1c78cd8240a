// SPDX-License-Identifier: BSD-3-Clause

/** The Internet checksum (RFC 1071) over the parts as if they were one run of bytes; only the last may be of odd length. */
export function internetChecksum(...parts: Uint8Array[]): number {
	let sum = 0;
	for (const part of parts) {
		for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
	}
	while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
	return ~sum & 0xffff;
}

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
	return value;
});

/** CRC-32C, which SCTP carries (RFC 9260, appendix A). */
export function crc32c(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) crc = (crc >>> 8) ^ (crc32cTable[(crc ^ byte) & 0xff] ?? 0);
	return ~crc >>> 0;
}
