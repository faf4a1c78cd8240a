// SPDX-License-Identifier: BSD-3-Clause
import fc from "fast-check";

/** Small sets of values that packets and programs both draw from, so that programs meet what they ask for. */
type Pool = readonly [number, ...number[]];

export const ports: Pool = [80, 53, 443, 1000, 5060, 5061, 2123, 2152, 4789, 0, 65535];
/** Even and odd, from 1024 on; and some that are not. */
export const rtpPorts: Pool = [5004, 1024, 65534, 40_000, 1022, 5005, 5060];
export const rtcpPorts: Pool = [5005, 1025, 65535, 40_001, 1023, 5004];
export const rtpFlags: Pool = [0x80, 0x90, 0xbf, 0x40, 0xc0, 0x00];
export const rtpTypes: Pool = [0, 8, 18, 0x80, 96, 127, 25, 26, 28, 31, 34, 0xe0, 19, 24, 27, 30, 35, 95];
export const rtcpTypes: Pool = [200, 201, 204, 199, 205, 72];
export const prefixes: Pool = [24, 8, 16, 32, 0, 31, 1];
export const bins: Pool = [64, 1, 2, 3, 1000, 4096, 2 ** 20];
export const offsets: Pool = [26, 30, 12, 0, 34, 53, 65_535];
export const keys: readonly bigint[] = [0x38n, 0x638n, 0n, 0x1fffn, 1n, 0x6n, 0xc0n, 0x1800n, 0x600n, 0x100n, 0x20n];
export const addresses4: readonly [string, ...string[]] = [
	"10.0.0.1",
	"255.255.255.255",
	"10.0.0.2",
	"10.1.2.3",
	"192.168.1.1",
	"192.168.1.77",
	"224.0.0.1",
	"239.255.255.250",
	"0.0.0.0",
	"192.0.2.1",
	"192.0.2.2",
];
export const addresses6: readonly [string, ...string[]] = [
	"2001:db8::1",
	"2001:db8::2",
	"2001:db8:1::1",
	"fe80::1",
	"ff02::1",
	"::1",
	"::ffff:10.0.0.1",
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];
export const networks = [
	"10.0.0.0/8",
	"10.0.0.1/32",
	"10.0.0.2/31",
	"192.168.0.0/16",
	"192.168.1.64/26",
	"128.0.0.0/1",
	"224.0.0.0/4",
	"255.255.255.255/32",
	"0.0.0.0/0",
	"2001:db8::/32",
	"2001:db8::1/128",
	"2001:db8::/47",
	"2001:db8:1::/49",
	"8000::/1",
	"fe80::/10",
	"ff00::/8",
	"::/96",
	"::/0",
];
export const macs: Pool = [
	0x0200_0000_0001, 0x0200_0000_0002, 0xffff_ffff_ffff, 0x0100_5e00_0001, 0x3333_0000_0001, 0xfeff_ffff_ffff, 0,
];
export const vids: Pool = [5, 1, 100, 101, 0, 4095];
export const words32: Pool = [0, 1, 7, 0x8000_0000, 0xffff_ffff];
export const tagProtocols = [0x8100, 0x88a8, 0x9100];
export const IPV4 = 0x0800;
export const IPV6 = 0x86dd;
export const ARP = 0x0806;
/** Those that have an `is_eth_…` predicate, but for IP. */
export const namedEtherTypes: Pool = [ARP, 0x0200, 0x0500, 0x8035, 0x809b, 0x80f3, 0x8137, 0x9000];
export const etherTypes: Pool = [IPV4, IPV6, 0x88cc, 0x0026, ...namedEtherTypes, ...tagProtocols];
export const protocols = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 };
export const extensions: Pool = [0, 43, 44, 51, 60, 135, 139, 140];
export const otherProtocols: Pool = [59, 50, 2, 89, 47, 254];
export const tos: Pool = [0, 0xb8, 1, 0xff];
export const lengths: Pool = [40, 60, 1500, 0, 65535];
export const ids: Pool = [0, 1, 0x1234, 0xffff];
/** Flags and offset of IPv4: whole, first, middle, last, reserved bit. */
export const fragmentFields4: Pool = [0, 0x4000, 0x2000, 0x2001, 0x0001, 0x1fff, 0x0100, 0x8000, 0xe000];
/** Offset, reserved bits, M. */
export const fragmentFields6: Pool = [0, 1, 8, 9, 0xfff8, 6, 0xffff];
export const hops: Pool = [64, 1, 255, 0, 128];
export const flowLabels: Pool = [0, 1, 0xabcde, 0xfffff];
export const tcpFlags: Pool = [0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0xff, 0];
export const tcpHeaderWords: Pool = [5, 8, 15, 0];
export const udpLengths: Pool = [8, 16, 100, 0, 65535];
export const icmpTypes: Pool = [8, 0, 3, 11];
export const icmp6Types: Pool = [128, 129, 135, 1];
export const icmpCodes: Pool = [0, 1, 3];

export const weighted = <T>(...rows: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[]) =>
	fc.oneof(...rows.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Often the first of the pool, most times one of it, seldom anything. */
export const near = <T>(pool: readonly [T, ...T[]], anything: fc.Arbitrary<T>): fc.Arbitrary<T> =>
	weighted([4, fc.constant(pool[0])], [8, fc.constantFrom(...pool)], [1, anything]);

export const nearWord = (pool: readonly [number, ...number[]], bits: number): fc.Arbitrary<number> =>
	near(pool, fc.integer({ min: 0, max: 2 ** bits - 1 }));
