// SPDX-License-Identifier: BSD-3-Clause
import { createWorkbench, type Workbench } from "./workbench.js";

/** A call of one of the worker's functions, and its answer. */
export interface Call {
	readonly id: number;
	readonly name: keyof Functions;
	readonly args: readonly unknown[];
}

export type Answer =
	| { readonly id: number; readonly value: unknown }
	| { readonly id: number; readonly failure: string };

export type Functions = Workbench & { readonly draw: (dot: string) => Promise<string> };

const functions: Functions = {
	...createWorkbench(),
	async draw(dot) {
		const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
		return (await Graphviz.load()).dot(dot);
	},
};

const answer = async ({ id, name, args }: Call): Promise<Answer> => {
	try {
		const called = functions[name] as (...args: readonly unknown[]) => unknown;
		return { id, value: await called(...args) };
	} catch (error) {
		return { id, failure: error instanceof Error ? error.message : String(error) };
	}
};

addEventListener("message", async ({ data }: MessageEvent<Call>) => postMessage(await answer(data)));
