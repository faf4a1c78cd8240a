// SPDX-License-Identifier: BSD-3-Clause
import type { AddressInfo } from "node:net";
import { Command, InvalidArgumentError } from "commander";
import { Failure } from "./failure.js";
import { type Example, examples } from "./help.js";

const DEFAULT_PORT = 7337;

const shown: readonly Example[] = [
	["playground", "Then open the address that it prints. Ctrl-C ends it."],
	["playground --port 0", "On any port that is free."],
];

const parsePort = (text: string): number => {
	const port = Number(text);
	if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("a number from 0 to 65535 is wanted.");
	return port;
};

const reasons: Readonly<Record<string, string>> = {
	EADDRINUSE: "it is taken; choose another with --port, or any that is free with --port 0",
	EACCES: "ports below 1024 are for root; choose another with --port",
};

export const playgroundCommand = (name: string): Command =>
	new Command("playground")
		.description("Serve a page to try programs on: editor, graph, types, and what becomes of a capture's packets.")
		.option("--port <n>", "the port on this machine's loopback interface", parsePort, DEFAULT_PORT)
		.addHelpText(
			"after",
			`\nNothing leaves the browser: programs and captures are worked on in the page itself.\n${examples(name, shown)}`,
		)
		.action(async ({ port }: { port: number }) => {
			const { servePlayground } = await import("../playground/server.js");
			const server = await servePlayground(port).catch((error: NodeJS.ErrnoException) => {
				throw new Failure(`port ${port}: ${reasons[error.code ?? ""] ?? error.message}`);
			});
			const stop = (): void => {
				server.close();
				server.closeAllConnections();
			};
			process.once("SIGINT", stop).once("SIGTERM", stop);
			process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
			await new Promise((resolve) => server.once("close", resolve));
		});
