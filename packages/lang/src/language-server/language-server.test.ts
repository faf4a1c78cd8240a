// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
	type WorkspaceEdit,
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

	const positions = (edit: WorkspaceEdit | null): Record<string, string[]> =>
		Object.fromEntries(
			Object.entries(edit?.changes ?? {}).map(([uri, edits]) => [
				uri,
				edits.map(({ range: { start }, newText }) => `${start.line}:${start.character} ${newText}`),
			]),
		);

	const rename = (line: number, character: number, newName: string): Promise<WorkspaceEdit | null> =>
		client.sendRequest("textDocument/rename", { textDocument: { uri: main }, position: { line, character }, newName });

	it("renames a name wherever it stands, in signatures and clauses, too", async () => {
		await edit(
			`count :: Int -> NetPredicate -> NetFunction
count 0 p = when p (inc 9)
count n p = when p (inc n) where inner = n
other count = inc count
main = count 0 is_ip >-> is_tcp \`when\` other 2
when p f = conditional p f unit
`.replaceAll("\\`", "`"),
		);
		const all = { [main]: ["0:0 tally", "1:0 tally", "2:0 tally", "4:7 tally"] };
		for (const [line, character] of [
			[4, 8],
			[0, 2],
			[2, 3],
		] as const)
			expect(positions(await rename(line, character, "tally"))).toEqual(all);
		expect(positions(await rename(3, 8, "number"))).toEqual({ [main]: ["3:6 number", "3:18 number"] });
		expect(positions(await rename(5, 0, "if_so"))).toEqual({
			[main]: ["1:12 if_so", "2:12 if_so", "4:33 if_so", "5:0 if_so"],
		});
	});

	it("renames across modules, and finds uses there", async () => {
		await edit("import Ports (dns)\nimport qualified Ports as P\nmain = port dns >-> port P.dns\n");
		const renamed = {
			[main]: ["0:14 name_service", "2:12 name_service", "2:27 name_service"],
			[uriOf("Ports.pfq")]: ["2:0 name_service"],
		};
		expect(positions(await rename(2, 13, "name_service"))).toEqual(renamed);
		expect(positions(await rename(0, 15, "name_service"))).toEqual(renamed);
		const references = await ask<Location[]>("references", 2, 13);
		expect(references).toHaveLength(4);
	});

	it("refuses to rename what would no longer mean the same", async () => {
		await edit("web = has_port 80\nask p = filter (p .&&. web)\nmain = ask is_tcp >-> udp\n");
		await expect(rename(0, 1, "p")).rejects.toThrow(/with `p`, .*main\.pfq would (not compile|mean something else)/);
		await expect(rename(0, 1, "ask")).rejects.toThrow(/would not compile/);
		await expect(rename(0, 1, "3x")).rejects.toThrow("`3x` is no name");
		await expect(rename(0, 1, "where")).rejects.toThrow("`where` is no name");
		await expect(ask("prepareRename", 2, 24)).rejects.toThrow("`udp` is built in");
		expect(await ask("prepareRename", 1, 24)).toEqual({
			range: { start: { line: 1, character: 23 }, end: { line: 1, character: 26 } },
			placeholder: "web",
		});
	});

	it("knows modules of a folder, which have no main", async () => {
		mkdirSync(join(folder, "Net"), { recursive: true });
		const text = "module Net.Web where\nimport Ports\nweb = [dns]\n";
		writeFileSync(join(folder, "Net/Web.pfq"), text);
		expect(await edit("import Net.Web\nmain = filter (foldr1 (.||.) (map has_port web))\n")).toEqual([]);
		const uri = uriOf("Net/Web.pfq");
		const both = [published(), published()];
		await client.sendNotification("textDocument/didOpen", {
			textDocument: { uri, version: 1, languageId: "pfq-lang", text },
		});
		expect((await Promise.all(both)).map((each) => [each.uri, each.diagnostics])).toEqual([
			[main, []],
			[uri, []],
		]);
	});
});
