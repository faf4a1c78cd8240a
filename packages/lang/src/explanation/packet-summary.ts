// SPDX-License-Identifier: BSD-3-Clause
import { type Address, type Headers, type Packet, pppProtocol } from "../evaluator/packet.js";
import {
	addressText,
	etherTypeName,
	flagNames,
	icmpName,
	macText,
	pppProtocolName,
	protocolName,
} from "./field-names.js";

/** What a packet is, in a few words: "UDP 10.0.0.1:4242 > 10.0.0.2:53". */
export const packetSummary = (headers: Headers, packet: Packet): string => {
	const tags = headers.vlans.map((id) => `VLAN ${id} `).join("");
	return tags + (headers.version === undefined ? withoutIp(headers, packet) : withIp(headers));
};

const withoutIp = ({ etherType, sourceMac, destinationMac }: Headers, packet: Packet): string => {
	if (packet.octets.length === 0) return "empty";
	const carried = pppProtocol(packet);
	const what =
		etherType === undefined
			? carried === undefined
				? "cut off"
				: pppProtocolName(carried)
			: etherType === 0x0800 || etherType === 0x86dd
				? `${etherTypeName(etherType)}, header malformed or cut off`
				: etherTypeName(etherType);
	return sourceMac === undefined || destinationMac === undefined
		? what
		: `${what} ${macText(sourceMac)} > ${macText(destinationMac)}`;
};

const withIp = (headers: Headers): string => {
	const { protocol, source, destination, sourcePort, destinationPort, fragment } = headers;
	const what = protocol === undefined ? `IPv${headers.version}` : protocolName(protocol);
	const details = [
		...(headers.tcp?.flags === undefined ? [] : [`[${flagNames(headers.tcp.flags)}]`]),
		...(headers.icmp?.type === undefined ? [] : [icmpName(headers.icmp.type)]),
		...(fragment === undefined ? [] : [fragment === "first" ? "(first fragment)" : "(later fragment)"]),
	];
	return [what, endText(source, sourcePort), ">", endText(destination, destinationPort), ...details].join(" ");
};

const endText = (address: Address | undefined, port: number | undefined): string => {
	if (address === undefined) return "?";
	const text = addressText(address);
	if (port === undefined) return text;
	return address.version === 6 ? `[${text}]:${port}` : `${text}:${port}`;
};
