// SPDX-License-Identifier: BSD-3-Clause
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { captureOf } from "../testing/capture-writer.js";
import { pfqLang } from "../testing/pfq-lang.js";
import { samplePackets } from "../testing/sample-packets.js";
import { entryOf, wantsMore } from "./entry.js";
import { createSession } from "./session.js";

const folder = mkdtempSync(join(tmpdir(), "pfq-repl-"));
afterAll(() => rmSync(folder, { recursive: true }));

const capture = join(folder, "sample.pcap");
writeFileSync(capture, captureOf(samplePackets.map(({ octets }) => octets)));
const web = join(folder, "web.pfq");
writeFileSync(join(folder, "Ports.pfq"), "module Ports where\nweb = [80, 443]\n");
writeFileSync(web, "import Ports\nanyOf = foldr1 (.||.)\nmain = filter (anyOf (map has_port web)) >-> inc 3\n");

/** What is answered to lines of a pipe. */
const answers = async (lines: readonly string[], ...files: string[]) =>
	pfqLang(["repl", ...files], lines.map((line) => `${line}\n`).join(""));

describe("what is typed", () => {
	it.each([
		["udp >->", true],
		["filter (is_tcp", true],
		["f :: Int -> NetFunction", true],
		["f :: Int -> NetFunction\nf n = inc n", false],
		["main = do\n  ip", true],
		["main = do\n  ip\n", false],
		["{- a comment", true],
		["udp", false],
		["5 :: Int", false],
		["", false],
	])("%j wants more: %s", (text, more) => {
		expect(wantsMore(text.split("\n"))).toBe(more);
	});

	it.each([
		["f x = inc x", "definitions"],
		["f :: Int -> NetFunction\nf n = inc n", "definitions"],
		["infixl 6 <+>\na <+> b = a .||. b", "definitions"],
		["let x = 5 in inc x", "expression"],
		["\\x -> inc x", "expression"],
		["(5 :: Int)", "expression"],
		["import Data.List", "import"],
		["((((((", "expression"],
	])("%j is of kind %s", (text, kind) => {
		expect(entryOf(text).kind).toBe(kind);
	});
});

describe("a session", () => {
	const pieces = [...'()[]{},;`"=|\\ ', "::", "->", "<-", "\n", "..", "{-", "-}", "--", ">->", ".||.", "$", "-"];
	const words = [
		"main",
		"it",
		"f",
		"x",
		"udp",
		"has_port",
		"ip_ttl",
		"53",
		"0x",
		"do",
		"let",
		"in",
		"where",
		"if",
		"then",
		"else",
	];
	const piece = fc.constantFrom(
		...pieces,
		...words,
		"import",
		"module",
		"infixl",
		"Data.List",
		"P.",
		"_",
		"\ud800",
		"\u0000",
	);

	it("answers whatever is typed", () => {
		const beside = { find: () => null };
		fc.assert(
			fc.property(fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 4 }), (entries) => {
				const session = createSession(beside);
				for (const each of entries) {
					const text = each.join(" ");
					wantsMore(text.split("\n"));
					expect(session.enter(text).kind).toBeTypeOf("string");
				}
				session.listing();
			}),
			{ numRuns: 300 },
		);
	});

	it("answers what nests too deep", () => {
		const deep = "(".repeat(20_000);
		wantsMore([deep]);
		const session = createSession({ find: () => null });
		expect(session.enter(deep)).toMatchObject({ kind: "bad" });
		expect(session.enter(`f = ${deep}`)).toMatchObject({ kind: "bad" });
	});
});

describe("pfq-lang repl", () => {
	it("tells types, values and what runs on packets", async () => {
		const { status, stdout, stderr } = await answers([
			":t has_port",
			"sum [1 .. 4]",
			"udp",
			`:load ${capture}`,
			"udp >-> inc 2",
			":packets 2-3",
			":explain 2",
			"is_tcp",
			"ip_ttl",
		]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(stdout).toBe(`has_port :: Word16 -> NetPredicate
10
NetFunction; :load a capture to run it
12 packets
12 packets: 4 to every socket, 8 dropped; counter 2 = 4
    2    0.001000  UDP 10.0.0.1:53 > 192.168.1.2:42                            to every socket
    3    0.002000  UDP 10.0.0.1:53 > 192.168.1.2:42 (first fragment)           to every socket
packet 2, 0.001000 s: UDP 10.0.0.1:53 > 192.168.1.2:42, 42 octets
         udp: passes: it is UDP
         inc 2: counter 2 is now 1
         => to every socket
holds for 3 of 12 packets
 packets  ip_ttl
       7  5
       5  has none
`);
	});

	it("keeps definitions, replaces them, and takes several lines", async () => {
		const { status, stdout, stderr } = await answers([
			"web :: [Word16]",
			"web = [80]",
			"count n p =",
			"  when p",
			"       (inc n)",
			"",
			"web = [80, 443]",
			"length web",
			"main = count 1 (has_port 53)",
			":t main",
			":show",
			"import Data.Bits",
			"shiftL 1 4",
		]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(stdout).toBe(`web :: [Word16]
count :: Int -> NetPredicate -> NetFunction
web :: Num a => [a]
2
main :: NetFunction
main :: NetFunction
count n p =
  when p
       (inc n)
web = [80, 443]
main = count 1 (has_port 53)
16
`);
	});

	it("takes a program with its modules, and a capture", async () => {
		const { status, stdout } = await answers(["main", "anyOf [is_udp, is_icmp]"], web, capture);
		expect(status).toBe(0);
		expect(stdout).toBe(
			"12 packets\n12 packets: 2 to every socket, 10 dropped; counter 3 = 2\nholds for 5 of 12 packets\n",
		);
	});

	it("tells errors at their places within what was typed, goes on, and ends with status 1", async () => {
		const { status, stdout, stderr } = await answers([
			"x = 5",
			"steer_flw",
			"has_port 70000 .||.",
			"  is_tcp",
			"y = nothing",
			"x",
			":explain 1",
			":nope",
			":load /none",
		]);
		expect({ status, stdout }).toEqual({ status: 1, stdout: "x :: Num a => a\n5\n" });
		expect(stderr).toBe(`repl:1:1: error: nothing is called \`steer_flw\`
 1 | steer_flw
   | ^^^^^^^^^
   = hint: did you mean \`steer_flow\`?
repl:1:10: error: 70000 is out of range: a Word16 goes from 0 to 65535
 1 | has_port 70000 .||.
   |          ^^^^^
repl:1:5: error: nothing is called \`nothing\`
 1 | y = nothing
   |     ^^^^^^^
error: there are no packets: \`:load FILE\` reads those of a capture
error: there is no command :nope; :help tells which there are
error: /none: no such file
`);
	});
});

const hasTerminals = spawnSync("script", ["--version"]).status === 0;

describe.skipIf(!hasTerminals)("pfq-lang repl on a terminal", () => {
	it("completes names, and keeps a history", async () => {
		const bin = fileURLToPath(new URL("../../bin/pfq-lang.js", import.meta.url));
		const child = spawn("script", ["-qefc", `${process.execPath} ${bin} repl ${capture}`, "/dev/null"], {
			env: { ...process.env, TERM: "xterm", XDG_STATE_HOME: folder },
		});
		let shown = "";
		const seen = (text: string): Promise<void> =>
			new Promise((resolve) => {
				const look = (): void => {
					if (shown.includes(text)) resolve();
					else child.stdout.once("data", () => setImmediate(look));
				};
				look();
			});
		child.stdout.on("data", (octets: Buffer) => {
			shown += octets.toString();
		});
		await seen("pfq> ");
		child.stdin.write("steer_rr\t");
		await seen("steer_rrobin");
		child.stdin.write("\r");
		await seen("12 to one socket");
		child.stdin.write("\x04");
		expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
		expect(readFileSync(join(folder, "pfq-lang", "history"), "utf8")).toBe("steer_rrobin\n");
	});
});
