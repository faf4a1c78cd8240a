// SPDX-License-Identifier: BSD-3-Clause
import type { Run } from "./run.js";

export type Property = (run: Pick<Run, "packet" | "headers" | "mark" | "state">) => number | undefined;

/** Properties: their value, `undefined` where the packet has none. */
export const properties: Readonly<Record<string, Property>> = {
	ip_tos: ({ headers }) => headers.ipv4?.tos,
	ip_tot_len: ({ headers }) => headers.ipv4?.totalLength,
	ip_id: ({ headers }) => headers.ipv4?.id,
	ip_frag: ({ headers }) => headers.ipv4?.fragment,
	ip_ttl: ({ headers }) => headers.ipv4?.ttl,
	ip6_hop_limit: ({ headers }) => headers.ipv6?.hopLimit,
	ip6_flow_label: ({ headers }) => headers.ipv6?.flowLabel,
	tcp_source: ({ headers }) => headers.tcp && headers.sourcePort,
	tcp_dest: ({ headers }) => headers.tcp && headers.destinationPort,
	tcp_hdrlen: ({ headers }) => headers.tcp?.headerLength,
	tcp_flags: ({ headers }) => headers.tcp?.flags,
	udp_source: ({ headers }) => headers.udp && headers.sourcePort,
	udp_dest: ({ headers }) => headers.udp && headers.destinationPort,
	udp_len: ({ headers }) => headers.udp?.length,
	icmp_type: ({ headers }) => headers.icmp?.type,
	icmp_code: ({ headers }) => headers.icmp?.code,
	get_mark: ({ mark }) => mark,
	get_state: ({ state }) => state,
	pkt_len: ({ packet }) => packet.length,
};
