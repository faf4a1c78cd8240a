// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { readImage } from "../image-reader.js";
import { captureOf } from "../testing/capture-writer.js";
import { pfqLang } from "../testing/pfq-lang.js";
import { samplePackets } from "../testing/sample-packets.js";

const folder = mkdtempSync(join(tmpdir(), "pfq-lang-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
};

const good = file("good.pfq", "main = udp >-> port 53 >-> steer_flow\n");
const bad = file("bad.pfq", "main = steer_flw\n");
const capture = file("sample.pcap", captureOf(samplePackets.map(({ octets }) => octets)));
const linesOf = (text: string): string[] => text.trimEnd().split("\n");
const objectsOf = (text: string): unknown[] => linesOf(text).map((line) => JSON.parse(line) as unknown);

describe("pfq-lang", () => {
	it("teaches with examples", async () => {
		const help = await pfqLang(["--help"]);
		expect(help).toMatchObject({ status: 0, stderr: "" });
		for (const command of ["check", "compile", "eval", "explain", "fmt", "doc", "repl", "load", "playground", "lsp"]) {
			expect(help.stdout).toContain(`  ${command} `);
			const own = await pfqLang([command, "--help"]);
			expect(own).toMatchObject({ status: 0, stderr: "" });
			expect(own.stdout).toMatch(/Examples:\n {2}pfq-lang /);
		}
	});

	it("says in one line that its output cannot be written, with status 1", () => {
		const full = openSync("/dev/full", "w");
		const bin = new URL("../../bin/pfq-lang.js", import.meta.url).pathname;
		const args = [bin, "doc", "udp"];
		const { status, stderr } = spawnSync(process.execPath, args, { stdio: ["ignore", full, "pipe"], encoding: "utf8" });
		closeSync(full);
		expect(stderr).toBe("pfq-lang doc: standard output: no space left on device\n");
		expect(status).toBe(1);
	});

	it("tells misuse in one line, with status 2", async () => {
		expect(await pfqLang(["chekc"])).toEqual({
			status: 2,
			stdout: "",
			stderr: "pfq-lang: unknown command 'chekc' (Did you mean check?); see `pfq-lang --help`\n",
		});
		const complaint = async (...args: string[]): Promise<string> => {
			const { status, stdout, stderr } = await pfqLang(args);
			expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
			return stderr;
		};
		expect(await complaint("compile")).toBe("pfq-lang compile: no program: give FILE or -e TEXT\n");
		expect(await complaint("compile", good, "-e", "main = ip")).toBe(
			"pfq-lang compile: two programs: give FILE or -e TEXT\n",
		);
		expect(await complaint("compile", "--emit", "elf", good)).toMatch(/Allowed choices are image, json/);
		expect(await complaint("eval", good)).toMatch(/required option '-r, --read <capture>' not specified/);
		expect(await complaint("explain", "-r", capture, "--packet", "0", good)).toMatch(/a number from 1 is wanted/);
		const bare = await pfqLang([]);
		expect(bare.status).toBe(2);
		expect(bare.stderr).toMatch(/^Usage: pfq-lang/);
	});

	it("tells of files that cannot be read in one line", async () => {
		expect(await pfqLang(["compile", join(folder, "none.pfq")])).toEqual({
			status: 1,
			stdout: "",
			stderr: `pfq-lang compile: ${folder}/none.pfq: no such file\n`,
		});
		expect((await pfqLang(["compile", folder])).stderr).toMatch(/: is a directory; a file is wanted\n$/);
		expect((await pfqLang(["compile", capture])).stderr).toMatch(/: not a program: it is no UTF-8 text\n$/);
		expect((await pfqLang(["eval", "-r", good, good])).stderr).toMatch(
			/: not a capture: it begins as neither pcap nor pcapng do\n$/,
		);
		const damaged = file("damaged.image", "PFQC and more");
		expect((await pfqLang(["compile", damaged])).stderr).toMatch(/^pfq-lang compile: .*damaged.image: .+\n$/);
	});
});

describe("pfq-lang check", () => {
	it("says of each program whether it is good, and what is wrong", async () => {
		const { status, stdout, stderr } = await pfqLang(["check", good, bad]);
		expect(status).toBe(1);
		expect(stdout).toBe(`${good}: ok, 3 nodes\n`);
		expect(stderr).toBe(
			`${bad}:1:8: error: nothing is called \`steer_flw\`
 1 | main = steer_flw
   |        ^^^^^^^^^
   = hint: did you mean \`steer_flow\`?

${bad}: 1 error
`,
		);
		expect(await pfqLang(["check", "-"], "main = ip")).toMatchObject({
			status: 0,
			stdout: "standard input: ok, 1 node\n",
		});
	});

	it("finds modules beside the program", async () => {
		mkdirSync(join(folder, "Net"));
		file("Net/Ports.pfq", "module Net.Ports where\ndns = [53, 853]\n");
		const program = file("modular.pfq", "import Net.Ports\nmain = filter (foldr1 (.||.) (map has_port dns))\n");
		expect(await pfqLang(["check", program])).toMatchObject({ status: 0, stderr: "" });
		file("Net/Circle.hs", "module Net.Circle where\nimport Net.Circle\n");
		const circle = file("circle.pfq", "import Net.Circle\nimport Net.None\nmain = ip\n");
		const { stderr } = await pfqLang(["check", circle]);
		expect(stderr).toContain(`${folder}/Net/Circle.hs:2:8: error: the module \`Net.Circle\` imports itself\n`);
		expect(stderr).toContain(`there is neither ${folder}/Net/None.pfq nor ${folder}/Net/None.hs\n`);
		const unreadable = file("unreadable.pfq", "import Net.Binary\nmain = ip\n");
		file("Net/Binary.pfq", Uint8Array.of(0xff, 0xfe));
		expect((await pfqLang(["check", unreadable])).stderr).toContain("is no UTF-8 text");
	});

	it("does so in JSON", async () => {
		const { status, stdout, stderr } = await pfqLang(["check", "--json", good, bad, join(folder, "none")]);
		expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
		expect(objectsOf(stdout)).toMatchObject([
			{ file: good, ok: true, nodes: 3 },
			{ file: bad, line: 1, column: 8, length: 9, kind: "name", hint: "did you mean `steer_flow`?" },
			{ kind: "file", message: `${folder}/none: no such file` },
		]);
	});
});

describe("pfq-lang compile", () => {
	it("writes each form, and reads compiled ones again", async () => {
		const image = join(folder, "good.image");
		expect(await pfqLang(["compile", "-o", image, good])).toEqual({ status: 0, stdout: "", stderr: "" });
		expect(readImage(readFileSync(image)).nodes).toHaveLength(3);
		const emit = async (form: string, ...args: string[]): Promise<string> => {
			const result = await pfqLang(["compile", "--emit", form, ...args]);
			expect(result).toMatchObject({ status: 0, stderr: "" });
			return result.stdout;
		};
		const text = "main = udp >-> port 53 >-> steer_flow\n";
		expect(await emit("text", good)).toBe(text);
		expect(await emit("text", image)).toBe(text);
		const json = file("good.json", await emit("json", good));
		expect(await emit("text", json)).toBe(text);
		expect(await emit("fdescr", good)).toBe("#0 udp -> #1\n#1 port port=53 -> #2\n#2 steer_flow\n");
		expect(await emit("types", "-e", "f p = when p ip\nmain = f is_tcp")).toBe(
			"f :: NetPredicate -> NetFunction\nmain :: NetFunction\n",
		);
		expect(await emit("dot", good)).toMatch(/^digraph/);
		expect(await emit("svg", good)).toMatch(/<svg.*steer_flow.*<\/svg>/s);
	});

	it("optimises unless told not to", async () => {
		const source = ["-e", "main = inv (inv tcp) >-> drop >-> udp", "--emit", "text"];
		expect((await pfqLang(["compile", ...source])).stdout).not.toContain("udp");
		expect((await pfqLang(["compile", "--no-optimise", ...source])).stdout).toContain("udp");
	});

	it("tells what is wrong with a program, with status 1", async () => {
		const { status, stdout, stderr } = await pfqLang(["compile", "-e", "main = port 70000"]);
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toMatch(/^-e:1:13: error: /);
	});
});

describe("pfq-lang load", () => {
	it("says that groups of another process are out of reach without pfq.ko", async () => {
		vi.stubEnv("PFQ_HOST", "user");
		expect(await pfqLang(["load", "--gid", "3", good])).toEqual({
			status: 1,
			stdout: "",
			stderr:
				"pfq-lang load: group 3: there is no pfq.ko here, and without it a group lives in the process that made it (docs/kernel.md)\n",
		});
		vi.unstubAllEnvs();
		expect((await pfqLang(["load", "--gid", "3", bad])).stderr).toContain("did you mean `steer_flow`?");
		expect((await pfqLang(["load", "--gid", "no", good])).status).toBe(2);
		expect((await pfqLang(["load", good])).stderr).toContain("required option '-g, --gid <n>' not specified");
	});
});

describe("pfq-lang eval", () => {
	it("tells what would become of each packet, and the totals", async () => {
		const { status, stdout, stderr } = await pfqLang([
			"eval",
			"-r",
			capture,
			"-e",
			"main = ip >-> inc 2 >-> steer_flow",
		]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		const lines = linesOf(stdout);
		expect(lines).toHaveLength(13);
		expect(lines[1]).toMatch(
			/^ {4}2 {4}0\.001000 {2}UDP 10\.0\.0\.1:53 > 192\.168\.1\.2:42 +to one socket \(hash 0x[0-9a-f]{8}\)$/,
		);
		expect(lines[8]).toMatch(/ARP .* dropped$/);
		expect(lines[12]).toBe("12 packets: 7 to one socket, 5 dropped; counter 2 = 7");
	});

	it("does so in JSON", async () => {
		const { stdout } = await pfqLang(["eval", "--json", "-r", capture, good]);
		const objects = objectsOf(stdout);
		expect(objects[1]).toMatchObject({
			packet: 2,
			time: "1700000000.001000000",
			summary: "UDP 10.0.0.1:53 > 192.168.1.2:42",
			outcome: { fanout: "steer", hash: expect.any(Number), classMask: "0x1", mark: 0, forwards: [], toHost: false },
		});
		expect(objects.at(-1)).toEqual({
			totals: { packets: 12, dropped: 9, every: 0, one: 3, two: 0, copies: 0, notRun: 0 },
			counters: {},
		});
	});

	it("goes on to where a capture is cut off, and says so", async () => {
		const cut = file("cut.pcap", readFileSync(capture).subarray(0, 24 + 16 + 54 + 20));
		const { status, stdout, stderr } = await pfqLang(["eval", "-r", cut, good]);
		expect(status).toBe(1);
		expect(linesOf(stdout)).toHaveLength(2);
		expect(stderr).toMatch(/^pfq-lang eval: .*cut\.pcap: .*packet 2.*\n$/);
	});

	it("does not run packets of link types that PFQ does not read", async () => {
		const other = file("other.pcap", captureOf([new Uint8Array(8)], 105));
		expect((await pfqLang(["eval", "-r", other, good])).stdout).toMatch(
			/not run: PFQ does not read link type 105\n1 packet: 1 not run\n$/,
		);
	});
});

describe("pfq-lang explain", () => {
	it("tells which way a packet went, and why", async () => {
		const program = file("way.pfq", "main = when is_tcp (inc 0)\n   >-> port 53\n   >-> steer_flow\n");
		const { status, stdout, stderr } = await pfqLang(["explain", "-r", capture, "--packet", "1-2", program]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(stdout).toMatch(/hash 0x/);
		expect(
			stdout.replace(/0x[0-9a-f]{8}/, "HASH"),
		).toBe(`packet 1, 0.000000 s: TCP 10.0.0.1:80 > 192.168.1.2:12345 [SYN ACK], 54 octets
    1:8  when is_tcp: yes, it is TCP
   1:21    inc 0: counter 0 is now 1
    2:8  port 53: drops: source port 80, destination port 12345
         => dropped at 2:8, by port 53

packet 2, 0.001000 s: UDP 10.0.0.1:53 > 192.168.1.2:42, 42 octets
    1:8  when is_tcp: no, it is UDP
    2:8  port 53: passes: source port 53
    3:8  steer_flow: to one socket, by its addresses and ports
         => to one socket (hash HASH)
`);
	});

	it("runs the packets before, so that counters are right", async () => {
		const { stdout } = await pfqLang(["explain", "-r", capture, "-p", "9", "-e", "main = inc 0"]);
		expect(stdout).toContain("inc 0: counter 0 is now 9");
	});

	it("does so in JSON, and says when there is no such packet", async () => {
		const { stdout } = await pfqLang(["explain", "--json", "-r", capture, "-p", "2", good]);
		expect(objectsOf(stdout)).toMatchObject([
			{ packet: 2, steps: [{ expression: "udp", passes: true, place: { line: 1, column: 8 } }, {}, {}] },
		]);
		expect(await pfqLang(["explain", "-r", capture, "-p", "99", good])).toMatchObject({
			status: 1,
			stderr: `pfq-lang explain: ${capture}: there is no packet 99; the last is 12\n`,
		});
	});
});

describe("a capture without packets", () => {
	const none = file("none.pcap", captureOf([]));

	it("has its totals", async () => {
		const program = ["-e", "main = ip"];
		for (const command of ["eval", "explain"])
			expect(await pfqLang([command, "-r", none, ...program])).toEqual({
				status: 0,
				stdout: "0 packets\n",
				stderr: "",
			});
		const { stdout } = await pfqLang(["eval", "--json", "-r", none, ...program]);
		expect(objectsOf(stdout)).toMatchObject([{ totals: { packets: 0 } }]);
		expect(await pfqLang(["explain", "-r", none, "--packet", "1", ...program])).toEqual({
			status: 1,
			stdout: "",
			stderr: `pfq-lang explain: ${none}: there is no packet 1; it has none\n`,
		});
		expect((await pfqLang(["explain", "--help"])).stdout).not.toContain("default: {");
	});
});

describe("pfq-lang fmt", () => {
	it("formats files in place and names them, or only checks", async () => {
		const messy = file("messy.pfq", "main=ip>->tcp -- both");
		expect(await pfqLang(["fmt", "--check", good, messy])).toEqual({
			status: 1,
			stdout: "",
			stderr: `${messy}: not formatted\n`,
		});
		expect(await pfqLang(["fmt", good, messy])).toEqual({ status: 0, stdout: `${messy}\n`, stderr: "" });
		expect(readFileSync(messy, "utf8")).toBe("main = ip >-> tcp  -- both\n");
		expect(await pfqLang(["fmt", "--check", good, messy])).toEqual({ status: 0, stdout: "", stderr: "" });
		expect(await pfqLang(["fmt", "-"], "main=ip")).toEqual({ status: 0, stdout: "main = ip\n", stderr: "" });
		expect(await pfqLang(["fmt", "-"], "main=(")).toMatchObject({ status: 1, stdout: "" });
	});
});

describe("pfq-lang doc", () => {
	it("tells type, meaning and example, and knows near names", async () => {
		expect((await pfqLang(["doc", "has_vid"])).stdout).toBe(`has_vid :: Int -> NetPredicate

    the outermost VLAN tag has this id
    vid: 0 to 4095

example:
    main = filter (has_vid 7)
`);
		expect(await pfqLang(["doc", "steer_flw"])).toEqual({
			status: 1,
			stdout: "",
			stderr: "pfq-lang doc: nothing is called `steer_flw`; did you mean `steer_flow`?\n",
		});
		expect(objectsOf((await pfqLang(["doc", "--json", ".<"])).stdout)).toMatchObject([{ name: ".<" }]);
		expect(linesOf((await pfqLang(["doc"])).stdout).length).toBeGreaterThan(300);
	});
});
