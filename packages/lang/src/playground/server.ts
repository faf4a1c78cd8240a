// SPDX-License-Identifier: BSD-3-Clause
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname } from "node:path";

/** The page, as the build leaves it. */
const folder = new URL("../../dist/page/", import.meta.url);

const types: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".json": "application/json",
	".svg": "image/svg+xml",
	".pcap": "application/vnd.tcpdump.pcap",
};

/** The page runs its own scripts and WebAssembly (the graph's layout), and talks to nobody else. */
const policy = [
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"style-src 'self'",
	"img-src 'self'",
	"connect-src 'self'",
	"worker-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join("; ");

const headers = {
	"Content-Security-Policy": policy,
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control": "no-cache",
};

interface Page {
	readonly type: string;
	readonly content: Buffer;
}

/** All that there is to serve: what is not in here is not found, whatever the path. */
const pagesOf = (): ReadonlyMap<string, Page> => {
	const names = readdirSync(folder).filter((name) => extname(name) in types);
	const pages = names.map((name): [string, Page] => [
		`/${name}`,
		{ type: types[extname(name)] as string, content: readFileSync(new URL(name, folder)) },
	]);
	const index = pages.find(([path]) => path === "/index.html");
	return new Map(index ? [...pages, ["/", index[1]]] : pages);
};

/** A name that someone else's server gave this machine's address is none of ours (DNS rebinding). */
const isLoopback = ({ headers: { host = "" } }: IncomingMessage): boolean =>
	/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host);

/** Why a request gets no page. */
const refusal = (pages: ReadonlyMap<string, Page>, request: IncomingMessage): readonly [number, string] | null => {
	if (!isLoopback(request)) return [403, "this is served to this machine alone"];
	if (request.method !== "GET" && request.method !== "HEAD") return [405, "only GET"];
	return pages.has(pathOf(request)) ? null : [404, "no such page"];
};

const pathOf = ({ url = "" }: IncomingMessage): string => url.replace(/[?#].*$/s, "");

const answer = (pages: ReadonlyMap<string, Page>, request: IncomingMessage, response: ServerResponse): void => {
	const [status, text] = refusal(pages, request) ?? [200, ""];
	const refused = { type: "text/plain; charset=utf-8", content: Buffer.from(`${text}\n`) };
	const { type, content } = status === 200 ? (pages.get(pathOf(request)) ?? refused) : refused;
	response
		.writeHead(status, { ...headers, "Content-Type": type, "Content-Length": content.length })
		.end(request.method === "HEAD" ? undefined : content);
};

/** Serves the playground on the loopback interface; port 0 is any that is free. */
export const servePlayground = async (port: number): Promise<Server> => {
	const pages = pagesOf();
	const server = createServer((request, response) => answer(pages, request, response));
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	return server;
};
