// SPDX-License-Identifier: BSD-3-Clause
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { format } from "./formatter.js";
import { writeImage } from "./image-writer.js";
import { program } from "./program.js";
import { arbitraryFunction } from "./testing/arbitrary-program.js";
import { writeText } from "./text-writer.js";

/** The formatted program, having made sure that formatting it again changes nothing. */
const formatted = (text: string): string => {
	const once = format(text);
	if (!once.ok) throw new Error(once.diagnostics.map(({ message }) => message).join("; "));
	expect(format(once.text)).toEqual(once);
	return once.text;
};

describe("the formatter", () => {
	it("puts one space between words, and around operators", () => {
		expect(formatted("main=ip>->filter(has_port   53.||.has_port 80)  \n")).toBe(
			"main = ip >-> filter (has_port 53 .||. has_port 80)\n",
		);
		expect(formatted("f x=[x,1 ,2]\nmain=steer_to(-5)>->(\\ p->p)  ip")).toBe(
			"f x = [x, 1, 2]\nmain = steer_to (-5) >-> (\\p -> p) ip\n",
		);
		expect(formatted("g=( >-> ip )\nmain = filter (ip_ttl`any_bit`1)")).toBe(
			"g = (>-> ip)\nmain = filter (ip_ttl `any_bit` 1)\n",
		);
	});

	it("indents blocks by four, and moves with them what is in them", () => {
		const program = `main = do
  ip
  let n = 1
      m = 2
  if is_tcp
  then inc n
  else do
       inc m
       udp
  tcp >->
     count
   where
    count = inc 3
`;
		expect(formatted(program)).toBe(`main = do
    ip
    let n = 1
        m = 2
    if is_tcp
    then inc n
    else do
        inc m
        udp
    tcp >->
       count
  where
    count = inc 3
`);
	});

	it("takes tabs and carriage returns out of indentation", () => {
		expect(formatted("main = do\r\n\tip\r\n\ttcp\r\n")).toBe("main = do\n    ip\n    tcp\n");
	});

	it("takes a carriage return that ends no line as the space that it is", () => {
		expect(formatted("f = ip\rmain = f\n".replace("\r", "\r >-> tcp\n"))).toBe("f = ip >-> tcp\nmain = f\n");
	});

	it("keeps comments where they belong, and aligns those after code", () => {
		expect(formatted("-- top  \n\n\n{- of\n   two lines -}\nmain = do -- a\n  -- on ip\n  ip --b\n-- end")).toBe(
			"-- top\n\n{- of\n   two lines -}\nmain = do  -- a\n    -- on ip\n    ip  --b\n  -- end\n",
		);
		expect(formatted("a = ip -- one\nlong = tcp -- two\nmain = a")).toBe(
			"a = ip      -- one\nlong = tcp  -- two\nmain = a\n",
		);
	});

	it("keeps one empty line of several, and the line of the interpreter", () => {
		expect(formatted("#!/usr/bin/env pfq-lang\n\n\nf = ip\n\n\n\nmain = f\n\n")).toBe(
			"#!/usr/bin/env pfq-lang\n\nf = ip\n\nmain = f\n",
		);
	});

	it("leaves a program alone, but for space at the ends of lines, where comments stand between words", () => {
		expect(formatted("main  = ip {- here -} >->  tcp  \n")).toBe("main  = ip {- here -} >->  tcp\n");
	});

	it("does not format what cannot be read", () => {
		expect(format("main = (")).toMatchObject({ ok: false, diagnostics: [{ kind: "syntax" }] });
		expect(format(`main = ${"(".repeat(5000)}`)).toMatchObject({ ok: false, diagnostics: [{ kind: "limit" }] });
	});

	it("changes no program's meaning, and nothing when it is done again", () => {
		const spaces = fc.array(fc.constantFrom(" ", "  ", " \t", " \n  ", " -- note\n    "), {
			minLength: 20,
			maxLength: 40,
		});
		fc.assert(
			fc.property(arbitraryFunction(), spaces, (made, between) => {
				let count = 0;
				const text = writeText(program(made).computation).replace(/ /g, () => between[count++ % between.length] ?? " ");
				const before = compile(text);
				fc.pre(before.ok);
				const after = compile(formatted(text));
				expect(after.ok && writeImage(after.computation)).toEqual(before.ok && writeImage(before.computation));
			}),
		);
	});
});
