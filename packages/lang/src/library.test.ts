// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { writeText } from "./text-writer.js";

const imports = `import Data.List
import Data.Map (Map, fromList, (!))
import qualified Data.Map as M
import qualified Data.Set as S
import qualified Prelude as P
`;

/** What is left of a program when it was expanded, or what is wrong with it. */
const expanded = (expression: string): string => {
	const result = compile(`${imports}main = ${expression}`);
	if (!result.ok) return result.diagnostics.map(({ message }) => message).join("; ");
	return writeText(result.computation)
		.trim()
		.replace(/^main = /, "");
};

describe("the functions of Haskell's libraries", () => {
	it.each([
		["mark (round 2.5)", "mark 2"],
		["mark (round 3.5)", "mark 4"],
		["mark (ceiling (7 / 2))", "mark 4"],
		["mark (truncate (fromIntegral (length [1, 2, 3]) * 1.5))", "mark 4"],
		["steer_to (floor (-1.5))", "steer_to (-2)"],
		["mark (7 `div` 2.0)", "this does not have the type that its use asks for"],
		["mark (1 / 0)", "this does not have the type that its use asks for"],
		["mark (round (1 / 0))", "this divides by zero"],
		["if 5 / 2 == 2.5 then ip else udp", "ip"],
		["if sum [0.5, 1.5] == 2 then ip else udp", "ip"],
		['forward ("eth" ++ show (1 + 1))', 'forward "eth2"'],
		['forward ("eth" <> "0")', 'forward "eth0"'],
		["vlan_id_filter (map length (group (sort [1, 2, 1, 1])))", "vlan_id_filter [3, 1]"],
		["vlan_id_filter ([1, 2, 1] \\\\ [1])", "vlan_id_filter [2, 1]"],
		["vlan_id_filter (sortOn negate [1, 3, 2])", "vlan_id_filter [3, 2, 1]"],
		["vlan_id_filter (snd (span even [2, 4, 5, 6]))", "vlan_id_filter [5, 6]"],
		["steer_to (fst (divMod 7 2) + snd ((-7) `divMod` 2))", "steer_to 4"],
	])("%s is %s", (expression, result) => {
		expect(expanded(expression)).toBe(result);
	});

	it.each([
		['mark (fromList [("a", 1), ("b", 2), ("a", 3)] ! "a")', "mark 3"],
		["mark (M.findWithDefault 9 5 (M.insert 4 1 M.empty))", "mark 9"],
		["mark (M.fromList [(1, 2)] M.! 3)", "the map has no such key"],
		["mark (M.fromListWith (-) [(1, 5), (1, 7)] M.! 1)", "mark 2"],
		["vlan_id_filter (M.keys (M.union (M.fromList [(3, 1)]) (M.fromList [(2, 1), (3, 2)])))", "vlan_id_filter [2, 3]"],
		["vlan_id_filter (M.elems (M.union (M.fromList [(3, 1)]) (M.fromList [(2, 1), (3, 2)])))", "vlan_id_filter [1, 1]"],
		[
			"M.foldrWithKey (\\p n rest -> when (has_port p) (inc n) >-> rest) unit (M.fromList [(80, 1), (53, 0)])",
			"when (has_port 53) (inc 0) >-> when (has_port 80) (inc 1)",
		],
		["vlan_id_filter (S.toList (S.union (S.fromList [3, 1]) (S.fromList [2, 3])))", "vlan_id_filter [1, 2, 3]"],
		["vlan_id_filter (S.toList (S.difference (S.fromList [3, 1]) (S.fromList [3])))", "vlan_id_filter [1]"],
		[
			"filter (foldr1 (.||.) (map has_port (S.toList (S.map (* 2) (S.fromList [1, 2])))))",
			"filter (has_port 2 .||. has_port 4)",
		],
		["vlan_id_filter (P.filter (`S.member` S.fromList [1, 3]) [1 .. 5])", "vlan_id_filter [1, 3]"],
		["vlan_id_filter (M.toList (M.fromList [(1, 2)]))", "this does not have the type that its use asks for"],
		["vlan_id_filter (S.fromList [1])", "this does not have the type that its use asks for"],
	])("maps and sets: %s is %s", (expression, result) => {
		expect(expanded(expression)).toBe(result);
	});

	it("a map has a type of its own", () => {
		const source = `import Data.Map (Map, fromList, (!))
services :: Map String Word16
services = fromList [("dns", 53), ("web", 80)]
main = port (services ! "dns")
`;
		expect(compile(source).ok).toBe(true);
		const [wrong] = compile(source.replace("Map String Word16", "Map String")).diagnostics;
		expect(wrong?.message).toBe("`Map` takes 2 types, but is given 1");
		const [other] = compile(source.replace('services ! "dns"', "services ! 7")).diagnostics;
		expect(other).toMatchObject({ message: "a number is not what is asked for here", expected: "String" });
	});

	it("names that Data.Map and Data.Set have, too, stay what they are", () => {
		const source = "import Data.Map\nimport Data.Set\nmain = filter is_ip >-> vlan_id_filter (map (+ 1) [1])\n";
		expect(compile(source).diagnostics).toEqual([]);
	});

	// n = -m ln(1 - p^(1/4)) / 4 and the like, worked out by hand.
	it.each([
		["bloomCalcM 1000 0.01", 10523],
		["bloomCalcN 10523 0.01", 1000],
		["round (1000 * bloomCalcP 1000 10523)", 10],
		["bloomCalcM 0 0.5", 3],
	])("%s is %i", (expression, value) => {
		expect(expanded(`steer_to (${expression})`)).toBe(`steer_to ${value}`);
	});

	it.each(["bloomCalcM 10 0", "bloomCalcM 10 1", "bloomCalcN 10 1.5"])("%s has no value", (expression) => {
		const [name] = expression.split(" ");
		expect(expanded(`steer_to (${expression})`)).toBe(
			`${name}: the share of false positives is between 0 and 1, as 0.01`,
		);
	});

	it("an operator of the program has the usual precedence, whatever a library gives to one of its name", () => {
		const source = "f / g = f >-> g\nmain = inv ip / udp\n";
		expect(compile(source).ok).toBe(true);
	});
});
