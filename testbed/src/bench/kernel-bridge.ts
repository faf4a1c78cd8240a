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
	rows: (quick) => {
		const common = {
			unit: "instructions a packet",
			floor: pass(quick, "not passed on", "none"),
			peer: pass(quick, "Linux bridge", "linux"),
		};
		const ours = (device: string) => pass(quick, "pfq.ko", `-p ${bridgeImage()} -d ${device} pfq`);
		return [
			{
				...common,
				work: "bridge, divert:veth0 to veth2",
				ours: ours("divert:veth0"),
				wanted: { ratio: "at most", value: 0.7 },
			},
			{ ...common, work: "bridge, veth0 to veth2, the host gets it too", ours: ours("veth0") },
		];
	},
});
