// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	type CompletionItem,
	createMessageConnection,
	type Hover,
	type Location,
	type MessageConnection,
	type PublishDiagnosticsParams,
	StreamMessageReader,
	StreamMessageWriter,
	type TextEdit,
} from "vscode-languageserver/node.js";

const command = fileURLToPath(new URL("../../bin/pfq-lang.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pfq-lsp-"));
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
const main = uriOf("main.pfq");

let child: ChildProcess;
let client: MessageConnection;
const waiting: ((published: PublishDiagnosticsParams) => void)[] = [];

beforeAll(async () => {
	writeFileSync(join(folder, "Ports.pfq"), "module Ports where\n-- the name service\ndns = 53\n");
	child = spawn(process.execPath, [command, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
	if (child.stdin === null || child.stdout === null) throw new Error("no pipes");
	client = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
	client.onNotification("textDocument/publishDiagnostics", (published: PublishDiagnosticsParams) =>
		waiting.shift()?.(published),
	);
	client.listen();
	const { capabilities } = await client.sendRequest<{ capabilities: object }>("initialize", {
		processId: process.pid,
		rootUri: null,
		capabilities: {},
	});
	expect(capabilities).toMatchObject({ hoverProvider: true, definitionProvider: true });
	await client.sendNotification("initialized", {});
});

afterAll(async () => {
	await client.sendRequest("shutdown");
	const status = new Promise((resolve) => child.once("exit", resolve));
	await client.sendNotification("exit");
	expect(await status).toBe(0);
	rmSync(folder, { recursive: true });
});

const published = (): Promise<PublishDiagnosticsParams> => new Promise((resolve) => waiting.push(resolve));

let version = 0;

/** Shows the server a text, as typing does; gives what is wrong with it. */
const edit = async (text: string): Promise<PublishDiagnosticsParams["diagnostics"]> => {
	const answer = published();
	version++;
	const textDocument = { uri: main, version, languageId: "pfq-lang", text };
	if (version === 1) await client.sendNotification("textDocument/didOpen", { textDocument });
	else await client.sendNotification("textDocument/didChange", { textDocument, contentChanges: [{ text }] });
	return (await answer).diagnostics;
};

const ask = <Answer>(method: string, line: number, character: number): Promise<Answer> =>
	client.sendRequest(`textDocument/${method}`, { textDocument: { uri: main }, position: { line, character } });

describe("the language server", () => {
	it("tells what is wrong while one types", async () => {
		expect(await edit("main = udp >-> steer_flw\n")).toMatchObject([
			{
				range: { start: { line: 0, character: 15 }, end: { line: 0, character: 24 } },
				message: "nothing is called `steer_flw`\nhint: did you mean `steer_flow`?",
				source: "pfq-lang",
			},
		]);
		expect(await edit('x = "\u{1f600}" -- \u{1f600}\nmain = port 70000 {- \u{1f600} -} >-> nothing\n')).toMatchObject([
			{ range: { start: { line: 1, character: 12 }, end: { line: 1, character: 17 } } },
			{ range: { start: { line: 1, character: 31 }, end: { line: 1, character: 38 } } },
		]);
		expect(await edit("main = udp >-> steer_flow\n")).toEqual([]);
	});

	const program = `import Ports

-- Counts what the predicate holds for.
count :: Int -> NetPredicate -> NetFunction
count n p = when p (inc n)

main = count 3 (has_port dns) >-> steer_flow
`;

	it("tells types and meanings", async () => {
		expect(await edit(program)).toEqual([]);
		const text = async (line: number, character: number): Promise<string> => {
			const hover = await ask<Hover | null>("hover", line, character);
			return hover === null ? "" : (hover.contents as { value: string }).value;
		};
		expect(await text(6, 8)).toBe(
			"```haskell\ncount :: Int -> NetPredicate -> NetFunction\n```\n\nCounts what the predicate holds for.",
		);
		expect(await text(6, 20)).toMatch(/has_port :: Word16 -> NetPredicate.*source or the destination port/su);
		expect(await text(4, 8)).toContain("p :: NetPredicate");
		expect(await text(6, 26)).toMatch(/dns :: .*the name service/su);
		expect(await text(0, 0)).toBe("");
	});

	it("goes to definitions, in other files too", async () => {
		expect(await ask<Location>("definition", 6, 9)).toEqual({
			uri: main,
			range: { start: { line: 4, character: 0 }, end: { line: 4, character: 5 } },
		});
		expect(await ask<Location>("definition", 6, 26)).toMatchObject({
			uri: uriOf("Ports.pfq"),
			range: { start: { line: 2, character: 0 } },
		});
		expect(await ask<Location | null>("definition", 6, 36)).toBeNull();
	});

	it("completes names, with types; also where the program does not compile", async () => {
		await edit(`${program}\nbroken = (\n`);
		const items = await ask<CompletionItem[]>("completion", 6, 12);
		const item = (label: string): CompletionItem | undefined => items.find((each) => each.label === label);
		expect(item("count")).toMatchObject({ detail: "Int -> NetPredicate -> NetFunction" });
		expect(item("steer_flow")).toMatchObject({ detail: "NetFunction" });
		const modules = await ask<CompletionItem[]>("completion", 0, 7);
		expect(modules.map(({ label }) => label)).toContain("Network.PFQ.Lang.Default");
	});

	it("formats", async () => {
		await edit("main=ip>->tcp");
		const edits = await client.sendRequest<TextEdit[]>("textDocument/formatting", {
			textDocument: { uri: main },
			options: { tabSize: 4, insertSpaces: true },
		});
		expect(edits.map(({ newText }) => newText)).toEqual(["main = ip >-> tcp\n"]);
	});

	it("is quick on a program of 500 lines", async () => {
		const lines = Array.from({ length: 498 }, (_, index) => `f${index} n = when (has_port ${index}) (inc n)`);
		const text = `${lines.join("\n")}\nmain = f1 1 >-> f497 2\n`;
		expect(await edit(text)).toEqual([]);
		const times: number[] = [];
		for (let turn = 0; turn < 30; turn++) {
			const start = performance.now();
			await edit(text.replace("f1 1", `f1 ${turn}`));
			await ask<Hover>("hover", 498, 8);
			times.push(performance.now() - start);
		}
		const median = times.toSorted((a, b) => a - b)[15] as number;
		console.log(`language server, 500 lines: ${median.toFixed(1)} ms for an edit and a hover`);
		// far above what it takes, since tests share their machine
		expect(median).toBeLessThan(500);
	});
});
