// SPDX-License-Identifier: BSD-3-Clause
// The examples in TypeScript and C do what they say, typed as their comments say.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeCapture } from "./capture-writer.js";
import { sampleTraffic } from "./sample-traffic.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const packets = 1000;
let folder: string;
let capture: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "pfq-examples-"));
	capture = join(folder, "traffic.pcap");
	writeCapture(capture, sampleTraffic({ packets }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sh = (script: string): string => execFileSync("sh", ["-ec", script], { cwd: root, encoding: "utf8" });

it("examples/typescript/count.ts counts", () => {
	const dns = sh(`tcpdump -r ${capture} --count port 53 2>/dev/null`).split(" ")[0];
	const said = sh(`node_modules/.bin/tsx examples/typescript/count.ts pcap:${capture}`);
	expect(said).toMatch(new RegExp(`^${packets} packets, \\d+ octets, ${dns} of DNS, 0 lost\n$`));
});

it("examples/c/count.c builds against the checkout, and counts", () => {
	const program = join(folder, "count");
	sh(`export PKG_CONFIG_PATH=bindings/c/build
		cc -Wall -Wextra -Werror examples/c/count.c $(pkg-config --cflags --libs pfq) -o ${program}`);
	expect(sh(`${program} pcap:${capture}`)).toMatch(new RegExp(`^${packets} packets, \\d+ octets, 0 lost\n$`));
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
