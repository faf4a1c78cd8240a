// SPDX-License-Identifier: BSD-3-Clause
// How long an editor waits for the language server: an edit and what it finds wrong, a hover, names to go on with.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "./context.js";
import type { Result } from "./result.js";

const command = fileURLToPath(new URL("../../../packages/lang/bin/pfq-lang.js", import.meta.url));
const LINES = 500;
const uri = "file:///bench/program.pfq";

/** A program of so many lines, each a function of its own; the last line uses two. */
const program = (used: number): string => {
	const functions = Array.from({ length: LINES - 1 }, (_, n) => `f${n} n = when (has_port ${n + 1}) (inc n)`);
	return `${functions.join("\n")}\nmain = f${used} 1 >-> f${LINES - 2} 2\n`;
};

type Message = { readonly id?: number; readonly method?: string };

/** Starts the server; `send` gives a message to it, `arrived` waits for one from it. */
const startServer = () => {
	const child = spawn(process.execPath, [command, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
	let unread = Buffer.alloc(0);
	const waiting = new Set<{ readonly wanted: (message: Message) => boolean; readonly resolve: () => void }>();
	child.stdout.on("data", (octets: Buffer) => {
		unread = Buffer.concat([unread, octets]);
		for (;;) {
			const end = unread.indexOf("\r\n\r\n");
			const length = Number(/Content-Length: (\d+)/.exec(unread.toString("latin1", 0, Math.max(end, 0)))?.[1]);
			if (end < 0 || unread.length < end + 4 + length) return;
			const message = JSON.parse(unread.toString("utf8", end + 4, end + 4 + length)) as Message;
			unread = unread.subarray(end + 4 + length);
			for (const each of waiting)
				if (each.wanted(message)) {
					waiting.delete(each);
					each.resolve();
				}
		}
	});
	const send = (message: object): void => {
		const text = JSON.stringify({ jsonrpc: "2.0", ...message });
		child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
	};
	const arrived = (wanted: (message: Message) => boolean): Promise<void> =>
		new Promise((resolve) => waiting.add({ wanted, resolve }));
	let last = 0;
	const ask = (method: string, params: object): Promise<void> => {
		const id = ++last;
		send({ id, method, params });
		return arrived((message) => message.id === id);
	};
	const end = async (): Promise<void> => {
		const ended = once(child, "exit");
		await ask("shutdown", {});
		send({ method: "exit" });
		await ended;
	};
	return { send, arrived, ask, end };
};

const timed = async (work: () => Promise<void>): Promise<number> => {
	const start = performance.now();
	await work();
	return performance.now() - start;
};

export const languageServerBenchmark: Benchmark = {
	id: "L1",
	title: `pfq-lang lsp: answers on a program of ${LINES} lines`,
	async *run({ quick, progress }) {
		const server = startServer();
		try {
			await server.ask("initialize", { processId: null, rootUri: null, capabilities: {} });
			server.send({ method: "initialized", params: {} });
			const published = (): Promise<void> =>
				server.arrived(({ method }) => method === "textDocument/publishDiagnostics");
			const opened = published();
			server.send({
				method: "textDocument/didOpen",
				params: { textDocument: { uri, version: 0, languageId: "pfq-lang", text: program(0) } },
			});
			await opened;
			const place = { textDocument: { uri }, position: { line: LINES - 1, character: 8 } };
			const samples = { edit: [] as number[], hover: [] as number[], completion: [] as number[] };
			for (let turn = 1; turn <= (quick ? 10 : 60); turn++) {
				samples.edit.push(
					await timed(() => {
						const told = published();
						server.send({
							method: "textDocument/didChange",
							params: { textDocument: { uri, version: turn }, contentChanges: [{ text: program(turn) }] },
						});
						return told;
					}),
				);
				samples.hover.push(await timed(() => server.ask("textDocument/hover", place)));
				samples.completion.push(await timed(() => server.ask("textDocument/completion", place)));
			}
			progress(`${samples.edit.length} edits`);
			const result = (work: string, ours: readonly number[]): Result => ({
				id: "L1",
				work,
				unit: "ms",
				ours: { name: "pfq-lang lsp", samples: ours },
				wanted: { median: "at most", value: 50 },
			});
			yield result(`an edit of ${LINES} lines, until its errors are told`, samples.edit);
			yield result("then a hover", samples.hover);
			yield result("then completion", samples.completion);
		} finally {
			await server.end();
		}
	},
};
