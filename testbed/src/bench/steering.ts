// SPDX-License-Identifier: BSD-3-Clause
// E5: steering over many sockets, against steering over one.
import { writeFileSync } from "node:fs";
import { image, program, steerFlow } from "@pfq/lang";
import { type Benchmark, build, type Context, engineBenchmark, makeBuildFolder, runForJson } from "./context.js";
import type { Result } from "./result.js";

/** What bench_receive prints of a scene. */
export interface Scene {
	readonly lost: number;
	readonly samples: number[];
}

export interface SceneSettings {
	readonly sockets?: number;
	readonly groups?: number;
	readonly slots?: number;
	readonly size?: number;
	readonly batch?: number;
	readonly image?: string;
}

const say = (settings: SceneSettings): string =>
	Object.entries(settings)
		.map(([name, value]) => `${name}=${value}`)
		.join(",");

/** Samples of two scenes in turn, in nanoseconds a packet. */
export async function compareScenes(
	scene: SceneSettings,
	peer: SceneSettings,
	samples: number,
): Promise<{ scene: Scene; peer: Scene }> {
	await build("packages/kernel-module/bench");
	const printed = await runForJson(engineBenchmark("bench_receive"), ["-n", String(samples), say(scene), say(peer)]);
	return printed as { scene: Scene; peer: Scene };
}

export function steeringImage(): string {
	const path = `${makeBuildFolder()}/steer_flow.pfqc`;
	writeFileSync(path, image(program(steerFlow)));
	return path;
}

async function* run({ quick, progress }: Context): AsyncGenerator<Result> {
	const settings: SceneSettings = { image: steeringImage(), slots: 65536 };
	for (const sockets of [4, 16, 64, 256]) {
		progress(`${sockets} sockets`);
		const { scene, peer } = await compareScenes(
			{ ...settings, sockets },
			{ ...settings, sockets: 1 },
			quick ? 15 : 101,
		);
		yield {
			id: "E5",
			work: `steer_flow over ${sockets} sockets`,
			unit: "ns a packet",
			ours: { name: `${sockets} sockets`, samples: scene.samples, details: { lost: scene.lost } },
			peer: { name: "1 socket", samples: peer.samples, details: { lost: peer.lost } },
			wanted: { ratio: "at most", value: 1.1 },
		};
	}
}

export const steeringBenchmark: Benchmark = { id: "E5", title: "steering over many sockets", run };
