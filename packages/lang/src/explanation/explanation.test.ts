// SPDX-License-Identifier: BSD-3-Clause
import { primitives } from "@pfq/abi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../compile.js";
import { documentationOf } from "../documentation.js";
import { dissect, evaluate, newGroupState, type Packet } from "../evaluator/index.js";
import { program } from "../program.js";
import { arbitraryFunction } from "../testing/arbitrary-program.js";
import { samplePackets } from "../testing/sample-packets.js";
import { explain, type Step } from "./explanation.js";
import { outcomeText } from "./outcome-text.js";
import { packetSummary } from "./packet-summary.js";
import { traceOf, type Visit } from "./trace.js";

const [tcp, udp, firstFragment, laterFragment, icmp, udp6, icmp6, tagged, arp, cutOff, macs, empty] =
	samplePackets as readonly Packet[] as [Packet, ...Packet[]] & Packet[];

const computationOf = (source: string) => {
	const result = compile(source, { optimise: false, places: true });
	if (!result.ok) throw new Error(result.diagnostics[0]?.message);
	return result.computation;
};

const linesOf = (steps: readonly Step[], depth = 0): string[] =>
	steps.flatMap(({ expression, note, steps: inner }) => [
		`${"  ".repeat(depth)}${expression}: ${note}`,
		...linesOf(inner, depth + 1),
	]);

/** What a program does with a packet, and what becomes of it. */
const told = (main: string, packet: Packet | undefined): string[] => {
	const { steps, outcome } = explain(computationOf(`main = ${main}`), packet as Packet, newGroupState());
	return [...linesOf(steps), `=> ${outcomeText(outcome, packet?.mark)}`];
};

/** Why a predicate holds or not. */
const why = (predicate: string, packet: Packet | undefined): string =>
	(told(`filter (${predicate})`, packet)[0] ?? "").replace(/^filter .*?(?=passes|drops)/, "");

describe("a packet in a few words", () => {
	it.each([
		[tcp, "TCP 10.0.0.1:80 > 192.168.1.2:12345 [SYN ACK]"],
		[udp, "UDP 10.0.0.1:53 > 192.168.1.2:42"],
		[firstFragment, "UDP 10.0.0.1:53 > 192.168.1.2:42 (first fragment)"],
		[laterFragment, "UDP 10.0.0.1 > 192.168.1.2 (later fragment)"],
		[icmp, "ICMP 10.0.0.1 > 192.168.1.2 echo request"],
		[udp6, "UDP [2001:db8::]:53 > [fe80:101:101:101:101:101:101:101]:42"],
		[icmp6, "ICMPv6 2001:db8:: > fe80:101:101:101:101:101:101:101"],
		[tagged, "VLAN 3 TCP 10.0.0.1:80 > 192.168.1.2:12345 [SYN ACK]"],
		[arp, "ARP 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff"],
		[cutOff, "TCP 10.0.0.1 > 192.168.1.2"],
		[macs, "cut off 02:00:00:00:00:01 > 02:00:00:00:00:02"],
		[empty, "empty"],
	])("%#", (packet, summary) => {
		expect(packetSummary(dissect(packet as Packet), packet as Packet)).toBe(summary);
	});
});

describe("a packet of PPP that is not IP", () => {
	const ppp = (...octets: number[]): Packet => ({
		link: "ppp",
		octets: Uint8Array.from(octets),
		length: octets.length,
		mark: 0,
	});

	it.each([
		[ppp(0xff, 0x03, 0x02, 0x81, 0x18), "MPLS (PPP protocol 0x0281)"],
		[ppp(0xc0, 0x25, 0), "PPP protocol 0xc025"],
	])("is called by its protocol (%#)", (packet, name) => {
		expect(packetSummary(dissect(packet), packet)).toBe(name);
		expect(why("is_ip", packet)).toBe(`drops: it is ${name}, which has no EtherType here`);
	});

	it("is cut off where the protocol was not captured", () => {
		const packet = ppp(0xff, 0x03, 0x02);
		expect(packetSummary(dissect(packet), packet)).toBe("cut off");
		expect(why("is_ip", packet)).toBe("drops: the packet has no EtherType");
	});
});

describe("why a predicate holds or not", () => {
	it.each([
		["has_port 53", udp, "passes: source port 53"],
		["has_port 53", tcp, "drops: source port 80, destination port 12345"],
		["has_port 53", laterFragment, "drops: it has no ports: it is a later fragment"],
		["has_port 53", icmp, "drops: it has no ports: it is ICMP"],
		["has_port 53", cutOff, "drops: the ports were not captured"],
		["has_port 53", arp, "drops: it has no ports: it is ARP"],
		["is_tcp", arp, "drops: it is ARP"],
		["is_ip", macs, "drops: the packet has no EtherType"],
		["is_icmp", icmp6, "drops: it is ICMPv6 over IPv6"],
		["is_frag", laterFragment, "passes: it is a later fragment"],
		["is_frag", udp, "drops: it is no fragment"],
		['has_addr "10.0.0.0/8"', tcp, "passes: source 10.0.0.1"],
		['has_dst_addr "10.0.0.0/8"', tcp, "drops: destination 192.168.1.2"],
		['has_addr "10.0.0.0/8"', arp, "drops: it is ARP"],
		["has_vid 3", tagged, "passes: its VLAN is 3"],
		["vlan_id [3, 4]", udp, "drops: it has no VLAN tag"],
		["is_broadcast", arp, "passes: the destination MAC is ff:ff:ff:ff:ff:ff"],
		["is_ip_multicast", udp, "drops: the destination is 192.168.1.2"],
		["ip_ttl .< 5", tcp, "drops: ip_ttl is 5"],
		["ip_ttl .< 5", arp, "drops: it has no ip_ttl: it is ARP"],
		["tcp_flags `all_bit` 2", tcp, "passes: tcp_flags is 0x12 (SYN ACK)"],
		["not is_tcp", tcp, "drops: it is TCP"],
		["is_tcp .||. has_port 53", udp, "passes: `has_port 53` holds: source port 53"],
		["is_tcp .||. has_port 53 .||. has_port 54", icmp, "drops: it is ICMP; it has no ports: it is ICMP"],
		["is_ip .&&. is_tcp .&&. has_port 80", udp, "drops: `is_tcp` does not hold: it is UDP"],
		["is_udp .&&. has_port 53 .||. is_tcp .&&. has_port 53", icmp, "drops: it is ICMP"],
		["is_ip .&&. is_tcp", tcp, "passes: it is IPv4; it is TCP"],
		["is_tcp .^^. is_ip", tcp, "drops: it is TCP; it is IPv4"],
		["has_mark 1", udp, "passes: the mark is 1"],
	])("%s (%#)", (predicate, packet, reason) => {
		expect(why(predicate, packet)).toBe(reason);
	});

	it("is told for every predicate and every packet", () => {
		const rows = primitives.filter(({ result, parameters }) => result === "NetPredicate" && parameters.length === 0);
		for (const { symbol } of rows)
			for (const packet of samplePackets)
				expect(why(symbol, packet)).toMatch(/^(passes|drops): (?!it (holds|does not hold))./);
	});
});

const bothMacs = "020000000002020000000001";
const v4 = (protocol: string, rest: string): string =>
	`${bothMacs}0800450000000000000040${protocol}00000a0000010a000002${rest}`;
const udpOf = (source: number, destination: number, rest: string): string =>
	`${[source, destination].map((port) => port.toString(16).padStart(4, "0")).join("")}00100000${rest}`;
const packetOf = (hex: string): Packet => {
	const octets = Uint8Array.from(hex.match(/../g) ?? [], (each) => Number.parseInt(each, 16));
	return { link: "ethernet", octets, length: octets.length, mark: 0 };
};
const carried = `450000000000000040110000ac10000108080808${udpOf(1000, 53, "")}`;
const rtp = packetOf(v4("11", udpOf(5004, 6000, "8000")));
const rtcp = packetOf(v4("11", udpOf(5005, 6001, "80c8")));
const sip = packetOf(v4("11", udpOf(5060, 5060, "")));
const gtp = packetOf(v4("11", udpOf(2152, 2152, `30ff000000000001${carried}`)));
const gtpControl = packetOf(v4("11", udpOf(2123, 2123, "")));
const tunnel = packetOf(v4("04", carried));

describe("what is said of voice, GTP, tunnels and sets", () => {
	it.each([
		["is_rtp", rtp, "passes: RTP, payload type 0 (PCMU)"],
		["is_rtp", rtcp, "drops: ports 5005 and 6001: those of RTP are both even"],
		["is_rtp", udp, "drops: ports 53 and 42: those of RTP are from 1024 on"],
		["is_rtp", tcp, "drops: it is TCP"],
		["is_rtcp", rtcp, "passes: RTCP, packet type 200 (sender report)"],
		["is_rtp", packetOf(v4("11", udpOf(5004, 6000, "4000"))), "drops: no RTP: version 1, not 2"],
		["is_rtp", packetOf(v4("11", udpOf(5004, 6000, "8014"))), "drops: no RTP: payload type 20"],
		["is_rtp", packetOf(v4("11", udpOf(5004, 6000, ""))), "drops: too little was captured for a header of RTP"],
		["is_voip", sip, "passes: SIP, source port 5060"],
		["is_sip", rtp, "drops: source port 5004, destination port 6000"],
		["is_gtp_cp", gtpControl, "passes: GTP, source port 2123"],
		["is_gtp", tcp, "drops: it is TCP"],
		['bloom 64 ["10.0.0.2"] 32', rtp, "passes: destination 10.0.0.2 in the filter of 64 bins"],
		['bloom_src 64 ["10.0.0.2"] 32', rtp, "drops: source 10.0.0.1 not in the filter of 64 bins"],
		['bloom 64 ["10.0.0.2"] 32', udp6, "drops: the filter is of IPv4 addresses, it is IPv6"],
	])("%s (%#)", (predicate, packet, reason) => {
		expect(why(predicate, packet)).toBe(reason);
	});

	it.each([
		[
			"shift (port 53)",
			tunnel,
			["shift: inside is UDP 172.16.0.1:1000 > 8.8.8.8:53", "  port 53: passes: destination port 53"],
		],
		[
			"shift (port 53)",
			udp,
			["shift: there is nothing inside", "  port 53: drops: it has no ports: the packet has no EtherType"],
		],
		["src (port 5004)", rtp, ["src: looks at the source alone", "  port 5004: passes: source port 5004"]],
		["dst (port 5004)", rtp, ["dst: looks at the destination alone", "  port 5004: drops: destination port 6000"]],
		['steer_local_ip "10.0.0.1"', rtp, ['steer_local_ip "10.0.0.1/32": to one socket, by its source 10.0.0.1']],
		[
			'steer_local_ip "10.0.0.0/8"',
			rtp,
			['steer_local_ip "10.0.0.0/8": to two sockets, as both ends are in 10.0.0.0/8'],
		],
		['steer_local_ip "9.0.0.0/8"', rtp, ['steer_local_ip "9.0.0.0/8": drops: source 10.0.0.1, destination 10.0.0.2']],
		[
			'steer_local_net "10.0.0.2" 31 32',
			rtp,
			['steer_local_net "10.0.0.2" 31 32: to one socket, by its destination 10.0.0.2'],
		],
		["double_steer_ip", rtp, ["double_steer_ip: to two sockets, by its source and by its destination address"]],
		["double_steer_mac", empty, ["double_steer_mac: drops: it has no MAC addresses"]],
		[
			'steer_local_link "02:00:00:00:00:02"',
			rtp,
			['steer_local_link "02:00:00:00:00:02": to one socket, by 02:00:00:00:00:01, as it is for the gateway'],
		],
		["steer_field 26 4", rtp, ["steer_field 26 4: to one socket, by its octets 26 to 29"]],
		["steer_field 2600 4", rtp, ["steer_field 2600 4: drops: only 44 octets were captured"]],
		["steer_key key_3tuple", rtp, ["steer_key 56: to one socket, by source address, destination address, IP protocol"]],
		[
			"steer_key key_5tuple",
			icmp,
			[
				"steer_key 1592: drops: it lacks one of source address, destination address, IP protocol, source port, destination port",
			],
		],
		["steer_voip", sip, ["steer_voip: to every socket of every class, as it is SIP"]],
		["steer_rtp", rtp, ["steer_rtp: to one socket, by its addresses and ports, those of RTP and of its RTCP alike"]],
		["steer_rtp", tcp, ["steer_rtp: drops: it is TCP"]],
		[
			'steer_gtp_usr "172.16.0.0" 12',
			gtp,
			['steer_gtp_usr "172.16.0.0" 12: to one socket, by the inner source 172.16.0.1'],
		],
		[
			'steer_gtp_usr "9.0.0.0" 8',
			gtp,
			['steer_gtp_usr "9.0.0.0" 8: drops: inner source 172.16.0.1, inner destination 8.8.8.8, not in 9.0.0.0/8'],
		],
		[
			'steer_gtp_usr "9.0.0.0" 8',
			gtpControl,
			['steer_gtp_usr "9.0.0.0" 8: to every socket of every class, as it is of GTP\'s control plane'],
		],
	])("%s (%#)", (main, packet, lines) => {
		expect(told(main, packet).slice(0, -1)).toEqual(lines);
	});

	it("two sockets are told of at the end", () => {
		expect(told("double_steer_ip", rtp).at(-1)).toBe("=> to two sockets (hashes 0x7ee30754 and 0xa0c4de42)");
	});

	it("every way of steering has words of its own, for each packet", () => {
		const packets = [...samplePackets, rtp, rtcp, sip, gtp, gtpControl, tunnel];
		for (const row of primitives.filter(({ symbol }) => /^(double_)?steer_/.test(symbol))) {
			const [made] = documentationOf(row.symbol);
			const computation = computationOf(made?.example ?? "");
			const notes = packets.map((packet) => explain(computation, packet, newGroupState()).steps[0]?.note ?? "");
			for (const note of notes) expect(note, row.symbol).not.toMatch(/undefined|lacks what|to one socket$|: $/);
		}
	});
});

describe("the way of a packet through a program", () => {
	it("goes into what was run, and leaves out what was not", () => {
		expect(told("when is_tcp (inc 0) >-> when is_udp (inc 1 >-> mark 7) >-> steer_flow", udp)).toEqual([
			"when is_tcp: no, it is UDP",
			"when is_udp: yes, it is UDP",
			"  inc 1: counter 1 is now 1",
			"  mark 7: the mark is now 7",
			"steer_flow: to one socket, by its addresses and ports",
			expect.stringMatching(/^=> to one socket \(hash 0x[0-9a-f]{8}\), mark 7$/),
		]);
	});

	it("tells the branch of an if, and where a packet was dropped", () => {
		const main = "do { ip; if has_port 53 then port 99 >-> inc 0 else broadcast; inc 1 }";
		expect(told(main, udp)).toEqual([
			"ip: passes: it is IPv4",
			"if (has_port 53): yes, source port 53: then",
			"  port 99: drops: source port 53, destination port 42",
			"=> dropped",
		]);
		expect(told(main, tcp)).toEqual([
			"ip: passes: it is IPv4",
			"if (has_port 53): no, source port 80, destination port 12345: else",
			"  broadcast: to every socket of every class",
			"inc 1: counter 1 is now 1",
			"=> to every socket of every class",
		]);
	});

	it("follows alternatives, and what is turned round", () => {
		expect(told("par3 tcp (inc 0 >-> vlan) (inv (icmp >-> tcp)) >-> unless is_tcp drop", icmp)).toEqual([
			"par3: the third alternative does not drop",
			"  first alternative: drops",
			"    tcp: drops: it is ICMP",
			"  second alternative: drops",
			"    inc 0: counter 0 is now 1",
			"    vlan: drops: it has no VLAN tag",
			"  third alternative: passes",
			"    inv: passes, since this drops",
			"      icmp: passes: it is ICMP over IPv4",
			"      tcp: drops: it is ICMP",
			"unless is_tcp: no, it is ICMP",
			"  drop: drops",
			"=> dropped",
		]);
	});

	it("tells of copies, turns and classes", () => {
		expect(told('forward "eth1" >-> forward "eth1" >-> tap "eth2" is_tcp', udp)).toEqual([
			'forward "eth1": a copy goes to eth1',
			'forward "eth1": a copy goes to eth1',
			'tap "eth2" is_tcp: no, it is UDP; a copy goes to eth2',
			"=> to no socket, 2 copies to eth1, a copy to eth2",
		]);
		expect(told("classify 0b110 >-> steer_rrobin", tcp)).toEqual([
			"classify 6: to every socket of these classes",
			"steer_rrobin: to one socket, in turn",
			"=> to one socket of classes 1, 2 (number 0)",
		]);
		expect(told("steer_flow", laterFragment)[0]).toBe(
			"steer_flow: to one socket, by its addresses alone, as it has no ports: it is a later fragment",
		);
		expect(told("steer_flow", arp)).toEqual(["steer_flow: drops: it is not IP", "=> dropped"]);
		expect(told("steer_link", arp)[0]).toBe(
			"steer_link: to every socket of every class, as it is sent to the broadcast MAC",
		);
	});

	it("has the place of each part, though equal parts stand in several", () => {
		const { steps } = explain(
			computationOf("main = when is_udp (mark 1)\n   >-> when is_ip (mark 1)"),
			udp as Packet,
			newGroupState(),
		);
		expect(steps.map(({ place, steps: [inner] }) => [place?.line, inner?.place?.line])).toEqual([
			[1, 1],
			[2, 2],
		]);
	});

	it("is told of programs that are nested as deep as they may be, as far as that makes sense", () => {
		const deep = 5000;
		const fun = (value: number) => ({ type: "Fun", value }) as const;
		const chain = (symbol: string, offset: number) =>
			Array.from({ length: deep }, (_, index) => ({ symbol, arguments: [fun(offset + index + 1)], next: null }));
		const nodes = [
			...chain("inv", 0),
			{ symbol: "filter", arguments: [fun(deep + 1)], next: null },
			...chain("not", deep + 1),
			{ symbol: "is_udp", arguments: [], next: null },
		];
		const { steps, outcome } = explain({ nodes }, udp as Packet, newGroupState());
		expect(linesOf(steps)).toHaveLength(201);
		expect(outcome.fanout.kind).toBe("pass");
		const [filter] = explain(
			{
				nodes: nodes
					.slice(deep)
					.map((node) => ({ ...node, arguments: node.arguments.map(({ value }) => fun(value - deep)) })),
			},
			udp as Packet,
			newGroupState(),
		).steps;
		expect(filter?.note).toBe("passes: it is nested too deep to tell why");
	});

	it("shows the beginning of what is long", () => {
		const ports = Array.from({ length: 500 }, (_, index) => `has_port ${index + 40}`);
		expect(told(`filter (${ports.join(" .||. ")})`, udp)[0]).toBe(
			"filter (has_port 40 .||. has_port 41 .||. has_port 42 .||. …): passes: `has_port 42` holds: destination port 42",
		);
	});

	it("is that of the evaluator, whatever the program", () => {
		const count = (visits: readonly Visit[]): number =>
			visits.reduce((total, { inner }) => total + 1 + inner.reduce((sum, chain) => sum + count(chain), 0), 0);
		fc.assert(
			fc.property(arbitraryFunction(), fc.constantFrom(...samplePackets), (made, packet) => {
				const { computation } = program(made);
				let visited = 0;
				const outcome = evaluate(computation, packet, newGroupState(), () => visited++);
				const group = newGroupState();
				const trace = traceOf(computation, packet, group);
				expect(trace.outcome).toEqual(outcome);
				expect(count(trace.visits)).toBe(visited);
				expect(trace.visits.at(-1)?.answer).toBe(outcome.fanout.kind !== "drop");
				for (const { node, inner } of trace.visits)
					expect(inner.length).toBeLessThanOrEqual(node.arguments.filter(({ type }) => type === "Fun").length);
				explain(computation, packet, newGroupState());
			}),
		);
	});
});
