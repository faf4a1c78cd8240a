// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { renderDiagnostics } from "./diagnostic.js";
import { writeText } from "./text-writer.js";

/** Compiles the module Main with those beside it; gives the program in normal form, or its errors. */
const compiled = (main: string, beside: Readonly<Record<string, string>> = {}): string => {
	const find = (name: string) => {
		if (name === "Main") return { file: "Main.pfq", text: main };
		const text = beside[name];
		return text === undefined ? null : { file: `${name}.pfq`, text };
	};
	const where = (name: string): string => `looked for ${name}.pfq`;
	const result = compile(main, { file: "Main.pfq", optimise: false, modules: { find, where } });
	return result.ok
		? writeText(result.computation)
				.trim()
				.replace(/^main = /, "")
		: renderDiagnostics(result.diagnostics);
};

const filters = `module Filters (web, (<+>), main) where
infixl 1 <+>
f <+> g = par f g
web = filter (secret 80)
secret = has_port
main = drop
`;

describe("modules beside the program", () => {
	it("give what they define, with its fixity", () => {
		expect(compiled("import Filters\nmain = web >-> tcp <+> udp", { Filters: filters })).toBe(
			"par (filter (has_port 80) >-> tcp) udp",
		);
		expect(compiled("import qualified Filters as F\nmain = F.web F.<+> ip", { Filters: filters })).toBe(
			"par (filter (has_port 80)) ip",
		);
		expect(compiled("import Filters (web)\nmain = web\n(<+>) f g = f", { Filters: filters })).toBe(
			"filter (has_port 80)",
		);
	});

	it("may import others, give them on, and be imported twice", () => {
		const beside = {
			"Net.Ports": "dns = 53",
			A: "module A (module Net.Ports, a) where\nimport Net.Ports\na = port dns",
			B: "import Net.Ports\nb = src_port dns",
		};
		expect(compiled("import A\nimport B\nmain = a >-> b >-> dst_port dns", beside)).toBe(
			"port 53 >-> src_port 53 >-> dst_port 53",
		);
	});

	it("may be used by what the program defines under the same name", () => {
		expect(compiled("import qualified Filters\nweb = Filters.web >-> ip\nmain = web", { Filters: filters })).toBe(
			"filter (has_port 80) >-> ip",
		);
	});

	it("are checked as the program is, all errors in one run", () => {
		const beside = { A: "a = port 70000\nb = nothing" };
		expect(compiled("import A\nmain = a >-> tpc", beside)).toMatchInlineSnapshot(`
			"Main.pfq:2:14: error: nothing is called \`tpc\`
			 2 | main = a >-> tpc
			   |              ^^^
			   = hint: did you mean \`tcp\`?

			A.pfq:1:10: error: 70000 is out of range: a Word16 goes from 0 to 65535
			 1 | a = port 70000
			   |          ^^^^^

			A.pfq:2:5: error: nothing is called \`nothing\`
			 2 | b = nothing
			   |     ^^^^^^^
			"
		`);
	});

	it("that are missing are told at the import, and nothing follows from that", () => {
		expect(compiled("import Local.Filters\nimport qualified Other as O\nmain = web >-> O.x")).toMatchInlineSnapshot(`
			"Main.pfq:1:8: error: there is no module \`Local.Filters\`
			 1 | import Local.Filters
			   |        ^^^^^^^^^^^^^
			   = hint: looked for Local.Filters.pfq

			Main.pfq:2:18: error: there is no module \`Other\`
			 2 | import qualified Other as O
			   |                  ^^^^^
			   = hint: looked for Other.pfq
			"
		`);
	});

	it("that import each other in a circle are told at the import that closes it", () => {
		expect(compiled("import A\nmain = a", { A: "import B\na = b", B: "import A\nb = a" })).toMatchInlineSnapshot(`
			"B.pfq:1:8: error: these modules import each other in a circle: \`A\` → \`B\` → \`A\`
			 1 | import A
			   |        ^
			"
		`);
		expect(compiled("import Main\nmain = ip")).toMatchInlineSnapshot(`
			"Main.pfq:1:8: error: the module \`Main\` imports itself
			 1 | import Main
			   |        ^^^^
			"
		`);
	});

	it("that cannot be read are told at the import", () => {
		const modules = { find: () => ({ problem: "permission denied" }) };
		expect(compile("import A\nmain = ip", { modules }).diagnostics).toMatchObject([
			{ kind: "import", message: "the module `A` cannot be read: permission denied" },
		]);
	});

	it("keep to themselves what is not in their list, or hidden", () => {
		expect(compiled("import Filters (secret)\nmain = ip", { Filters: filters })).toMatch(
			/Main.pfq:1:17: error: `Filters` has no `secret`/,
		);
		expect(compiled("import Filters\nmain = filter (secret 1)", { Filters: filters })).toMatch(
			/error: nothing is called `secret`/,
		);
		expect(compiled("import Filters hiding (web)\nmain = web", { Filters: filters })).toMatch(
			/error: nothing is called `web`/,
		);
		expect(compiled("import A\nmain = a", { A: "module A (a, b) where\na = ip" })).toMatch(
			/A.pfq:1:14: error: `b` is given to other modules, but not defined/,
		);
	});

	it("may give one name two meanings, which is an error where it is used", () => {
		const beside = { A: "x = ip", B: "x = tcp" };
		expect(compiled("import A\nimport B\nmain = udp", beside)).toBe("udp");
		expect(compiled("import A\nimport B hiding (x)\nmain = x", beside)).toBe("ip");
		expect(compiled("import A\nimport B\nmain = x", beside)).toMatchInlineSnapshot(`
			"Main.pfq:3:8: error: \`x\` may be that of \`A\` or that of \`B\`
			 3 | main = x
			   |        ^
			   = hint: hide it in one of the imports, or import one of the modules qualified
			"
		`);
	});

	it("are at most a thousand, and do not go on for ever", () => {
		const find = (name: string) => ({ file: name, text: `import ${name}x` });
		expect(compile("import A\nmain = ip", { modules: { find } }).diagnostics).toMatchObject([{ kind: "limit" }]);
	});
});

describe("hiding", () => {
	it("takes a built-in name away, so that another meaning of it is seen", () => {
		const hidden = "import Network.PFQ.Lang.Default hiding (filter)\n";
		expect(compiled(`${hidden}main = vlan_id_filter (filter even [1, 2])`)).toBe("vlan_id_filter [2]");
		expect(compiled("import Prelude hiding (map)\nmain = port (head (map id [1]))")).toMatch(
			/error: nothing is called `map`/,
		);
	});

	it("leaves it where another import brings it", () => {
		const program = "import Prelude hiding (map)\nimport Data.List\nmain = port (head (map id [1]))";
		expect(compiled(program)).toBe("port 1");
	});
});
