// SPDX-License-Identifier: BSD-3-Clause
import type { Packet } from "../evaluator/packet.js";

const octets = (hex: string): Uint8Array =>
	Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (each) => Number.parseInt(each, 16));

const macs = "02 00 00 00 00 02 02 00 00 00 00 01";
const addresses = "0a 00 00 01 c0 a8 01 02";
const ipv4 = (protocol: string, fragment = "00 00"): string =>
	`08 00 45 10 00 2c 12 34 ${fragment} 05 ${protocol} 00 00 ${addresses}`;
const ipv6 = (next: string): string =>
	`86 dd 60 01 23 45 00 08 ${next} 40 ${"20 01 0d b8".padEnd(47, " 00")} ${"fe 80".padEnd(47, " 01")}`;
const tcp = "00 50 30 39 00 00 00 00 00 00 00 00 50 12 ff ff 00 00 00 00";
const udp = "00 35 00 2a 00 08 00 00";

/** Ethernet packets of the kinds that a program tells apart, whole and cut. */
export const samplePackets: readonly Packet[] = [
	`${macs} ${ipv4("06")} ${tcp}`,
	`${macs} ${ipv4("11")} ${udp}`,
	`${macs} ${ipv4("11", "20 00")} ${udp}`,
	`${macs} ${ipv4("11", "00 10")} ${udp}`,
	`${macs} ${ipv4("01")} 08 00 00 00 00 01 00 01`,
	`${macs} ${ipv6("11")} ${udp}`,
	`${macs} ${ipv6("3a")} 80 00 00 00 00 01 00 01`,
	`${macs} 81 00 00 03 ${ipv4("06")} ${tcp}`,
	`ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01 08 00 06 04 00 01`,
	`${macs} ${ipv4("06")}`,
	macs,
	"",
].map((hex, index) => {
	const data = octets(hex);
	return { link: "ethernet", octets: data, length: data.length, mark: index % 3 };
});
