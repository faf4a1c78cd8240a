// SPDX-License-Identifier: BSD-3-Clause
import type { Parameter, Primitive } from "@pfq/abi";
import { type Builtin, builtinModules } from "./builtin.js";
import { libraryDocumentation } from "./library-documentation.js";
import { nearestName } from "./suggestion.js";

/** What is to be known of a built-in name. */
export interface Documentation {
	readonly name: string;
	readonly type: string;
	readonly meaning: string;
	/** Arguments that may not have every value of their type: "vid: 0 to 4095". */
	readonly ranges: readonly string[];
	/** A whole program that uses it. */
	readonly example: string;
	readonly modules: readonly string[];
}

/** All built-in names, in alphabetical order. */
export const documentedNames = (): readonly string[] => [...byName.keys()].toSorted();

/** The meanings of a name: none, one, or two where pfq-lang and Haskell have it both. */
export const documentationOf = (name: string): readonly Documentation[] => byMeaning.get(name) ?? [];

/** The documented name that is nearest to one that is not. */
export const nearestDocumented = (name: string): string | undefined => nearestName(name, byName.keys());

const byName: ReadonlyMap<string, readonly Builtin[]> = (() => {
	const found = new Map<string, Builtin[]>();
	for (const names of builtinModules.values())
		for (const [name, builtin] of names) {
			const known = found.get(name) ?? [];
			if (!known.includes(builtin)) known.push(builtin);
			// The language's own meaning comes first.
			known.sort((a, b) => Number(b.meaning.kind === "primitive") - Number(a.meaning.kind === "primitive"));
			found.set(name, known);
		}
	return found;
})();

const documented = (builtin: Builtin): Documentation => {
	const { name, type, modules, meaning } = builtin;
	if (meaning.kind !== "primitive") {
		const [text = "", example = ""] = libraryDocumentation[`${modules[0]}.${name}`] ?? libraryDocumentation[name] ?? [];
		return { name, type, meaning: text, ranges: [], example: `${importsFor(example)}main = ${example}`, modules };
	}
	const { row, flipped } = meaning;
	return {
		name,
		type,
		meaning: flipped ? `\`${row.symbol}\` with the number on the left: ${row.doc}` : row.doc,
		ranges: row.parameters.flatMap(rangeOf),
		example: `main = ${exampleOf(name, row, flipped)}`,
		modules,
	};
};

const importsFor = (example: string): string =>
	[
		...(example.includes("P.") ? ["import qualified Prelude as P\n"] : []),
		...(example.includes("B.") ? ["import qualified Data.Bits as B\n"] : []),
		...(example.includes("Map ") ? ["import Data.Map (Map)\n"] : []),
		...(example.includes("Set ") ? ["import Data.Set (Set)\n"] : []),
		...(example.includes("M.") ? ["import qualified Data.Map as M\n"] : []),
		...(example.includes("S.") ? ["import qualified Data.Set as S\n"] : []),
	].join("");

const rangeOf = ({ name, min, max }: Parameter): string[] =>
	min === undefined && max === undefined ? [] : [`${name}: ${min ?? "…"} to ${max ?? "…"}`];

/** Values that make sense for the parameters of primitives, by their names. */
const samples: Readonly<Record<string, string>> = {
	port: "53",
	network: '"10.0.0.0/8"',
	ethertype: "0x0806",
	protocol: "89",
	device: '"eth1"',
	devices: '["eth1", "eth2"]',
	counter: "0",
	bins: "1024",
	addresses: '["10.0.0.1", "10.0.0.2"]',
	prefix: "8",
	subprefix: "24",
	net: '"10.0.0.0"',
	gateway: '"00:1b:21:0a:0b:0c"',
	offset: "26",
	offset1: "26",
	offset2: "30",
	size: "4",
	key: "key_5tuple",
	message: '"seen"',
	text: '"seen"',
	vid: "7",
	vids: "[7, 8]",
	mark: "1",
	state: "1",
	index: "0",
	classes: "0b11",
	function: "(inc 0)",
	consequent: "(inc 0)",
	alternative: "(inc 1)",
	first: "tcp",
	second: "udp",
	third: "icmp",
	fourth: "icmp6",
	fifth: '(addr "10.0.0.0/8")',
	sixth: "(port 53)",
	seventh: "vlan",
	eighth: "(mark 1)",
};

/** Values of a type, where the name says nothing. */
const ofType: Readonly<Record<string, string>> = {
	NetPredicate: "is_tcp",
	NetProperty: "ip_ttl",
	String: '"text"',
	"[String]": '["text"]',
	IPv4: '"10.0.0.1"',
	"[IPv4]": '["10.0.0.1"]',
	CIDR: '"10.0.0.0/8"',
	"[CIDR]": '["10.0.0.0/8"]',
	MAC: '"00:1b:21:0a:0b:0c"',
	"[Int]": "[1]",
};

const sampleOf = ({ name, type }: Parameter): string => samples[name] ?? ofType[type] ?? "1";

const exampleOf = (name: string, row: Primitive, flipped: boolean): string => {
	const { symbol, parameters, result } = row;
	if (result === "NetProperty") return `filter (${symbol} .> 1)`;
	const values = parameters.map(sampleOf);
	const isOperator = !/^[a-z]/.test(name);
	const infix = isOperator || row.form === "comparison";
	const sides = row.form === "logic" ? ["is_ip", "has_port 53"] : ["ip_ttl", "64"];
	const [left, right] = flipped ? sides.toReversed() : sides;
	const call = infix
		? `${left} ${isOperator ? name : `\`${name}\``} ${right}`
		: [symbol, ...(row.form === "logic" && parameters.length === 2 ? ["is_ip", "(has_port 53)"] : values)].join(" ");
	return result === "NetPredicate" ? `filter (${call})` : call;
};

const byMeaning: ReadonlyMap<string, readonly Documentation[]> = new Map(
	Array.from(byName, ([name, builtins]) => [name, builtins.map(documented)]),
);
