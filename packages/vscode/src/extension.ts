// SPDX-License-Identifier: BSD-3-Clause
import { commands, type ExtensionContext, window, workspace } from "vscode";
import { LanguageClient, type ServerOptions } from "vscode-languageclient/node";

const id = "pfq-lang";

let client: LanguageClient | undefined;

const serverOptions = (): ServerOptions => ({
	command: workspace.getConfiguration(id).get<string>("command", "pfq-lang"),
	args: ["lsp", "--stdio"],
});

/** Starts the language server; tells what to do if there is none. */
const start = async (): Promise<void> => {
	client = new LanguageClient(id, "pfq-lang", serverOptions(), { documentSelector: [{ language: id }] });
	try {
		await client.start();
	} catch {
		client = undefined;
		const { command } = serverOptions() as { command: string };
		const settings = "Open settings";
		const chosen = await window.showErrorMessage(
			`pfq-lang: \`${command} lsp\` does not start. Put pfq-lang on your PATH, or its path into the setting pfq-lang.command.`,
			settings,
		);
		if (chosen === settings) await commands.executeCommand("workbench.action.openSettings", `${id}.command`);
	}
};

const stop = async (): Promise<void> => {
	const running = client;
	client = undefined;
	await running?.dispose();
};

const restart = async (): Promise<void> => {
	await stop();
	await start();
};

export const activate = async (context: ExtensionContext): Promise<void> => {
	context.subscriptions.push(
		commands.registerCommand(`${id}.restart`, restart),
		workspace.onDidChangeConfiguration((change) => {
			if (change.affectsConfiguration(`${id}.command`)) void restart();
		}),
	);
	await start();
};

export const deactivate = stop;
