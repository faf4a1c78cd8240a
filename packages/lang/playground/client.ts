// SPDX-License-Identifier: BSD-3-Clause
import type { Answer, Call, Functions } from "./worker.js";

/** The worker's functions, as the page calls them. */
export type Client = {
	readonly [Name in keyof Functions]: (
		...args: Parameters<Functions[Name]>
	) => Promise<Awaited<ReturnType<Functions[Name]>>>;
};

/** Starts the worker: what takes time is its work, so that the page never waits. */
export const startClient = (address: string): Client => {
	const worker = new Worker(address, { type: "module" });
	const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
	let last = 0;
	worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
		const { resolve, reject } = waiting.get(data.id) ?? {};
		waiting.delete(data.id);
		if ("failure" in data) reject?.(new Error(data.failure));
		else resolve?.(data.value);
	});
	const call = (name: keyof Functions, args: readonly unknown[]): Promise<unknown> =>
		new Promise((resolve, reject) => {
			const id = ++last;
			waiting.set(id, { resolve, reject });
			worker.postMessage({ id, name, args } satisfies Call);
		});
	return new Proxy({} as Client, {
		get:
			(_, name) =>
			(...args: readonly unknown[]) =>
				call(name as keyof Functions, args),
	});
};
