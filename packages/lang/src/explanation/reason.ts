// SPDX-License-Identifier: BSD-3-Clause
import type { Argument, Node } from "../computation.js";
import { mayContain } from "../evaluator/bloom.js";
import { contains, network } from "../evaluator/network.js";
import { PROTOCOL } from "../evaluator/packet.js";
import { isBroadcastAddress, isMulticastAddress } from "../evaluator/predicates.js";
import { properties } from "../evaluator/properties.js";
import type { End } from "../evaluator/run.js";
import { findPrimitive } from "../primitive.js";
import { addressText, flagNames, hexadecimal, macText, protocolName } from "./field-names.js";
import { phraseOf } from "./phrase.js";
import { bothEnds, etherTypeIs, portIs, protocolIs, type Reason, type Scene } from "./scene.js";
import type { Visit } from "./trace.js";
import { voiceReasons } from "./voice-reasons.js";

const icmpIs: Reason = (scene, visit) => {
	const { protocol, version } = scene.headers;
	const isIcmp = protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6;
	return isIcmp ? `it is ${protocolName(protocol)} over IPv${version}` : protocolIs(scene, visit);
};

const fragmentIs: Reason = (scene, visit) => {
	const { fragment, version } = scene.headers;
	if (fragment === "first") return "it is a first fragment";
	if (fragment === "more") return "it is a later fragment";
	return version === undefined ? protocolIs(scene, visit) : "it is no fragment";
};

const noAddress: Reason = (scene, visit) =>
	scene.headers.version === undefined ? protocolIs(scene, visit) : "the addresses were not captured";

const addressIs =
	(asks?: readonly End[]): Reason =>
	(scene, visit) => {
		const asked = asks ?? scene.ends;
		const { headers } = scene;
		const { node, answer } = visit;
		const wanted = network(String(node.arguments[0]?.value));
		const known = asked.flatMap((end) => {
			const address = headers[end];
			return address === undefined ? [] : [{ end, address }];
		});
		if (known.length === 0) return noAddress(scene, visit);
		const shown = answer ? known.filter(({ address }) => contains(wanted, address)) : known;
		return shown.map(({ end, address }) => `${end} ${addressText(address)}`).join(answer ? " and " : ", ");
	};

const vlanIs: Reason = ({ headers: { vlans } }) =>
	vlans[0] === undefined ? "it has no VLAN tag" : `its ${vlans.length > 1 ? "outermost " : ""}VLAN is ${vlans[0]}`;

const destinationMacIs: Reason = ({ headers: { destinationMac } }) =>
	destinationMac === undefined ? "it has no MAC addresses" : `the destination MAC is ${macText(destinationMac)}`;

const destinationIs: Reason = (scene, visit) => {
	const { destination } = scene.headers;
	return destination === undefined ? protocolIs(scene, visit) : `the destination is ${addressText(destination)}`;
};

/** The addresses that are asked of a Bloom filter: it may take others for its own. */
const inBloomFilter =
	(asks?: readonly End[]): Reason =>
	(scene, visit) => {
		const { headers } = scene;
		const { node, answer } = visit;
		const known = (asks ?? scene.ends).flatMap((end) => {
			const address = headers[end];
			return address?.version === 4 ? [{ end, address }] : [];
		});
		if (known.length === 0)
			return headers.version === 6 ? "the filter is of IPv4 addresses, it is IPv6" : noAddress(scene, visit);
		const shown = answer ? known.filter(({ address }) => mayContain(node, [address])) : known;
		const list = shown.map(({ end, address }) => `${end} ${addressText(address)}`).join(answer ? " and " : ", ");
		return `${list}${answer ? "" : " not"} in the filter of ${node.arguments[0]?.value} bins`;
	};

const hostIs: Reason = (scene, visit) => {
	const { device } = scene.packet;
	const destination = destinationIs(scene, visit);
	if (visit.answer && device) return `${destination}, an address of ${device.name}`;
	if (device === undefined || device.addresses.length === 0) return `${destination}; the device has no addresses`;
	return `${destination}; ${device.name} has ${device.addresses.join(", ")}`;
};

const incomingHostIs: Reason = (scene, visit) => {
	const { destination } = scene.headers;
	const toMany = isBroadcastAddress(destination) || isMulticastAddress(destination);
	return visit.answer && toMany ? `${destinationIs(scene, visit)}, of many hosts` : hostIs(scene, visit);
};

/** Why a predicate holds or does not: what the packet has. Those that are not here are asked by these names. */
const reasons: Readonly<Record<string, Reason>> = {
	is_ip: etherTypeIs,
	is_ip6: etherTypeIs,
	is_l3_proto: etherTypeIs,
	is_tcp: protocolIs,
	is_udp: protocolIs,
	is_sctp: protocolIs,
	is_flow: protocolIs,
	is_l4_proto: protocolIs,
	is_icmp: icmpIs,
	is_icmp6: icmpIs,
	is_frag: fragmentIs,
	is_first_frag: fragmentIs,
	is_more_frag: fragmentIs,
	has_port: portIs(),
	has_src_port: portIs(["source"]),
	has_dst_port: portIs(["destination"]),
	has_addr: addressIs(),
	has_src_addr: addressIs(["source"]),
	has_dst_addr: addressIs(["destination"]),
	has_vlan: vlanIs,
	has_vid: vlanIs,
	vlan_id: vlanIs,
	has_mark: (_, { mark }) => `the mark is ${mark}`,
	has_state: (_, { state }) => `the state is ${state}`,
	is_broadcast: destinationMacIs,
	is_multicast: destinationMacIs,
	is_ip_broadcast: destinationIs,
	is_ip_multicast: destinationIs,
	is_ip_host: hostIs,
	is_incoming_host: incomingHostIs,
	bloom: inBloomFilter(),
	bloom_src: inBloomFilter(["source"]),
	bloom_dst: inBloomFilter(["destination"]),
	...voiceReasons(portIs(bothEnds)),
};

/** Properties that are read better otherwise than as a decimal number. */
const shownAs: Readonly<Record<string, (value: number) => string>> = {
	tcp_flags: (value) => `${hexadecimal(value, 2)} (${flagNames(value)})`,
	ip_tos: (value) => hexadecimal(value, 2),
	ip_frag: (value) => hexadecimal(value, 4),
	ip6_flow_label: (value) => hexadecimal(value, 5),
};

const comparison: Reason = (scene, visit) => {
	const { symbol } = scene.computation.nodes[reference(visit.node.arguments[0])] as Node;
	const { mark, state } = visit;
	const value = properties[symbol]?.({ ...scene, mark, state });
	if (value === undefined) return `it has no ${symbol}: ${protocolIs(scene, visit)}`;
	return `${symbol} is ${shownAs[symbol]?.(value) ?? value}`;
};

const reference = (argument: Argument | undefined): number => (argument?.type === "Fun" ? argument.value : -1);

const MOST_REASONS = 6;
/** How deep reasons are looked for; images may nest as deep as they have nodes. */
const DEEPEST = 100;

/** Reasons without repetition. */
const together = (parts: readonly string[]): string => {
	const different = [...new Set(parts)];
	const left = different.length - MOST_REASONS;
	return left <= 0
		? different.join("; ")
		: `${different.slice(0, MOST_REASONS).join("; ")}; and ${left} more like these`;
};

/** The predicates that were asked of a row joined by one operator. */
const joinedBy = (symbol: string, visit: Visit): Visit[] => {
	const found: Visit[] = [];
	const pending = [visit];
	for (let each = pending.pop(); each !== undefined; each = pending.pop())
		if (each.node.symbol === symbol) pending.push(...each.inner.flat().toReversed());
		else found.push(each);
	return found;
};

/** Why a predicate holds or does not, in a few words; as a part of a larger reason, without the predicate itself. */
export const reasonOf = (scene: Scene, visit: Visit, depth = 0): string => {
	const { node, answer } = visit;
	if (depth > DEEPEST) return "it is nested too deep to tell why";
	const isPart = depth > 0;
	const { symbol } = node;
	switch (symbol) {
		case "not":
			return together(visit.inner.flat().map((each) => reasonOf(scene, each, depth + 1)));
		case "xor":
			return together(joinedBy(symbol, visit).map((each) => reasonOf(scene, each, depth + 1)));
		case "and":
		case "or": {
			const asked = joinedBy(symbol, visit);
			// One that holds settles an "or", one that does not an "and"; it was the last that was asked.
			const settled = answer === (symbol === "or");
			const last = asked.at(-1);
			if (settled && last !== undefined) {
				if (isPart) return reasonOf(scene, last, depth + 1);
				const holds = answer ? "holds" : "does not hold";
				return `\`${phraseOf(scene.computation, last.index)}\` ${holds}: ${reasonOf(scene, last, depth + 1)}`;
			}
			return together(asked.map((each) => reasonOf(scene, each, depth + 1)));
		}
	}
	const row = findPrimitive(symbol);
	if (row?.form === "comparison") return comparison(scene, visit);
	const asked = row?.form === "alias" || row?.form === "filter" ? row.of : symbol;
	// A filter that drops where its predicate holds has the opposite answer.
	const held = row?.form === "filter" && row.negated ? !answer : answer;
	return reasons[asked]?.(scene, { ...visit, answer: held }) ?? (answer ? "it holds" : "it does not hold");
};

/** Why a predicate without arguments holds or does not, of what is to be told of another node. */
export const reasonFor = (predicate: string, ...rest: Parameters<Reason>): string =>
	reasons[predicate]?.(...rest) ?? "";
