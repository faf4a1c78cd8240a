// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureOf } from "../testing/capture-writer.js";
import { pfqLang } from "../testing/pfq-lang.js";
import { samplePackets } from "../testing/sample-packets.js";

const command = fileURLToPath(new URL("../../bin/pfq-lang.js", import.meta.url));
const chromiumPath = "/usr/bin/chromium";
const withoutChromium = existsSync(chromiumPath)
	? ""
	: ` (skipped: ${chromiumPath} is not there, apt-get install chromium)`;

let server: ChildProcess;
let address: string;

beforeAll(async () => {
	server = spawn(process.execPath, [command, "playground", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
	address = await new Promise<string>((resolve, reject) => {
		server.stdout?.once("data", (line: Buffer) => resolve(line.toString().trim()));
		server.once("exit", (status) => reject(new Error(`the server ended with ${status}`)));
	});
});

afterAll(async () => {
	const status = new Promise((resolve) => server.once("exit", resolve));
	server.kill("SIGINT");
	expect(await status).toBe(0);
});

/** A request whose path and headers are sent as they are. */
const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
	new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>(
		(resolve, reject) => {
			const { hostname, port } = new URL(address);
			request({ hostname, port, path, method, headers }, async (response) =>
				resolve({ status: response.statusCode, headers: response.headers, body: await text(response) }),
			)
				.once("error", reject)
				.end();
		},
	);

describe("the playground's server", () => {
	it("is on the loopback interface, and serves its page with a policy", async () => {
		expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
		const { status, headers, body } = await get("/");
		expect({ status, type: headers["content-type"] }).toEqual({ status: 200, type: "text/html; charset=utf-8" });
		expect(body).toContain("<title>pfq-lang playground</title>");
		expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'/);
	});

	it("serves its own files and nothing else", async () => {
		expect((await get("/main.js")).status).toBe(200);
		for (const path of [
			"/../command/command.js",
			"/..%2fcommand%2fcommand.js",
			"/%2e%2e/index.js",
			"//etc/passwd",
			"/none",
			"*",
		])
			expect((await get(path)).status, path).toBe(404);
		expect((await get("/", {}, "POST")).status).toBe(405);
		expect((await get("/", { host: "example.org" })).status).toBe(403);
	});

	it("says what to do where its port is taken", async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
		const { port } = other.address() as { port: number };
		expect(await pfqLang(["playground", "--port", String(port)])).toEqual({
			status: 1,
			stdout: "",
			stderr: `pfq-lang playground: port ${port}: it is taken; choose another with --port, or any that is free with --port 0\n`,
		});
		await new Promise((resolve) => other.close(resolve));
		expect((await pfqLang(["playground", "--port", "http"])).status).toBe(2);
	});
});

describe.skipIf(withoutChromium !== "")(`the playground in a browser${withoutChromium}`, () => {
	const folder = mkdtempSync(join(tmpdir(), "pfq-playground-"));
	let browser: Browser;
	let page: Page;
	const troubles: string[] = [];

	beforeAll(async () => {
		const args =
			"--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
		browser = await chromium.launch({ executablePath: chromiumPath, args: args.split(" ") });
		page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
		page.on("pageerror", (error) => troubles.push(error.message));
		page.on("request", (asked) => {
			if (!asked.url().startsWith(address) && !asked.url().startsWith("blob:"))
				troubles.push(`asked for ${asked.url()}`);
		});
		await page.goto(address);
		await page.locator("#graph svg").waitFor();
	});

	afterAll(async () => {
		await browser?.close();
		rmSync(folder, { recursive: true });
		expect(troubles).toEqual([]);
	});

	const write = async (program: string): Promise<void> => {
		await page.locator(".cm-content").click();
		await page.keyboard.press("Control+A");
		await page.keyboard.press("Delete");
		await page.keyboard.insertText(program);
	};

	const explained = (): Promise<string> => page.locator("#explanation").innerText();

	it("begins with a program, its graph, and what becomes of some traffic", async () => {
		await page.locator("#status", { hasText: /^Compiles to \d+ nodes$/ }).waitFor();
		await page.locator("#graph", { hasText: "steer_flow" }).waitFor();
		await page.locator("#summary .share", { hasText: "378 packets" }).waitFor();
		expect(await page.locator("#packets .row").count()).toBeGreaterThan(10);
	});

	it("tells what is wrong at its place", async () => {
		await write("main = udp >-> steer_flw");
		await page.locator("#status", { hasText: "1 error" }).waitFor();
		expect(await page.locator("#problems").innerText()).toMatch(
			/1:16\s+nothing is called `steer_flw`\s+hint: did you mean/,
		);
		expect(await page.locator(".cm-lintRange-error").innerText()).toBe("steer_flw");
		await page.locator(".cm-lintRange-error").hover();
		await page.locator(".cm-diagnostic", { hasText: "did you mean `steer_flow`?" }).waitFor();
	});

	it("completes names, and tells what they mean", async () => {
		await write("main = udp >-> ");
		await page.keyboard.type("steer_fl");
		await page.locator(".cm-tooltip-autocomplete li", { hasText: "steer_flow" }).waitFor();
		await page.locator(".cm-tooltip-autocomplete li[aria-selected]", { hasText: "steer_flow" }).click();
		await page.locator("#status", { hasText: "Compiles to 2 nodes" }).waitFor();
		await page.locator(".cm-line span", { hasText: "udp" }).hover();
		await page.locator(".hover", { hasText: "udp :: NetFunction" }).waitFor();
	});

	it("shows types and the normal form, by the keyboard, too", async () => {
		await write("web p = has_port p\nmain = filter (web 80 .||. web 443)");
		await page.locator("#status", { hasText: "Compiles to 4 nodes" }).waitFor();
		await page.getByRole("tab", { name: "Graph" }).focus();
		await page.keyboard.press("ArrowRight");
		expect(await page.locator("#types").innerText()).toContain("web :: Word16 -> NetPredicate");
		await page.keyboard.press("ArrowRight");
		expect(await page.locator("#normal-form").innerText()).toBe("main = filter (has_port 80 .||. has_port 443)\n");
		await page.keyboard.press("ArrowRight");
		await page.locator("#graph svg").waitFor();
	});

	it("runs the program on a capture, and explains a packet", async () => {
		const capture = join(folder, "sample.pcap");
		writeFileSync(capture, captureOf(samplePackets.map(({ octets }) => octets)));
		await write("main = udp >-> inc 3 >-> port 53 >-> steer_flow");
		await page.locator("#file").setInputFiles(capture);
		await page.locator("#capture", { hasText: "sample.pcap · 12 packets" }).waitFor();
		await page.locator("#summary .share.one", { hasText: "3 to one socket" }).waitFor();
		await page.locator("#summary .chip", { hasText: "counter 3" }).waitFor();
		await page.locator("#packets").focus();
		await page.keyboard.press("ArrowDown");
		await page.locator("#explanation", { hasText: "Packet 1" }).waitFor();
		expect(await explained()).toMatch(/udp\s+drops: it is TCP/);
		await page.locator("#packets .row").nth(1).click();
		await page.locator("#explanation", { hasText: "Packet 2" }).waitFor();
		expect(await explained()).toMatch(/inc 3\s+counter 3 is now 1/);
		await page.locator("#summary .share.dropped").click();
		await page.locator("#packets .row.one").first().waitFor({ state: "detached" });
		expect(await page.locator("#packets .row").count()).toBe(9);
	});

	it("takes a capture that is dropped on it, and says what is wrong with one", async () => {
		const drop = async (name: string, octets: Uint8Array): Promise<void> => {
			const data = await page.evaluateHandle(`(() => {
				const transfer = new DataTransfer();
				transfer.items.add(new File([Uint8Array.from([${Array.from(octets)}])], "${name}"));
				return transfer;
			})()`);
			await page.dispatchEvent("body", "drop", { dataTransfer: data });
		};
		await drop("one.pcap", captureOf([samplePackets[1]?.octets ?? new Uint8Array()]));
		await page.locator("#capture", { hasText: "one.pcap · 1 packet" }).waitFor();
		await drop("letter.txt", new TextEncoder().encode("Dear all"));
		await page.locator("#capture.bad", { hasText: "letter.txt: not a capture" }).waitFor();
	});

	it("takes the examples, formats, and changes its colours", async () => {
		await page.selectOption("#example", "vlan-split");
		await page.locator("#graph", { hasText: "classify 2" }).waitFor();
		await write("main=udp>->drop");
		await page.locator("#format").click();
		await page.locator(".cm-line", { hasText: "main = udp >-> drop" }).waitFor();
		const theme = (): Promise<string | null> => page.locator("html").getAttribute("data-theme");
		const before = await theme();
		await page.locator("#theme").click();
		expect(await theme()).not.toBe(before);
	});
});
