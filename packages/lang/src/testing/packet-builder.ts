// SPDX-License-Identifier: BSD-3-Clause
import { readIPv4 } from "../address.js";
import type { Packet } from "../evaluator/packet.js";

export interface PacketFields {
	readonly protocol?: "tcp" | "udp" | "icmp";
	readonly source?: string;
	readonly destination?: string;
	readonly ports?: readonly [source: number, destination: number];
	/** Of TCP. */
	readonly flags?: number;
	readonly vlan?: number;
	/** The 16 bits of flags and offset in the IPv4 header. */
	readonly fragment?: number;
	/** Octets after the header of UDP. */
	readonly payload?: readonly number[];
}

const protocols = { tcp: 6, udp: 17, icmp: 1 } as const;
const u16 = (value: number): number[] => [value >> 8, value & 0xff];
const macs = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

const onEthernet = (octets: readonly number[]): Packet => ({
	link: "ethernet",
	octets: Uint8Array.from(octets),
	length: octets.length,
	mark: 0,
});

/** A packet of IPv4 on Ethernet, as far as its headers. */
export const ipv4Packet = ({
	protocol = "udp",
	source = "10.0.0.1",
	destination = "10.0.0.2",
	ports = [40000, 9],
	flags = 0x10,
	vlan,
	fragment = 0,
	payload = [],
}: PacketFields): Packet => {
	const transport = {
		tcp: [...ports.flatMap(u16), 0, 0, 0, 0, 0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0],
		udp: [...ports.flatMap(u16), ...u16(8 + payload.length), 0, 0, ...payload],
		icmp: [8, 0, 0, 0, 0, 1, 0, 1],
	}[protocol];
	const addresses = [...readIPv4(source), ...readIPv4(destination)].map(Number);
	const ip = [0x45, 0, ...u16(20 + transport.length), 0, 1, ...u16(fragment), 64, protocols[protocol], 0, 0];
	const tag = vlan === undefined ? [] : [0x81, 0x00, ...u16(vlan)];
	return onEthernet([...macs, ...tag, 0x08, 0x00, ...ip, ...addresses, ...transport]);
};

export const arpPacket = (): Packet =>
	onEthernet([...macs, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1, ...new Array<number>(20).fill(0)]);

/** RTP of an audio stream, as far as its header. */
export const rtpHeader: readonly number[] = [0x80, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 7];

/** A sender's report of RTCP. */
export const rtcpReport: readonly number[] = [0x80, 200, 0, 6, ...new Array<number>(24).fill(0)];

const ETHERNET_HEADER = 14;

/** A packet of a subscriber, in a tunnel of GTP's user plane. */
export const gtpPacket = (inner: Packet, tunnel: number): Packet => {
	const datagram = [...inner.octets.subarray(ETHERNET_HEADER)];
	const header = [0x30, 0xff, ...u16(datagram.length), 0, 0, ...u16(tunnel)];
	return ipv4Packet({ ports: [2152, 2152], payload: [...header, ...datagram] });
};
