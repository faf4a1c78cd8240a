// SPDX-License-Identifier: BSD-3-Clause
// Captures for the tests: as little as they need. (@pfq/testbed has more, and depends on this package.)
import { writeFileSync } from "node:fs";

const u16 = (value: number): number[] => [value >> 8, value & 0xff];

/** UDP over IPv4 from 10.0.0.1 to 10.0.0.2, 60 octets. */
export const udpPacket = (sourcePort: number, destinationPort: number): Uint8Array => {
	const packet = new Uint8Array(60);
	const link = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
	const ip = [0x45, 0, ...u16(46), 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
	packet.set([...link, ...ip, ...u16(sourcePort), ...u16(destinationPort), ...u16(26)]);
	return packet;
};

export const arpPacket = (): Uint8Array => {
	const packet = new Uint8Array(60).fill(0xff, 0, 6);
	packet.set([2, 0, 0, 0, 0, 1, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1], 6);
	return packet;
};

/** A classic pcap file. */
export const writeCapture = (file: string, packets: readonly Uint8Array[]): void => {
	const header = Buffer.alloc(24);
	header.writeUInt32LE(0xa1b2c3d4, 0);
	header.writeUInt16LE(2, 4);
	header.writeUInt16LE(4, 6);
	header.writeUInt32LE(262144, 16);
	header.writeUInt32LE(1, 20);
	const record = (packet: Uint8Array): Buffer => {
		const octets = Buffer.alloc(16);
		octets.writeUInt32LE(1_000_000_000, 0);
		octets.writeUInt32LE(packet.length, 8);
		octets.writeUInt32LE(packet.length, 12);
		return octets;
	};
	writeFileSync(file, Buffer.concat([header, ...packets.flatMap((packet) => [record(packet), packet])]));
};
