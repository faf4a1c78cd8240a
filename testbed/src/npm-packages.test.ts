// SPDX-License-Identifier: BSD-3-Clause
// The packages as others get them: packed, installed by npm and pnpm into projects outside the checkout, and used as their READMEs say.
import { execFile, spawnSync } from "node:child_process";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBlast } from "./blast.js";
import { writeCapture } from "./capture-writer.js";
import { createLink, whyNoLinks } from "./namespaces.js";
import { startRegistry } from "./npm-registry.test-support.js";
import { sampleTraffic } from "./sample-traffic.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const packets = 1000;

/** The project: nothing of it is the checkout's, and its npm knows nothing of the user's settings and cache. */
let project: string;
const environment = (): NodeJS.ProcessEnv => ({
	...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|MAKE|MFLAGS)/i.test(name))),
	CFLAGS: "-O0", // it is there that the time goes
	CXXFLAGS: "-O0",
	HOME: project,
	npm_config_cache: join(project, ".npm"),
	npm_config_update_notifier: "false",
});

/** Not blocking: the registry is in this process. */
const runIn = async (folder: string, command: string, ...args: string[]): Promise<string> => {
	const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env: environment() });
	return stdout;
};
const run = (command: string, ...args: string[]): Promise<string> => runIn(project, command, ...args);

const readme = (name: string): string => readFileSync(join(project, "node_modules/@pfq", name, "README.md"), "utf8");

const examples = (name: string): string[] =>
	Array.from(readme(name).matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code ?? "");

/** Writes TypeScript, and compiles it with the options of the README. */
const compile = async (sources: Readonly<Record<string, string>>): Promise<void> => {
	for (const [name, code] of Object.entries(sources)) writeFileSync(join(project, `${name}.ts`), code);
	const options = /npx (tsc .*) count\.ts/.exec(readme("core"))?.[1]?.split(" ").slice(1) ?? [];
	const files = Object.keys(sources).map((name) => `${name}.ts`);
	await run(join(root, "node_modules/.bin/tsc"), ...options, ...files);
};

const tarballs = (): string[] =>
	readdirSync(project)
		.filter((file) => file.endsWith(".tgz"))
		.map((file) => join(project, file));

beforeAll(async () => {
	project = mkdtempSync(join(tmpdir(), "pfq-npm-"));
	writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
	writeCapture(join(project, "traffic.pcap"), sampleTraffic({ packets }));
	await promisify(execFile)(join(root, "scripts/pack.sh"), [project]);
	await using registry = await startRegistry();
	const options = ["--no-audit", "--no-fund", `--registry=${registry.url}`];
	await run("npm", "install", ...options, ...tarballs());
	await run("npm", "install", ...options, "--save-dev", "@types/node");
}, 300_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("the packages, installed from their tarballs", () => {
	it("are whole: licence, README, types and source maps with their sources", () => {
		const folder = join(project, "node_modules/@pfq");
		const packages = readdirSync(folder);
		expect(packages).toEqual(["abi", "core", "kernel-module", "lang", "libpfq", "tools"]);
		for (const name of packages) {
			const at = (path: string) => join(folder, name, path);
			for (const file of ["LICENSE", "README.md"]) expect(existsSync(at(file)), `${name}: ${file}`).toBe(true);
			const text = readFileSync(at("package.json"), "utf8");
			expect(text).not.toMatch(/workspace:|catalog:/);
			const { license, exports: entries = {} } = JSON.parse(text);
			expect(license).toContain("BSD-3-Clause");
			for (const entry of Object.values(entries).flatMap((each) => Object.values(Object(each))))
				if (String(entry).length > 1) expect(existsSync(at(String(entry))), `${name}: ${entry}`).toBe(true);
			for (const link of readFileSync(at("README.md"), "utf8").matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g))
				expect(existsSync(at(link[1] ?? "")), `${name}: README.md: ${link[1]}`).toBe(true);
			const files = existsSync(at("dist")) ? readdirSync(at("dist"), { recursive: true, encoding: "utf8" }) : [];
			expect(files.filter((file) => /\.test\.|test-support/.test(file))).toEqual([]);
			for (const map of files.filter((file) => file.endsWith(".js.map"))) {
				const { sources, sourcesContent } = JSON.parse(readFileSync(at(`dist/${map}`), "utf8"));
				expect(sourcesContent?.length, `${name}: ${map}`).toBe(sources.length);
			}
		}
	});

	it("spread packets over threads, as @pfq/core's README has it", async () => {
		await compile({ balance: examples("core")[1] ?? "" });
		const said = await run("node", "balance.js", "pcap:traffic.pcap", "3");
		const ip = spawnSync("tcpdump", ["-r", join(project, "traffic.pcap"), "--count", "ip or ip6"], {
			encoding: "utf8",
		});
		const counts = /^(\d+) \+ (\d+) \+ (\d+) \{/.exec(said)?.slice(1).map(Number) ?? [];
		expect(counts.reduce((sum, each) => sum + each, 0)).toBe(Number.parseInt(ip.stdout, 10));
		expect(Math.min(...counts)).toBeGreaterThan(0);
	});

	it.skipIf(whyNoLinks())("capture from an interface, as @pfq/core's README has it", async () => {
		await compile({ capture: examples("core")[0] ?? "" });
		using link = createLink({ ipv4: false, ipv6: false });
		const { left, right } = link;
		left.run("ip", "link", "set", left.device, "down");
		left.run("ip", "link", "set", left.device, "name", "eth0");
		left.run("ip", "link", "set", "eth0", "up");
		const example = left.spawn("node", [join(project, "capture.js")], { stdio: ["ignore", "pipe", "inherit"] });
		const lines: string[] = [];
		const enough = new Promise<void>((resolve) => {
			example.stdout?.setEncoding("utf8").on("data", (text: string) => {
				lines.push(...text.split("\n"));
				if (lines.length > 10) resolve();
			});
		});
		const blast = startBlast(right, { rate: 500 });
		await enough;
		blast.stop();
		await blast.done;
		example.kill();
		expect(lines[0]).toMatch(/^\d{19}n 60 <Buffer [0-9a-f]{2} .*>$/);
	});

	it("have a language that compiles as @pfq/lang's README has it", async () => {
		const [edsl = "", text = ""] = examples("lang");
		await compile({ edsl: `${edsl}console.log(bytes.length);\n`, text: text.replace("writeImage(", "console.log(") });
		expect(Number(await run("node", "edsl.js"))).toBeGreaterThan(100);
		expect(await run("node", "text.js")).toContain("steer_flow");
	});

	it("have definitions that @pfq/abi's README reads", async () => {
		await compile({ abi: examples("abi")[0] ?? "" });
		expect(await run("node", "abi.js")).toMatch(/^a packet's header has \d+ octets.*\n\d+ predicates\n$/);
	});

	it("have the commands pfq and pfq-lang", async () => {
		const said = await run("npx", "--offline", "pfq", "run", "-r", "traffic.pcap", "-e", "main = unit", "--json");
		expect(JSON.parse(said.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ groups: [{ recv: packets, lost: 0 }] });
		writeFileSync(join(project, "wrong.pfq"), "main = upd\n");
		const wrong = run("npx", "--offline", "pfq-lang", "check", "wrong.pfq");
		await expect(wrong).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("did you mean `udp`?") });
		expect(await run("npx", "--offline", "pfq", "lang", "doc", "udp")).toContain("NetFunction");
	});

	it("install with pnpm, as @pfq/core's README has it", { timeout: 300_000 }, async () => {
		const folder = join(project, "pnpm");
		mkdirSync(folder);
		writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
		copyFileSync(join(project, "pnpm-workspace.yaml"), join(folder, "pnpm-workspace.yaml"));
		await using registry = await startRegistry();
		const store = `--store-dir=${join(project, ".pnpm-store")}`;
		await runIn(folder, "pnpm", "add", `--registry=${registry.url}`, store, ...tarballs());
		await runIn(folder, "pnpm", "approve-builds", "--all");
		const program = `import { Socket } from "@pfq/core"; Socket.open().close(); console.log("opened");`;
		expect(await runIn(folder, "node", "--input-type=module", "-e", program)).toBe("opened\n");
		const said = await runIn(folder, "pnpm", "pfq", "run", "-r", "../traffic.pcap", "-e", "main = unit", "--json");
		expect(JSON.parse(said.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ groups: [{ recv: packets, lost: 0 }] });
	});
});
