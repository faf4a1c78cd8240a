// SPDX-License-Identifier: BSD-3-Clause
import { primitives } from "@pfq/abi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { format } from "./formatter.js";
import { symbolsOf } from "./symbols.js";

/** Whatever the text: a program or errors with places in it, and no exception. */
const survives = (source: string): void => {
	const result = compile(source);
	const lines = source.split("\n").length;
	expect(result.ok).toBe(result.diagnostics.length === 0);
	for (const { place, message } of result.diagnostics) {
		expect(message).not.toBe("");
		expect(place.line).toBeGreaterThanOrEqual(1);
		expect(place.line).toBeLessThanOrEqual(lines);
		expect(place.column).toBeGreaterThanOrEqual(1);
	}
	renderDiagnostics(result.diagnostics);
	symbolsOf(source);
	const formatted = format(source);
	if (!formatted.ok) return;
	expect(format(formatted.text)).toEqual(formatted);
	expect(compile(formatted.text).ok).toBe(result.ok);
};

const tokens = fc.constantFrom(
	...primitives.map(({ symbol }) => symbol),
	...["main", "x", "f", "map", "foldr1", "True", "P.filter", "sum", "length", "replicate", "head", "."],
	...["let", "in", "where", "if", "then", "else", "do", "import", "module", "infixl", "case", "of"],
	...[
		"(",
		")",
		"[",
		"]",
		",",
		";",
		"{",
		"}",
		"`",
		"=",
		"->",
		"<-",
		"::",
		"|",
		"..",
		"\\",
		"@",
		"_",
		"-",
		"+",
		"*",
		"$",
		":",
	],
	...[">->", ".&&.", ".||.", ".^^.", ".<", "==.", "/=", "++", "div"],
	...["0", "1", "53", "70000", "0xff", "99999999999999999999", "1.5", '"10.0.0.0/8"', '"eth0"', '"'],
	...["\n", "\n  ", "\n    ", "\n\t", " ", "--", "{-", "-}", "\nmain = ", "\nf x = "],
);

const fragments = fc.constantFrom(
	"main = udp >-> steer_flow\n",
	"f x = when x (mark 1)\n",
	"  where g y = f y\n",
	"ports = [80, 443]\n",
	"main = do\n  ip\n  let k = 1\n  inc k\n",
	"  if is_tcp then drop else unit\n",
	"import Data.List (sum)\n",
	"a :: Word16 -> NetPredicate\n",
	"a = has_port\n",
	"b = foldr1 (.||.) (map a ports)\n",
	"(\\x -> x >-> x)",
	" $ filter (b .&&. ip_ttl .< 5)",
	" >-> ",
	"[x | x <- ports, x > 1]",
	"f (f x)",
	"let y = y in y",
);

describe("the compiler survives", () => {
	it("random text", () => {
		fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), survives), { numRuns: 1_000 });
	});

	it("random octets", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => survives(new TextDecoder("latin1").decode(octets))),
			{ numRuns: 1_000 },
		);
	});

	it("random tokens", () => {
		fc.assert(
			fc.property(fc.array(tokens, { maxLength: 60 }), fc.constantFrom("", " "), (parts, between) =>
				survives(parts.join(between)),
			),
			{ numRuns: 4_000 },
		);
	});

	it("pieces of programs, joined at random", () => {
		fc.assert(
			fc.property(fc.array(fc.oneof(fragments, fragments, tokens), { maxLength: 14 }), (parts) =>
				survives(parts.join("")),
			),
			{
				numRuns: 3_000,
			},
		);
	});

	it("a program with any one character changed", () => {
		const program =
			'f x y = when (x .||. is_tcp) (mark y)\nmain = do\n  f (has_addr "10.0.0.0/8") 0x10\n  steer_flow -- end\n';
		fc.assert(
			fc.property(fc.nat(program.length - 1), fc.string({ unit: "binary", maxLength: 2 }), (at, text) =>
				survives(program.slice(0, at) + text + program.slice(at + 1)),
			),
			{ numRuns: 2_000 },
		);
	});
});
