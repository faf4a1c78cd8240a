// SPDX-License-Identifier: BSD-3-Clause
import { primitives } from "@pfq/abi";

const symbols = new Map(primitives.map((row) => [row.symbol, row]));

/** What other languages call what pfq-lang calls differently: names that nothing has here. */
const words: Readonly<Record<string, string>> = {
	"#": "comments begin with `--`",
	"//": "comments begin with `--`",
	"!": "`not` turns a predicate round, as in `not is_tcp`",
	"!=": "a property is compared by `./=`, as in `ip_ttl ./= 64`",
	"=": "a property is compared by `.==`, as in `ip_ttl .== 64`",
	"&": "predicates are joined by `.&&.`; bits are tested by `any_bit`, as in ``tcp_flags `any_bit` 2``",
	"& NetPredicate": "predicates are joined by `.&&.`, as in `is_tcp .&&. has_port 80`",
	"& NetProperty": "bits are tested by `any_bit` and `all_bit`, as in ``tcp_flags `any_bit` 2``",
	"& NetFunction": "functions run one after the other by `>->`",
	"|": "predicates are joined by `.||.`",
	"->": "functions run one after the other by `>->`",
	">>": "functions run one after the other by `>->`",
	">>=": "functions run one after the other by `>->`",
	">=>": "functions run one after the other by `>->`",
	arp: "`filter is_eth_arp` drops all but ARP",
	ether: "predicates on Ethernet are `is_broadcast`, `is_multicast` and `is_l3_proto 0x0806`",
	host: 'tcpdump\'s `host` is `addr "10.1.2.3"`, or `src_addr`, or `dst_addr`',
	is_arp: "the predicate is `is_eth_arp`",
	len: "the length of a packet is the property `pkt_len`, as in `pkt_len .> 1000`",
	net: 'tcpdump\'s `net` is `addr "10.0.0.0/8"`, or `src_addr`, or `dst_addr`',
	portrange: "ports are compared, as in `filter (tcp_dest .>= 6000 .&&. tcp_dest .<= 6008)`",
	proto: "tcpdump's `proto` is `l4_proto 6` for an IP protocol, `l3_proto 0x0806` for an EtherType",
};

/** What may help where a name has no meaning; `type` is that of what an operator has on its left. */
export const wordHint = (text: string, type?: string): string | undefined => {
	const key = [`${text} ${type}`, text].find((each) => Object.hasOwn(words, each));
	return key === undefined ? undefined : words[key];
};

/** The type that a primitive asks of an argument. */
export const parameterType = (symbol: string, index: number): string | undefined =>
	symbols.get(symbol)?.parameters[index]?.type;
