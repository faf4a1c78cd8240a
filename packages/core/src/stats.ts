// SPDX-License-Identifier: BSD-3-Clause
import { Abi, DeviceState } from "@pfq/abi";
import type { NativeDeviceStats } from "./native.js";

/** Packets, since the socket or the group was made. */
export interface Stats {
	/** Received: of a socket, those put into its queue; of a group, those put into its sockets' queues for it. */
	readonly recv: number;
	/** Lost because a queue was full. */
	readonly lost: number;
	/** Dropped by filters and computations. */
	readonly drop: number;
	readonly sent: number;
	/** Discarded on transmission: malformed, too long. */
	readonly disc: number;
	/** That a device would not send. */
	readonly fail: number;
	/** Forwarded to devices. */
	readonly frwd: number;
	/** Given to the host's own stack. */
	readonly kern: number;
}

const figures = 8;

export const readStats = (fill: (into: Float64Array) => void): Stats => {
	const into = new Float64Array(figures);
	fill(into);
	const [recv = 0, lost = 0, drop = 0, sent = 0, disc = 0, fail = 0, frwd = 0, kern = 0] = into;
	return { recv, lost, drop, sent, disc, fail, frwd, kern };
};

export const readCounters = (fill: (into: BigUint64Array) => void): BigUint64Array => {
	const into = new BigUint64Array(Abi.GROUP_COUNTERS);
	fill(into);
	return into;
};

/** What came of a bound device, since it was bound first. */
export interface DeviceStats {
	readonly name: string;
	readonly ifindex: number;
	/** `finished`: a file that has been read to its end. `failed`: `text` says why. */
	readonly state: "running" | "finished" | "failed";
	/** Packets that reached the engine. */
	readonly recv: number;
	/** Packets that the device lost before the engine saw them. */
	readonly lost: number;
	readonly sent: number;
	readonly fail: number;
	/** Of a file: octets read. */
	readonly position: number;
	/** Of a file: octets in all. */
	readonly size: number;
	readonly text: string;
}

const states: Readonly<Record<number, DeviceStats["state"]>> = {
	[DeviceState.RUNNING]: "running",
	[DeviceState.FINISHED]: "finished",
	[DeviceState.FAILED]: "failed",
};

export const deviceStats = (name: string, { state, ...rest }: NativeDeviceStats): DeviceStats => ({
	name,
	state: states[state] ?? "failed",
	...rest,
});
