// SPDX-License-Identifier: BSD-3-Clause
import Table from "cli-table3";
import { bold, dim, red } from "../terminal.js";
import { type DeviceFigures, type Figures, type GroupFigures, perSecond, sum } from "./figures.js";
import { count, duration, rate, share } from "./units.js";

/**
 * The figures for people: the group and its sockets, the devices, and the counters that are not zero. Rates and shares
 * are those of the time since `before`, or of the whole run. Of the sockets, the first `most` are shown.
 */
export const report = (figures: Figures, before?: Figures, most = Infinity): string =>
	[
		packetTable(figures, before ?? beginOf(figures), most),
		deviceTable(figures.devices),
		counterLine(figures.counters),
		dim(`${before ? "" : "ran for "}${duration(figures.time)}`),
	]
		.filter((part) => part !== "")
		.join("\n\n");

const beginOf = (figures: Figures): Figures => ({
	...figures,
	time: 0,
	sockets: figures.sockets.map((each) => ({ ...each, recv: 0, octets: 0 })),
});

const packetTable = (now: Figures, before: Figures, most: number): string => {
	const milliseconds = now.time - before.time;
	const taken = now.sockets.map(({ recv, octets }, index) => ({
		packets: recv - (before.sockets[index]?.recv ?? 0),
		octets: octets - (before.sockets[index]?.octets ?? 0),
	}));
	const all = { packets: sum(taken.map(({ packets }) => packets)), octets: sum(taken.map(({ octets }) => octets)) };
	const figures = (packets: number, octets: number): string[] => [
		rate(perSecond(packets, 0, milliseconds)),
		rate(8 * perSecond(octets, 0, milliseconds)),
		share(packets, all.packets),
	];
	const table = plainTable(["", "packets", "packets/s", "bits/s", "share", "lost"]);
	now.sockets.slice(0, most).forEach(({ id, recv, lost }, index) => {
		const { packets, octets } = taken[index] ?? { packets: 0, octets: 0 };
		table.push([`socket ${id}`, count(recv), ...figures(packets, octets), losses(lost)]);
	});
	if (now.sockets.length > most) table.push([`… and ${now.sockets.length - most} more`, "", "", "", "", ""]);
	const { group } = now;
	table.push([bold(`group ${group.gid}`), count(group.recv), ...figures(all.packets, all.octets), losses(group.lost)]);
	return `${table}\n${groupLine(group)}`;
};

const groupLine = ({ gid, drop, frwd, kern }: GroupFigures): string =>
	[`group ${gid}: ${count(drop)} dropped`, `${count(frwd)} forwarded`, `${count(kern)} to the host`].join(", ");

const deviceTable = (devices: readonly DeviceFigures[]): string => {
	const table = plainTable(["device", "packets", "lost", "read", "state"]);
	devices.forEach((device) => {
		table.push([device.name, count(device.recv), losses(device.lost), progress(device), stateOf(device)]);
	});
	return String(table);
};

const losses = (lost: number): string => (lost > 0 ? red(count(lost)) : "0");

const progress = ({ position, size }: DeviceFigures): string => share(position, size);

const stateOf = ({ state }: DeviceFigures): string => (state === "failed" ? red(state) : state);

/** A counter that was counted down below zero is shown so. */
const counterLine = (counters: BigUint64Array): string => {
	const used = [...counters].flatMap((value, index) =>
		value === 0n ? [] : [`${index}: ${count(BigInt.asIntN(64, value))}`],
	);
	return used.length > 0 ? `counters  ${used.join("   ")}` : "";
};

/** Columns and no lines: to be read by people, and cut by awk. */
const plainTable = (head: string[]): Table.Table =>
	new Table({
		head: head.map(bold),
		colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
		chars: {
			top: "",
			"top-mid": "",
			"top-left": "",
			"top-right": "",
			bottom: "",
			"bottom-mid": "",
			"bottom-left": "",
			"bottom-right": "",
			left: "",
			"left-mid": "",
			mid: "",
			"mid-mid": "",
			right: "",
			"right-mid": "",
			middle: "  ",
		},
		style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
	});
