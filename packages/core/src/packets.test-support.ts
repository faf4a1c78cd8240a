// SPDX-License-Identifier: BSD-3-Clause
// Packets and captures for the tests: as little as they need. (@pfq/testbed has more, and depends on this package.)
import { writeFileSync } from "node:fs";

export interface UdpOptions {
	readonly source?: string;
	readonly destination?: string;
	readonly sourcePort?: number;
	readonly destinationPort?: number;
	/** Ids of VLAN tags, the outermost first. */
	readonly vlans?: readonly number[];
	/** Octets of the whole packet, at least that of its headers. */
	readonly length?: number;
}

const u16 = (value: number): number[] => [value >> 8, value & 0xff];
const octets = (address: string): number[] => address.split(".").map(Number);

export const udpPacket = ({
	source = "10.0.0.1",
	destination = "10.0.0.2",
	sourcePort = 1000,
	destinationPort = 2000,
	vlans = [],
	length = 60,
}: UdpOptions = {}): Uint8Array => {
	const link = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...vlans.flatMap((vid) => [0x81, 0x00, ...u16(vid)]), 0x08, 0x00];
	const packet = new Uint8Array(Math.max(length, link.length + 28));
	const inside = packet.length - link.length;
	const ip = [0x45, 0, ...u16(inside), 0, 0, 0, 0, 64, 17, 0, 0, ...octets(source), ...octets(destination)];
	const udp = [...u16(sourcePort), ...u16(destinationPort), ...u16(inside - 20), 0, 0];
	packet.set([...link, ...ip, ...udp]);
	return packet;
};

export const arpPacket = (): Uint8Array => {
	const packet = new Uint8Array(60).fill(0xff, 0, 6);
	packet.set([2, 0, 0, 0, 0, 1, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1], 6);
	return packet;
};

/** A classic pcap file in nanoseconds; packet n arrives n microseconds after second 1,000,000,000. */
export const writeCapture = (file: string, packets: readonly Uint8Array[]): void => {
	const header = Buffer.alloc(24);
	header.writeUInt32LE(0xa1b23c4d, 0);
	header.writeUInt16LE(2, 4);
	header.writeUInt16LE(4, 6);
	header.writeUInt32LE(262144, 16);
	header.writeUInt32LE(1, 20);
	const records = packets.flatMap((packet, index) => {
		const record = Buffer.alloc(16);
		record.writeUInt32LE(1_000_000_000 + Math.floor(index / 1_000_000), 0);
		record.writeUInt32LE((index % 1_000_000) * 1000, 4);
		record.writeUInt32LE(packet.length, 8);
		record.writeUInt32LE(packet.length, 12);
		return [record, packet];
	});
	writeFileSync(file, Buffer.concat([header, ...records]));
};
