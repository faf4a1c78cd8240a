// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compile } from "../compile.js";

/** What is said of a program: each error with what it marks, and its hint. */
const said = (program: string): string[] =>
	compile(program).diagnostics.map(({ message, hint, line, indent, length }) => {
		const marked = [...line].slice(indent, indent + length).join("");
		return `«${marked}» ${message}${hint === undefined ? "" : ` (${hint})`}`;
	});

const saysOnce = (cases: readonly (readonly [body: string, text: string])[]): void =>
	it.each(cases)("%s", (body, text) => expect(said(`main = ${body}`)).toEqual([text]));

describe("one error says that quotes are lacking around", () => {
	saysOnce([
		["addr 10.0.0.0/8", '«10.0.0.0/8» a network is written in double quotes: "10.0.0.0/8"'],
		["addr 10.1.2.3", '«10.1.2.3» an address is written in double quotes: "10.1.2.3"'],
		["addr 2001:db8::/32", '«2001:db8::/32» a network is written in double quotes: "2001:db8::/32"'],
		["addr 2001:db8::1", '«2001:db8::1» an address is written in double quotes: "2001:db8::1"'],
		["addr ::1", '«::1» an address is written in double quotes: "::1"'],
		["addr fe80::a", '«fe80::a» an address is written in double quotes: "fe80::a"'],
		["addr 2001:db8::a", '«2001:db8::a» an address is written in double quotes: "2001:db8::a"'],
		["addr 1:2:3:4:5:6:7:8", '«1:2:3:4:5:6:7:8» an address is written in double quotes: "1:2:3:4:5:6:7:8"'],
		["has_addr 10.0.0.0/8", '«10.0.0.0/8» a network is written in double quotes: "10.0.0.0/8"'],
		["filter (has_addr 10.0.0.0/8)", '«10.0.0.0/8» a network is written in double quotes: "10.0.0.0/8"'],
		["addr 192.168.1", '«192.168.1» a network is written in double quotes: "192.168.1.0/24"'],
		["addr 10.1.0/24", '«10.1.0/24» a network is written in double quotes: "10.1.0.0/24"'],
		["forward 00:11:22:33:44:55", '«00:11:22:33:44:55» a MAC address is written in double quotes: "00:11:22:33:44:55"'],
		["forward 00:1b:21:0a:0b:aa", '«00:1b:21:0a:0b:aa» a MAC address is written in double quotes: "00:1b:21:0a:0b:aa"'],
		["forward aa:bb:cc:dd:ee:ff", '«aa:bb:cc:dd:ee:ff» a MAC address is written in double quotes: "aa:bb:cc:dd:ee:ff"'],
	]);
});

describe("one error says what the program may be meant to be", () => {
	it.each([
		["udp", "write `main = udp`"],
		["-- DNS\nudp port 53\n", "write `main = udp >-> port 53`"],
		["udp or tcp", "write `main = filter (is_udp .||. is_tcp)`"],
		["not arp", "a program defines `main`, as in `main = udp >-> port 53`"],
	])("%s", (program, hint) => expect(compile(program).diagnostics.map((each) => each.hint)).toEqual([hint]));

	it.each([
		["http", undefined],
		["is_arp", "the predicate is `is_eth_arp`"],
		["upd", "did you mean `udp`?"],
		["steer_flw", "did you mean `steer_flow`?"],
	])("main = %s", (name, hint) =>
		expect(compile(`main = ${name}`).diagnostics.map((each) => each.hint)).toEqual([hint]),
	);

	saysOnce([
		["tcp dst port 80", "«tcp dst port 80» `tcp` takes no argument, but is given 3 (write `tcp >-> dst_port 80`)"],
		["src port 53", "«src port 53» `src` takes one argument, but is given 2 (write `src_port 53`)"],
		["par udp tcp icmp", "«par udp tcp icmp» `par` takes 2 arguments, but is given 3 (write `par3 udp tcp icmp`)"],
		["port -1", "«port -1» -1 is out of range: a Word16 goes from 0 to 65535"],
		["udp >-> steer_to -1", "«steer_to -1» a negative number goes in parentheses (write `steer_to (-1)`)"],
	]);
});

describe("one error says how is written here", () => {
	saysOnce([
		["!is_tcp", "«!» `!` is not expected here (`not` turns a predicate round, as in `not is_tcp`)"],
		[
			"filter (is_tcp .&&. !is_udp)",
			"«!» `!` is not expected here (`not` turns a predicate round, as in `not is_tcp`)",
		],
		[
			"filter (is_tcp || is_udp)",
			"«||» `||` joins Bools, not predicates (predicates are joined by `.||.`, as in `is_tcp .||. is_udp`)",
		],
		[
			"filter (has_port 80 && is_tcp)",
			"«&&» `&&` joins Bools, not predicates (predicates are joined by `.&&.`, as in `has_port 80 .&&. is_tcp`)",
		],
		[
			"if is_tcp || is_udp then ip else udp",
			"«||» `||` joins Bools, not predicates (predicates are joined by `.||.`, as in `is_tcp .||. is_udp`)",
		],
		[
			"filter (foldr1 (||) (map has_port [80, 443]))",
			"«(||)» `||` joins Bools, not predicates (predicates are joined by `.||.`)",
		],
		["filter (!is_tcp)", "«!» nothing is called `!` (`not` turns a predicate round, as in `not is_tcp`)"],
		["filter !is_tcp", "«!» nothing is called `!` (`not` turns a predicate round, as in `not is_tcp`)"],
		[
			"filter (ip_ttl == 5)",
			"«==» `==` compares what is known when the program is compiled, not properties of packets (a property is compared by `.==`, as in `ip_ttl .== 5`)",
		],
		[
			"filter (ip_ttl /= 5)",
			"«/=» `/=` compares what is known when the program is compiled, not properties of packets (a property is compared by `./=`, as in `ip_ttl ./= 5`)",
		],
		["filter (ip_ttl != 5)", "«!=» nothing is called `!=` (a property is compared by `./=`, as in `ip_ttl ./= 64`)"],
		[
			"filter (ip_ttl < 5)",
			"«<» `<` compares what is known when the program is compiled, not properties of packets (a property is compared by `.<`, as in `ip_ttl .< 5`)",
		],
		[
			"filter (ip_ttl <= 5)",
			"«<=» `<=` compares what is known when the program is compiled, not properties of packets (a property is compared by `.<=`, as in `ip_ttl .<= 5`)",
		],
		[
			"filter (ip_ttl > 5)",
			"«>» `>` compares what is known when the program is compiled, not properties of packets (a property is compared by `.>`, as in `ip_ttl .> 5`)",
		],
		[
			"filter (ip_ttl >= 5)",
			"«>=» `>=` compares what is known when the program is compiled, not properties of packets (a property is compared by `.>=`, as in `ip_ttl .>= 5`)",
		],
		[
			"filter (5 < ip_ttl)",
			"«<» `<` compares what is known when the program is compiled, not properties of packets (a property is compared by `<.`, as in `5 <. ip_ttl`)",
		],
		[
			"filter (5 == ip_ttl)",
			"«==» `==` compares what is known when the program is compiled, not properties of packets (a property is compared by `==.`, as in `5 ==. ip_ttl`)",
		],
		[
			"filter ip_ttl < 5",
			"«<» `<` compares what is known when the program is compiled, not properties of packets (a property is compared by `.<`, as in `filter (ip_ttl .< 5)`)",
		],
		["filter (ip_ttl = 5)", "«=» `=` is not expected here (a property is compared by `.==`, as in `ip_ttl .== 64`)"],
		[
			"if ip_ttl = 5 then ip else udp",
			"«=» `=` is not expected here (a property is compared by `.==`, as in `ip_ttl .== 64`)",
		],
		[
			"filter (tcp_flags & 2)",
			"«&» nothing is called `&` (bits are tested by `any_bit` and `all_bit`, as in ``tcp_flags `any_bit` 2``)",
		],
		[
			"filter (tcp_flags & 2 == 2)",
			"«&» nothing is called `&` (bits are tested by `any_bit` and `all_bit`, as in ``tcp_flags `any_bit` 2``)",
		],
		[
			"filter (is_tcp & is_udp)",
			"«&» nothing is called `&` (predicates are joined by `.&&.`, as in `is_tcp .&&. has_port 80`)",
		],
		["udp & tcp", "«&» nothing is called `&` (functions run one after the other by `>->`)"],
		["filter (is_tcp | is_udp)", "«|» `|` is not expected here (predicates are joined by `.||.`)"],
		["udp | tcp", "«|» `|` is not expected here (predicates are joined by `.||.`)"],
		["udp -> steer_flow", "«->» `->` is not expected here (functions run one after the other by `>->`)"],
		["udp >> steer_flow", "«>>» nothing is called `>>` (functions run one after the other by `>->`)"],
		[
			"filter (is_tcp or is_udp)",
			"«or» `or` is written before its arguments, not between them (write `is_tcp .||. is_udp`)",
		],
		[
			"filter (has_port 80 or has_port 443)",
			"«or» `or` is written before its arguments, not between them (write `has_port 80 .||. has_port 443`)",
		],
		[
			"filter (not is_tcp and is_udp)",
			"«and» `and` is written before its arguments, not between them (write `not is_tcp .&&. is_udp`)",
		],
	]);
});

describe("one error says where parentheses are lacking", () => {
	saysOnce([
		["when is_tcp inc 0", "«when is_tcp inc 0» `when` takes 2 arguments, but is given 3 (write `when is_tcp (inc 0)`)"],
		[
			"ip >-> when is_tcp inc 0",
			"«when is_tcp inc 0» `when` takes 2 arguments, but is given 3 (write `when is_tcp (inc 0)`)",
		],
		["when tcp inc 0", "«when tcp inc 0» `when` takes 2 arguments, but is given 3 (write `when is_tcp (inc 0)`)"],
		[
			"when not has_port 80 inc 0",
			"«when not has_port 80 inc 0» `when` takes 2 arguments, but is given 5 (write `when (not (has_port 80)) (inc 0)`)",
		],
		[
			"filter has_port 80",
			"«filter has_port 80» `filter` takes one argument, but is given 2 (write `filter (has_port 80)`)",
		],
		[
			"filter is_tcp and is_udp",
			"«and» `and` is written before its arguments, not between them (write `filter (is_tcp .&&. is_udp)`)",
		],
		[
			"when is_tcp or is_udp inc 0",
			"«or» `or` is written before its arguments, not between them (write `when (is_tcp .||. is_udp) (inc 0)`)",
		],
		[
			"mark 1 steer_flow",
			"«mark 1 steer_flow» `mark` takes one argument, but is given 2 (write `mark 1 >-> steer_flow`)",
		],
	]);
});

describe("one error says what is asked for in", () => {
	saysOnce([
		["forward nosuch0", '«nosuch0» nothing is called `nosuch0` (the name of a device is in double quotes: "nosuch0")'],
		["forward eth1", '«eth1» nothing is called `eth1` (the name of a device is in double quotes: "eth1")'],
		["tee eth1 is_tcp", '«eth1» nothing is called `eth1` (the name of a device is in double quotes: "eth1")'],
		[
			"port [80, 443]",
			"«[80, 443]» `port` takes one Word16, not a list (write `filter (has_port 80 .||. has_port 443)`)",
		],
		["port [80]", "«[80]» `port` takes one Word16, not a list (write `port 80`)"],
		[
			"port [80, 443, 8080]",
			"«[80, 443, 8080]» `port` takes one Word16, not a list (write `filter (foldr1 (.||.) (map has_port [80, 443, 8080]))`)",
		],
		[
			"filter (has_port [80, 443])",
			"«[80, 443]» `has_port` takes one Word16, not a list (write `has_port 80 .||. has_port 443`)",
		],
		["inc [1, 2]", "«[1, 2]» `inc` takes one Int, not a list (write `inc 1 >-> inc 2`)"],
		["mark [1, 2]", "«[1, 2]» `mark` takes one Word32, not a list"],
	]);
});

describe("one error translates, of tcpdump,", () => {
	saysOnce([
		["tcp port 80", "«tcp port 80» `tcp` takes no argument, but is given 2 (write `tcp >-> port 80`)"],
		["udp and port 53", "«and» `and` is written before its arguments, not between them (write `udp >-> port 53`)"],
		["tcp or udp", "«or» `or` is written before its arguments, not between them (write `filter (is_tcp .||. is_udp)`)"],
		[
			"port 80 or port 443",
			"«or» `or` is written before its arguments, not between them (write `filter (has_port 80 .||. has_port 443)`)",
		],
		[
			"tcp and (port 80 or port 443)",
			"«and» `and` is written before its arguments, not between them (write `tcp >-> filter (has_port 80 .||. has_port 443)`)",
		],
		[
			"tcp && port 80",
			"«&&» `&&` joins Bools, not functions (functions run one after the other by `>->`, as in `tcp >-> port 80`)",
		],
		[
			"tcp || udp",
			"«||» `||` joins Bools, not functions (predicates are joined by `.||.`, as in `filter (is_tcp .||. is_udp)`)",
		],
		["tcp dst port 80", "«tcp dst port 80» `tcp` takes no argument, but is given 3 (write `tcp >-> dst_port 80`)"],
		[
			"udp and dst port 53",
			"«and» `and` is written before its arguments, not between them (write `udp >-> dst_port 53`)",
		],
		["src port 80", "«src port 80» `src` takes one argument, but is given 2 (write `src_port 80`)"],
		["host 10.1.2.3", '«10.1.2.3» an address is written in double quotes: "10.1.2.3"'],
		["net 10.0.0.0/8 and udp", '«10.0.0.0/8» a network is written in double quotes: "10.0.0.0/8"'],
		["arp", "«arp» nothing is called `arp` (`filter is_eth_arp` drops all but ARP)"],
		["vlan 10", "«vlan 10» `vlan` takes no argument, but is given 1 (write `filter (has_vid 10)`)"],
	]);
});

describe("comments of other languages", () => {
	saysOnce([
		["ip # only IP, isn't it", "«#» `#` begins no comment (comments begin with `--`)"],
		["ip // only IP", "«//» `//` begins no comment (comments begin with `--`)"],
		["ip /* here */ >-> udp", "«/*» `/*` begins no comment (comments are in `{- -}`)"],
	]);

	it("are told of where modules might define such an operator, too", () => {
		const modules = { find: (name: string) => ({ file: name, text: "x = ip" }) };
		const { diagnostics } = compile("import X\n# udp, tcp\nmain = x", { modules });
		expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
			["`#` is not expected here", "comments begin with `--`"],
		]);
	});

	it("in a program of several lines are one error each, and the rest is read", () => {
		expect(said("# a, b's = c\nmain = do\n    // d\n    ip\n    /* e\n  f */\n    udp # g\nx = prot 1")).toEqual([
			"«#» `#` begins no comment (comments begin with `--`)",
			"«//» `//` begins no comment (comments begin with `--`)",
			"«/*» `/*` begins no comment (comments are in `{- -}`)",
			"«#» `#` begins no comment (comments begin with `--`)",
			"«prot» nothing is called `prot` (did you mean `port`?)",
		]);
	});
});

describe("what a program may mean stays as it is", () => {
	it.each([
		"f # g = f >-> g\nmain = ip # udp",
		"infixl 1 //\n(//) = par\nmain = ip // udp",
		"fe80::a -> a\nfe80 x = x\nmain = fe80 ip",
		"aa = 1\nbb = 2\ncc = 3\ndd = 4\nee = 5\nff = [6]\nmain = vlan_id_filter (aa:bb:cc:dd:ee:ff)",
		"ab = [15]\nmain = vlan_id_filter (10:11:12:13:14:ab)",
		"db8 = [15]\nmain = vlan_id_filter (2001:db8::[Int])",
		"f op ps = filter (foldr1 (.||.) ps)\nmain = f (||) (map has_port [80, 443])",
		"f p = 5\nmain = if f ip_ttl < 6 then ip else udp",
		"f & g = f .&&. g\nmain = filter (is_tcp & has_port 80)",
		"dst = udp\nmain = dst",
		'eth1 = "eth1"\nmain = forward eth1',
		"or = par\nmain = or ip udp",
		"main = filter (foldr1 or (map has_port [80, 443]))",
	])("%s", (program) => expect(said(program)).toEqual([]));
});
