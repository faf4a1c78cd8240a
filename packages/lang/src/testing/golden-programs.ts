// SPDX-License-Identifier: BSD-3-Clause
import * as pfq from "../generated/edsl.js";
import { program } from "../program.js";
import { sequence } from "../term.js";

const {
	and,
	conditional,
	filter,
	hasAddr,
	hasPort,
	ip,
	ipTtl,
	isTcp,
	isUdp,
	less,
	mark,
	not,
	or,
	par,
	steerFlow,
	udp,
	when,
} = pfq;

/** Programs whose images are kept, byte for byte: in golden-images.json, for all languages. */
export const goldenPrograms = {
	unit: program(),
	filter: program(ip, pfq.port(53)),
	steer: program(udp, steerFlow),
	whenMark: program(ip, when(hasPort(53), mark(1)), steerFlow),
	shared: program(conditional(isTcp, sequence(mark(1), steerFlow), sequence(mark(2), steerFlow))),
	logic: program(filter(or(and(isTcp, not(hasPort(22))), pfq.xor(isUdp, less(ipTtl, 5))))),
	networks: program(filter(or(hasAddr("10.1.2.3/8"), hasAddr("2001:db8::/32"), hasAddr("192.0.2.1")))),
	lists: program(pfq.vlanIdFilter([1, 2, 4095]), pfq.vlanIdFilter([])),
	signed: program(pfq.steerTo(-1), pfq.classify(-2147483648)),
	wide: program(filter(pfq.equal(pfq.pktLen, 0xffff_ffff_ffff_ffffn))),
	strings: program(pfq.forward("eth0"), pfq.tee("eth1", isTcp), pfq.tap("eth0", isUdp), pfq.bridge("")),
	alternatives: program(par(udp, pfq.tcp), pfq.par3(udp, pfq.tcp, pfq.icmp)),
	everything: program(
		ip,
		when(or(hasPort(53), hasAddr("10.0.0.0/8")), sequence(mark(0xffff_ffff), pfq.inc(63))),
		conditional(less(ipTtl, 5), pfq.drop, pfq.forward("eth0")),
		pfq.vlanIdFilter([1, 2, 3]),
		par(pfq.inv(udp), pfq.tee("eth1", hasAddr("2001:db8::/32"))),
		steerFlow,
	),
};
