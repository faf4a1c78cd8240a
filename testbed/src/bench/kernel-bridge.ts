// SPDX-License-Identifier: BSD-3-Clause
// K4: what passing a packet from one device on to another costs, against a Linux bridge.
import { writeFileSync } from "node:fs";
import { bridge, image, program } from "@pfq/lang";
import { makeBuildFolder, nativeBenchmark } from "./context.js";
import { type Contender, kernelBenchmark } from "./kernel.js";

const bridgeImage = (): string => {
	const path = `${makeBuildFolder()}/bridge.pfqc`;
	writeFileSync(path, image(program(bridge("veth2"))));
	return path;
};

const pass = (quick: boolean, name: string, options: string): Contender => ({
	name,
	command: `${nativeBenchmark("bench_kernel_bridge")} -r ${quick ? 3 : 9} ${options}`,
});

export const kernelBridgeBenchmark = kernelBenchmark({
	id: "K4",
	title: "pfq.ko: bridge",
	rows: (quick) => [
		{
			work: "bridge between two devices",
			unit: "instructions a packet",
			floor: pass(quick, "not passed on", "none"),
			ours: pass(quick, "pfq.ko", `-p ${bridgeImage()} pfq`),
			peer: pass(quick, "Linux bridge", "linux"),
			wanted: { ratio: "at most", value: 0.7 },
		},
	],
});
