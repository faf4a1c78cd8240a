// SPDX-License-Identifier: BSD-3-Clause
// E1p: what each primitive of pfq-lang costs a packet, beside a program that does nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { primitives } from "@pfq/abi";
import { inputs, packetCount } from "./computation.js";
import {
	type Benchmark,
	build,
	type Context,
	engineBenchmark,
	fromRoot,
	makeBuildFolder,
	runForJson,
} from "./context.js";

import { figure, type Result } from "./result.js";
import { median } from "./statistics.js";

interface Cost {
	readonly symbol: string;
	readonly samples: readonly number[];
	readonly above: number;
}

/** The golden programs of a primitive, with all its edge values: alone, or in what it needs around it. */
function goldenImages(): Map<string, Buffer[]> {
	const images = new Map<string, Buffer[]>();
	for (const line of readFileSync(fromRoot("packages/lang/golden/images.txt"), "utf8").trim().split("\n")) {
		const [name = "", hex = ""] = line.split(" ");
		const symbol = name.split(".")[0] ?? "";
		images.set(symbol, [...(images.get(symbol) ?? []), Buffer.from(hex, "hex")]);
	}
	return images;
}

async function measure(image: Buffer, files: readonly string[], quick: boolean): Promise<number[]> {
	const path = `${makeBuildFolder()}/primitive.pfqc`;
	writeFileSync(path, image);
	const { samples } = (await runForJson(engineBenchmark("bench_program"), [
		...["-p", path, "-f", "", "-m", String(packetCount), "-n", quick ? "5" : "21", "-t", "1"],
		...files,
	])) as { samples: number[] };
	return samples;
}

/** The costliest are told one by one. */
const told = 8;

/** No primitive is to cost more than so many nanoseconds above a program that does nothing. */
const limit = 30;

async function* run({ quick, progress }: Context): AsyncGenerator<Result> {
	await build("packages/kernel-module/bench");
	const images = goldenImages();
	const [nothing] = images.get("unit") ?? [];
	if (nothing === undefined) throw new Error("packages/lang/golden/images.txt has no unit: pnpm generate");
	for (const { name: input, files } of inputs()) {
		const floor = await measure(nothing, files, quick);
		const costs: Cost[] = [];
		for (const { symbol } of primitives) {
			progress(`${symbol}, ${input} (${costs.length + 1} of ${primitives.length})`);
			let costliest: Cost | undefined;
			for (const image of images.get(symbol) ?? []) {
				const samples = await measure(image, files, quick);
				const above = median(samples) - median(floor);
				if (costliest === undefined || above > costliest.above) costliest = { symbol, samples, above };
			}
			if (costliest === undefined) throw new Error(`packages/lang/golden/images.txt has no ${symbol}: pnpm generate`);
			costs.push(costliest);
		}
		costs.sort((a, b) => b.above - a.above);
		for (const { symbol, samples, above } of costs.slice(0, told))
			yield {
				id: "E1p",
				work: `${symbol} (${input})`,
				unit: "ns a packet",
				ours: { name: symbol, samples },
				peer: { name: "unit", samples: floor },
				wanted: { median: "at most", value: limit + Math.ceil(median(floor)) },
				note: `${figure(above)} ns above a program that does nothing`,
			};
		const rest = costs.slice(told);
		yield {
			id: "E1p",
			work: `each of the ${rest.length} others, the costliest: ${rest[0]?.symbol} (${input})`,
			unit: "ns a packet",
			ours: {
				name: String(rest[0]?.symbol),
				samples: rest[0]?.samples ?? [],
				details: rest.map(({ symbol, above }) => ({ symbol, above })),
			},
			peer: { name: "unit", samples: floor },
			wanted: { median: "at most", value: limit + Math.ceil(median(floor)) },
		};
	}
}

export const primitivesBenchmark: Benchmark = {
	id: "E1p",
	title: "each primitive of pfq-lang, beside a program that does nothing",
	run,
};
