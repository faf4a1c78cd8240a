// SPDX-License-Identifier: BSD-3-Clause

/** A classic pcap file, a packet each millisecond; of Ethernet unless told otherwise. */
export const captureOf = (packets: readonly Uint8Array[], linkType = 1): Uint8Array => {
	const header = Buffer.alloc(24);
	header.writeUInt32LE(0xa1b2c3d4, 0);
	header.writeUInt16LE(2, 4);
	header.writeUInt16LE(4, 6);
	header.writeUInt32LE(262144, 16);
	header.writeUInt32LE(linkType, 20);
	const record = (packet: Uint8Array, index: number): Buffer => {
		const octets = Buffer.alloc(16);
		octets.writeUInt32LE(1_700_000_000, 0);
		octets.writeUInt32LE(index * 1000, 4);
		octets.writeUInt32LE(packet.length, 8);
		octets.writeUInt32LE(packet.length, 12);
		return octets;
	};
	return Buffer.concat([header, ...packets.flatMap((packet, index) => [record(packet, index), packet])]);
};
