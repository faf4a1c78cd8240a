// SPDX-License-Identifier: BSD-3-Clause
// A registry on this machine that has what pnpm has installed in the checkout, so that npm can install it without network.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

export interface Registry extends AsyncDisposable {
	readonly url: string;
}

const store = fileURLToPath(new URL("../../node_modules/.pnpm/", import.meta.url));

/** The folders of a package's versions: NAME@VERSION_PEERS/node_modules/NAME. */
const foldersOf = (name: string): string[] =>
	readdirSync(store)
		.filter((entry) => entry.startsWith(`${name.replace("/", "+")}@`))
		.map((entry) => `${store}${entry}/node_modules/${name}`);

const manifestOf = (folder: string) =>
	JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as { name: string; version: string };

const describePackage = (name: string, folders: readonly string[], registry: string): string => {
	const versions = folders.map((folder, index) => {
		const manifest = manifestOf(folder);
		return [manifest.version, { ...manifest, dist: { tarball: `${registry}/${name}/-/${index}.tgz` } }] as const;
	});
	const latest = versions
		.map(([version]) => version)
		.sort()
		.at(-1);
	return JSON.stringify({ name, "dist-tags": { latest }, versions: Object.fromEntries(versions) });
};

const sendTarball = (folder: string, response: ServerResponse): void => {
	const tar = spawn("tar", ["-czf", "-", "--transform", "s,^\\.,package,", "--exclude=./node_modules", "."], {
		cwd: folder,
		stdio: ["ignore", "pipe", "inherit"],
	});
	tar.stdout.pipe(response);
};

export const startRegistry = async (): Promise<Registry> => {
	const server = createServer((request, response) => {
		const path = decodeURIComponent(request.url ?? "").slice(1);
		const [name = "", file] = path.split("/-/");
		const folders = foldersOf(name);
		const folder = file === undefined ? undefined : folders[Number.parseInt(file, 10)];
		if (folder) sendTarball(folder, response);
		else if (folders.length > 0) response.end(describePackage(name, folders, url));
		else response.writeHead(404).end("{}");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url,
		[Symbol.asyncDispose]: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
};
