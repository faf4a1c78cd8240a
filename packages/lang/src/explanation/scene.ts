// SPDX-License-Identifier: BSD-3-Clause
import type { Computation } from "../computation.js";
import { dissect, ETHERTYPE, type Headers, type Packet, PROTOCOL, pppProtocol } from "../evaluator/packet.js";
import type { End } from "../evaluator/run.js";
import { etherTypeName, pppProtocolName, protocolName } from "./field-names.js";
import type { Visit } from "./trace.js";

/** A packet, and what the program that runs on it may ask. */
export interface Scene {
	readonly computation: Computation;
	readonly packet: Packet;
	/** The set of headers that is looked at. */
	readonly headers: Headers;
	/** The ends that are looked at by what may look at either. */
	readonly ends: readonly End[];
}

export type Reason = (scene: Scene, visit: Pick<Visit, "node" | "answer" | "mark" | "state">) => string;

/** Why, of the outermost headers of a packet. */
export const sceneOf = (computation: Computation, packet: Packet): Scene => ({
	computation,
	packet,
	headers: dissect(packet),
	ends: bothEnds,
});

const isIp = ({ etherType }: Headers): boolean => etherType === ETHERTYPE.ipv4 || etherType === ETHERTYPE.ipv6;

export const etherTypeIs: Reason = ({ headers: { etherType, depth }, packet }) => {
	if (etherType !== undefined) return `it is ${etherTypeName(etherType)}`;
	const carried = depth === 0 ? pppProtocol(packet) : undefined;
	return carried === undefined
		? "the packet has no EtherType"
		: `it is ${pppProtocolName(carried)}, which has no EtherType here`;
};

export const protocolIs: Reason = (scene, visit) => {
	const { headers } = scene;
	if (headers.protocol !== undefined) return `it is ${protocolName(headers.protocol)}`;
	if (headers.version !== undefined) return "the protocol was not captured, or stands after too many headers";
	return isIp(headers) ? "the IP header is malformed or cut off" : etherTypeIs(scene, visit);
};

export const noPorts: Reason = (scene, visit) => {
	const { fragment, protocol } = scene.headers;
	if (fragment === "more") return "it has no ports: it is a later fragment";
	const withPorts = protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp || protocol === PROTOCOL.sctp;
	return withPorts ? "the ports were not captured" : `it has no ports: ${protocolIs(scene, visit)}`;
};

export const bothEnds: readonly End[] = ["source", "destination"];

/** Of these ends; or of those that the run looks at. */
export const portIs =
	(asks?: readonly End[]): Reason =>
	(scene, visit) => {
		const asked = asks ?? scene.ends;
		const { sourcePort, destinationPort } = scene.headers;
		const ports = { source: sourcePort, destination: destinationPort };
		const wanted = visit.node.arguments[0]?.value;
		const known = asked.filter((end) => ports[end] !== undefined);
		if (known.length === 0) return noPorts(scene, visit);
		const shown = visit.answer ? known.filter((end) => ports[end] === wanted) : known;
		return shown.map((end) => `${end} port ${ports[end]}`).join(visit.answer ? " and " : ", ");
	};
