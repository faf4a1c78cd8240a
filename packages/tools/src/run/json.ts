// SPDX-License-Identifier: BSD-3-Clause
import type { Display } from "./display.js";
import { type DeviceFigures, type Figures, perSecond } from "./figures.js";

/** One object a line: `interval` each second, `summary` at the end. Machines add up the figures: none is rounded but rates. */
export const jsonDisplay = (host: string): Display => ({
	every: 1000,
	interval: (now, before) => print({ type: "interval", ...totals(now), ...rates(now, before) }),
	summary: (figures) => print({ type: "summary", host, ...totals(figures) }),
});

const totals = ({ time, group, sockets, counters, devices }: Figures) => ({
	seconds: Math.round(time) / 1000,
	groups: [
		{ gid: group.gid, recv: group.recv, lost: group.lost, drop: group.drop, frwd: group.frwd, kern: group.kern },
	],
	sockets: sockets.map(({ id, recv, lost, octets }) => ({ id, recv, lost, octets })),
	counters: [...counters].map(exactNumber),
	devices: devices.map(device),
});

const device = ({ name, state, recv, lost, sent, fail, position, size, text }: DeviceFigures) => ({
	name,
	state,
	recv,
	lost,
	sent,
	fail,
	...(size > 0 && { position, size }),
	...(state === "failed" && { text }),
});

const rates = (now: Figures, before: Figures) => ({
	rates: now.sockets.map(({ id, recv, octets }, index) => {
		const earlier = before.sockets[index];
		const milliseconds = now.time - before.time;
		return {
			id,
			packets: Math.round(perSecond(recv, earlier?.recv ?? 0, milliseconds)),
			bits: Math.round(8 * perSecond(octets, earlier?.octets ?? 0, milliseconds)),
		};
	}),
});

/** A number where that is exact; a counter that was counted down below zero is what it is modulo 2^64, as text. */
const exactNumber = (value: bigint): number | string =>
	value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);

const print = (value: object): void => {
	process.stdout.write(`${JSON.stringify(value)}\n`);
};
