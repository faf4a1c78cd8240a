// SPDX-License-Identifier: BSD-3-Clause

/**
 * The table of pfq-lang primitives. One row declares one primitive; from the rows come the engine's
 * symbol table and argument checks, the eDSLs, the compiler's environment and the reference page.
 *
 * A row's `form` tells how the engine realises it:
 *
 * - `predicate`, `property`, `action`: a C function of the same name in the engine.
 * - `alias`: the predicate `of`, with the arguments `with` put before the row's own.
 * - `filter`: drop unless the predicate `of` holds (or, with `negated`, unless it does not hold).
 * - `logic`, `comparison`, `control`: worked out when the computation is lowered; nothing of them runs.
 */

export type ScalarType =
	| "Int"
	| "Int8"
	| "Int16"
	| "Int32"
	| "Int64"
	| "Word8"
	| "Word16"
	| "Word32"
	| "Word64"
	| "Double"
	| "String"
	| "IPv4"
	| "IPv6"
	| "CIDR"
	| "MAC";
export type ListType = `[${ScalarType}]`;
export type FunctionType = "NetFunction" | "NetPredicate" | "NetProperty";
export type ArgumentType = ScalarType | ListType | FunctionType;

/** One argument of a primitive; `min` and `max` narrow the values of an integer type (both inclusive). */
export interface Parameter {
	readonly name: string;
	readonly type: ArgumentType;
	readonly min?: number;
	readonly max?: number;
}

export type Form =
	| { readonly form: "predicate" | "property" | "action" | "logic" | "comparison" | "control" }
	| { readonly form: "alias"; readonly of: string; readonly with: readonly number[] }
	| { readonly form: "filter"; readonly of: string; readonly negated?: boolean };

export type Primitive = Form & {
	readonly symbol: string;
	readonly parameters: readonly Parameter[];
	readonly result: FunctionType;
	readonly doc: string;
};

/** Raised when a symbol's meaning or signature changes, so that an image made for another table is refused. */
export const PRIMITIVES_VERSION = 2;

/** Program limits that both the compiler and the engine hold to. */
export const MAX_ARGUMENTS = 8;
export const GROUP_COUNTERS = 64;

/** Keys of `steer_key` that have a name in a program. */
export const steeringKeys = {
	key_3tuple: { value: 0x38, doc: "the key of the two addresses and the IP protocol" },
	key_5tuple: { value: 0x638, doc: "the key of the two addresses, the IP protocol and the two ports" },
} as const;

const function_ = { name: "function", type: "NetFunction" } as const;
const predicate_ = { name: "predicate", type: "NetPredicate" } as const;
const port = { name: "port", type: "Word16" } as const;
const cidr = { name: "network", type: "CIDR" } as const;
const device = { name: "device", type: "String" } as const;
const counter = { name: "counter", type: "Int", min: 0, max: GROUP_COUNTERS - 1 } as const;
const prefix = { name: "prefix", type: "Int", min: 0, max: 32 } as const;
const net = { name: "net", type: "IPv4" } as const;
const bloom = [
	{ name: "bins", type: "Int", min: 1, max: 2 ** 26 },
	{ name: "addresses", type: "[IPv4]" },
	prefix,
] as const;
const offset = (name: string): Parameter => ({ name, type: "Int", min: 0, max: 0xffff });
const size = { name: "size", type: "Int", min: 1, max: 4 } as const;
const vid = { name: "vid", type: "Int", min: 0, max: 4095 } as const;
const vids = { name: "vids", type: "[Int]", min: 0, max: 4095 } as const;

type Row = readonly [symbol: string, parameters: readonly Parameter[], doc: string];

const rows = (form: Form, result: FunctionType, table: readonly Row[]): Primitive[] =>
	table.map(([symbol, parameters, doc]) => ({ ...form, symbol, parameters, result, doc }));

const predicates = rows({ form: "predicate" }, "NetPredicate", [
	["is_ip", [], "the packet is IPv4 (by its EtherType)"],
	["is_ip6", [], "the packet is IPv6 (by its EtherType)"],
	["is_tcp", [], "the packet is TCP, over IPv4 or IPv6"],
	["is_udp", [], "the packet is UDP, over IPv4 or IPv6"],
	["is_icmp", [], "the packet is ICMP over IPv4"],
	["is_icmp6", [], "the packet is ICMPv6 over IPv6"],
	["is_sctp", [], "the packet is SCTP, over IPv4 or IPv6"],
	["is_flow", [], "the packet is TCP, UDP or SCTP"],
	["is_l3_proto", [{ name: "ethertype", type: "Word16" }], "the EtherType, after any VLAN tags, is this"],
	["is_l4_proto", [{ name: "protocol", type: "Word8" }], "the IP protocol, after any IPv6 extension headers, is this"],
	["is_frag", [], "the packet is a fragment of an IP datagram (any fragment)"],
	["is_first_frag", [], "the packet is the first fragment of an IP datagram"],
	["is_more_frag", [], "the packet is a fragment of an IP datagram, but not the first"],
	["has_port", [port], "the source or the destination port is this"],
	["has_src_port", [port], "the source port is this"],
	["has_dst_port", [port], "the destination port is this"],
	["has_addr", [cidr], "the source or the destination address is in this network"],
	["has_src_addr", [cidr], "the source address is in this network"],
	["has_dst_addr", [cidr], "the destination address is in this network"],
	["has_vlan", [], "the packet has a VLAN tag"],
	["has_vid", [vid], "the outermost VLAN tag has this id"],
	["vlan_id", [vids], "the outermost VLAN tag has one of these ids"],
	["has_mark", [{ name: "mark", type: "Word32" }], "the mark is this"],
	["has_state", [{ name: "state", type: "Word32" }], "the state of this run is this"],
	["is_broadcast", [], "the destination MAC is the broadcast address"],
	["is_multicast", [], "the destination MAC is a group address (broadcast included)"],
	["is_ip_broadcast", [], "the destination is the IPv4 address 255.255.255.255"],
	["is_ip_multicast", [], "the destination is an IPv4 or IPv6 multicast address"],
	["is_ip_host", [], "the destination is an IPv4 address of the device that the packet came in by"],
	["is_incoming_host", [], "the destination is such an address, 255.255.255.255 or an IP multicast address"],
	["is_rtp", [], "the packet is RTP (UDP, even ports from 1024 on, an RTP header)"],
	["is_rtcp", [], "the packet is RTCP (UDP, odd ports from 1024 on, an RTCP header)"],
	["is_sip", [], "the packet is SIP (a port is 5060 or 5061)"],
	["is_voip", [], "the packet is RTP, RTCP or SIP"],
	["is_gtp", [], "the packet is GTP, control or user plane"],
	["is_gtp_cp", [], "the packet is of GTP's control plane (UDP, a port is 2123)"],
	["is_gtp_up", [], "the packet is of GTP's user plane (UDP, a port is 2152)"],
	["bloom", bloom, "the source or the destination address is in this Bloom filter of so many bins"],
	["bloom_src", bloom, "the source address is in this Bloom filter of so many bins"],
	["bloom_dst", bloom, "the destination address is in this Bloom filter of so many bins"],
]);

const ethertypes: readonly (readonly [string, number, string])[] = [
	["is_eth_pup", 0x0200, "Xerox PUP"],
	["is_eth_sprite", 0x0500, "Sprite"],
	["is_eth_ip", 0x0800, "IPv4"],
	["is_eth_arp", 0x0806, "ARP"],
	["is_eth_revarp", 0x8035, "reverse ARP"],
	["is_eth_at", 0x809b, "AppleTalk"],
	["is_eth_aarp", 0x80f3, "AppleTalk ARP"],
	["is_eth_ipx", 0x8137, "IPX"],
	["is_eth_ipv6", 0x86dd, "IPv6"],
	["is_eth_loopback", 0x9000, "the loopback test protocol"],
];

const aliases: Primitive[] = [
	...ethertypes.map(
		([symbol, ethertype, name]): Primitive => ({
			form: "alias",
			of: "is_l3_proto",
			with: [ethertype],
			symbol,
			parameters: [],
			result: "NetPredicate",
			doc: `the EtherType, after any VLAN tags, is that of ${name}`,
		}),
	),
	{
		form: "alias",
		of: "has_vlan",
		with: [],
		symbol: "is_eth_vlan",
		parameters: [],
		result: "NetPredicate",
		doc: "the packet has a VLAN tag",
	},
];

const properties = rows({ form: "property" }, "NetProperty", [
	["ip_tos", [], "the type-of-service octet of the IPv4 header"],
	["ip_tot_len", [], "the total length of the IPv4 header, in octets"],
	["ip_id", [], "the identification of the IPv4 header"],
	["ip_frag", [], "the 16 bits of flags and fragment offset of the IPv4 header"],
	["ip_ttl", [], "the time to live of the IPv4 header"],
	["ip6_hop_limit", [], "the hop limit of the IPv6 header"],
	["ip6_flow_label", [], "the 20-bit flow label of the IPv6 header"],
	["tcp_source", [], "the source port of TCP"],
	["tcp_dest", [], "the destination port of TCP"],
	["tcp_hdrlen", [], "the length of the TCP header, in octets"],
	["tcp_flags", [], "the low eight flags of TCP: CWR ECE URG ACK PSH RST SYN FIN"],
	["udp_source", [], "the source port of UDP"],
	["udp_dest", [], "the destination port of UDP"],
	["udp_len", [], "the length in the UDP header, in octets"],
	["icmp_type", [], "the type of an ICMP (IPv4) message"],
	["icmp_code", [], "the code of an ICMP (IPv4) message"],
	["get_mark", [], "the mark"],
	["get_state", [], "the state of this run"],
	["pkt_len", [], "the length of the packet on the wire, in octets"],
]);

const compared: readonly Parameter[] = [
	{ name: "property", type: "NetProperty" },
	{ name: "value", type: "Word64" },
];
const comparisons = rows({ form: "comparison" }, "NetPredicate", [
	["less", compared, "the property is less than the value"],
	["less_eq", compared, "the property is at most the value"],
	["greater", compared, "the property is greater than the value"],
	["greater_eq", compared, "the property is at least the value"],
	["equal", compared, "the property equals the value"],
	["not_equal", compared, "the property has a value, and it is not this"],
	["any_bit", compared, "the property has at least one of these bits set"],
	["all_bit", compared, "the property has all of these bits set"],
]);

const two: readonly Parameter[] = [
	{ name: "left", type: "NetPredicate" },
	{ name: "right", type: "NetPredicate" },
];
const logic = rows({ form: "logic" }, "NetPredicate", [
	["not", [predicate_], "the predicate does not hold"],
	["and", two, "both predicates hold; the right one is asked only if the left one holds"],
	["or", two, "a predicate holds; the right one is asked only if the left one does not hold"],
	["xor", two, "one predicate holds, and the other does not"],
]);

const filter = (
	symbol: string,
	of: string,
	parameters: readonly Parameter[],
	doc: string,
	negated = false,
): Primitive => ({
	form: "filter",
	of,
	negated,
	symbol,
	parameters,
	result: "NetFunction",
	doc: `drop unless ${doc}`,
});

const filters: Primitive[] = [
	filter("ip", "is_ip", [], "IPv4"),
	filter("ip6", "is_ip6", [], "IPv6"),
	filter("tcp", "is_tcp", [], "TCP"),
	filter("udp", "is_udp", [], "UDP"),
	filter("icmp", "is_icmp", [], "ICMP over IPv4"),
	filter("icmp6", "is_icmp6", [], "ICMPv6"),
	filter("flow", "is_flow", [], "TCP, UDP or SCTP"),
	filter("vlan", "has_vlan", [], "there is a VLAN tag"),
	filter("no_frag", "is_frag", [], "the packet is no fragment", true),
	filter("no_more_frag", "is_more_frag", [], "the packet is whole or a first fragment", true),
	filter("mac_broadcast", "is_broadcast", [], "the destination MAC is the broadcast address"),
	filter("mac_multicast", "is_multicast", [], "the destination MAC is a group address"),
	filter("ip_broadcast", "is_ip_broadcast", [], "the destination is 255.255.255.255"),
	filter("ip_multicast", "is_ip_multicast", [], "the destination is an IP multicast address"),
	filter("l3_proto", "is_l3_proto", [{ name: "ethertype", type: "Word16" }], "the EtherType is this"),
	filter("l4_proto", "is_l4_proto", [{ name: "protocol", type: "Word8" }], "the IP protocol is this"),
	filter("port", "has_port", [port], "the source or the destination port is this"),
	filter("src_port", "has_src_port", [port], "the source port is this"),
	filter("dst_port", "has_dst_port", [port], "the destination port is this"),
	filter("addr", "has_addr", [cidr], "the source or the destination address is in this network"),
	filter("src_addr", "has_src_addr", [cidr], "the source address is in this network"),
	filter("dst_addr", "has_dst_addr", [cidr], "the destination address is in this network"),
	filter("ip_host", "is_ip_host", [], "the destination is an IPv4 address of the device that the packet came in by"),
	filter(
		"incoming_host",
		"is_incoming_host",
		[],
		"the destination is an IPv4 address of the device that the packet came in by, 255.255.255.255 or an IP multicast address",
	),
	filter("rtp", "is_rtp", [], "RTP"),
	filter("rtcp", "is_rtcp", [], "RTCP"),
	filter("sip", "is_sip", [], "SIP"),
	filter("voip", "is_voip", [], "RTP, RTCP or SIP"),
	filter("gtp", "is_gtp", [], "GTP"),
	filter("gtp_cp", "is_gtp_cp", [], "of GTP's control plane"),
	filter("gtp_up", "is_gtp_up", [], "of GTP's user plane"),
	filter("bloom_filter", "bloom", bloom, "the source or the destination address is in this Bloom filter"),
	filter("bloom_src_filter", "bloom_src", bloom, "the source address is in this Bloom filter"),
	filter("bloom_dst_filter", "bloom_dst", bloom, "the destination address is in this Bloom filter"),
	filter("vlan_id_filter", "vlan_id", [vids], "the outermost VLAN tag has one of these ids"),
];

const alternatives = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"].map(
	(name): Parameter => ({ name, type: "NetFunction" }),
);
const par = (count: number): Row => [
	count === 2 ? "par" : `par${count}`,
	alternatives.slice(0, count),
	`the first of ${count} alternatives that does not drop`,
];

const control = rows({ form: "control" }, "NetFunction", [
	["filter", [predicate_], "drop unless the predicate holds"],
	[
		"conditional",
		[predicate_, { name: "consequent", type: "NetFunction" }, { name: "alternative", type: "NetFunction" }],
		"run the consequent if the predicate holds, else the alternative",
	],
	["when", [predicate_, function_], "run the function if the predicate holds"],
	["unless", [predicate_, function_], "run the function if the predicate does not hold"],
	["inv", [function_], "pass where the function drops, drop where it passes"],
	par(2),
	par(3),
	par(4),
	par(5),
	par(6),
	par(7),
	par(8),
	["shift", [function_], "run the function on the next IP header further in: IP in IP, GRE, VXLAN, GTP-U"],
	["src", [function_], "run the function looking at the source end alone"],
	["dst", [function_], "run the function looking at the destination end alone"],
	["unit", [], "leave the packet as it is"],
	["drop", [], "give the packet to no socket"],
	["bridge", [device], "send a copy to this device when the run is over, and drop"],
	[
		"tee",
		[device, predicate_],
		"send a copy to this device when the run is over; then pass if the predicate holds, else drop",
	],
	[
		"tap",
		[device, predicate_],
		"pass if the predicate holds; else send a copy to this device when the run is over, and drop",
	],
	["forwardIO", [device], "send a copy to this device at once, and pass"],
	[
		"link",
		[{ name: "devices", type: "[String]" }],
		"send a copy to each of these devices but the one that the packet came in by, when the run is over, and pass",
	],
	["kernel", [], "give the packet to the host's own network stack, too, when the run is over, and pass"],
	["detour", [], "give the packet to the host's own network stack when the run is over, and drop"],
	[
		"kernel_if",
		[predicate_],
		"give the packet to the host's own network stack, too, when the run is over, if the predicate holds; pass",
	],
	[
		"detour_if",
		[predicate_],
		"if the predicate holds, give the packet to the host's own network stack when the run is over, and drop; else pass",
	],
]);

const actions = rows({ form: "action" }, "NetFunction", [
	["steer_rrobin", [], "steer to the sockets in turn"],
	["steer_rss", [], "steer by the device's flow hash, or by a computed one where it gives none"],
	[
		"steer_to",
		[{ name: "index", type: "Int" }],
		"steer to the socket of this number: they are numbered from 0 in the order of their ids, and a number past the last goes round (it is taken modulo how many there are)",
	],
	["steer_flow", [], "steer by addresses and ports, symmetric, so that both directions of a flow meet; drop if not IP"],
	["steer_p2p", [], "steer by the two addresses, symmetric; drop if not IP; broadcast what has a broadcast address"],
	["steer_link", [], "steer by the two MACs, symmetric; broadcast what is sent to the broadcast MAC"],
	["steer_vlan", [], "steer by the id of the outermost VLAN tag; drop if untagged"],
	[
		"double_steer_ip",
		[],
		"steer to two sockets, by the source and by the destination address; drop if not IP; broadcast what has a broadcast address",
	],
	[
		"steer_local_ip",
		[cidr],
		"steer by the address of the end that is in this network, to two sockets if both are; drop if none is",
	],
	[
		"steer_local_net",
		[net, prefix, { ...prefix, name: "subprefix" }],
		"steer by the subnetwork of the end that is in this network, to two sockets if both are; drop if none is",
	],
	[
		"steer_local_link",
		[{ name: "gateway", type: "MAC" }],
		"steer by the MAC of the end that is not the gateway, to two sockets if neither is; broadcast what is sent to the broadcast MAC",
	],
	[
		"double_steer_mac",
		[],
		"steer to two sockets, by the source and by the destination MAC; broadcast what is sent to the broadcast MAC",
	],
	[
		"steer_field",
		[offset("offset"), size],
		"steer by the octets at this offset from the beginning of the packet; drop if they are beyond its end",
	],
	[
		"steer_field_symmetric",
		[offset("offset1"), offset("offset2"), size],
		"steer by the octets at two offsets, whichever way around; drop if they are beyond the end of the packet",
	],
	[
		"double_steer_field",
		[offset("offset1"), offset("offset2"), size],
		"steer to two sockets, by the octets at each of two offsets; drop if they are beyond the end of the packet",
	],
	[
		"steer_key",
		[{ name: "key", type: "Word64", min: 0, max: 0x1fff }],
		"steer by the fields of this key, such as `key_3tuple` or `key_5tuple`; drop if the packet lacks one",
	],
	["steer_rtp", [], "steer RTP and RTCP, so that those of one call meet; drop all else"],
	["steer_voip", [], "steer RTP and RTCP, so that those of one call meet; broadcast SIP; drop all else"],
	[
		"steer_gtp_usr",
		[net, prefix],
		"steer GTP's user plane by the inner address in this network; broadcast the control plane; drop all else",
	],
	["broadcast", [], "a copy to every socket of every class but the management one"],
	[
		"classify",
		[{ name: "classes", type: "Int" }],
		"set the class mask: a copy to every socket of these classes (bit n is class n; sockets join class 0 unless told otherwise, as by `pfq run --class`)",
	],
	["inc", [counter], "add one to this counter of the group"],
	["dec", [counter], "take one from this counter of the group"],
	["mark", [{ name: "mark", type: "Word32" }], "set the mark, which goes with the packet"],
	["put_state", [{ name: "state", type: "Word32" }], "set the state of this run"],
	["forward", [device], "send a copy to this device when the run is over, and pass"],
]);

const argued = (type: ScalarType | ListType): Parameter => ({ name: type.startsWith("[") ? "values" : "value", type });
const dummies = rows(
	{ form: "control" },
	"NetFunction",
	(
		[
			["dummy_int", "Int"],
			["dummy_ints", "[Int]"],
			["dummy_ip", "IPv4"],
			["dummy_ips", "[IPv4]"],
			["dummy_string", "String"],
			["dummy_strings", "[String]"],
			["dummy_cidr", "CIDR"],
			["dummy_cidrs", "[CIDR]"],
		] as const
	).map(([symbol, type]): Row => [symbol, [argued(type)], "pass: for tests, to see that the argument arrives"]),
);

const logging = rows({ form: "action" }, "NetFunction", [
	["log_msg", [{ name: "message", type: "String" }], "write this text to the log"],
	["log_buff", [], "write the first octets of the packet to the log"],
	["log_packet", [], "write to the log what the headers of the packet say"],
	["trace", [], "write to the log what the run has come to: fanout, mark and state"],
]);

export const primitives: readonly Primitive[] = [
	...predicates,
	...aliases,
	...properties,
	...comparisons,
	...logic,
	...filters,
	...control,
	...actions,
	...logging,
	...dummies,
];

/** Whether the primitive chooses sockets. */
export const steers = ({ symbol }: Primitive): boolean => /^(double_)?steer_/.test(symbol);
