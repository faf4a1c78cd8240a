// SPDX-License-Identifier: BSD-3-Clause
export { type Blast, type BlastOptions, type BlastResult, startBlast } from "./blast.js";
export { type CapturedPacket, type CaptureOptions, CaptureWriter, writeCapture } from "./capture-writer.js";
export { crc32c, internetChecksum } from "./checksums.js";
export { ipv4Fragments, ipv6Fragments } from "./fragments.js";
export {
	arp,
	authentication,
	concat,
	destinationOptions,
	encodeWithin,
	ethernet,
	gre,
	gtpUser,
	hopByHop,
	icmp,
	icmp6,
	icmp6Echo,
	icmpEcho,
	ipv4,
	ipv6,
	ipv6Fragment,
	type Layer,
	type Part,
	packet,
	routing,
	sctp,
	sctpData,
	serviceVlan,
	tcp,
	udp,
	vlan,
	vxlan,
} from "./layers.js";
export { createLink, type End, type Link, type LinkOptions, removeStaleLinks, whyNoLinks } from "./namespaces.js";
export { type SampleOptions, sampleTraffic } from "./sample-traffic.js";
