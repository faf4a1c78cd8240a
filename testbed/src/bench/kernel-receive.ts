// SPDX-License-Identifier: BSD-3-Clause
// K1, K2: what capturing a packet costs, from the driver to its reader, against AF_PACKET's TPACKET_V3.
import { nativeBenchmark } from "./context.js";
import { type Contender, kernelBenchmark } from "./kernel.js";
import { steeringImage } from "./steering.js";

const unit = "instructions a packet";
const rounds = (quick: boolean) => (quick ? 3 : 9);

const receive = (quick: boolean, name: string, options: string): Contender => ({
	name,
	command: `${nativeBenchmark("bench_kernel_receive")} -r ${rounds(quick)} ${options}`,
});
const floor = (quick: boolean) => receive(quick, "no capture", "none");

export const kernelTapBenchmark = kernelBenchmark({
	id: "K1",
	title: "pfq.ko: a tap to one socket",
	rows: (quick) => [
		{
			work: "tap, one socket",
			unit,
			floor: floor(quick),
			ours: receive(quick, "pfq.ko", "pfq"),
			peer: receive(quick, "TPACKET_V3", "tpacket"),
			wanted: { ratio: "at most", value: 0.5 },
		},
	],
});

export const kernelSteeringBenchmark = kernelBenchmark({
	id: "K2",
	title: "pfq.ko: steering over 4 sockets",
	rows: (quick) => [
		{
			work: "steer_flow over 4 sockets",
			unit,
			floor: floor(quick),
			ours: receive(quick, "pfq.ko", `-n 4 -p ${steeringImage()} pfq`),
			peer: receive(quick, "PACKET_FANOUT_HASH over 4", "-n 4 tpacket"),
			wanted: { ratio: "at most", value: 0.6 },
		},
	],
});
