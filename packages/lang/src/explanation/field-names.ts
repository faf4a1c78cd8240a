// SPDX-License-Identifier: BSD-3-Clause
import { writeAddress } from "../address.js";
import type { Address } from "../evaluator/packet.js";

/** Names that people know for the numbers in headers (IANA; IEEE 802 numbers). */
const etherTypes: ReadonlyMap<number, string> = new Map([
	[0x0800, "IPv4"],
	[0x0806, "ARP"],
	[0x8035, "RARP"],
	[0x8100, "VLAN"],
	[0x86dd, "IPv6"],
	[0x8847, "MPLS"],
	[0x8848, "MPLS multicast"],
	[0x8863, "PPPoE discovery"],
	[0x8864, "PPPoE"],
	[0x888e, "802.1X"],
	[0x88a8, "802.1ad"],
	[0x88cc, "LLDP"],
	[0x88f7, "PTP"],
	[0x9000, "Ethernet loopback"],
]);

const pppProtocols: ReadonlyMap<number, string> = new Map([
	[0x0281, "MPLS"],
	[0x0283, "MPLS multicast"],
	[0x8021, "IPCP"],
	[0x8057, "IPV6CP"],
	[0xc021, "LCP"],
	[0xc023, "PAP"],
	[0xc223, "CHAP"],
]);

const protocols: ReadonlyMap<number, string> = new Map([
	[1, "ICMP"],
	[2, "IGMP"],
	[4, "IP in IP"],
	[6, "TCP"],
	[17, "UDP"],
	[41, "IPv6 in IP"],
	[47, "GRE"],
	[50, "ESP"],
	[51, "AH"],
	[58, "ICMPv6"],
	[59, "no next header"],
	[88, "EIGRP"],
	[89, "OSPF"],
	[103, "PIM"],
	[112, "VRRP"],
	[132, "SCTP"],
]);

const icmpTypes: ReadonlyMap<number, string> = new Map([
	[0, "echo reply"],
	[3, "unreachable"],
	[5, "redirect"],
	[8, "echo request"],
	[11, "time exceeded"],
]);

/** Below this, the field is the length of an IEEE 802.3 frame. */
const LEAST_ETHERTYPE = 0x600;

export const hexadecimal = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;

export const etherTypeName = (etherType: number): string =>
	etherTypes.get(etherType) ?? (etherType < LEAST_ETHERTYPE ? "IEEE 802.3" : `EtherType ${hexadecimal(etherType, 4)}`);

/** "MPLS (PPP protocol 0x0281)". */
export const pppProtocolName = (protocol: number): string => {
	const text = `PPP protocol ${hexadecimal(protocol, 4)}`;
	const name = pppProtocols.get(protocol);
	return name === undefined ? text : `${name} (${text})`;
};

export const protocolName = (protocol: number): string => protocols.get(protocol) ?? `IP protocol ${protocol}`;

export const icmpName = (type: number): string => icmpTypes.get(type) ?? `type ${type}`;

const tcpFlags = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"] as const;

/** "SYN ACK"; "no flags". */
export const flagNames = (flags: number): string =>
	tcpFlags.filter((_, bit) => (flags & (1 << bit)) !== 0).join(" ") || "no flags";

export const addressText = ({ version, value }: Address): string => {
	const octets = version === 4 ? 4 : 16;
	return writeAddress(
		Uint8Array.from({ length: octets }, (_, at) => Number(BigInt.asUintN(8, value >> BigInt(8 * (octets - 1 - at))))),
	);
};

export const macText = (mac: number): string => mac.toString(16).padStart(12, "0").match(/../g)?.join(":") ?? "";
