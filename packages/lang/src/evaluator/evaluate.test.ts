// SPDX-License-Identifier: BSD-3-Clause
import { type Primitive, primitives } from "@pfq/abi";
import { describe, expect, it } from "vitest";
import type { Argument, Computation, Node } from "../computation.js";
import { evaluate, type Outcome } from "./evaluate.js";
import { meaningOf } from "./meanings.js";
import type { Packet } from "./packet.js";
import { properties } from "./properties.js";
import { type GroupState, newGroupState } from "./run.js";

/** A primitive with its arguments: a chain of terms, or a value. */
interface Term {
	readonly symbol: string;
	readonly arguments: readonly (readonly Term[] | Argument)[];
}

const term = (symbol: string, ...args: readonly (readonly Term[] | Argument)[]): Term => ({ symbol, arguments: args });

const isChain = (argument: readonly Term[] | Argument): argument is readonly Term[] => Array.isArray(argument);

function computation(...main: readonly Term[]): Computation {
	const nodes: (Node | undefined)[] = [];
	const place = (chain: readonly Term[]): number => {
		const indices = chain.map(() => nodes.push(undefined) - 1);
		for (const [position, { symbol, arguments: args }] of chain.entries()) {
			const index = indices[position] ?? 0;
			nodes[index] = {
				symbol,
				arguments: args.map(
					(argument): Argument => (isChain(argument) ? { type: "Fun", value: place(argument) } : argument),
				),
				next: indices[position + 1] ?? null,
			};
		}
		return indices[0] ?? 0;
	};
	place(main);
	return { nodes: nodes.filter((node) => node !== undefined) };
}

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
const packetOf = (hex: string, more: Partial<Packet> = {}): Packet => {
	const all = octets(hex);
	return { link: "ethernet", octets: all, length: all.length, mark: 0, ...more };
};
const cut = (packet: Packet, captured: number): Packet => ({ ...packet, octets: packet.octets.subarray(0, captured) });

const int = (value: number): Argument => ({ type: "Int", value });
const ints = (...value: number[]): Argument => ({ type: "[Int]", value });
const word16 = (value: number): Argument => ({ type: "Word16", value });
const word32 = (value: number): Argument => ({ type: "Word32", value });
const word64 = (value: bigint): Argument => ({ type: "Word64", value });
const cidr = (value: string): Argument => ({ type: "CIDR", value });
const addresses = (...value: string[]): Argument => ({ type: "[IPv4]", value });
const device = (value: string): Argument => ({ type: "String", value });

// Packets made by hand. An Ethernet header ends at 14, an IPv4 header at 34, an IPv6 header at 54.
const macs = (destination = "020000000002"): string => `${destination} 020000000001`;
interface IPv4 {
	readonly protocol?: string;
	readonly fragment?: string;
	readonly source?: string;
	readonly destination?: string;
}
const ipv4 = ({ protocol = "06", fragment = "0000", source = "0a000001", destination = "c0a80002" }: IPv4): string =>
	`0800 45 b8 0030 1234 ${fragment} 40 ${protocol} 0000 ${source} ${destination}`;
const ipv6 = (next = "06", destination = "20010db8000000000000000000000002"): string =>
	`86dd 600abcde 0010 ${next} 3f 20010db8000000000000000000000001 ${destination}`;
const ports = "03e8 0050";
const tcpHeader = `${ports} 00000001 00000002 8012 ffff 0000 0000 01010101 01010101 01010101`;

const tcp4 = packetOf(macs() + ipv4({}) + tcpHeader);
const tcp6 = packetOf(macs() + ipv6() + tcpHeader);
const udp4 = packetOf(`${macs()}${ipv4({ protocol: "11" })}${ports} 0010 0000`);
const udp6 = packetOf(`${macs()}${ipv6("11")}${ports} 0010 0000`);
const sctp4 = packetOf(`${macs()}${ipv4({ protocol: "84" })}${ports} 0000`);
const icmp4 = packetOf(`${macs()}${ipv4({ protocol: "01" })} 0801 0000`);
const icmp6 = packetOf(`${macs()}${ipv6("3a")} 8000 0000`);
const icmp6OverIPv4 = packetOf(`${macs()}${ipv4({ protocol: "3a" })} 8000 0000`);
const icmpOverIPv6 = packetOf(`${macs()}${ipv6("01")} 0800 0000`);
const arp = packetOf(`${macs("ffffffffffff")} 0806 0001 0800 0604 0001`);
const tagged = packetOf(`${macs()} 8100 6064 ${ipv4({})} ${tcpHeader}`);
const firstFragment = packetOf(`${macs()}${ipv4({ protocol: "11", fragment: "2000" })}${ports} 0010 0000`);
const moreFragment = packetOf(`${macs()}${ipv4({ protocol: "11", fragment: "0003" })}${ports} 0010 0000`);
const fragment6 = packetOf(`${macs()}${ipv6("2c")} 11000001 00000001 ${ports} 0010 0000`);
const moreFragment6 = packetOf(`${macs()}${ipv6("2c")} 11000008 00000001 ${ports} 0010 0000`);
const toAll = packetOf(`${macs("ffffffffffff")}${ipv4({ protocol: "11", destination: "ffffffff" })}${ports}`);
const fromAll = packetOf(macs() + ipv4({ protocol: "11", source: "ffffffff" }) + ports);
const toGroup = packetOf(macs("01005e000001") + ipv4({ protocol: "11", destination: "e0000001" }) + ports);
const toGroup6 = packetOf(macs("333300000001") + ipv6("11", "ff020000000000000000000000000001") + ports);
const rtpBetween = (ports: string, header: string): Packet =>
	packetOf(`${macs()}${ipv4({ protocol: "11" })}${ports} 0010 0000 ${header}`);
const rtp = rtpBetween("0fa0 1388", "8000");
const rtcp = rtpBetween("0fa1 1389", "80c8");
const sip = rtpBetween("0400 13c4", "0000");
const gtpControl = rtpBetween("0400 084b", "0000");
const gtpUser = rtpBetween("0400 0868", "0000");
const toHost: Packet = { ...tcp4, device: { name: "d0", addresses: ["192.0.2.1", "192.168.0.2"] } };
const marked = { ...tcp4, mark: 0xffff_fff0 };
const rawTcp4: Packet = { ...tcp4, link: "raw", octets: tcp4.octets.subarray(14) };

const run = (packet: Packet, ...main: readonly Term[]): Outcome =>
	evaluate(computation(...main), packet, newGroupState());
const runIn = (group: GroupState, packet: Packet, ...main: readonly Term[]): Outcome =>
	evaluate(computation(...main), packet, group);
const passes = (packet: Packet, ...main: readonly Term[]): boolean => run(packet, ...main).fanout.kind !== "drop";
const holds = (packet: Packet, predicate: Term): boolean => passes(packet, term("filter", [predicate]));

it("every row of the table of primitives has a meaning", () => {
	const lacking = primitives.filter((primitive) =>
		primitive.form === "property" ? properties[primitive.symbol] === undefined : meaningOf(primitive) === undefined,
	);
	expect(lacking.map(({ symbol }) => symbol)).toEqual([]);
});

/** A predicate, packets on which it does and does not hold, and where the octets end that it needs. */
interface Case {
	readonly arguments: readonly Argument[];
	readonly holds: Packet;
	readonly fails: Packet;
	/** Undefined where the predicate asks for no octets. */
	readonly needs?: number;
}

const predicateCases: Readonly<Record<string, readonly Case[]>> = {
	is_ip: [
		{ arguments: [], holds: tcp4, fails: tcp6, needs: 14 },
		{ arguments: [], holds: tagged, fails: arp, needs: 18 },
		{ arguments: [], holds: rawTcp4, fails: arp, needs: 1 },
	],
	is_ip6: [{ arguments: [], holds: tcp6, fails: tcp4, needs: 14 }],
	is_tcp: [
		{ arguments: [], holds: tcp4, fails: udp4, needs: 24 },
		{ arguments: [], holds: tcp6, fails: udp6, needs: 21 },
	],
	is_udp: [
		{ arguments: [], holds: udp4, fails: tcp4, needs: 24 },
		{ arguments: [], holds: udp6, fails: icmp6, needs: 21 },
		{ arguments: [], holds: moreFragment, fails: arp, needs: 24 },
		{ arguments: [], holds: moreFragment6, fails: arp, needs: 62 },
	],
	is_icmp: [{ arguments: [], holds: icmp4, fails: icmpOverIPv6, needs: 24 }],
	is_icmp6: [{ arguments: [], holds: icmp6, fails: icmp6OverIPv4, needs: 21 }],
	is_sctp: [{ arguments: [], holds: sctp4, fails: tcp4, needs: 24 }],
	is_flow: [
		{ arguments: [], holds: tcp4, fails: icmp4, needs: 24 },
		{ arguments: [], holds: udp6, fails: icmp6, needs: 21 },
		{ arguments: [], holds: sctp4, fails: arp, needs: 24 },
	],
	is_l3_proto: [
		{ arguments: [word16(0x0806)], holds: arp, fails: tcp4, needs: 14 },
		{ arguments: [word16(0x0800)], holds: tagged, fails: arp, needs: 18 },
	],
	is_l4_proto: [
		{ arguments: [{ type: "Word8", value: 58 }], holds: icmp6OverIPv4, fails: tcp4, needs: 24 },
		{ arguments: [{ type: "Word8", value: 17 }], holds: fragment6, fails: tcp6, needs: 62 },
	],
	is_frag: [
		{ arguments: [], holds: firstFragment, fails: udp4, needs: 22 },
		{ arguments: [], holds: moreFragment, fails: udp4, needs: 22 },
		{ arguments: [], holds: fragment6, fails: udp6, needs: 62 },
		{ arguments: [], holds: moreFragment6, fails: arp, needs: 62 },
	],
	is_first_frag: [
		{ arguments: [], holds: firstFragment, fails: moreFragment, needs: 22 },
		{ arguments: [], holds: fragment6, fails: udp6, needs: 62 },
	],
	is_more_frag: [
		{ arguments: [], holds: moreFragment, fails: firstFragment, needs: 22 },
		{ arguments: [], holds: moreFragment6, fails: fragment6, needs: 62 },
	],
	has_port: [
		{ arguments: [word16(1000)], holds: tcp4, fails: icmp4, needs: 36 },
		{ arguments: [word16(80)], holds: tcp4, fails: moreFragment, needs: 38 },
		{ arguments: [word16(80)], holds: udp6, fails: moreFragment6, needs: 58 },
		{ arguments: [word16(80)], holds: sctp4, fails: arp, needs: 38 },
	],
	has_src_port: [{ arguments: [word16(1000)], holds: udp4, fails: icmp4, needs: 36 }],
	has_dst_port: [{ arguments: [word16(80)], holds: firstFragment, fails: moreFragment, needs: 38 }],
	has_addr: [
		{ arguments: [cidr("10.0.0.0/8")], holds: tcp4, fails: tcp6, needs: 30 },
		{ arguments: [cidr("192.168.0.2/32")], holds: tcp4, fails: arp, needs: 34 },
		{ arguments: [cidr("2001:db8::2/128")], holds: tcp6, fails: tcp4, needs: 54 },
		{ arguments: [cidr("0.0.0.0/0")], holds: tcp4, fails: tcp6, needs: 30 },
		{ arguments: [cidr("::/0")], holds: tcp6, fails: tcp4, needs: 38 },
	],
	has_src_addr: [
		{ arguments: [cidr("10.0.0.0/31")], holds: tcp4, fails: fromAll, needs: 30 },
		{ arguments: [cidr("2001:db8::/64")], holds: tcp6, fails: tcp4, needs: 38 },
	],
	has_dst_addr: [
		{ arguments: [cidr("192.168.0.0/16")], holds: tcp4, fails: toAll, needs: 34 },
		{ arguments: [cidr("2001:db8::2/128")], holds: tcp6, fails: toGroup6, needs: 54 },
	],
	has_vlan: [{ arguments: [], holds: tagged, fails: tcp4, needs: 18 }],
	has_vid: [{ arguments: [int(100)], holds: tagged, fails: tcp4, needs: 18 }],
	vlan_id: [{ arguments: [ints(7, 100)], holds: tagged, fails: tcp4, needs: 18 }],
	has_mark: [{ arguments: [word32(0xffff_fff0)], holds: marked, fails: tcp4 }],
	has_state: [],
	is_broadcast: [{ arguments: [], holds: arp, fails: toGroup, needs: 6 }],
	is_multicast: [
		{ arguments: [], holds: toGroup, fails: tcp4, needs: 6 },
		{ arguments: [], holds: arp, fails: rawTcp4, needs: 6 },
	],
	is_ip_host: [{ arguments: [], holds: toHost, fails: tcp4, needs: 34 }],
	is_incoming_host: [
		{ arguments: [], holds: toHost, fails: tcp4, needs: 34 },
		{ arguments: [], holds: toAll, fails: fromAll, needs: 34 },
		{ arguments: [], holds: toGroup6, fails: tcp6, needs: 54 },
	],
	is_rtp: [{ arguments: [], holds: rtp, fails: rtcp, needs: 44 }],
	is_rtcp: [{ arguments: [], holds: rtcp, fails: rtp, needs: 44 }],
	is_sip: [{ arguments: [], holds: sip, fails: rtp, needs: 38 }],
	is_voip: [
		{ arguments: [], holds: rtp, fails: udp4, needs: 44 },
		{ arguments: [], holds: rtcp, fails: tcp4, needs: 44 },
		{ arguments: [], holds: sip, fails: gtpUser, needs: 38 },
	],
	is_gtp: [
		{ arguments: [], holds: gtpControl, fails: rtp, needs: 38 },
		{ arguments: [], holds: gtpUser, fails: tcp4, needs: 38 },
	],
	is_gtp_cp: [{ arguments: [], holds: gtpControl, fails: gtpUser, needs: 38 }],
	is_gtp_up: [{ arguments: [], holds: gtpUser, fails: gtpControl, needs: 38 }],
	bloom: [
		{ arguments: [int(1000), addresses("10.0.0.1"), int(32)], holds: tcp4, fails: fromAll, needs: 30 },
		{ arguments: [int(1000), addresses("192.168.0.9"), int(24)], holds: tcp4, fails: toGroup6, needs: 34 },
	],
	bloom_src: [{ arguments: [int(1000), addresses("10.0.0.1"), int(32)], holds: tcp4, fails: fromAll, needs: 30 }],
	bloom_dst: [{ arguments: [int(1000), addresses("192.168.0.2"), int(32)], holds: tcp4, fails: toGroup, needs: 34 }],
	is_ip_broadcast: [{ arguments: [], holds: toAll, fails: fromAll, needs: 34 }],
	is_ip_multicast: [
		{ arguments: [], holds: toGroup, fails: toAll, needs: 34 },
		{ arguments: [], holds: toGroup6, fails: tcp6, needs: 54 },
	],
};

const rowsOf = <Form extends Primitive["form"]>(form: Form) =>
	primitives.filter((primitive): primitive is Extract<Primitive, { form: Form }> => primitive.form === form);

describe("predicates", () => {
	it("have a case each", () => {
		expect(Object.keys(predicateCases).sort()).toEqual(
			rowsOf("predicate")
				.map(({ symbol }) => symbol)
				.sort(),
		);
	});
	const cases = Object.entries(predicateCases).flatMap(([symbol, list]) =>
		list.map((one, index) => [symbol, index, one] as const),
	);
	it.each(cases)("%s (%i)", (symbol, _, { arguments: args, holds: yes, fails: no, needs }) => {
		const predicate = term(symbol, ...args);
		expect(holds(yes, predicate)).toBe(true);
		expect(holds(no, predicate)).toBe(false);
		if (needs === undefined) return;
		expect(holds(cut(yes, needs), predicate)).toBe(true);
		for (let captured = 0; captured < needs; captured++) expect(holds(cut(yes, captured), predicate)).toBe(false);
	});

	it("has_vid and vlan_id are false for another id, and look at the outermost tag", () => {
		const double = packetOf(`${macs()} 88a8 0005 8100 0006 ${ipv4({})}`);
		expect(holds(double, term("has_vid", int(5)))).toBe(true);
		expect(holds(double, term("has_vid", int(6)))).toBe(false);
		expect(holds(double, term("vlan_id", ints(6, 7)))).toBe(false);
		expect(holds(double, term("vlan_id", ints()))).toBe(false);
	});
	it("has_src_port and has_dst_port look at one end", () => {
		expect(holds(tcp4, term("has_src_port", word16(80)))).toBe(false);
		expect(holds(tcp4, term("has_dst_port", word16(1000)))).toBe(false);
	});
	it("has_state and has_mark see what the run has set", () => {
		expect(passes(tcp4, term("put_state", word32(7)), term("filter", [term("has_state", word32(7))]))).toBe(true);
		expect(holds(tcp4, term("has_state", word32(0)))).toBe(true);
		expect(holds(tcp4, term("has_state", word32(7)))).toBe(false);
		expect(passes(tcp4, term("mark", word32(7)), term("filter", [term("has_mark", word32(7))]))).toBe(true);
		expect(passes(marked, term("mark", word32(7)), term("filter", [term("has_mark", word32(0xffff_fff0))]))).toBe(
			false,
		);
	});
});

describe("aliases", () => {
	const ethertypes = rowsOf("alias").filter(({ of }) => of === "is_l3_proto");
	it.each(ethertypes)("$symbol", ({ symbol, with: [ethertype = 0] }) => {
		const packet = packetOf(macs() + ethertype.toString(16).padStart(4, "0"));
		expect(holds(packet, term(symbol))).toBe(true);
		expect(holds(packetOf(`${macs()} ffff`), term(symbol))).toBe(false);
		expect(holds(cut(packet, 13), term(symbol))).toBe(false);
	});
	it("is_eth_vlan", () => {
		expect(holds(tagged, term("is_eth_vlan"))).toBe(true);
		expect(holds(tcp4, term("is_eth_vlan"))).toBe(false);
		expect(holds(cut(tagged, 17), term("is_eth_vlan"))).toBe(false);
	});
});

describe("filters", () => {
	it.each(rowsOf("filter"))("$symbol", ({ symbol, of, negated = false }) => {
		const cases = predicateCases[of] ?? [];
		expect(cases.length).toBeGreaterThan(0);
		for (const { arguments: args, holds: yes, fails: no, needs = 0 } of cases) {
			const filter = term(symbol, ...args);
			expect(passes(yes, filter)).toBe(!negated);
			expect(passes(no, filter)).toBe(negated);
			expect(passes(cut(yes, needs - 1), filter)).toBe(negated);
		}
	});
	it("pass to all, whatever the fanout was, and leave the class mask", () => {
		for (const filter of [term("ip"), term("filter", [term("is_ip")]), term("no_frag")]) {
			const outcome = run(tcp4, term("classify", int(6)), term("steer_flow"), filter);
			expect(outcome).toMatchObject({ fanout: { kind: "pass" }, classMask: 6n });
		}
	});
});

describe("properties", () => {
	/** Value, and where the octets end that it needs; then a packet that has no such header. */
	const cases: readonly (readonly [string, Packet, bigint, number | undefined, Packet | undefined])[] = [
		["ip_tos", tcp4, 0xb8n, 16, tcp6],
		["ip_tot_len", tcp4, 0x30n, 18, tcp6],
		["ip_id", tcp4, 0x1234n, 20, tcp6],
		["ip_frag", firstFragment, 0x2000n, 22, tcp6],
		["ip_ttl", tcp4, 64n, 23, tcp6],
		["ip6_hop_limit", tcp6, 63n, 22, tcp4],
		["ip6_flow_label", tcp6, 0xabcden, 18, tcp4],
		["tcp_source", tcp4, 1000n, 36, udp4],
		["tcp_dest", tcp6, 80n, 58, udp6],
		["tcp_hdrlen", tcp4, 32n, 47, udp4],
		["tcp_flags", tcp4, 0x12n, 48, udp4],
		["udp_source", udp4, 1000n, 36, tcp4],
		["udp_dest", udp6, 80n, 58, tcp6],
		["udp_len", firstFragment, 16n, 40, moreFragment],
		["icmp_type", icmp4, 8n, 35, icmp6],
		["icmp_code", icmp4, 1n, 36, icmpOverIPv6],
		["get_mark", marked, 0xffff_fff0n, undefined, undefined],
		["get_state", tcp4, 0n, undefined, undefined],
		["pkt_len", { ...tcp4, length: 9000 }, 9000n, undefined, undefined],
	];
	it("have a case each", () => {
		expect(cases.map(([symbol]) => symbol)).toEqual(rowsOf("property").map(({ symbol }) => symbol));
	});
	it.each(cases)("%s", (symbol, packet, value, needs, without) => {
		const is = (comparison: string, constant: bigint): Term => term(comparison, [term(symbol)], word64(constant));
		expect(holds(packet, is("equal", value))).toBe(true);
		expect(holds(packet, is("not_equal", value))).toBe(false);
		const lacking = without === undefined ? [] : [without];
		if (needs !== undefined) {
			expect(holds(cut(packet, needs), is("equal", value))).toBe(true);
			for (let captured = 0; captured < needs; captured++) lacking.push(cut(packet, captured));
		}
		for (const absent of lacking) {
			expect(holds(absent, is("not_equal", value + 1n))).toBe(false);
			expect(holds(absent, is("greater_eq", 0n))).toBe(false);
			expect(holds(absent, is("all_bit", 0n))).toBe(false);
		}
	});
	it("get_mark and get_state see what the run has set", () => {
		const state = term("filter", [term("equal", [term("get_state")], word64(0xffff_ffffn))]);
		expect(passes(tcp4, term("put_state", word32(0xffff_ffff)), state)).toBe(true);
		const mark = term("filter", [term("equal", [term("get_mark")], word64(5n))]);
		expect(passes(marked, term("mark", word32(5)), mark)).toBe(true);
	});
});

describe("comparisons", () => {
	const most = 0xffff_ffff_ffff_ffffn;
	// ip_ttl is 64.
	const cases: readonly (readonly [string, readonly bigint[], readonly bigint[]])[] = [
		["less", [65n, most], [64n, 0n]],
		["less_eq", [64n, 65n, most], [63n, 0n]],
		["greater", [63n, 0n], [64n, most]],
		["greater_eq", [64n, 0n], [65n, most]],
		["equal", [64n], [63n, 64n + (1n << 32n)]],
		["not_equal", [63n, most], [64n]],
		["any_bit", [64n, 65n, most], [0n, 63n]],
		["all_bit", [64n, 0n], [65n, most]],
	];
	it("have a case each", () => {
		expect(cases.map(([symbol]) => symbol)).toEqual(rowsOf("comparison").map(({ symbol }) => symbol));
	});
	it.each(cases)("%s", (symbol, yes, no) => {
		const compared = (value: bigint): Term => term(symbol, [term("ip_ttl")], word64(value));
		for (const value of yes) {
			expect(holds(tcp4, compared(value))).toBe(true);
			expect(holds(tcp6, compared(value))).toBe(false);
		}
		for (const value of no) expect(holds(tcp4, compared(value))).toBe(false);
	});
});

const yes = term("is_tcp");
const no = term("is_udp");
/** Holds on nothing: the property is absent. */
const absent = term("greater_eq", [term("udp_len")], word64(0n));

describe("logic", () => {
	const cases: readonly (readonly [string, readonly Term[], boolean])[] = [
		["not", [yes], false],
		["not", [no], true],
		["not", [absent], true],
		["and", [yes, yes], true],
		["and", [yes, no], false],
		["and", [no, yes], false],
		["and", [no, no], false],
		["or", [yes, yes], true],
		["or", [yes, no], true],
		["or", [no, yes], true],
		["or", [no, absent], false],
		["xor", [yes, yes], false],
		["xor", [yes, no], true],
		["xor", [absent, yes], true],
		["xor", [no, no], false],
	];
	it.each(cases)("%s (%#)", (symbol, operands, expected) => {
		expect(holds(tcp4, term(symbol, ...operands.map((operand) => [operand])))).toBe(expected);
	});
});

const pass = term("filter", [yes]);
const drop = term("drop");
const inc = (counter: number): Term => term("inc", int(counter));
const steerTo = (index: number): Term => term("steer_to", int(index));
const counters = (packet: Packet, ...main: readonly Term[]): number[] => {
	const group = newGroupState();
	evaluate(computation(...main), packet, group);
	return [...group.counters.entries()].filter(([, count]) => count !== 0n).map(([index]) => index);
};

describe("control", () => {
	it("a chain runs in order and ends at the first drop", () => {
		expect(counters(tcp4, inc(1), inc(2), drop, inc(3))).toEqual([1, 2]);
	});
	it("filter drops unless the predicate holds", () => {
		expect(passes(tcp4, term("filter", [yes]))).toBe(true);
		expect(passes(tcp4, term("filter", [no]))).toBe(false);
		expect(passes(tcp4, term("filter", [absent]))).toBe(false);
	});
	it("conditional runs one of two", () => {
		expect(counters(tcp4, term("conditional", [yes], [inc(1)], [inc(2)]), inc(3))).toEqual([1, 3]);
		expect(counters(tcp4, term("conditional", [no], [inc(1)], [inc(2)]), inc(3))).toEqual([2, 3]);
		expect(counters(tcp4, term("conditional", [absent], [inc(1)], [drop]), inc(3))).toEqual([]);
	});
	it("when runs the function if the predicate holds, unless if it does not; else the fanout stays", () => {
		const steer = { kind: "steer", hash: 5, by: "number" };
		expect(run(tcp4, steerTo(5), term("when", [no], [pass])).fanout).toEqual(steer);
		expect(run(tcp4, steerTo(5), term("when", [absent], [drop])).fanout).toEqual(steer);
		expect(run(tcp4, steerTo(5), term("when", [yes], [pass])).fanout).toEqual({ kind: "pass" });
		expect(run(tcp4, steerTo(5), term("when", [yes], [drop])).fanout).toEqual({ kind: "drop" });
		expect(run(tcp4, steerTo(5), term("unless", [yes], [drop])).fanout).toEqual(steer);
		expect(run(tcp4, steerTo(5), term("unless", [no], [pass])).fanout).toEqual({ kind: "pass" });
		expect(run(tcp4, steerTo(5), term("unless", [absent], [drop])).fanout).toEqual({ kind: "drop" });
	});
	it("an argument is a whole chain", () => {
		expect(counters(tcp4, term("when", [yes], [inc(1), inc(2)]), inc(3))).toEqual([1, 2, 3]);
		expect(counters(tcp4, term("when", [yes], [inc(1), drop, inc(2)]), inc(3))).toEqual([1]);
	});
	it("inv passes where the function drops, and drops where it passes; what was done stands", () => {
		expect(run(tcp4, steerTo(5), term("inv", [term("udp")])).fanout).toEqual({ kind: "pass" });
		expect(run(tcp4, steerTo(5), term("inv", [term("tcp")])).fanout).toEqual({ kind: "drop" });
		expect(run(tcp4, term("inv", [term("unit")])).fanout).toEqual({ kind: "drop" });
		expect(run(tcp4, term("inv", [term("inv", [term("tcp")])])).fanout).toEqual({ kind: "pass" });
		expect(run(tcp4, term("inv", [term("mark", word32(3)), term("classify", int(2)), drop]))).toMatchObject({
			fanout: { kind: "pass" },
			mark: 3,
			classMask: 2n,
		});
	});
	it("par takes the first alternative that does not drop, and runs none after it", () => {
		expect(counters(tcp4, term("par", [inc(1)], [inc(2)]))).toEqual([1]);
		expect(counters(tcp4, term("par", [inc(1), drop], [inc(2)]), inc(3))).toEqual([1, 2, 3]);
		expect(counters(tcp4, term("par", [drop], [drop]), inc(3))).toEqual([]);
	});
	it.each([3, 4, 5, 6, 7, 8])("par%i tries each of its alternatives", (count) => {
		for (let winner = 0; winner <= count; winner++) {
			const alternatives = Array.from({ length: count }, (_, index) =>
				index === winner ? [inc(index), steerTo(index)] : [inc(index), drop],
			);
			const outcome = run(tcp4, term(`par${count}`, ...alternatives));
			expect(outcome.fanout).toEqual(winner < count ? { kind: "steer", hash: winner, by: "number" } : { kind: "drop" });
		}
	});
	it("par restores the fanout before each alternative but the first, and nothing else", () => {
		const failed = [term("steer_flow"), term("classify", int(4)), term("forward", device("d0")), inc(1), drop];
		const outcome = run(tcp4, steerTo(9), term("par", failed, [term("unit")]));
		expect(outcome).toMatchObject({ fanout: { hash: 9, by: "number" }, classMask: 4n, forwards: ["d0"] });
	});
	it("unit leaves everything as it is", () => {
		expect(run(tcp4, steerTo(5), term("unit")).fanout).toEqual({ kind: "steer", hash: 5, by: "number" });
	});
	it("shared nodes run as often as they are referred to", () => {
		const nodes: Node[] = [
			{ symbol: "par", arguments: [3, 2].map((value) => ({ type: "Fun", value })), next: 1 },
			{ symbol: "when", arguments: [4, 2].map((value) => ({ type: "Fun", value })), next: 2 },
			{ symbol: "inc", arguments: [int(0)], next: null },
			{ symbol: "drop", arguments: [], next: null },
			{ symbol: "is_tcp", arguments: [], next: null },
		];
		const group = newGroupState();
		evaluate({ nodes }, tcp4, group);
		expect(group.counters[0]).toBe(3n);
	});
});

const ALL_CLASSES = 0x7fff_ffff_ffff_ffffn;
const allClasses = { fanout: { kind: "pass" }, classMask: ALL_CLASSES } as const;
const dropped = { fanout: { kind: "drop" }, classMask: 1n };
const byHash = (hash: number) => ({ fanout: { kind: "steer", hash, by: "hash" }, classMask: 1n });
const byNumber = (hash: number) => ({ fanout: { kind: "steer", hash, by: "number" }, classMask: 1n });

describe("steering", () => {
	/** The hashes were worked out apart from this evaluator. */
	const flow4 = 332296852;
	const pair4 = 1627729139;
	const flow6 = 3976833048;
	const pair6 = 61825049;
	const link = 1969687574;

	const cases: readonly (readonly [string, readonly Argument[], string, Packet, object])[] = [
		["steer_flow", [], "TCP", tcp4, byHash(flow4)],
		["steer_flow", [], "UDP over IPv6", udp6, byHash(flow6)],
		["steer_flow", [], "a first fragment", firstFragment, byHash(flow4)],
		["steer_flow", [], "no ports: ICMP", icmp4, byHash(pair4)],
		["steer_flow", [], "no ports: a later fragment", moreFragment6, byHash(pair6)],
		["steer_flow", [], "one port cut off", cut(tcp4, 37), byHash(pair4)],
		["steer_flow", [], "an address cut off", cut(tcp4, 33), byHash(0)],
		["steer_flow", [], "no IP", arp, dropped],
		["steer_p2p", [], "IPv4", tcp4, byHash(pair4)],
		["steer_p2p", [], "IPv6", tcp6, byHash(pair6)],
		["steer_p2p", [], "to the broadcast address", toAll, allClasses],
		["steer_p2p", [], "from the broadcast address", fromAll, allClasses],
		["steer_p2p", [], "from the broadcast address, destination cut off", cut(fromAll, 33), byHash(0)],
		["steer_p2p", [], "no IP", arp, dropped],
		["steer_link", [], "Ethernet", tcp4, byHash(link)],
		["steer_link", [], "to the broadcast MAC", arp, allClasses],
		["steer_link", [], "to the broadcast MAC, source cut off", cut(arp, 11), dropped],
		["steer_link", [], "no MACs", rawTcp4, dropped],
		["steer_vlan", [], "tagged", tagged, byHash(100)],
		["steer_vlan", [], "untagged", tcp4, dropped],
		["steer_vlan", [], "tag cut off", cut(tagged, 17), dropped],
		["steer_rss", [], "the device's hash", { ...tcp4, flowHash: 0 }, byHash(0)],
		["steer_rss", [], "no hash of the device", tcp4, byHash(flow4)],
		["steer_rss", [], "no addresses", cut(tcp4, 33), byHash(link)],
		["steer_rss", [], "no MACs", cut(tcp4, 11), byHash(0)],
		["steer_rss", [], "no MACs on a raw link", cut(rawTcp4, 10), byHash(0)],
		["steer_to", [int(5)], "a number", arp, byNumber(5)],
		["steer_to", [int(-1)], "a negative number", arp, byNumber(0xffff_ffff)],
	];
	it.each(cases)("%s %j: %s", (symbol, args, _, packet, expected) => {
		expect(run(packet, term(symbol, ...args))).toMatchObject(expected);
	});

	it("steer_rss never broadcasts", () => {
		expect(run(arp, term("steer_rss")).fanout).toMatchObject({ kind: "steer", by: "hash" });
	});
	it("is symmetric: both directions of a flow meet", () => {
		const back = packetOf(
			`020000000001 020000000002 ${ipv4({ source: "c0a80002", destination: "0a000001" })} 0050 03e8`,
		);
		for (const symbol of ["steer_flow", "steer_p2p", "steer_link", "steer_rss"]) {
			expect(run(back, term(symbol)).fanout).toEqual(run(tcp4, term(symbol)).fanout);
		}
	});
	it("steer_rrobin counts each time that it is run, and wraps at 32 bits", () => {
		const group = newGroupState();
		const turns = [1, 2, 3].map(() => runIn(group, tcp4, term("steer_rrobin")));
		expect(turns).toMatchObject([byNumber(0), byNumber(1), byNumber(2)]);
		expect(runIn(group, tcp4, term("steer_rrobin"), term("steer_rrobin"))).toMatchObject(byNumber(4));
		group.roundRobin = 0xffff_ffff;
		expect(runIn(group, tcp4, term("steer_rrobin"))).toMatchObject(byNumber(0xffff_ffff));
		expect(group.roundRobin).toBe(0);
	});
	it("spreads 1,000 flows over eight sockets, none over 1.35 times the mean", () => {
		const loads = Array<number>(8).fill(0);
		for (let flow = 0; flow < 1000; flow++) {
			const source = (0x0a000000 + (flow >> 3)).toString(16).padStart(8, "0");
			const port = (1024 + flow).toString(16).padStart(4, "0");
			const { fanout } = run(packetOf(`${macs()}${ipv4({ source })}${port} 0050`), term("steer_flow"));
			if (fanout.kind !== "steer") throw new Error("not steered");
			loads[fanout.hash % 8] = (loads[fanout.hash % 8] ?? 0) + 1;
		}
		expect(Math.max(...loads)).toBeLessThanOrEqual(1.35 * 125);
	});
});

describe("delivery and forwarding", () => {
	const f = (symbol: string, predicate?: Term): Term =>
		predicate === undefined ? term(symbol, device("d1")) : term(symbol, device("d1"), [predicate]);
	const all = { kind: "pass" } as const;
	const cases: readonly (readonly [string, readonly Term[], Partial<Outcome>])[] = [
		["an empty effect", [term("unit")], { fanout: all, classMask: 1n, mark: 0, state: 0, forwards: [] }],
		["drop", [drop], { fanout: { kind: "drop" }, classMask: 1n }],
		["broadcast", [term("steer_flow"), term("broadcast")], allClasses],
		["classify", [term("steer_flow"), term("classify", int(5))], { fanout: all, classMask: 5n }],
		["classify, none", [term("classify", int(0))], { classMask: 0n }],
		["classify, negative", [term("classify", int(-2))], { classMask: ALL_CLASSES - 1n }],
		["classify, most negative", [term("classify", int(-(2 ** 31)))], { classMask: 0x7fff_ffff_8000_0000n }],
		["steering keeps the classes", [term("classify", int(5)), term("steer_flow")], { classMask: 5n }],
		["forward", [term("steer_flow"), f("forward")], { fanout: all, forwards: ["d1"] }],
		["forward, twice", [f("forward"), f("forward")], { fanout: all, forwards: ["d1", "d1"] }],
		["bridge", [f("bridge")], { fanout: { kind: "drop" }, forwards: ["d1"] }],
		["tee, where it holds", [term("steer_flow"), f("tee", yes)], { fanout: all, forwards: ["d1"] }],
		["tee, where it does not", [f("tee", no)], { fanout: { kind: "drop" }, forwards: ["d1"] }],
		["tee, where it is absent", [f("tee", absent)], { fanout: { kind: "drop" }, forwards: ["d1"] }],
		["tap, where it holds", [term("steer_flow"), f("tap", yes)], { fanout: all, forwards: [] }],
		["tap, where it does not", [f("tap", no)], { fanout: { kind: "drop" }, forwards: ["d1"] }],
		["tap, where it is absent", [f("tap", absent)], { fanout: { kind: "drop" }, forwards: ["d1"] }],
		["a drop keeps forwards", [f("forward"), drop], { fanout: { kind: "drop" }, forwards: ["d1"] }],
		["kernel", [term("steer_flow"), term("kernel")], { fanout: all, toHost: true }],
		["detour", [term("detour")], { fanout: { kind: "drop" }, toHost: true }],
		["kernel_if, where it holds", [term("steer_flow"), term("kernel_if", [yes])], { fanout: all, toHost: true }],
		["kernel_if, where it does not", [term("steer_flow"), term("kernel_if", [no])], { fanout: all, toHost: false }],
		["detour_if, where it holds", [term("detour_if", [yes])], { fanout: { kind: "drop" }, toHost: true }],
		["detour_if, where it does not", [term("steer_flow"), term("detour_if", [no])], { fanout: all, toHost: false }],
		["a drop keeps what is for the host", [term("kernel"), drop], { fanout: { kind: "drop" }, toHost: true }],
		["mark", [term("mark", word32(0xffff_ffff))], { mark: 0xffff_ffff, fanout: all }],
		["a drop keeps the mark", [term("mark", word32(4)), drop], { mark: 4, fanout: { kind: "drop" } }],
		["put_state", [term("put_state", word32(9))], { state: 9, mark: 0, fanout: all }],
	];
	it.each(cases)("%s", (_, main, expected) => {
		expect(run(tcp4, ...main)).toMatchObject(expected);
	});

	it("the mark of a packet stays unless it is set", () => {
		expect(run(marked, drop).mark).toBe(0xffff_fff0);
	});
	it.each([
		["inc", 1n],
		["dec", 0xffff_ffff_ffff_ffffn],
	])("%s counts modulo 2^64, from packet to packet, and leaves the fanout", (symbol, once) => {
		const group = newGroupState();
		const outcome = runIn(group, tcp4, steerTo(3), term(symbol, int(63)));
		expect(outcome).toMatchObject(byNumber(3));
		expect(group.counters[63]).toBe(once);
		runIn(group, tcp4, term(symbol === "inc" ? "dec" : "inc", int(63)));
		expect(group.counters[63]).toBe(0n);
	});
});

describe("size", () => {
	const length = 10_000;
	it("a chain of 10,000 nodes", () => {
		expect(counters(tcp4, ...Array.from({ length }, () => inc(1)))).toEqual([1]);
	});
	it("predicates and functions nested 10,000 deep", () => {
		const nested: Node[] = Array.from({ length }, (_, index) => ({
			symbol: "not",
			arguments: [{ type: "Fun", value: index + 2 }],
			next: null,
		}));
		const filter: Node = { symbol: "filter", arguments: [{ type: "Fun", value: 1 }], next: null };
		const leaf: Node = { symbol: "is_tcp", arguments: [], next: null };
		expect(evaluate({ nodes: [filter, ...nested, leaf] }, tcp4, newGroupState()).fanout.kind).toBe("pass");
		expect(evaluate({ nodes: [filter, ...nested, leaf] }, udp4, newGroupState()).fanout.kind).toBe("drop");
		const inverted = [...nested.map((node, index) => ({ ...node, symbol: "inv", arguments: fun(index + 1) })), drops];
		expect(evaluate({ nodes: inverted }, tcp4, newGroupState()).fanout.kind).toBe("drop");
	});
	const fun = (value: number): Argument[] => [{ type: "Fun", value }];
	const drops: Node = { symbol: "drop", arguments: [], next: null };
});

it("tells of each node that was evaluated, and of its answer", () => {
	const told: [number, boolean][] = [];
	const program = computation(term("when", [yes], [term("unit")]), term("udp"), term("unit"));
	evaluate(program, tcp4, newGroupState(), (index, answer) => told.push([index, answer]));
	expect(told.map(([index, answer]) => [program.nodes[index]?.symbol, answer])).toEqual([
		["is_tcp", true],
		["unit", true],
		["when", true],
		["udp", false],
	]);
});
