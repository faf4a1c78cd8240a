// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { primitives } from "@pfq/abi";
import { type Computation, compile, renderDiagnostics, writeImage } from "@pfq/lang";
import { evaluate, newGroupState } from "@pfq/lang/evaluator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, startEngine } from "./engine.js";
import { witnessPacket } from "./witness-packets.js";
import { expectedOutcome, type Witness, witnesses } from "./witnesses.js";

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const engineFolder = fromRoot("packages/kernel-module");

const computationOf = ({ program }: Witness, optimise: boolean): Computation => {
	const compiled = compile(`main = ${program}`, { optimise });
	if (!compiled.ok) throw new Error(renderDiagnostics(compiled.diagnostics));
	return compiled.computation;
};

const countersOf = ({ expected }: Witness): BigUint64Array => {
	const { counters } = newGroupState();
	for (const [index, count] of Object.entries(expected.counters ?? {})) counters[Number(index)] = count;
	return counters;
};

let engine: Engine;
beforeAll(() => {
	execFileSync("make", ["-C", engineFolder, "build/evaluate"], { stdio: ["ignore", "ignore", "inherit"] });
	engine = startEngine(`${engineFolder}/build/evaluate`);
}, 300_000);
afterAll(() => engine?.close());

/** All names of the language that stand for something which is done with packets, or asked of them. */
const names = `
is_ip is_ip6 is_tcp is_udp is_icmp is_icmp6 is_sctp is_flow is_l3_proto is_l4_proto is_frag is_first_frag is_more_frag has_port has_src_port
has_dst_port has_addr has_src_addr has_dst_addr has_vlan has_vid vlan_id has_mark has_state is_broadcast is_multicast is_ip_broadcast
is_ip_multicast is_ip_host is_incoming_host is_rtp is_rtcp is_sip is_voip is_gtp is_gtp_cp is_gtp_up bloom bloom_src bloom_dst is_eth_pup
is_eth_sprite is_eth_ip is_eth_arp is_eth_revarp is_eth_at is_eth_aarp is_eth_vlan is_eth_ipx is_eth_ipv6 is_eth_loopback
ip_tos ip_tot_len ip_id ip_frag ip_ttl ip6_hop_limit ip6_flow_label tcp_source tcp_dest tcp_hdrlen tcp_flags udp_source udp_dest udp_len
icmp_type icmp_code get_mark get_state pkt_len
less less_eq greater greater_eq equal not_equal any_bit all_bit not and or xor
ip ip6 tcp udp icmp icmp6 flow vlan no_frag no_more_frag rtp rtcp sip voip gtp gtp_cp gtp_up mac_broadcast mac_multicast ip_broadcast
ip_multicast ip_host incoming_host l3_proto l4_proto port src_port dst_port addr src_addr dst_addr vlan_id_filter bloom_filter
bloom_src_filter bloom_dst_filter filter
conditional when unless inv par par3 par4 par5 par6 par7 par8 shift src dst unit
steer_rrobin steer_rss steer_to steer_flow steer_p2p double_steer_ip steer_local_ip steer_local_net steer_link steer_local_link
double_steer_mac steer_vlan steer_field steer_field_symmetric double_steer_field steer_key steer_rtp steer_voip steer_gtp_usr
kernel detour kernel_if detour_if broadcast drop classify forward forwardIO link bridge tee tap
inc dec mark put_state log_msg log_buff log_packet trace
dummy_int dummy_ints dummy_ip dummy_ips dummy_string dummy_strings dummy_cidr dummy_cidrs`;

it("the primitives are those of the language", () => {
	expect(primitives.map(({ symbol }) => symbol).toSorted()).toEqual(names.trim().split(/\s+/).toSorted());
});

it("every primitive has a witness that uses it, and one on which it does something else", () => {
	for (const { symbol, form } of primitives) {
		const own = witnesses.filter(({ row }) => row === symbol);
		expect(own.length, symbol).toBeGreaterThan(0);
		const used = own.some((each) => computationOf(each, false).nodes.some((node) => node.symbol === symbol));
		expect(used, `${symbol} is used`).toBe(true);
		if (form !== "filter" && form !== "predicate" && form !== "comparison" && form !== "alias") continue;
		const kinds = new Set(own.map((each) => expectedOutcome(each).fanout.kind));
		expect(kinds, `${symbol} passes and drops`).toEqual(new Set(["pass", "drop"]));
	}
});

const differing = (witness: Witness): string => {
	const { fanout, classMask, mark, state, forwards, toHost, logs } = expectedOutcome(witness);
	const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
	const receivers =
		fanout.kind === "pass"
			? "to every socket"
			: fanout.kind === "drop"
				? "dropped"
				: fanout.kind === "double"
					? `to two sockets, hashes ${fanout.hashes.map(hex).join(" and ")}`
					: `to one socket, ${fanout.by} ${fanout.by === "hash" ? hex(fanout.hash) : fanout.hash}`;
	return [
		receivers,
		...(classMask === 1n ? [] : [`classes ${hex(classMask)}`]),
		...(mark === 0 ? [] : [`mark ${mark}`]),
		...(state === 0 ? [] : [`state ${state}`]),
		...forwards.map((device) => `a copy to ${device}`),
		...(toHost ? ["to the host"] : []),
		...logs.map(({ what, text }) => `logged: ${text === "" ? what : text}`),
		...Object.entries(witness.expected.counters ?? {}).map(([counter, count]) => `counter ${counter} = ${count}`),
	].join(", ");
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

it("docs/witnesses.md lists them", async () => {
	const lines = witnesses.map(
		(witness) => `| \`${witness.row}\` | \`${cell(witness.program)}\` | ${witness.packet} | ${differing(witness)} |`,
	);
	const text = `# What each primitive does with a packet

Each line is tried on the reference evaluator and on the engine (\`testbed/src/differential/witnesses.ts\`, which this page is written from;
the packets are in \`witness-packets.ts\`): a primitive without a line, or one that means something else, makes \`make test\` fail. The exact
meaning is in [packet-model.md](packet-model.md).

| primitive | \`main =\` | packet | outcome |
|---|---|---|---|
${lines.join("\n")}
`;
	await expect(text).toMatchFileSnapshot(fromRoot("docs/witnesses.md"));
});

describe("means what is written of it, to the evaluator and to the engine", () => {
	const rows = new Map<string, Witness[]>();
	for (const witness of witnesses) rows.set(witness.row, [...(rows.get(witness.row) ?? []), witness]);
	it.each([...rows])("%s", async (_, own) => {
		for (const witness of own) {
			const { program, packet: name } = witness;
			const where = `${program} on ${name}`;
			const packet = witnessPacket(name);
			const expected = expectedOutcome(witness);
			for (const optimise of [false, true]) {
				const computation = computationOf(witness, optimise);
				const group = newGroupState();
				expect(evaluate(computation, packet, group), `${where}: evaluator`).toEqual(expected);
				expect(group.counters, `${where}: evaluator's counters`).toEqual(countersOf(witness));
				await engine.load(writeImage(computation));
				const [outcome] = await engine.run([packet]);
				expect(outcome, `${where}: engine`).toEqual({ ...expected, logs: [] });
				expect(await engine.counters(), `${where}: engine's counters`).toEqual(countersOf(witness));
			}
		}
	});
});
