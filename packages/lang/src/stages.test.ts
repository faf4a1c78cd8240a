// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { report } from "./diagnostic.js";
import { withLayout } from "./layout.js";
import { tokensOf } from "./lexer.js";
import { stagesOf } from "./stages.js";

const lexed = (text: string): string => {
	const errors = report();
	const tokens = tokensOf({ file: "t", text }, errors);
	return tokens
		.map(({ kind, text: each, qualifier, value }) =>
			[kind, qualifier, value ?? each].filter((part) => part !== undefined).join(" "),
		)
		.join(" | ");
};

const laidOut = (text: string): string => {
	const errors = report();
	const source = { file: "t", text };
	const signs = new Map([
		["open", "{"],
		["separator", ";"],
		["close", "}"],
		["end", ""],
	]);
	return withLayout(tokensOf(source, errors), source, errors)
		.map(({ kind, text: each }) => signs.get(kind) ?? each)
		.join(" ")
		.trim();
};

describe("the lexer", () => {
	it.each([
		["a -- b\n+ c", "name a | operator + | name c | end "],
		["a --> b |-- c", "name a | operator --> | name b | operator |-- | name c | end "],
		["a {- b {- c -} -} d{--}e", "name a | name d | name e | end "],
		[
			"12 0x1F 0o17 0b101 1.5 2e3 [1..5]",
			"number 12 | number 31 | number 15 | number 5 | fraction 1.5 | fraction 2000 | symbol [ | number 1 | symbol .. | number 5 | symbol ] | end ",
		],
		[
			"P.filter Data.List.sum P.. f.g A.B",
			"name P filter | name Data.List sum | operator P . | name f | operator . | name g | constructor A B | end ",
		],
		['"a\\n\\"\\65\\x42\\&1" "x\\   \\y"', 'text a\n"AB1 | text xy | end '],
		[
			"ip >-> (udp .&&. x') \\y -> `z`",
			"name ip | operator >-> | symbol ( | name udp | operator .&&. | name x' | symbol ) | symbol \\ | name y | symbol -> | symbol ` | name z | symbol ` | end ",
		],
		["#!/usr/bin/env pfq\nmain", "name main | end "],
	])("cuts %j", (text, tokens) => {
		expect(lexed(text)).toBe(tokens);
	});
});

describe("the layout rule", () => {
	it.each([
		["a = b\nc = d", "{ a = b ; c = d }"],
		["a = do\n  b\n  c\nd = e", "{ a = do { b ; c } ; d = e }"],
		["a = let x = 1; y = 2 in x", "{ a = let { x = 1 ; y = 2 } in x }"],
		["a = let x = 1\n        y = 2\n    in x", "{ a = let { x = 1 ; y = 2 } in x }"],
		["a = (do b\n        c) d", "{ a = ( do { b ; c } ) d }"],
		["a = [let x = 1 in x, do b, c]", "{ a = [ let { x = 1 } in x , do { b } , c ] }"],
		["a = do\n  if b\n  then do c\n  else d\n  e", "{ a = do { if b then do { c } else d ; e } }"],
		["a = do\n  b\n  where\n  c = d", "{ a = do { b } where { c = d } }"],
		["a = do b where c = d", "{ a = do { b } where { c = d } }"],
		["a = do { b; c\n }\nd = e", "{ a = do { b ; c } ; d = e }"],
		["a = [\n  b,\n  c\n]\nd = e", "{ a = [ b , c ] ; d = e }"],
		["module M where\na = b", "module M where { a = b }"],
		["a = f where\nb = c", "{ a = f where { } ; b = c }"],
		["", "{ }"],
	])("reads %j", (text, tokens) => {
		expect(laidOut(text)).toBe(tokens);
	});
});

describe("the passes", () => {
	it("can all be printed", () => {
		expect(stagesOf("f n = mark (n + 1)\nmain = when (not (not is_ip)) (f 2) >-> unit")).toMatchInlineSnapshot(`
			{
			  "expanded": "main = when (not (not is_ip)) (mark 3) >-> unit
			",
			  "layout": "0	open	
			0	name	f
			2	name	n
			4	symbol	=
			6	name	mark
			11	symbol	(
			12	name	n
			14	operator	+
			16	number	1
			17	symbol	)
			19	separator	
			19	name	main
			24	symbol	=
			26	name	when
			31	symbol	(
			32	name	not
			36	symbol	(
			37	name	not
			41	name	is_ip
			46	symbol	)
			47	symbol	)
			49	symbol	(
			50	name	f
			52	number	2
			53	symbol	)
			55	operator	>->
			59	name	unit
			63	close	
			63	end	",
			  "names": "definitions: f
			  value: function
			    clauses
			      patterns: variable n
			      body: application
			        function: reference mark
			        arguments: chain
			          operands: reference n
			          operands: number 1
			          operators: reference +
			definitions: main
			  value: chain
			    operands: application
			      function: reference when
			      arguments: application
			        function: reference not
			        arguments: application
			          function: reference not
			          arguments: reference is_ip
			      arguments: application
			        function: reference f
			        arguments: number 2
			    operands: reference unit
			    operators: reference >->",
			  "optimised": "main = when is_ip (mark 3)
			",
			  "syntax": "declarations: clause f
			  patterns: variable n
			  body: application
			    function: name mark
			    arguments: parentheses
			      expression: operation
			        operands: name n
			        operands: number 1
			        operators: +
			declarations: clause main
			  body: operation
			    operands: application
			      function: name when
			      arguments: parentheses
			        expression: application
			          function: name not
			          arguments: parentheses
			            expression: application
			              function: name not
			              arguments: name is_ip
			      arguments: parentheses
			        expression: application
			          function: name f
			          arguments: number 2
			    operands: name unit
			    operators: >->
			broken",
			  "tokens": "0	name	f
			2	name	n
			4	symbol	=
			6	name	mark
			11	symbol	(
			12	name	n
			14	operator	+
			16	number	1
			17	symbol	)
			19	name	main
			24	symbol	=
			26	name	when
			31	symbol	(
			32	name	not
			36	symbol	(
			37	name	not
			41	name	is_ip
			46	symbol	)
			47	symbol	)
			49	symbol	(
			50	name	f
			52	number	2
			53	symbol	)
			55	operator	>->
			59	name	unit
			63	end	",
			  "types": "f :: Word32 -> NetFunction
			main :: NetFunction",
			}
		`);
	});
});
