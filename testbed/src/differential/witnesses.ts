// SPDX-License-Identifier: BSD-3-Clause
import type { Fanout, Outcome } from "@pfq/lang/evaluator";
import type { WitnessPacket } from "./witness-packets.js";

/**
 * What each primitive does with a packet, written from the specification (docs/packet-model.md); the hashes were worked out apart
 * from evaluator and engine. A row that means something else makes a test fail.
 */
export interface Witness {
	/** The primitive that it is of. */
	readonly row: string;
	/** What `main` is. */
	readonly program: string;
	readonly packet: WitnessPacket;
	/** What differs from a packet that goes to every socket of class 0, unmarked. */
	readonly expected: Expected;
}

export type Expected = Partial<Outcome> & { readonly counters?: Readonly<Record<number, bigint>> };

const pass: Expected = {};
const drop: Expected = { fanout: { kind: "drop" } };
const steer = (hash: number): Expected => ({ fanout: { kind: "steer", hash, by: "hash" } });
const numbered = (hash: number): Expected => ({ fanout: { kind: "steer", hash, by: "number" } });
const double = (...hashes: readonly [number, number]): Expected => ({ fanout: { kind: "double", hashes } });
const all: Expected = { classMask: (1n << 63n) - 1n };

type Ways = readonly (readonly [packet: WitnessPacket, expected: Expected])[];

const of = (row: string, program: string, ...ways: Ways): Witness[] =>
	ways.map(([packet, expected]) => ({ row, program, packet, expected }));

/** A predicate, written with its arguments: on these packets it holds, on those it does not. */
const asks = (call: string, holds: readonly WitnessPacket[], fails: readonly WitnessPacket[]): Witness[] => {
	const [row = ""] = call.split(" ");
	const program = `filter (${call})`;
	return [
		...holds.map((packet): Witness => ({ row, program, packet, expected: pass })),
		...fails.map((packet): Witness => ({ row, program, packet, expected: drop })),
	];
};

/** A filter, as its predicate. */
const filters = (call: string, passes: readonly WitnessPacket[], drops: readonly WitnessPacket[]): Witness[] => {
	const [row = ""] = call.split(" ");
	return [
		...passes.map((packet): Witness => ({ row, program: call, packet, expected: pass })),
		...drops.map((packet): Witness => ({ row, program: call, packet, expected: drop })),
	];
};

/** A property that a packet has, and a packet that lacks it; what is not its value is not. */
const has = (row: string, packet: WitnessPacket, value: number, without: WitnessPacket | null): Witness[] => [
	{ row, program: `filter (${row} .== ${value})`, packet, expected: pass },
	{ row, program: `filter (${row} ./= ${value})`, packet, expected: drop },
	...(without === null ? [] : [{ row, program: `filter (${row} ./= ${value})`, packet: without, expected: drop }]),
];

const predicates: readonly Witness[] = [
	...asks("is_ip", ["tcp", "vlan", "cut off"], ["tcp6", "arp"]),
	...asks("is_ip6", ["tcp6", "icmp6"], ["tcp", "arp"]),
	...asks("is_tcp", ["tcp", "tcp6", "vlan"], ["udp", "arp", "cut off"]),
	...asks("is_udp", ["udp", "first fragment", "later fragment"], ["tcp", "icmp"]),
	...asks("is_icmp", ["icmp"], ["icmp6", "udp"]),
	...asks("is_icmp6", ["icmp6"], ["icmp", "tcp6"]),
	...asks("is_sctp", ["sctp"], ["tcp", "udp"]),
	...asks("is_flow", ["tcp", "udp", "sctp", "tcp6"], ["icmp", "arp", "ospf"]),
	...asks("is_l3_proto 0x0806", ["arp"], ["tcp", "vlan"]),
	...asks("is_l4_proto 89", ["ospf"], ["tcp", "arp"]),
	...asks("is_frag", ["first fragment", "later fragment"], ["udp", "arp"]),
	...asks("is_first_frag", ["first fragment"], ["later fragment", "udp"]),
	...asks("is_more_frag", ["later fragment"], ["first fragment", "udp"]),
	...asks("has_port 80", ["tcp", "tcp back", "tcp6"], ["udp", "icmp", "later fragment"]),
	...asks("has_src_port 1000", ["tcp", "sctp"], ["tcp back"]),
	...asks("has_dst_port 80", ["tcp"], ["tcp back"]),
	...asks('has_addr "192.168.0.0/16"', ["tcp", "tcp back"], ["udp", "tcp6"]),
	...asks('has_addr "2001:db8::/32"', ["tcp6"], ["tcp"]),
	...asks('has_src_addr "10.0.0.1"', ["tcp", "udp"], ["tcp back"]),
	...asks('has_dst_addr "192.168.0.2/31"', ["tcp"], ["tcp back", "udp"]),
	...asks("has_vlan", ["vlan"], ["tcp"]),
	...asks("has_vid 100", ["vlan"], ["tcp"]),
	...asks("has_vid 99", [], ["vlan"]),
	...asks("vlan_id [99, 100]", ["vlan"], ["tcp"]),
	...asks("vlan_id [1, 2]", [], ["vlan"]),
	...asks("has_mark 0", ["tcp"], []),
	...asks("has_mark 1", [], ["tcp"]),
	...of("has_mark", "mark 7 >-> filter (has_mark 7)", ["tcp", { mark: 7 }]),
	...asks("has_state 0", ["tcp"], []),
	...of("has_state", "put_state 7 >-> filter (has_state 8)", ["tcp", { ...drop, state: 7 }]),
	...asks("is_broadcast", ["arp", "to all"], ["to a group", "tcp"]),
	...asks("is_multicast", ["to a group", "arp"], ["tcp"]),
	...asks("is_ip_broadcast", ["to all"], ["to a group", "arp"]),
	...asks("is_ip_multicast", ["to a group"], ["to all", "tcp"]),
	...asks("is_rtp", ["rtp"], ["rtcp", "udp", "tcp"]),
	...asks("is_rtcp", ["rtcp"], ["rtp", "udp"]),
	...asks("is_sip", ["sip"], ["rtp", "udp"]),
	...asks("is_voip", ["rtp", "rtcp", "sip"], ["udp", "arp"]),
	...asks("is_gtp", ["gtp control", "gtp user"], ["udp", "tcp"]),
	...asks("is_gtp_cp", ["gtp control"], ["gtp user", "udp"]),
	...asks("is_gtp_up", ["gtp user"], ["gtp control", "udp"]),
	...asks('bloom 1024 ["192.168.0.2", "1.2.3.4"] 32', ["tcp", "tcp back"], ["udp", "tcp6", "arp"]),
	...asks('bloom_src 1024 ["10.0.0.9"] 24', ["tcp"], ["tcp back"]),
	...asks('bloom_dst 1024 ["10.0.0.2"] 32', ["udp"], ["tcp"]),
	...asks("is_eth_pup", ["pup"], ["tcp"]),
	...asks("is_eth_sprite", ["sprite"], ["tcp"]),
	...asks("is_eth_ip", ["tcp", "vlan"], ["tcp6"]),
	...asks("is_eth_arp", ["arp"], ["rarp"]),
	...asks("is_eth_revarp", ["rarp"], ["arp"]),
	...asks("is_eth_at", ["appletalk"], ["appletalk arp"]),
	...asks("is_eth_aarp", ["appletalk arp"], ["appletalk"]),
	...asks("is_eth_vlan", ["vlan"], ["tcp"]),
	...asks("is_eth_ipx", ["ipx"], ["tcp"]),
	...asks("is_eth_ipv6", ["tcp6"], ["tcp"]),
	...asks("is_eth_loopback", ["loopback"], ["tcp"]),
];

const properties: readonly Witness[] = [
	...has("ip_tos", "tcp", 0xb9, "tcp6"),
	...has("ip_tot_len", "tcp", 40, "tcp6"),
	...has("ip_id", "tcp", 0x1234, "arp"),
	...has("ip_frag", "first fragment", 0x2000, "tcp6"),
	...has("ip_ttl", "tcp", 64, "cut off"),
	...has("ip6_hop_limit", "tcp6", 63, "tcp"),
	...has("ip6_flow_label", "tcp6", 0xabcde, "tcp"),
	...has("tcp_source", "tcp", 1000, "udp"),
	...has("tcp_dest", "tcp6", 80, "sctp"),
	...has("tcp_hdrlen", "tcp", 20, "udp"),
	...has("tcp_flags", "tcp", 0x12, "udp"),
	...has("udp_source", "udp", 40000, "tcp"),
	...has("udp_dest", "udp", 53, "later fragment"),
	...has("udp_len", "udp", 12, "tcp"),
	...has("icmp_type", "icmp", 8, "icmp6"),
	...has("icmp_code", "icmp", 1, "icmp6"),
	...has("get_mark", "tcp", 0, null),
	...has("get_state", "tcp", 0, null),
	...has("pkt_len", "arp", 42, null),
];

const comparisons: readonly Witness[] = (
	[
		["less", "filter (ip_ttl `less` 65)", "filter (ip_ttl .< 64)"],
		["less_eq", "filter (ip_ttl `less_eq` 64)", "filter (ip_ttl .<= 63)"],
		["greater", "filter (63 <. ip_ttl)", "filter (ip_ttl .> 64)"],
		["greater_eq", "filter (64 <=. ip_ttl)", "filter (ip_ttl .>= 65)"],
		["equal", "filter (64 ==. ip_ttl)", "filter (ip_ttl .== 65)"],
		["not_equal", "filter (65 /=. ip_ttl)", "filter (ip_ttl ./= 64)"],
		["any_bit", "filter (tcp_flags `any_bit` 0x03)", "filter (tcp_flags `any_bit` 0x05)"],
		["all_bit", "filter (tcp_flags `all_bit` 0x12)", "filter (tcp_flags `all_bit` 0x13)"],
	] as const
).flatMap(([row, holds, fails]) => [...of(row, holds, ["tcp", pass], ["arp", drop]), ...of(row, fails, ["tcp", drop])]);

const logic: readonly Witness[] = [
	...of("not", "filter (not is_tcp)", ["tcp", drop], ["udp", pass]),
	...of("and", "filter (is_ip .&&. is_tcp)", ["tcp", pass], ["udp", drop], ["tcp6", drop]),
	...of("or", "filter (is_udp .||. is_tcp)", ["tcp", pass], ["udp", pass], ["icmp", drop]),
	...of("xor", "filter (is_ip .^^. is_tcp)", ["tcp", drop], ["udp", pass], ["tcp6", pass], ["arp", drop]),
];

const filterRows: readonly Witness[] = [
	...filters("ip", ["tcp", "cut off"], ["tcp6", "arp"]),
	...filters("ip6", ["tcp6"], ["tcp"]),
	...filters("tcp", ["tcp", "tcp6"], ["udp"]),
	...filters("udp", ["udp", "later fragment"], ["tcp"]),
	...filters("icmp", ["icmp"], ["icmp6"]),
	...filters("icmp6", ["icmp6"], ["icmp"]),
	...filters("flow", ["tcp", "udp", "sctp"], ["icmp", "arp"]),
	...filters("vlan", ["vlan"], ["tcp"]),
	...filters("no_frag", ["udp", "arp"], ["first fragment", "later fragment"]),
	...filters("no_more_frag", ["udp", "first fragment"], ["later fragment"]),
	...filters("rtp", ["rtp"], ["rtcp"]),
	...filters("rtcp", ["rtcp"], ["rtp"]),
	...filters("sip", ["sip"], ["rtp"]),
	...filters("voip", ["rtp", "sip"], ["udp"]),
	...filters("gtp", ["gtp user", "gtp control"], ["udp"]),
	...filters("gtp_cp", ["gtp control"], ["gtp user"]),
	...filters("gtp_up", ["gtp user"], ["gtp control"]),
	...filters("mac_broadcast", ["arp"], ["to a group"]),
	...filters("mac_multicast", ["to a group", "arp"], ["tcp"]),
	...filters("ip_broadcast", ["to all"], ["tcp"]),
	...filters("ip_multicast", ["to a group"], ["to all"]),
	...filters("l3_proto 0x0806", ["arp"], ["tcp"]),
	...filters("l4_proto 89", ["ospf"], ["tcp"]),
	...filters("port 80", ["tcp", "tcp back"], ["udp"]),
	...filters("src_port 1000", ["tcp"], ["tcp back"]),
	...filters("dst_port 80", ["tcp"], ["tcp back"]),
	...filters('addr "192.168.0.0/16"', ["tcp", "tcp back"], ["udp"]),
	...filters('src_addr "10.0.0.0/8"', ["tcp"], ["tcp back"]),
	...filters('dst_addr "192.168.0.2"', ["tcp"], ["tcp back"]),
	...filters("vlan_id_filter [100]", ["vlan"], ["tcp"]),
	...filters('bloom_filter 1024 ["192.168.0.2"] 32', ["tcp", "tcp back"], ["udp"]),
	...filters('bloom_src_filter 1024 ["10.0.0.1"] 32', ["tcp"], ["tcp back"]),
	...filters('bloom_dst_filter 1024 ["10.0.0.2"] 32', ["udp"], ["tcp"]),
	...filters("filter is_tcp", ["tcp"], ["udp"]),
];

const alternatives = ["tcp", "udp", "icmp", "icmp6", "vlan", "ip6", "mac_broadcast", "sctpOnly"];
/** `par` with so many alternatives: a packet for the first, one for the last, and one for none. */
const par = (count: number): Witness[] => {
	const row = count === 2 ? "par" : `par${count}`;
	const parts = alternatives.slice(0, count).map((name) => (name === "sctpOnly" ? "(l4_proto 132)" : name));
	const lasts: Readonly<Record<number, WitnessPacket>> = {
		2: "udp",
		3: "icmp",
		4: "icmp6",
		5: "vlan",
		6: "icmp6",
		7: "arp",
		8: "sctp",
	};
	const [first, ...rest] = parts;
	const program = `${row} (inc 1 >-> ${first}) ${rest.join(" ")}`;
	return of(
		row,
		program,
		["tcp", { counters: { 1: 1n } }],
		[lasts[count] ?? "udp", { counters: { 1: 1n } }],
		["ospf", { ...drop, counters: { 1: 1n } }],
	);
};

const control: readonly Witness[] = [
	...of("conditional", "conditional is_tcp (mark 1) drop", ["tcp", { mark: 1 }], ["udp", drop]),
	...of("conditional", "if is_tcp then mark 1 else drop", ["tcp", { mark: 1 }], ["udp", drop]),
	...of("when", "when is_tcp (mark 1)", ["tcp", { mark: 1 }], ["udp", pass]),
	...of("unless", "unless is_tcp (mark 1)", ["tcp", pass], ["udp", { mark: 1 }]),
	...of("inv", "inv (mark 1 >-> tcp)", ["tcp", { ...drop, mark: 1 }], ["udp", { mark: 1 }]),
	...[2, 3, 4, 5, 6, 7, 8].flatMap(par),
	...of("par", "steer_to 3 >-> par (broadcast >-> drop) unit", [
		"tcp",
		{ ...numbered(3), ...{ classMask: (1n << 63n) - 1n } },
	]),
	...["ip in ip", "gre", "vxlan", "gtp user"].flatMap((packet) =>
		of(
			"shift",
			'shift (addr "172.16.0.1" >-> dst_port 53) >-> addr "10.0.0.1"',
			[packet as WitnessPacket, pass],
			["udp", drop],
		),
	),
	...of("src", 'src (addr "10.0.0.1" >-> port 1000)', ["tcp", pass], ["tcp back", drop]),
	...of("dst", 'dst (addr "10.0.0.1" >-> port 1000)', ["tcp", drop], ["tcp back", pass]),
	...of("src", 'dst (src (addr "10.0.0.1"))', ["tcp", pass], ["tcp back", drop]),
	...of("unit", "steer_to 3 >-> unit", ["tcp", numbered(3)]),
];

const steering: readonly Witness[] = [
	...of("steer_rrobin", "steer_rrobin", ["tcp", numbered(0)]),
	...of("steer_rrobin", "steer_rrobin >-> steer_rrobin", ["tcp", numbered(1)]),
	...of("steer_rss", "steer_rss", ["tcp", steer(0x13ce7294)], ["cut off", steer(0x75670c16)]),
	...of("steer_to", "steer_to 5", ["arp", numbered(5)]),
	...of(
		"steer_flow",
		"steer_flow",
		["tcp", steer(0x13ce7294)],
		["tcp back", steer(0x13ce7294)],
		["tcp6", steer(0xed09a818)],
	),
	...of(
		"steer_flow",
		"steer_flow",
		["icmp", steer(0x0de0a6f5)],
		["later fragment", steer(0x0de0a6f5)],
		["cut off", steer(0)],
		["arp", drop],
	),
	...of("steer_flow", "shift steer_flow", ["gtp user", steer(0x43480421)], ["udp", drop]),
	...of(
		"steer_p2p",
		"steer_p2p",
		["tcp", steer(0x61052cf3)],
		["tcp back", steer(0x61052cf3)],
		["to all", all],
		["arp", drop],
	),
	...of("double_steer_ip", "double_steer_ip", ["tcp", double(0x7ee30754, 0xcd7e6642)], ["to all", all], ["arp", drop]),
	...of(
		"steer_local_ip",
		'steer_local_ip "10.0.0.0/8"',
		["tcp", steer(0x7ee30754)],
		["tcp back", steer(0x7ee30754)],
		["udp", double(0x7ee30754, 0xa0c4de42)],
		["tcp6", drop],
	),
	...of(
		"steer_local_net",
		'steer_local_net "10.0.0.0" 8 24',
		["tcp", steer(0x5b2ed06b)],
		["udp", double(0x5b2ed06b, 0x5b2ed06b)],
		["arp", drop],
	),
	...of("steer_link", "steer_link", ["tcp", steer(0x75670c16)], ["arp", all]),
	...of("steer_local_link", 'steer_local_link "02:00:00:00:00:01"', ["tcp", steer(0x79e7f4c0)], ["arp", all]),
	...of("steer_local_link", 'steer_local_link "02:00:00:00:00:02"', ["tcp", steer(0xf74f41ea)]),
	...of("steer_local_link", 'steer_local_link "02:00:00:00:00:03"', ["tcp", double(0xf74f41ea, 0x79e7f4c0)]),
	...of("double_steer_mac", "double_steer_mac", ["tcp", double(0xf74f41ea, 0x79e7f4c0)], ["arp", all]),
	...of("steer_vlan", "steer_vlan", ["vlan", steer(100)], ["tcp", drop]),
	...of("steer_field", "steer_field 26 4", ["tcp", steer(0x0a000001)], ["cut off", drop]),
	...of(
		"steer_field_symmetric",
		"steer_field_symmetric 34 36 2",
		["tcp", steer(1000 ^ 80)],
		["tcp back", steer(1000 ^ 80)],
		["cut off", drop],
	),
	...of("double_steer_field", "double_steer_field 34 36 2", ["tcp", double(1000, 80)], ["cut off", drop]),
	...of("steer_key", "steer_key key_5tuple", ["tcp", steer(0xc6fefcfa)], ["icmp", drop]),
	...of("steer_key", "steer_key key_3tuple", ["tcp", steer(0x09a700ff)], ["tcp6", steer(0xe321e053)], ["arp", drop]),
	...of("steer_key", "steer_key 1", ["tcp", steer(0x3c33dc0f)]),
	...of("steer_key", "steer_key 0xc7", ["tcp", steer(0xbd2b985d)]),
	...of("steer_key", "steer_key 0x1800", ["icmp", steer(0xe3645358)], ["tcp", drop]),
	...of(
		"steer_rtp",
		"steer_rtp",
		["rtp", steer(0x270cb038)],
		["rtcp", steer(0x270cb038)],
		["sip", drop],
		["tcp", drop],
	),
	...of(
		"steer_voip",
		"steer_voip",
		["rtp", steer(0x270cb038)],
		["rtcp", steer(0x270cb038)],
		["sip", all],
		["tcp", drop],
	),
	...of(
		"steer_gtp_usr",
		'steer_gtp_usr "172.16.0.0" 12',
		["gtp user", steer(0xacf5157c)],
		["gtp control", all],
		["udp", drop],
	),
	...of("steer_gtp_usr", 'steer_gtp_usr "8.0.0.0" 8', ["gtp user", steer(0x51224668)]),
	...of("steer_gtp_usr", 'steer_gtp_usr "9.0.0.0" 8', ["gtp user", drop]),
];

const actions: readonly Witness[] = [
	...of("kernel", "steer_to 3 >-> kernel", ["tcp", { toHost: true }]),
	...of("detour", "detour", ["tcp", { ...drop, toHost: true }]),
	...of("kernel_if", "steer_to 3 >-> kernel_if is_tcp", ["tcp", { toHost: true }], ["udp", pass]),
	...of("detour_if", "detour_if is_tcp", ["tcp", { ...drop, toHost: true }], ["udp", pass]),
	...of("broadcast", "broadcast", ["tcp", all]),
	...of("drop", 'forward "d1" >-> drop', ["tcp", { ...drop, forwards: ["d1"] }]),
	...of("classify", "steer_to 3 >-> classify 6", ["tcp", { classMask: 6n }]),
	...of("classify", "classify (-1)", ["tcp", all]),
	...of("forward", 'steer_to 3 >-> forward "d1" >-> forward "d1"', ["tcp", { forwards: ["d1", "d1"] }]),
	...of("bridge", 'bridge "d1"', ["tcp", { ...drop, forwards: ["d1"] }]),
	...of("tee", 'tee "d1" is_tcp', ["tcp", { forwards: ["d1"] }], ["udp", { ...drop, forwards: ["d1"] }]),
	...of("tap", 'tap "d1" is_tcp', ["tcp", pass], ["udp", { ...drop, forwards: ["d1"] }]),
	...of("inc", "inc 5 >-> inc 5 >-> drop", ["tcp", { ...drop, counters: { 5: 2n } }]),
	...of("dec", "inc 5 >-> inc 5 >-> dec 5", ["tcp", { counters: { 5: 1n } }]),
	...of("dec", "dec 63", ["tcp", { counters: { 63: (1n << 64n) - 1n } }]),
	...of("mark", "steer_to 3 >-> mark 0xffffffff", ["tcp", { ...numbered(3), mark: 0xffff_ffff }]),
	...of("put_state", "steer_to 3 >-> put_state 9", ["tcp", { ...numbered(3), state: 9 }]),
];

const passesAs = (row: string, call: string): Witness[] => of(row, `steer_to 3 >-> ${call}`, ["tcp", pass]);

const ofHosts: readonly Witness[] = [
	...asks("is_ip_host", ["to the host"], ["udp", "tcp6", "arp", "to all"]),
	...asks("is_incoming_host", ["to the host", "to all", "to a group"], ["udp", "tcp6", "arp"]),
	...filters("ip_host", ["to the host"], ["udp", "to all"]),
	...filters("incoming_host", ["to the host", "to all", "to a group"], ["udp"]),
	...of("forwardIO", 'steer_to 3 >-> forwardIO "d1"', ["tcp", { forwards: ["d1"] }]),
	...of(
		"link",
		'steer_to 3 >-> link ["d0", "d1", "d2"]',
		["tcp", { forwards: ["d0", "d1", "d2"] }],
		["to the host", { forwards: ["d0", "d2"] }],
	),
];

const logging: readonly Witness[] = (
	[
		["log_msg", 'log_msg "seen"', "message", "seen"],
		["log_buff", "log_buff", "octets", ""],
		["log_packet", "log_packet", "packet", ""],
		["trace", "trace", "trace", ""],
	] as const
).flatMap(([row, call, what, text]) =>
	of(row, `steer_to 3 >-> ${call}`, ["tcp", { ...numbered(3), logs: [{ what, text }] }]),
);

const dummies: readonly Witness[] = [
	...passesAs("dummy_int", "dummy_int (-5)"),
	...passesAs("dummy_ints", "dummy_ints [1, -2, 3]"),
	...passesAs("dummy_ip", 'dummy_ip "10.0.0.1"'),
	...passesAs("dummy_ips", 'dummy_ips ["10.0.0.1", "10.0.0.2"]'),
	...passesAs("dummy_string", 'dummy_string "text"'),
	...passesAs("dummy_strings", 'dummy_strings ["one", "two"]'),
	...passesAs("dummy_cidr", 'dummy_cidr "10.0.0.0/8"'),
	...passesAs("dummy_cidrs", 'dummy_cidrs ["10.0.0.0/8", "2001:db8::/32"]'),
];

export const witnesses: readonly Witness[] = [
	...predicates,
	...properties,
	...comparisons,
	...logic,
	...filterRows,
	...control,
	...steering,
	...actions,
	...ofHosts,
	...logging,
	...dummies,
];

/** What a witness expects, whole. */
export const expectedOutcome = ({ expected }: Witness): Outcome => {
	const { counters: _, ...rest } = expected;
	const fanout: Fanout = { kind: "pass" };
	return { fanout, classMask: 1n, mark: 0, state: 0, forwards: [], toHost: false, logs: [], ...rest };
};
