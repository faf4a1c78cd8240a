// SPDX-License-Identifier: BSD-3-Clause
import { type Field, type Headers, PROTOCOL } from "./packet.js";

/** Voice over IP, and GTP: docs/packet-model.md, "Voice and GTP". */

const PORT = { sip: [5060, 5061], gtpControl: [2123], gtpUser: [2152] } as const;
const LEAST_MEDIA_PORT = 1024;

const isOneOf = (value: Field, ...values: readonly number[]): boolean => value !== undefined && values.includes(value);
const isFromTo = (value: Field, from: number, to: number): boolean =>
	value !== undefined && value >= from && value <= to;

const hasPort = ({ sourcePort, destinationPort }: Headers, ports: readonly number[]): boolean =>
	isOneOf(sourcePort, ...ports) || isOneOf(destinationPort, ...ports);

/** UDP with two ports that may be those of media, of this parity, and with the version of RTP. */
const isMedia = ({ udp, sourcePort, destinationPort }: Headers, parity: 0 | 1): boolean => {
	const first = udp?.payload[0];
	const isPort = (port: Field): boolean => port !== undefined && port >= LEAST_MEDIA_PORT && port % 2 === parity;
	return isPort(sourcePort) && isPort(destinationPort) && first !== undefined && first >>> 6 === 2;
};

export function isRtp(headers: Headers): boolean {
	const second = headers.udp?.payload[1];
	const type = second === undefined ? undefined : second & 0x7f;
	return (
		isMedia(headers, 0) &&
		(isFromTo(type, 0, 18) || isOneOf(type, 25, 26, 28) || isFromTo(type, 31, 34) || isFromTo(type, 96, 127))
	);
}

export function isRtcp(headers: Headers): boolean {
	return isMedia(headers, 1) && isFromTo(headers.udp?.payload[1], 200, 204);
}

/** Over TCP, UDP or SCTP: others have no ports. */
export function isSip(headers: Headers): boolean {
	return hasPort(headers, PORT.sip);
}

const overUdp = (headers: Headers, ports: readonly number[]): boolean =>
	headers.transport?.protocol === PROTOCOL.udp && hasPort(headers, ports);

export function isGtpControl(headers: Headers): boolean {
	return overUdp(headers, PORT.gtpControl);
}

export function isGtpUser(headers: Headers): boolean {
	return overUdp(headers, PORT.gtpUser);
}
