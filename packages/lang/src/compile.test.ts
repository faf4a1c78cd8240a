// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { writeText } from "./text-writer.js";

/** The program in normal form, or its errors. */
const normal = (source: string): string => {
	const result = compile(source, { file: "t.pfq", optimise: false });
	return result.ok ? writeText(result.computation).trim() : renderDiagnostics(result.diagnostics);
};

const main = (expression: string): string => normal(`main = ${expression}`).replace(/^main = /, "");

const types = (source: string): string[] => {
	const result = compile(source);
	return result.ok
		? result.types.map(({ name, type }) => `${name} :: ${type}`)
		: [renderDiagnostics(result.diagnostics)];
};

describe("operators", () => {
	it.each([
		["filter (is_tcp .||. is_udp .&&. is_ip)", "filter (is_tcp .||. is_udp .&&. is_ip)"],
		["filter ((is_tcp .||. is_udp) .&&. is_ip)", "filter ((is_tcp .||. is_udp) .&&. is_ip)"],
		["filter (is_tcp .^^. is_udp .||. is_ip)", "filter (is_tcp .^^. is_udp .||. is_ip)"],
		["filter (is_tcp .^^. (is_udp .||. is_ip))", "filter (is_tcp .^^. (is_udp .||. is_ip))"],
		["filter $ ip_ttl .< 5 .&&. 64 <. ip_ttl", "filter (ip_ttl .< 5 .&&. ip_ttl .> 64)"],
		["filter (5 <=. ip_ttl .||. 5 >. ip_ttl)", "filter (ip_ttl .>= 5 .||. ip_ttl .< 5)"],
		[
			"filter (5 >=. ip_ttl .||. 5 ==. ip_ttl .||. 5 /=. ip_ttl)",
			"filter (ip_ttl .<= 5 .||. ip_ttl .== 5 .||. ip_ttl ./= 5)",
		],
		[
			"filter (tcp_flags `any_bit` 0x12 .&&. tcp_flags `all_bit` 2)",
			"filter (tcp_flags `any_bit` 18 .&&. tcp_flags `all_bit` 2)",
		],
		["inv $ udp >-> drop", "inv (udp >-> drop)"],
		["ip >-> (inv $ inv $ udp >-> drop)", "ip >-> inv (inv (udp >-> drop))"],
		["(filter . not) is_tcp", "filter (not is_tcp)"],
		["(>-> udp) ip >-> (ip >->) tcp", "ip >-> udp >-> ip >-> tcp"],
		["is_tcp `when` mark 1", "when is_tcp (mark 1)"],
	])("%s", (source, expected) => {
		expect(main(source)).toBe(expected);
	});

	it("may be defined, with a fixity", () => {
		expect(normal("infixr 2 ==>\np ==> f = when p f\nmain = ip >-> (is_tcp .||. is_udp ==> mark 1)")).toBe(
			"main = ip >-> when (is_tcp .||. is_udp) (mark 1)",
		);
		expect(normal("(<+>) f g = par f g\nmain = ip <+> udp")).toBe("main = par ip udp");
	});
});

describe("literals", () => {
	it.each([
		["mark 0xff >-> mark 0o17 >-> mark 0b101", "mark 255 >-> mark 15 >-> mark 5"],
		["steer_to (-5)", "steer_to (-5)"],
		[
			'addr "10.1.2.3/8" >-> addr "10.1.2.3" >-> addr "2001:DB8::1/32"',
			'addr "10.0.0.0/8" >-> addr "10.1.2.3/32" >-> addr "2001:db8::/32"',
		],
		['addr (CIDR ("10.0.0.0", 8)) >-> (addr $ CIDR ("10.0.0.0", 8))', 'addr "10.0.0.0/8" >-> addr "10.0.0.0/8"'],
		['forward "a\\"b\\\\c\\65\\&1\\x42"', 'forward "a\\"b\\\\cA1B"'],
		[
			"vlan_id_filter [1, 3 .. 9] >-> vlan_id_filter [] >-> vlan_id_filter [5 .. 7]",
			"vlan_id_filter [1, 3, 5, 7, 9] >-> vlan_id_filter [] >-> vlan_id_filter [5, 6, 7]",
		],
	])("%s", (source, expected) => {
		expect(main(source)).toBe(expected);
	});
});

describe("programs", () => {
	it("take definitions, where, let, lambda, sections and library functions", () => {
		expect(
			normal(`
module Main where
import Network.PFQ.Lang.Default
import qualified Prelude as P
import Data.List (foldl', nub)

-- the ports of the web
ports :: [Word16]
ports = [80, 443] ++ extra
  where extra = P.filter (> 8000) [8080, 22]

{- nested {- comments -} -}
anyOf :: (a -> NetPredicate) -> [a] -> NetPredicate
anyOf test values = foldr1 (.||.) (map test values)

marked n p = when p (mark n)
main = ip >-> marked 1 (anyOf has_port ports) >-> (\\f -> f >-> f) (inc 2)
       >-> let k = 1 + 2 * 3 in inc k
`),
		).toBe(
			"main = ip >-> when (has_port 80 .||. (has_port 443 .||. has_port 8080)) (mark 1) >-> inc 2 >-> inc 2 >-> inc 7",
		);
	});

	it("take `if` on a NetPredicate as a conditional, on a Bool as a choice", () => {
		expect(
			normal("main = if is_tcp then mark 1 else if debug then mark 2 else drop\ndebug = length [1, 2] > 5 || False"),
		).toBe("main = conditional is_tcp (mark 1) drop");
	});

	it("take `do` as a sequence, with `let`, `if` and nested blocks", () => {
		expect(
			normal(`main = do
  ip
  let k = 3
      port' = 53
  when (has_port port') $ do
    mark k
    inc 1
  if is_tcp
  then mark 1
  else do { mark 2; inc 2 }
  steer_flow
  where unused = 1
`),
		).toBe(
			"main = ip >-> when (has_port 53) (mark 3 >-> inc 1) >-> conditional is_tcp (mark 1) (mark 2 >-> inc 2) >-> steer_flow",
		);
	});

	it("take clauses with patterns, comprehensions and tuples", () => {
		expect(
			normal(`
name 53 = 1
name 80 = 2
name _ = 3
joined [] = unit
joined (first : rest) = first >-> count rest
count xs = mark (fromIntegral (length xs))
swap (a, b) = (b, a)
main = joined [when (has_port p) (mark (name p)) | p <- [53, 80, 99], p /= 98] >-> inc (fst (swap (1, 2)))
`),
		).toContain("when (has_port 53) (mark 1) >-> mark 2 >-> inc 2");
	});

	it("keep definitions that several places use as one part", () => {
		const result = compile("a = when is_tcp (mark 1 >-> mark 2)\nmain = conditional is_ip a (ip >-> a)", {
			optimise: false,
		});
		expect(result.ok && result.computation.nodes.map(({ symbol }) => symbol)).toEqual([
			...["conditional", "is_ip", "ip", "when", "is_tcp", "mark", "mark"],
		]);
	});

	it("tell where each node comes from", () => {
		const result = compile("main = ip >->\n  udp", { file: "a.pfq" });
		expect(result.ok && result.computation.nodes.map(({ place }) => place)).toEqual([
			{ file: "a.pfq", line: 1, column: 8 },
			{ file: "a.pfq", line: 2, column: 3 },
		]);
	});
});

describe("types", () => {
	it("are principal and readable", () => {
		expect(
			types(`
marked n p = when p (mark n)
twice f = f >-> f
anyOf test = foldr1 (.||.) . map test
add x y = x + y
pair x y = (x, [y])
net = "10.0.0.0/8"
main = twice (marked 1 (anyOf has_port [80]) >-> addr net >-> src_addr net)
`),
		).toEqual([
			"marked :: Word32 -> NetPredicate -> NetFunction",
			"twice :: NetFunction -> NetFunction",
			"anyOf :: (a -> NetPredicate) -> [a] -> NetPredicate",
			"add :: Num a => a -> a -> a",
			"pair :: a -> b -> (a, [b])",
			"net :: Text a => a",
			"main :: NetFunction",
		]);
	});

	it("may be written as functions of packets", () => {
		expect(
			types(
				"a :: Qbuff -> Action Qbuff\na = ip\nb :: Word16 -> Qbuff -> Bool\nb = has_port\nc :: Function (Qbuff -> Word64)\nc = ip_ttl\nmain = a >-> filter (b 1 .&&. c .< 2)",
			),
		).toEqual(["a :: NetFunction", "b :: Word16 -> NetPredicate", "c :: NetProperty", "main :: NetFunction"]);
	});
});
