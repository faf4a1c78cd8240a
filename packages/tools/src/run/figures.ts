// SPDX-License-Identifier: BSD-3-Clause
import type { DeviceStats, Stats } from "@pfq/core";

export interface SocketFigures {
	readonly id: number;
	/** Packets put into the queue. */
	readonly recv: number;
	/** Packets lost because the queue was full. */
	readonly lost: number;
	/** Octets on the wire of the packets that were read. */
	readonly octets: number;
}

export type GroupFigures = Pick<Stats, "recv" | "lost" | "drop" | "frwd" | "kern"> & { readonly gid: number };

/** `closed`: the run took it from the group while it still ran. */
export type DeviceFigures = Omit<DeviceStats, "state"> & { readonly state: DeviceStats["state"] | "closed" };

/** All figures of a run at one time. */
export interface Figures {
	/** Milliseconds since the run began. */
	readonly time: number;
	readonly group: GroupFigures;
	readonly sockets: readonly SocketFigures[];
	readonly counters: BigUint64Array;
	readonly devices: readonly DeviceFigures[];
}

/** What an earlier reading becomes, each second, until a later one: zero where no time went by. */
export const perSecond = (later: number, earlier: number, milliseconds: number): number =>
	milliseconds > 0 ? ((later - earlier) * 1000) / milliseconds : 0;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
