// SPDX-License-Identifier: BSD-3-Clause
// c-api.md has every function of pfq.h; what it names is there, and is made with that function unless it says why not.
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as core from "./index.js";
import { udpPacket } from "./packets.test-support.js";
import { createWire, openReceiver } from "./wire.test-support.js";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

const names = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), ([, name]) => name ?? "");

const header = read("../../../bindings/c/include/pfq/pfq.h").replaceAll(/\/\*.*?\*\//gs, "");
const functions = names(header, /^[a-z].*?\b(pfq_\w+)\([^;{]*[;{\n]/gm);

const addon = new URL("../addon/", import.meta.url);
const called = new Set(
	readdirSync(addon)
		.filter((file) => file.endsWith(".cc") || file.endsWith(".h"))
		.flatMap((file) => names(readFileSync(new URL(file, addon), "utf8"), /\b(pfq_\w+)\(/g)),
);

const rows = read("../c-api.md")
	.split("\n")
	.filter((line) => line.startsWith("| `pfq_"))
	.map((line) => {
		const [, c = "", typescript = "", reason = ""] = line.split(/(?<!\\)\|/);
		return { functions: names(c, /`(pfq_\w+)`/g), typescript, reason: reason.trim() };
	});

it("has a row for each function of pfq.h, and for no other", () => {
	expect(functions.length).toBeGreaterThan(70);
	expect(rows.flatMap((row) => row.functions).sort()).toEqual([...new Set(functions)].sort());
});

it("calls each function, or says why it does not", () => {
	const wrong = rows.filter(({ functions, reason }) => reason === "" && !functions.every((name) => called.has(name)));
	expect(wrong.map((row) => row.functions.join())).toEqual([]);
});

it("names what is there", () => {
	using wire = createWire();
	using receiver = openReceiver(wire.device);
	wire.send(udpPacket());
	const { socket, group } = receiver;
	const batch = socket.read();
	const [packet] = batch ?? [];
	const error = new core.PfqError("EINVAL", "", { node: 1 });
	const things: Readonly<Record<string, unknown>> = { socket, group, batch, packet, error, Socket: core.Socket };

	const members = rows.flatMap(({ typescript }) => [...typescript.matchAll(/\b(\w+)\.(\w+)\b/g)]);
	const missing = members.filter(([, thing = "", member = ""]) => {
		const owner = things[thing];
		return thing !== "Buffer" && !(owner instanceof Object && member in owner);
	});
	expect(missing.map(([text]) => text)).toEqual([]);
	const exported = rows.flatMap(({ typescript }) => names(typescript, /`([a-z]\w+)\(/g));
	expect(exported.filter((name) => !(name in core))).toEqual([]);
});
