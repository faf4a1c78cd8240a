// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";

const errors = (source: string): string => `\n${renderDiagnostics(compile(source, { file: "t.pfq" }).diagnostics)}`;

describe("what is said of", () => {
	it("a character that has no place", () => {
		expect(errors("main = ip § udp")).toMatchInlineSnapshot(`
			"
			t.pfq:1:11: error: the character \`§\` has no place here
			 1 | main = ip § udp
			   |           ^
			"
		`);
	});

	it("a string that does not end", () => {
		expect(errors('main = forward "eth0 >-> ip')).toMatchInlineSnapshot(`
			"
			t.pfq:1:16: error: this string does not end
			 1 | main = forward "eth0 >-> ip
			   |                ^^^^^^^^^^^^
			   = hint: close it with \`"\` on the same line
			"
		`);
	});

	it("an escape that means nothing", () => {
		expect(errors('main = forward "eth\\q"')).toMatchInlineSnapshot(`
			"
			t.pfq:1:20: error: this escape means no character
			 1 | main = forward "eth\\q"
			   |                    ^^
			"
		`);
	});

	it("a comment that does not end", () => {
		expect(errors("main = ip\n{- here")).toMatchInlineSnapshot(`
			"
			t.pfq:2:1: error: this comment does not end
			 2 | {- here
			   | ^^
			   = hint: close it with \`-}\`
			"
		`);
	});

	it("a malformed number", () => {
		expect(errors("main = mark 12ab >-> mark 0x")).toMatchInlineSnapshot(`
			"
			t.pfq:1:13: error: \`12ab\` is no number
			 1 | main = mark 12ab >-> mark 0x
			   |             ^^^^
			   = hint: numbers are decimal, or begin with 0x, 0o or 0b

			t.pfq:1:27: error: \`0x\` is no number
			 1 | main = mark 12ab >-> mark 0x
			   |                           ^^
			   = hint: numbers are decimal, or begin with 0x, 0o or 0b
			"
		`);
	});

	it("a keyword of Haskell alone", () => {
		expect(errors("main = case 1 of 2")).toMatchInlineSnapshot(`
			"
			t.pfq:1:8: error: pfq-lang has no \`case\`
			 1 | main = case 1 of 2
			   |        ^^^^

			t.pfq:1:15: error: pfq-lang has no \`of\`
			 1 | main = case 1 of 2
			   |               ^^
			"
		`);
	});

	it("a character literal", () => {
		expect(errors("main = forward 'a'")).toMatchInlineSnapshot(`
			"
			t.pfq:1:16: error: the character \`'\` has no place here
			 1 | main = forward 'a'
			   |                ^
			   = hint: strings are in double quotes; pfq-lang has no characters
			"
		`);
	});

	it("an expression that is missing", () => {
		expect(errors("main = udp >->\nx = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:15: error: the end of the line is not expected here
			 1 | main = udp >->
			   |               ^
			   = expected: an expression
			"
		`);
	});

	it("a bracket that is not closed", () => {
		expect(errors("main = filter (is_ip .||. is_udp\nx = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:33: error: the end of the line is not expected here
			 1 | main = filter (is_ip .||. is_udp
			   |                                 ^
			   = expected: \`)\` or more of what is in the bracket
			   = hint: the bracket was opened at line 1, column 15
			"
		`);
	});

	it("a bracket that closes nothing", () => {
		expect(errors("main = filter is_ip)")).toMatchInlineSnapshot(`
			"
			t.pfq:1:20: error: \`)\` is not expected here
			 1 | main = filter is_ip)
			   |                    ^
			   = expected: the end of the definition
			"
		`);
	});

	it("an `if` without `else`", () => {
		expect(errors("main = if is_ip then drop")).toMatchInlineSnapshot(`
			"
			t.pfq:1:26: error: the end of the line is not expected here
			 1 | main = if is_ip then drop
			   |                          ^
			   = expected: \`else\` (an \`if\` has both branches; \`when\` has one)
			"
		`);
	});

	it("a guard", () => {
		expect(errors("f x | x = ip\nmain = f")).toMatchInlineSnapshot(`
			"
			t.pfq:1:5: error: \`|\` is not expected here
			 1 | f x | x = ip
			   |     ^
			   = expected: \`=\` and what the name stands for
			   = hint: pfq-lang has no guards: use \`if\`
			"
		`);
	});

	it("a pattern that is none", () => {
		expect(errors("f (x + 1) = ip\nmain = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:4: error: this is no pattern
			 1 | f (x + 1) = ip
			   |    ^^^^^
			   = hint: patterns are names, \`_\`, literals, lists, tuples and \`first : rest\`
			"
		`);
	});

	it("an endless range", () => {
		expect(errors("main = vlan_id_filter [1 ..]")).toMatchInlineSnapshot(`
			"
			t.pfq:1:28: error: \`]\` is not expected here
			 1 | main = vlan_id_filter [1 ..]
			   |                            ^
			   = expected: the end of the range
			   = hint: lists have an end in pfq-lang
			"
		`);
	});

	it("operators that do not mix", () => {
		expect(errors("main = filter (1 <. ip_ttl .< 5)")).toMatchInlineSnapshot(`
			"
			t.pfq:1:28: error: \`<.\` and \`.<\` do not go together without parentheses
			 1 | main = filter (1 <. ip_ttl .< 5)
			   |                            ^^
			"
		`);
	});

	it("a name that nothing has", () => {
		expect(errors("main = udp >-> steer_flw")).toMatchInlineSnapshot(`
			"
			t.pfq:1:16: error: nothing is called \`steer_flw\`
			 1 | main = udp >-> steer_flw
			   |                ^^^^^^^^^
			   = hint: did you mean \`steer_flow\`?
			"
		`);
	});

	it("a name that is like none", () => {
		expect(errors("main = udp >-> zzzzzz")).toMatchInlineSnapshot(`
			"
			t.pfq:1:16: error: nothing is called \`zzzzzz\`
			 1 | main = udp >-> zzzzzz
			   |                ^^^^^^
			"
		`);
	});

	it("a name that a module lacks", () => {
		expect(errors("import qualified Data.List as L\nmain = L.nubb ip")).toMatchInlineSnapshot(`
			"
			t.pfq:2:8: error: \`L\` has no \`nubb\`
			 2 | main = L.nubb ip
			   |        ^^^^^^
			   = hint: did you mean \`nub\`?
			"
		`);
	});

	it("a qualifier that is not imported", () => {
		expect(errors("main = P.filter ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:8: error: no module is imported as \`P\`
			 1 | main = P.filter ip
			   |        ^^^^^^^^
			"
		`);
	});

	it("a module that does not exist", () => {
		expect(errors("import Network.PFQ.Lang.Defualt\nmain = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:8: error: there is no module \`Network.PFQ.Lang.Defualt\`
			 1 | import Network.PFQ.Lang.Defualt
			   |        ^^^^^^^^^^^^^^^^^^^^^^^^
			   = hint: did you mean \`Network.PFQ.Lang.Default\`?
			"
		`);
	});

	it("a name that an imported module lacks", () => {
		expect(errors("import Data.List (nub, sortt)\nmain = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:24: error: \`Data.List\` has no \`sortt\`
			 1 | import Data.List (nub, sortt)
			   |                        ^^^^^
			   = hint: did you mean \`sort\`?
			"
		`);
	});

	it("a name that is defined twice", () => {
		expect(errors("main = ip\nx = udp\nmain = tcp")).toMatchInlineSnapshot(`
			"
			t.pfq:3:1: error: \`main\` is defined twice
			 3 | main = tcp
			   | ^^^^
			   = hint: it was first defined at line 1
			"
		`);
	});

	it("a type without a definition", () => {
		expect(errors("mian :: NetFunction\nmain = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:1: error: \`mian\` has a type, but no definition
			 1 | mian :: NetFunction
			   | ^^^^
			   = hint: did you mean \`main\`?
			"
		`);
	});

	it("a program without main", () => {
		expect(errors("x = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:1: error: there is no \`main\`
			 1 | x = ip
			   | ^
			   = hint: a program defines \`main\`, the NetFunction that every packet runs through
			"
		`);
	});

	it("a predicate where a function is wanted", () => {
		expect(errors("main = udp >-> has_port 53")).toMatchInlineSnapshot(`
			"
			t.pfq:1:16: error: this is a NetPredicate, where a NetFunction is wanted
			 1 | main = udp >-> has_port 53
			   |                ^^^^^^^^^^^
			   = expected: NetFunction
			   = found:    NetPredicate
			   = hint: \`filter\` makes a NetFunction of a NetPredicate: it drops unless the predicate holds
			"
		`);
	});

	it("a function where a predicate is wanted", () => {
		expect(errors("main = when udp (mark 1)")).toMatchInlineSnapshot(`
			"
			t.pfq:1:13: error: this is a NetFunction, where a NetPredicate is wanted
			 1 | main = when udp (mark 1)
			   |             ^^^
			   = expected: NetPredicate
			   = found:    NetFunction
			   = hint: \`udp\` is a filter; the predicate is \`is_udp\`
			"
		`);
	});

	it("a property where a predicate is wanted", () => {
		expect(errors("main = filter ip_ttl")).toMatchInlineSnapshot(`
			"
			t.pfq:1:15: error: this is a NetProperty, where a NetPredicate is wanted
			 1 | main = filter ip_ttl
			   |               ^^^^^^
			   = expected: NetPredicate
			   = found:    NetProperty
			   = hint: a property is compared with a number to make a predicate, as in \`ip_ttl .< 64\`
			"
		`);
	});

	it("an argument that is lacking", () => {
		expect(errors("main = filter has_port")).toMatchInlineSnapshot(`
			"
			t.pfq:1:15: error: this does not have the type that its use asks for
			 1 | main = filter has_port
			   |               ^^^^^^^^
			   = expected: NetPredicate
			   = found:    Word16 -> NetPredicate
			   = hint: \`has_port\` lacks an argument of type Word16
			"
		`);
	});

	it("an argument too many", () => {
		expect(errors("main = udp 5 >-> mark 1 2")).toMatchInlineSnapshot(`
			"
			t.pfq:1:12: error: \`udp\` takes no argument, but is given 1
			 1 | main = udp 5 >-> mark 1 2
			   |            ^
			   = hint: \`udp\` is of type NetFunction

			t.pfq:1:25: error: \`mark\` takes one argument, but is given 2
			 1 | main = udp 5 >-> mark 1 2
			   |                         ^
			"
		`);
	});

	it("`$` within a sequence", () => {
		expect(errors("main = ip >-> when is_tcp $ mark 1")).toMatchInlineSnapshot(`
			"
			t.pfq:1:15: error: this is a NetFunction -> NetFunction, where a NetFunction is wanted
			 1 | main = ip >-> when is_tcp $ mark 1
			   |               ^^^^^^^^^^^
			   = expected: NetFunction
			   = found:    NetFunction -> NetFunction
			   = hint: \`when\` lacks an argument of type NetFunction

			t.pfq:1:29: error: this takes no argument, but is given 1
			 1 | main = ip >-> when is_tcp $ mark 1
			   |                             ^^^^^^
			   = hint: \`$\` binds looser than \`>->\`: write \`f >-> (g $ x)\`
			"
		`);
	});

	it("a string where a number is wanted", () => {
		expect(errors('main = mark "1"')).toMatchInlineSnapshot(`
			"
			t.pfq:1:13: error: a string is not what is asked for here
			 1 | main = mark "1"
			   |             ^^^
			   = expected: Word32
			   = found:    a string
			"
		`);
	});

	it("a number where a string is wanted", () => {
		expect(errors("main = forward 1")).toMatchInlineSnapshot(`
			"
			t.pfq:1:16: error: a number is not what is asked for here
			 1 | main = forward 1
			   |                ^
			   = expected: String
			   = found:    a number
			"
		`);
	});

	it("a condition that is none", () => {
		expect(errors("main = if 5 then ip else udp")).toMatchInlineSnapshot(`
			"
			t.pfq:1:11: error: a condition is a NetPredicate, or a Bool at compile time
			 1 | main = if 5 then ip else udp
			   |           ^
			   = expected: NetPredicate
			   = found:    Num a => a
			"
		`);
	});

	it("a definition that is less general than its type", () => {
		expect(errors("f :: a -> a\nf x = mark x\nmain = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:2:7: error: this does not have the type that its use asks for
			 2 | f x = mark x
			   |       ^^^^^^
			   = expected: a
			   = found:    NetFunction

			t.pfq:2:12: error: this does not have the type that its use asks for
			 2 | f x = mark x
			   |            ^
			   = expected: Word32
			   = found:    a
			"
		`);
	});

	it("a type that does not exist", () => {
		expect(errors("f :: Word23\nf = 1\nmain = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:6: error: there is no type \`Word23\`
			 1 | f :: Word23
			   |      ^^^^^^
			   = hint: did you mean \`Word32\`?
			"
		`);
	});

	it("a type that contains itself", () => {
		expect(errors("f x = x x\nmain = ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:9: error: the type of this would contain itself
			 1 | f x = x x
			   |         ^
			   = expected: a
			   = found:    a -> b
			"
		`);
	});

	it("a list of several types", () => {
		expect(errors('main = vlan_id_filter [1, "a"]')).toMatchInlineSnapshot(`
			"
			t.pfq:1:27: error: a string is not what is asked for here
			 1 | main = vlan_id_filter [1, "a"]
			   |                           ^^^
			   = expected: Int
			   = found:    a string
			"
		`);
	});

	it("a number out of range", () => {
		expect(errors("main = port 70000")).toMatchInlineSnapshot(`
			"
			t.pfq:1:13: error: 70000 is out of range: a Word16 goes from 0 to 65535
			 1 | main = port 70000
			   |             ^^^^^
			"
		`);
	});

	it("a number out of the limits of its parameter", () => {
		expect(errors("main = inc 64 >-> filter (has_vid 4096)")).toMatchInlineSnapshot(`
			"
			t.pfq:1:12: error: 64 is out of range: it goes from 0 to 63
			 1 | main = inc 64 >-> filter (has_vid 4096)
			   |            ^^

			t.pfq:1:35: error: 4096 is out of range: it goes from 0 to 4095
			 1 | main = inc 64 >-> filter (has_vid 4096)
			   |                                   ^^^^
			"
		`);
	});

	it("a number out of range that was worked out", () => {
		expect(errors("f x = mark (x * 4)\nmain = f 0x7fffffff")).toMatchInlineSnapshot(`
			"
			t.pfq:1:13: error: 8589934588 is out of range: a Word32 goes from 0 to 4294967295
			 1 | f x = mark (x * 4)
			   |             ^^^^^
			"
		`);
	});

	it("an address that is none", () => {
		expect(errors('main = addr "300.1.1.1"')).toMatchInlineSnapshot(`
			"
			t.pfq:1:13: error: "300.1.1.1" is no CIDR: an octet is 0 to 255, not 300
			 1 | main = addr "300.1.1.1"
			   |             ^^^^^^^^^^^
			"
		`);
	});

	it("a prefix that is too long", () => {
		expect(errors('main = addr (CIDR ("10.0.0.0", 33))')).toMatchInlineSnapshot(`
			"
			t.pfq:1:14: error: "10.0.0.0/33" is no CIDR: a prefix is 0 to 32, not 33
			 1 | main = addr (CIDR ("10.0.0.0", 33))
			   |              ^^^^^^^^^^^^^^^^^^^^^
			"
		`);
	});

	it("a function that has no value", () => {
		expect(errors("import Prelude\nmain = vlan_id_filter [head []]")).toMatchInlineSnapshot(`
			"
			t.pfq:2:24: error: \`head\` has no value on an empty list
			 2 | main = vlan_id_filter [head []]
			   |                        ^^^^^^^
			"
		`);
	});

	it("an equation that fits nothing", () => {
		expect(errors("f 1 = ip\nmain = f 2")).toMatchInlineSnapshot(`
			"
			t.pfq:2:8: error: no equation of this function fits its arguments
			 2 | main = f 2
			   |        ^^^
			"
		`);
	});

	it("recursion", () => {
		expect(errors("a = ip >-> b\nb = when is_tcp c\nc = a\nmain = a")).toMatchInlineSnapshot(`
			"
			t.pfq:1:1: error: \`a\` is defined by itself: \`a\` → \`b\` → \`c\` → \`a\`
			 1 | a = ip >-> b
			   | ^
			   = hint: a packet runs through a program once: there is no recursion in pfq-lang
			"
		`);
	});

	it("recursion of a function", () => {
		expect(errors("f x = f x\nmain = f ip")).toMatchInlineSnapshot(`
			"
			t.pfq:1:1: error: \`f\` is defined by itself: \`f\` → \`f\`
			 1 | f x = f x
			   | ^
			   = hint: a packet runs through a program once: there is no recursion in pfq-lang
			"
		`);
	});

	it("an expansion without end in sight", () => {
		expect(errors("main = vlan_id_filter [1 .. 99999999]")).toMatchInlineSnapshot(`
			"
			t.pfq:1:23: error: this range is too long
			 1 | main = vlan_id_filter [1 .. 99999999]
			   |                       ^^^^^^^^^^^^^^^
			"
		`);
	});

	it("all errors of a program together", () => {
		expect(
			errors('main = udp >-> steer_flw >-> port 70000\nx = when udp drop\ny = (ip\nz = addr "1.2.3"'),
		).toMatchInlineSnapshot(`
			"
			t.pfq:1:16: error: nothing is called \`steer_flw\`
			 1 | main = udp >-> steer_flw >-> port 70000
			   |                ^^^^^^^^^
			   = hint: did you mean \`steer_flow\`?

			t.pfq:1:35: error: 70000 is out of range: a Word16 goes from 0 to 65535
			 1 | main = udp >-> steer_flw >-> port 70000
			   |                                   ^^^^^

			t.pfq:2:10: error: this is a NetFunction, where a NetPredicate is wanted
			 2 | x = when udp drop
			   |          ^^^
			   = expected: NetPredicate
			   = found:    NetFunction
			   = hint: \`udp\` is a filter; the predicate is \`is_udp\`

			t.pfq:3:8: error: the end of the line is not expected here
			 3 | y = (ip
			   |        ^
			   = expected: \`)\` or more of what is in the bracket
			   = hint: the bracket was opened at line 3, column 5

			t.pfq:4:10: error: "1.2.3" is no CIDR: an IPv4 address has four octets, as in 10.0.0.1
			 4 | z = addr "1.2.3"
			   |          ^^^^^^^
			"
		`);
	});

	it("a place by code points, tabs and control characters shown safely", () => {
		expect(errors('main =\tforward "😀\u001b[31m" >-> prot 1')).toMatchInlineSnapshot(`
			"
			t.pfq:1:29: error: nothing is called \`prot\`
			 1 | main = forward "😀�[31m" >-> prot 1
			   |                             ^^^^
			   = hint: did you mean \`port\`?
			"
		`);
	});

	it("two errors at one place", () => {
		expect(errors("n = 70000\nmain = port n >-> vlan_id_filter [n]")).toMatchInlineSnapshot(`
			"
			t.pfq:1:5: error: 70000 is out of range: a Word16 goes from 0 to 65535
			 1 | n = 70000
			   |     ^^^^^

			t.pfq:1:5: error: 70000 is out of range: it goes from 0 to 4095
			 1 | n = 70000
			   |     ^^^^^
			"
		`);
	});
});
