// SPDX-License-Identifier: BSD-3-Clause
// Packets of the suite; at least 60 octets, as interfaces of Ethernet send no less.
import { type EthernetFields, ethernet, ipv4, packet, udp, vlan } from "../layers.js";

export interface Datagram {
	readonly source?: string;
	readonly destination?: string;
	readonly sport?: number;
	readonly dport?: number;
	/** Octets of the whole packet. */
	readonly length?: number;
	readonly vlans?: readonly number[];
	/** Tells packets of one flow apart. */
	readonly number?: number;
}

export const link: EthernetFields = { minimum: 60 };

export const datagram = ({
	source = "10.1.0.1",
	destination = "10.2.0.1",
	sport = 1000,
	dport = 2000,
	length = 60,
	vlans = [],
	number = 0,
}: Datagram = {}): Uint8Array => {
	const tags = vlans.map((vid) => vlan({ vid }));
	const payload = Buffer.from(
		Array.from({ length: Math.max(4, length - 42 - 4 * vlans.length) }, (_, index) => index & 255),
	);
	payload.writeUInt32BE(number);
	return packet(
		ethernet(link),
		...tags,
		ipv4({ source, destination }),
		udp({ source: sport, destination: dport }),
		payload,
	);
};

/** The number that `datagram` wrote into a packet without tags. */
export const numberOf = (octets: Buffer): number => octets.readUInt32BE(42);

/** So many packets of one flow, whose order an interface of several queues keeps. */
export const series = (count: number): Uint8Array[] =>
	Array.from({ length: count }, (_, number) => datagram({ number }));

/** One packet of each of so many flows. */
export const flows = (count: number): Uint8Array[] =>
	Array.from({ length: count }, (_, index) =>
		datagram({ source: `10.1.${index >> 8}.${index & 255}`, sport: 1024 + index }),
	);
