// SPDX-License-Identifier: BSD-3-Clause
import { PROTOCOL } from "../evaluator/packet.js";
import { isRtcp, isRtp, isSip } from "../evaluator/voice.js";
import { noPorts, protocolIs, type Reason } from "./scene.js";

/** Names of static payload types (RFC 3551) and of RTCP's packet types (RFC 3550). */
const payloadTypes: ReadonlyMap<number, string> = new Map([
	[0, "PCMU"],
	[3, "GSM"],
	[4, "G723"],
	[8, "PCMA"],
	[9, "G722"],
	[13, "comfort noise"],
	[15, "G728"],
	[18, "G729"],
	[26, "JPEG"],
	[31, "H261"],
	[32, "MPEG video"],
	[33, "MPEG-2 transport"],
	[34, "H263"],
]);
const packetTypes: ReadonlyMap<number, string> = new Map([
	[200, "sender report"],
	[201, "receiver report"],
	[202, "source description"],
	[203, "goodbye"],
	[204, "application"],
]);

const FIRST_DYNAMIC_TYPE = 96;

const named = (type: number, names: ReadonlyMap<number, string>): string => {
	const name = names.get(type) ?? (names === payloadTypes && type >= FIRST_DYNAMIC_TYPE ? "dynamic" : undefined);
	return name === undefined ? String(type) : `${type} (${name})`;
};

/** The first condition of RTP or RTCP that does not hold. */
const noMedia =
	(what: "RTP" | "RTCP"): Reason =>
	(scene, visit) => {
		const { transport, udp, sourcePort, destinationPort, protocol } = scene.headers;
		if (protocol !== PROTOCOL.udp) return protocolIs(scene, visit);
		if (transport === undefined || sourcePort === undefined || destinationPort === undefined)
			return noPorts(scene, visit);
		const ports = `ports ${sourcePort} and ${destinationPort}`;
		if (sourcePort < 1024 || destinationPort < 1024) return `${ports}: those of ${what} are from 1024 on`;
		const parity = what === "RTP" ? 0 : 1;
		if (sourcePort % 2 !== parity || destinationPort % 2 !== parity)
			return `${ports}: those of ${what} are both ${parity === 0 ? "even" : "odd"}`;
		const [first, second] = udp?.payload ?? [];
		if (first === undefined || second === undefined) return `too little was captured for a header of ${what}`;
		if (first >>> 6 !== 2) return `no ${what}: version ${first >>> 6}, not 2`;
		return what === "RTP" ? `no RTP: payload type ${second & 0x7f}` : `no RTCP: packet type ${second}`;
	};

const rtp: Reason = (scene, visit) => {
	const type = scene.headers.udp?.payload[1];
	if (!isRtp(scene.headers) || type === undefined) return noMedia("RTP")(scene, visit);
	return `RTP, payload type ${named(type & 0x7f, payloadTypes)}`;
};

const rtcp: Reason = (scene, visit) => {
	const type = scene.headers.udp?.payload[1];
	if (!isRtcp(scene.headers) || type === undefined) return noMedia("RTCP")(scene, visit);
	return `RTCP, packet type ${named(type, packetTypes)}`;
};

const OF_GTP = { is_gtp: [2123, 2152], is_gtp_cp: [2123], is_gtp_up: [2152] } as const;

/** Why predicates about voice and GTP hold or do not; `portsAre` tells the ports. */
export const voiceReasons = (portsAre: Reason): Readonly<Record<string, Reason>> => {
	const portOf =
		(what: string, wanted: readonly number[]): Reason =>
		(scene, visit) => {
			const { sourcePort, destinationPort } = scene.headers;
			const port = [sourcePort, destinationPort].find((each) => each !== undefined && wanted.includes(each));
			if (!visit.answer || port === undefined) return portsAre(scene, { ...visit, answer: false });
			return `${what}, ${port === sourcePort ? "source" : "destination"} port ${port}`;
		};
	const sip = portOf("SIP", [5060, 5061]);
	const overUdp =
		(wanted: readonly number[]): Reason =>
		(scene, visit) =>
			scene.headers.protocol === PROTOCOL.udp ? portOf("GTP", wanted)(scene, visit) : protocolIs(scene, visit);
	return {
		is_rtp: rtp,
		is_rtcp: rtcp,
		is_sip: sip,
		is_voip: (scene, visit) => {
			if (isSip(scene.headers)) return sip(scene, { ...visit, answer: true });
			const isOdd = (scene.headers.sourcePort ?? 0) % 2 === 1;
			return (isOdd ? rtcp : rtp)(scene, visit);
		},
		...Object.fromEntries(Object.entries(OF_GTP).map(([symbol, ports]) => [symbol, overUdp(ports)])),
	};
};
