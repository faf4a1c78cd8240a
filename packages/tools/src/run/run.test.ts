// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { image, program, steerFlow, udp } from "@pfq/lang";
import { afterAll, describe, expect, it } from "vitest";
import { arpPacket, udpPacket, writeCapture } from "../capture.test-support.js";
import { outcome, pfq, pfqFile, startPfq, summaryOf } from "../pfq.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "pfq-run-"));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string): string => join(folder, name);

/** 300 packets of 100 UDP flows, a third of them DNS, and 20 of ARP. */
const capture = inFolder("mixed.pcap");
const flows = Array.from({ length: 100 }, (_, index) => udpPacket(20_000 + index, index % 3 ? 5000 : 53));
writeCapture(capture, [...flows, ...flows, ...Array.from({ length: 20 }, arpPacket), ...flows]);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("pfq run", () => {
	it("counts the packets of a file, with one socket and no program", async () => {
		const result = await pfq("run", "-r", capture, "--json");
		expect(result).toMatchObject({ status: 0, stderr: "" });
		const summary = summaryOf(result);
		expect(summary).toMatchObject({
			type: "summary",
			host: "user",
			groups: [{ recv: 320, lost: 0, drop: 0, frwd: 0, kern: 0 }],
			sockets: [{ recv: 320, lost: 0, octets: 320 * 60 }],
			devices: [{ name: `pcap:${capture}`, state: "finished", recv: 320, lost: 0 }],
		});
		expect(summary.counters).toEqual(new Array(64).fill(0));
	});

	it("gives sockets the classes that programs send to", async () => {
		const example = new URL("../../../../examples/dns-split.pfq", import.meta.url).pathname;
		const dnsSplit = ["run", "-r", capture, "-f", example, "--json"];
		const { groups, sockets, counters } = summaryOf(await pfq(...dnsSplit, "-n", "4", "--class", "1,1,0"));
		const [first = 0, second = 0, ...rest] = sockets.map(({ recv }) => recv);
		expect(counters[0]).toBe(102); // 34 flows of three packets
		expect(first + second).toBe(102);
		expect(sum(rest)).toBe(198);
		expect(groups).toMatchObject([{ recv: 300, lost: 0, drop: 20 }]);
		expect(await pfq(...dnsSplit, "-n", "1", "--class", "1,0")).toMatchObject({
			status: 2,
			stderr: "pfq run: --class 1,0: 2 classes, but 1 socket; give -n 2\n",
		});
	});

	it("shares its group with other processes on pfq.ko alone, and says so", async () => {
		expect(await pfq("run", "-r", capture, "--shared")).toEqual({
			status: 2,
			stdout: "",
			stderr: "pfq run: --shared: without pfq.ko the group lives in this process, and no other can join it\n",
		});
	});

	it("spreads them over sockets by a program, and the figures add up", async () => {
		const result = await pfq("run", "-r", capture, "-e", "main = udp >-> inc 3 >-> steer_flow", "-n", "3", "--json");
		expect(result.stderr).toBe("");
		const { groups, sockets, counters, devices } = summaryOf(result);
		expect(sockets).toHaveLength(3);
		expect(sum(sockets.map(({ recv }) => recv))).toBe(300);
		expect(groups).toMatchObject([{ recv: 300, lost: 0, drop: 20 }]);
		expect(counters[3]).toBe(300);
		expect(devices[0]?.recv).toBe(320);
		for (const { recv, octets } of sockets) {
			expect(recv).toBeGreaterThan(0);
			expect(recv % 3).toBe(0); // whole flows
			expect(octets).toBe(recv * 60);
		}
	});

	it("without a program shares all packets among the sockets, each once", async () => {
		const { sockets, groups } = summaryOf(await pfq("run", "-r", capture, "-n", "4", "--json"));
		expect(sum(sockets.map(({ recv }) => recv))).toBe(320);
		expect(groups).toMatchObject([{ recv: 320, drop: 0 }]);
		expect(sockets.every(({ recv }) => recv > 0)).toBe(true);
	});

	it("has many sockets", async () => {
		const result = await pfq("run", "-r", capture, "-n", "256", "-s", "64", "--json");
		expect(result).toMatchObject({ status: 0, stderr: "" });
		const { sockets } = summaryOf(result);
		expect(sockets).toHaveLength(256);
		expect(sum(sockets.map(({ recv }) => recv))).toBe(320);
	});

	it("loses nothing of a file, though the queues are small", async () => {
		const big = inFolder("big.pcap");
		writeCapture(big, Array.from({ length: 200 }, () => flows).flat());
		const summary = summaryOf(await pfq("run", "-r", big, "-e", "main = steer_flow", "-n", "2", "-s", "16", "--json"));
		expect(sum(summary.sockets.map(({ recv }) => recv))).toBe(20_000);
		expect(summary.groups).toMatchObject([{ recv: 20_000, lost: 0, drop: 0 }]);
	});

	it("takes programs from a file: text, or an image", async () => {
		const text = inFolder("dns.pfq");
		writeFileSync(text, "-- name service\nmain = port 53\n");
		expect(summaryOf(await pfq("run", "-r", capture, "-f", text, "--json")).groups).toMatchObject([{ recv: 102 }]);
		const compiled = inFolder("udp.image");
		writeFileSync(compiled, image(program(udp, steerFlow)));
		expect(summaryOf(await pfq("run", "-r", capture, "-f", compiled, "--json")).groups).toMatchObject([{ recv: 300 }]);
	});

	it("finds the modules that a program imports beside it", async () => {
		writeFileSync(inFolder("Ports.pfq"), "module Ports where\ndns = 53\n");
		const text = inFolder("modular.pfq");
		writeFileSync(text, "import Ports\nmain = port dns\n");
		expect(summaryOf(await pfq("run", "-r", capture, "-f", text, "--json")).groups).toMatchObject([{ recv: 102 }]);
	});

	it("reads several files and devices at once", async () => {
		const summary = summaryOf(
			await pfq("run", "-r", capture, "-i", `pcap:${inFolder("mixed.pcap")}?rate=full`, "--json"),
		);
		expect(summary.groups).toMatchObject([{ recv: 640 }]);
		expect(summary.devices).toHaveLength(2);
	});

	it("shows people a table, without colours where it is no terminal", async () => {
		const { stdout, status } = await pfq("run", "-r", capture, "-e", "main = udp >-> inc 3 >-> steer_flow", "-n", "2");
		expect(status).toBe(0);
		expect(stdout).not.toContain("\x1b");
		expect(stdout).toMatch(/^ +packets +packets\/s +bits\/s +share +lost\nsocket \d+ +\d+ /);
		expect(stdout).toMatch(/^group \d+ +300 .* 100\.0 % +0$/m);
		expect(stdout).toMatch(/^group \d+: 20 dropped, 0 forwarded, 0 to the host$/m);
		expect(stdout).toMatch(/^pcap:.*mixed\.pcap +320 +0 +100\.0 % +finished$/m);
		expect(stdout).toMatch(/^counters {2}3: 300$/m);
	});

	it("says in the table that a device is closed, and a short time in milliseconds", async () => {
		const { stdout } = await pfq("run", "-i", "mem:quiet", "--seconds", "0.2");
		expect(stdout).toMatch(/^mem:quiet +0 +0 +closed$/m);
		expect(stdout).toMatch(/^ran for [1-9]\d\d ms\nhost: user$/m);
	});

	it("shows a counter that was counted down below zero as what it is", async () => {
		const { stdout } = await pfq("run", "-r", capture, "-e", "main = dec 7");
		expect(stdout).toMatch(/^counters {2}7: -320$/m);
	});

	it.each(["SIGINT", "SIGTERM"] as const)("finishes on %s, and prints the totals", async (signal) => {
		const child = startPfq(["run", "-i", "mem:quiet", "--json"]);
		const ended = outcome(child);
		await new Promise((resolve) => child.stdout?.once("data", resolve));
		child.kill(signal);
		const result = await ended;
		expect(result).toMatchObject({ status: 0, stderr: "" });
		expect(summaryOf(result)).toMatchObject({
			groups: [{ recv: 0, lost: 0, drop: 0 }],
			devices: [{ name: "mem:quiet" }],
		});
	});

	it("finishes on Ctrl-C though nothing comes through the pipe that it reads", async () => {
		const child = startPfq(["run", "-r", "-", "--json"]);
		const ended = outcome(child);
		child.stdin?.write(readFileSync(capture).subarray(0, 24 + 76 + 10));
		await new Promise((resolve) => child.stdout?.once("data", resolve));
		child.kill("SIGINT");
		const result = await ended;
		expect(result).toMatchObject({ status: 0, stderr: "" });
		expect(summaryOf(result)).toMatchObject({ groups: [{ recv: 1 }], devices: [{ state: "closed", recv: 1 }] });
	});

	it("is ended by Ctrl-C while it waits for a pipe to say what it is", async () => {
		const child = startPfq(["run", "-r", "-"]);
		await new Promise((resolve) => setTimeout(resolve, 1000));
		child.kill("SIGINT");
		const [, signal] = await once(child, "exit");
		expect(signal).toBe("SIGINT");
	});

	it("finishes cleanly though interrupted in the middle of a file", async () => {
		const slow = inFolder("slow.pcap");
		writeCapture(slow, Array.from({ length: 5000 }, () => flows).flat());
		const child = startPfq(["run", "-r", slow, "-s", "1", "--json"]);
		const ended = outcome(child);
		await new Promise((resolve) => child.stdout?.once("data", resolve));
		child.kill("SIGINT");
		const result = await ended;
		expect(result.status).toBe(0);
		const { groups, sockets, devices } = summaryOf(result);
		expect(sockets[0]?.recv).toBe(groups[0]?.recv);
		expect(devices[0]?.recv).toBe(groups[0]?.recv);
		expect(devices[0]?.recv).toBeLessThan(500_000);
	});

	it("stops after --seconds, with an object for each second before the summary", async () => {
		const { stdout, status } = await pfq("run", "-i", "mem:quiet", "--seconds", "2.3", "--json");
		expect(status).toBe(0);
		const lines = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as { type: string; seconds: number });
		expect(lines.at(-1)?.type).toBe("summary");
		expect(new Set(lines.slice(0, -1).map(({ type }) => type))).toEqual(new Set(["interval"]));
		expect(lines.at(-1)?.seconds).toBeGreaterThan(2.2);
	});

	it.each([
		["pfq run", ["run", "-r", capture]],
		["pfq run", ["run", "-i", "mem:quiet", "--json"]],
		["pfq run", ["run", "--help"]],
		["pfq", ["--help"]],
		["pfq lang", ["lang", "--help"]],
	])("%s says so in one line when its output cannot be written: %j", (name, args) => {
		const full = openSync("/dev/full", "w");
		const { status, stderr } = spawnSync(process.execPath, [pfqFile, ...args], {
			stdio: ["ignore", full, "pipe"],
			encoding: "utf8",
		});
		closeSync(full);
		expect({ status, stderr }).toEqual({
			status: 1,
			stderr: `${name}: standard output: no space left on device\n`,
		});
	});

	it("ends without a word when nobody reads its output any more", async () => {
		const child = startPfq(["run", "-i", "mem:quiet", "--json"]);
		let errors = "";
		child.stderr?.on("data", (data) => {
			errors += data;
		});
		child.stdout?.once("data", () => child.stdout?.destroy());
		const status = await new Promise((resolve) => child.once("exit", resolve));
		expect({ status, errors }).toEqual({ status: 0, errors: "" });
	});
});

describe("pfq run refuses", () => {
	const junk = inFolder("junk.pcap");
	writeFileSync(junk, "this is not a capture, but a sentence of some length");
	const cut = inFolder("cut.pcap");
	writeFileSync(cut, readFileSync(capture).subarray(0, -10));
	const badProgram = inFolder("bad.pfq");
	writeFileSync(badProgram, "main = udp\n   >-> prot 53\n");
	const binary = inFolder("binary.pfq");
	writeFileSync(binary, new Uint8Array([0xff, 0xfe, 0x00]));

	const cases: readonly (readonly [what: string, args: readonly string[], status: number, message: RegExp])[] = [
		["nothing to read", ["run"], 2, /^pfq run: no packets to run on: give -i DEV or -r FILE; see `pfq run --help`\n$/],
		["an unknown option", ["run", "--fast"], 2, /^pfq run: unknown option '--fast'; see `pfq run --help`\n$/],
		["an option without its value", ["run", "-r"], 2, /^pfq run: option '-r, --read <file>' argument missing; see/],
		["a file without -r", ["run", "my.pcap"], 2, /^pfq run: my\.pcap: did you mean -r my\.pcap\?\n$/],
		["an interface without -i", ["run", "lo"], 2, /^pfq run: lo: did you mean -i lo\?\n$/],
		["a file without a name", ["run", "-r", ""], 2, /^pfq run: -r '': the name of the file is empty\n$/],
		["a device without a name", ["run", "-i", ""], 2, /^pfq run: -i '': the name of the device is missing; .*\n$/],
		["an unknown command", ["rum"], 2, /^pfq: unknown command 'rum' \(Did you mean run\?\); see `pfq --help`\n$/],
		[
			"a count that is none",
			["run", "-r", capture, "-n", "three"],
			2,
			/^pfq run: -n three: a whole number from 1 to 256 is wanted\n$/,
		],
		[
			"a negative count",
			["run", "-r", capture, "-n", "-1"],
			2,
			/^pfq run: -n -1: a whole number from 1 to 256 is wanted\n$/,
		],
		...["64", "1,,0", "-1", ""].map((list): [string, string[], number, RegExp] => [
			`no classes: '${list}'`,
			["run", "-r", capture, `--class=${list}`],
			2,
			/^pfq run: --class .*: numbers from 0 to 63 with commas between are wanted\n$/,
		]),
		["no sockets", ["run", "-r", capture, "-n", "0"], 2, /^pfq run: -n 0: a whole number from 1 to 256 is wanted\n$/],
		[
			"a time that is none",
			["run", "-r", capture, "--seconds", "0"],
			2,
			/^pfq run: --seconds 0: a number above 0 is wanted/,
		],
		["two programs", ["run", "-r", capture, "-f", "a", "-e", "b"], 2, /'-f, --file <file>' cannot be used with option/],
		[
			"a queue that is none",
			["run", "-i", "eth0:x"],
			2,
			/-i eth0:x: 'x' is no hardware queue.*INTERFACE:QUEUE, divert:INTERFACE, pcap:FILE or mem:NAME\n$/,
		],
		["too many sockets", ["run", "-r", capture, "-n", "300"], 2, /^pfq run: -n 300: .*256.*\n$/],
		["a queue of no slots", ["run", "-r", capture, "-s", "0"], 2, /^pfq run: -s 0: .*1 to 16777216.*\n$/],
		["a queue of 2^40 slots", ["run", "-r", capture, "-s", "1099511627776"], 2, /^pfq run: -s 1099511627776: .*\n$/],
		[
			"packets of no octets",
			["run", "-r", capture, "-c", "0"],
			2,
			/^pfq run: -c 0: a whole number from 1 to 262144 is wanted\n$/,
		],
		[
			"queues too large",
			["run", "-r", capture, "-s", "16777216", "-c", "262144"],
			2,
			/; lower -s 16777216 or -c 262144\n$/,
		],
		["an unknown device", ["run", "-i", "eth77"], 1, /^pfq run: eth77: no such interface; have: .*\n$/],
		["an unknown file", ["run", "-r", inFolder("none.pcap")], 1, /^pfq run: .*none\.pcap: .*no such file.*\n$/i],
		["a directory", ["run", "-r", folder], 1, /^pfq run: .*directory.*\n$/],
		["a file that is no capture", ["run", "-r", junk], 1, /^pfq run: .*junk\.pcap.*\n$/],
		[
			"a program that is not there",
			["run", "-r", capture, "-f", "none.pfq"],
			1,
			/^pfq run: none\.pfq: no such file\n$/,
		],
		[
			"a directory for a program",
			["run", "-r", capture, "-f", folder],
			1,
			/: is a directory; a file with a program is wanted\n$/,
		],
		[
			"a program that is no text",
			["run", "-r", capture, "-f", binary],
			1,
			/: neither UTF-8 text nor a compiled image\n$/,
		],
		["a lexical error", ["run", "-r", capture, "-e", "main = udp ¿"], 1, /^pfq run: -e:1:12: error: /],
		["a syntax error", ["run", "-r", capture, "-e", "main = (udp"], 1, /^pfq run: -e:1:\d+: error: /],
		[
			"a name error",
			["run", "-r", capture, "-f", badProgram],
			1,
			/bad\.pfq:2:8: error: .*prot.*\n 2 \| .*>-> prot 53\n/,
		],
		["a type error", ["run", "-r", capture, "-e", "main = is_udp"], 1, /^pfq run: -e:1:8: error: /],
		["a range error", ["run", "-r", capture, "-e", "main = port 70000"], 1, /^pfq run: -e:1:13: error: .*70000/],
		[
			"a device in a program that is not there",
			["run", "-r", capture, "-e", 'main = forward "eth77"'],
			1,
			/^pfq run: .*eth77/,
		],
	];

	it.each(cases)("%s", async (_, args, status, message) => {
		const result = await pfq(...args);
		expect(result.stderr).toMatch(message);
		expect(result.status).toBe(status);
		expect(result.stdout).toBe("");
	});

	it("an image with an octet changed", async () => {
		const octets = image(program(udp, steerFlow));
		octets[30] = (octets[30] ?? 0) ^ 1;
		const file = inFolder("changed.image");
		writeFileSync(file, octets);
		const result = await pfq("run", "-r", capture, "-f", file);
		expect(result.stderr).toMatch(/^pfq run: .*changed\.image: .*\n$/);
		expect(result.status).toBe(1);
	});

	it("to call a capture that is cut off complete: totals, reason, status 1", async () => {
		const result = await pfq("run", "-r", cut, "--json");
		expect(result.status).toBe(1);
		expect(result.stderr).toMatch(/^pfq run: .*cut\.pcap.*\n$/);
		expect(summaryOf(result)).toMatchObject({ groups: [{ recv: 319 }], devices: [{ state: "failed", recv: 319 }] });
		expect(result.stderr).toBe(`pfq run: ${summaryOf(result).devices[0]?.text}\n`);
	});
});

/** A shell that has network interfaces of its own. */
const withInterfaces = (script: string) => spawnSync("unshare", ["-n", "sh", "-ec", script], { encoding: "utf8" });
const mayHaveInterfaces = withInterfaces("ip link add left type veth peer name right").status === 0;

describe.skipIf(!mayHaveInterfaces)("pfq run fails, with the totals and the reason, when its interface", () => {
	it.each([
		["goes down", "ip link set right down"],
		["vanishes", "ip link del right"],
	])("%s", (_, command) => {
		const { stdout, stderr, status } = withInterfaces(`
			ip link add left type veth peer name right
			ip link set left up
			ip link set right up
			(sleep 2; ${command}) &
			exec '${process.execPath}' '${pfqFile}' run -i right --json`);
		expect({ status, stderr }).toEqual({ status: 1, stderr: "pfq run: right: the interface went down or away\n" });
		expect(summaryOf({ stdout })).toMatchObject({ devices: [{ name: "right", state: "failed" }] });
	});
});

it("the example of README.md does what it says", async () => {
	const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
	const [, command = "", output = ""] = /```sh\npfq (.*?)\n```\n\n```\n(.*?)```/s.exec(readme) ?? [];
	const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
	const { stdout, status } = await pfq(...args.map((arg) => (arg === "traffic.pcap" ? capture : arg)));
	expect(status).toBe(0);
	// but for the rates
	const steady = (text: string): string =>
		text.replace(/^((?:socket|group) \d+ +\d+) .*?( [\d.]+ %)/gm, "$1$2").replace(/ +/g, " ");
	expect(steady(stdout)).toContain(steady(output));
});

it.runIf(process.getuid?.() === 0)("pfq run names sudo and the program that lacks the right to capture", () => {
	const options = { uid: 65534, encoding: "utf8" } as const;
	const { stderr, status } = spawnSync(process.execPath, [pfqFile, "run", "-i", "lo"], options);
	expect(stderr).toContain(`(sudo setcap cap_net_raw+ep ${process.execPath})`);
	expect(status).toBe(1);
});

describe("pfq --help", () => {
	it("teaches", async () => {
		const general = await pfq("--help");
		expect(general).toMatchObject({ status: 0, stderr: "" });
		expect(general.stdout).toContain("pfq run --help");
		const run = await pfq("run", "--help");
		expect(run).toMatchObject({ status: 0, stderr: "" });
		expect(run.stdout).toContain("Examples:");
		for (const option of ["-i", "-r", "-f", "-e", "-n", "-c", "-s", "--seconds", "--json"])
			expect(run.stdout).toContain(option);
		for (const line of run.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
	});

	it("has the version beside it", async () => {
		expect((await pfq("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
	});

	it("is shown when there is no command, as misuse", async () => {
		const result = await pfq();
		expect(result.status).toBe(2);
		expect(result.stderr).toContain("Usage: pfq");
	});
});
