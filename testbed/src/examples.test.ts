// SPDX-License-Identifier: BSD-3-Clause
// The examples in each language do what they say on files; conformance/examples.conformance.ts tries them on interfaces.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCapture } from "./capture-writer.js";
import {
	balanceOf,
	buildExamples,
	type ExampleName,
	languageNames,
	readCapture,
	runExample,
	startExample,
	whyNot,
} from "./example-programs.js";
import { ipv4, packet, udp } from "./layers.js";
import { sampleTraffic } from "./sample-traffic.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const packets = 1000;
const traffic = [...sampleTraffic({ packets })];
let folder: string;
let capture: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "pfq-examples-"));
	capture = join(folder, "traffic.pcap");
	writeCapture(capture, traffic);
	buildExamples();
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sh = (script: string): string => execFileSync("sh", ["-ec", script], { cwd: root, encoding: "utf8" });

describe.each(languageNames)("the examples in %s", (language) => {
	const obstacle = whyNot(language);
	const title = (text: string): string => (obstacle ? `${text}: ${obstacle}` : text);
	const test = it.skipIf(obstacle);
	const host = { PFQ_HOST: "user" };

	test(title("count the packets and octets of a file"), async () => {
		const octets = traffic.reduce((sum, { bytes }) => sum + bytes.length, 0);
		const said = await runExample(language, "count", [`pcap:${capture}`], host);
		expect(said).toBe(`${packets} packets, ${octets} octets, 0 lost\n`);
	});

	test(title("copy a file, octet by octet behind its header"), async () => {
		const copy = join(folder, "copy.pcap");
		expect(await runExample(language, "capture", [`pcap:${capture}`, copy], host)).toBe(`${packets} packets, 0 lost\n`);
		expect(readFileSync(copy).subarray(24).equals(readFileSync(capture).subarray(24))).toBe(true);
		expect(readCapture(copy)).toEqual(
			traffic.map(({ time, bytes }) => ({ time, octets: Buffer.from(bytes).toString("hex") })),
		);
	});

	test(title("keep the link type of a file, and lengths of packets that were cut"), async () => {
		const [raw, copy] = [join(folder, "raw.pcap"), join(folder, "raw-copy.pcap")];
		const bytes = packet(
			ipv4({ source: "10.0.0.1", destination: "10.0.0.2" }),
			udp({ source: 1, destination: 2 }),
			"a payload",
		);
		writeCapture(raw, [{ time: 1_234_567_890n, bytes, originalLength: 900 }], { linkType: 101, snapLength: 65_535 });
		expect(await runExample(language, "capture", [`pcap:${raw}`, copy], host)).toBe("1 packets, 0 lost\n");
		expect(readFileSync(copy)).toEqual(readFileSync(raw));
	});

	test(title("balance a file over threads, whole flows, and tell what is no IP"), async () => {
		const ip = Number(sh(`tcpdump -r ${capture} --count "ip or ip6" 2>/dev/null`).split(" ")[0]);
		const { threads, rest } = balanceOf(await runExample(language, "balance", [`pcap:${capture}`, "3"], host));
		expect(threads).toHaveLength(3);
		expect(threads.reduce((sum, each) => sum + each)).toBe(ip);
		expect(rest).toBe(`${packets - ip} dropped, 0 lost\n`);
	});

	test(title("forward a file, generate on memory"), async () => {
		expect(await runExample(language, "forward", [`pcap:${capture}`, "mem:there"], host)).toBe(
			`${packets} packets sent on, 0 not taken by mem:there, 0 lost\n`,
		);
		expect(await runExample(language, "generate", ["mem:there", "1000"], host)).toMatch(
			/^1000 packets sent, 0 not taken by mem:there, in \d+\.\d+ s\n$/,
		);
	});

	const wrong: readonly [ExampleName, readonly string[], number, RegExp][] = [
		["count", [], 2, /^usage: count DEVICE$/],
		["count", ["pcap:none"], 1, /^count: none: No such file or directory/],
		["capture", ["lo"], 2, /^usage: capture DEVICE FILE$/],
		["capture", ["pcap:CAPTURE", "/none/file"], 1, /^capture: .*\/none\/file/],
		["capture", ["pcap:CAPTURE", "/dev/full"], 1, /^capture: .*no space left/i],
		["balance", ["lo", "0"], 2, /^usage: balance DEVICE \[THREADS\], of which there may be 64$/],
		["balance", ["nosuch"], 1, /^balance: nosuch: no such interface/],
		["forward", ["lo"], 2, /^usage: forward FROM TO$/],
		["forward", ["pcap:CAPTURE", "nosuch"], 1, /^forward: .*nosuch: no such interface/],
		["generate", ["lo", "many"], 2, /^usage: generate DEVICE \[PACKETS \[PACKETS A SECOND\]\]$/],
		["generate", ["nosuch"], 1, /^generate: nosuch: no such interface/],
	];
	test(title("say in one line what is wrong"), { timeout: 120_000 }, async () => {
		for (const [name, args, status, line] of wrong) {
			using running = startExample(
				language,
				name,
				args.map((each) => each.replace("CAPTURE", capture)),
				host,
			);
			const end = await running.ended;
			expect(end.stdout).toBe("");
			expect(end.stderr.trimEnd()).toMatch(line);
			expect(end.stderr.match(/\n/g)).toHaveLength(1);
			expect(end.status).toBe(status);
		}
	});
});

it("the example of libpfq's README builds against the checkout, and prints lengths", () => {
	const [, code = ""] = /^```c\n(.*?)^```$/ms.exec(readFileSync(join(root, "bindings/c/README.md"), "utf8")) ?? [];
	const program = join(folder, "lengths");
	writeFileSync(`${program}.c`, code);
	sh(`export PKG_CONFIG_PATH=bindings/c/build
		cc -Wall -Wextra -Werror ${program}.c $(pkg-config --cflags --libs pfq) -o ${program}`);
	expect(sh(`${program} pcap:${capture}`).match(/^\d+$/gm)).toHaveLength(packets);
	expect(() => sh(`${program} pcap:none`)).toThrow("none: No such file or directory");
});
