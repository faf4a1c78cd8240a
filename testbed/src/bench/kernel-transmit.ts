// SPDX-License-Identifier: BSD-3-Clause
// K3: what sending a small packet costs, from the program to the driver, against PACKET_TX_RING and the kernel's packet generator.
import { nativeBenchmark } from "./context.js";
import { type Contender, type KernelRow, kernelBenchmark } from "./kernel.js";

const unit = "instructions a packet";

const sender = (quick: boolean, name: string, options: string): Contender => ({
	name,
	command: `${nativeBenchmark("bench_kernel_transmit")} -r ${quick ? 3 : 9} ${options}`,
});

/** A device that takes packets and drops them is the driver that costs least; veth hands them on to the other end. */
const rowsFor = (quick: boolean, device: string): readonly KernelRow[] => {
	const on = (name: string, options: string) => sender(quick, name, `-o ${device} ${options}`);
	const generator = on("pktgen", "pktgen");
	return [
		{
			work: `a Tx queue, ${device}`,
			unit,
			ours: on("pfq.ko", "pfq"),
			peer: on("PACKET_TX_RING", "ring"),
			wanted: { ratio: "at most", value: 0.6 },
		},
		{
			work: `a Tx queue, ${device}`,
			unit,
			ours: on("pfq.ko", "pfq"),
			peer: generator,
			wanted: { ratio: "at most", value: 1.5 },
		},
		{ work: `a Tx thread, ${device}`, unit, ours: on("pfq.ko", "thread"), peer: on("PACKET_TX_RING", "ring") },
	];
};

export const kernelTransmitBenchmark = kernelBenchmark({
	id: "K3",
	title: "pfq.ko: sending small packets",
	rows: (quick) => [
		...rowsFor(quick, "dummy0"),
		{
			work: "64 copies of a packet, dummy0",
			unit,
			ours: sender(quick, "pfq.ko", "-c 64 pfq"),
			peer: sender(quick, "pktgen, clone_skb", "-c 64 pktgen"),
			wanted: { ratio: "at most", value: 1.5 },
		},
		...rowsFor(quick, "veth1"),
	],
});
