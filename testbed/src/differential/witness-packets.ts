// SPDX-License-Identifier: BSD-3-Clause
import type { Packet } from "@pfq/lang/evaluator";

/** The packets of the witnesses, octet by octet, from the standards of their protocols. */

const from = "020000000001";
const to = "020000000002";
const onEthernet = (etherType: string, rest: string, destination = to): string =>
	`${destination}${from}${etherType}${rest}`;

interface V4 {
	readonly protocol: string;
	readonly source?: string;
	readonly destination?: string;
	readonly fragment?: string;
}
/** Type of service 0xb9, length 40, id 0x1234, time to live 64. */
const v4 = ({ protocol, source = "0a000001", destination = "0a000002", fragment = "0000" }: V4): string =>
	`45b900281234${fragment}40${protocol}0000${source}${destination}`;
/** Flow label 0xabcde, hop limit 63; 2001:db8::1 to 2001:db8::2. */
const v6 = (next: string): string =>
	`600abcde0014${next}3f20010db800000000000000000000000120010db8000000000000000000000002`;
/** SYN and ACK; a header of 20 octets. */
const tcpOf = (source: string, destination: string): string =>
	`${source}${destination}000000010000000250120fff00000000`;
const udpOf = (source: string, destination: string, payload = ""): string =>
	`${source}${destination}${(8 + payload.length / 2).toString(16).padStart(4, "0")}0000${payload}`;
const ip = (fields: V4, rest: string, destination?: string): string =>
	onEthernet("0800", v4(fields) + rest, destination);

/** From 172.16.0.1 to 8.8.8.8, UDP from port 1000 to 53. */
const inside = `45000020000000002011${"0000"}ac10000108080808${udpOf("03e8", "0035", "01020304")}`;

const hexadecimal = {
	/** 10.0.0.1:1000 to 192.168.0.2:80. */
	tcp: ip({ protocol: "06", destination: "c0a80002" }, tcpOf("03e8", "0050")),
	/** The other way round. */
	"tcp back": ip({ protocol: "06", source: "c0a80002", destination: "0a000001" }, tcpOf("0050", "03e8")),
	/** [2001:db8::1]:1000 to [2001:db8::2]:80. */
	tcp6: onEthernet("86dd", v6("06") + tcpOf("03e8", "0050")),
	/** 10.0.0.1:40000 to 10.0.0.2:53. */
	udp: ip({ protocol: "11" }, udpOf("9c40", "0035", "01020304")),
	/** From port 1000 to port 2000. */
	sctp: ip({ protocol: "84" }, "03e807d00000000000000000"),
	/** Echo request, its code set to 1. */
	icmp: ip({ protocol: "01" }, "0801000000010001"),
	icmp6: onEthernet("86dd", `${v6("3a")}8001000000010001`),
	ospf: ip({ protocol: "59" }, "0201002c"),
	arp: onEthernet("0806", "00010800060400010200000000010a0000010000000000000a000002", "ffffffffffff"),
	/** Tagged with id 100. */
	vlan: onEthernet("8100", `6064${"0800"}${v4({ protocol: "06", destination: "c0a80002" })}${tcpOf("03e8", "0050")}`),
	"first fragment": ip({ protocol: "11", fragment: "2000" }, udpOf("9c40", "0035", "01020304")),
	"later fragment": ip({ protocol: "11", fragment: "0003" }, "0102030405060708"),
	"to all": ip({ protocol: "11", destination: "ffffffff" }, udpOf("0044", "0043"), "ffffffffffff"),
	"to a group": ip({ protocol: "11", destination: "e0000001" }, udpOf("14e9", "14e9"), "01005e000001"),
	/** Only the MACs and the EtherType of IPv4 were captured. */
	"cut off": onEthernet("0800", ""),
	/** 10.0.0.1:5004 to 10.0.0.2:6000, PCMU; and its RTCP, a sender report. */
	rtp: ip({ protocol: "11" }, udpOf("138c", "1770", `8000${"00".repeat(10)}`)),
	rtcp: ip({ protocol: "11" }, udpOf("138d", "1771", `80c8${"00".repeat(10)}`)),
	sip: ip({ protocol: "11" }, udpOf("13c4", "13c4", "4f5054494f4e5320")),
	"gtp control": ip({ protocol: "11" }, udpOf("084b", "084b", "32010004000000000001000000000000")),
	"gtp user": ip({ protocol: "11" }, udpOf("0868", "0868", `30ff002000000001${inside}`)),
	"ip in ip": ip({ protocol: "04" }, inside),
	gre: ip({ protocol: "2f" }, `20000800${"00000007"}${inside}`),
	vxlan: ip({ protocol: "11" }, udpOf("ce20", "12b5", `0800000000000700${onEthernet("0800", inside)}`)),
	/** To 192.0.2.2, which is the device's own address. */
	"to the host": ip({ protocol: "11", destination: "c0000202" }, udpOf("9c40", "0035", "01020304")),
	pup: onEthernet("0200", "00"),
	sprite: onEthernet("0500", "00"),
	rarp: onEthernet("8035", "00"),
	appletalk: onEthernet("809b", "00"),
	"appletalk arp": onEthernet("80f3", "00"),
	ipx: onEthernet("8137", "00"),
	loopback: onEthernet("9000", "00"),
} as const;

export type WitnessPacket = keyof typeof hexadecimal;

export const witnessPacket = (name: WitnessPacket): Packet => {
	const octets = Uint8Array.from(Buffer.from(hexadecimal[name], "hex"));
	const packet: Packet = { link: "ethernet", octets, length: octets.length, mark: 0 };
	return name === "to the host" ? { ...packet, device: { name: "d1", addresses: ["192.0.2.2"] } } : packet;
};
