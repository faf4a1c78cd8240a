// SPDX-License-Identifier: BSD-3-Clause
import { misuse } from "../failure.js";

/** A device to bind, or one of its hardware queues. */
export interface Input {
	readonly device: string;
	readonly queue?: number;
	/** The file that the device reads. */
	readonly file?: string;
}

const fileDevice = "pcap:";
const memoryDevice = "mem:";
/** Before an interface: its packets are taken from the host. */
const diversion = "divert:";

const kinds = "a device is INTERFACE, INTERFACE:QUEUE, divert:INTERFACE, pcap:FILE or mem:NAME";

/** `DEV` or `DEV:QUEUE`. In the names of devices that are no interface, a colon is part of the name. */
export const parseInput = (text: string): Input => {
	if (text.startsWith(fileDevice)) return fileInput(text.slice(fileDevice.length));
	if (text.startsWith(memoryDevice)) return { device: text };
	const start = text.startsWith(diversion) ? diversion.length : 0;
	const colon = text.lastIndexOf(":");
	const hasQueue = colon >= start;
	const device = hasQueue ? text.slice(0, colon) : text;
	if (device.length === start) throw misuse(`-i '${text}': the name of the device is missing; ${kinds}`);
	if (!hasQueue) return { device };
	const queue = text.slice(colon + 1);
	if (!/^\d{1,5}$/.test(queue) || Number(queue) > 0xffff)
		throw misuse(`-i ${text}: '${queue}' is no hardware queue, a number from 0 to 65535; ${kinds}`);
	return { device, queue: Number(queue) };
};

/** Whether the user host alone has the device: files and memory. */
export const isOfUserHost = ({ device }: Input): boolean =>
	device.startsWith(fileDevice) || device.startsWith(memoryDevice);

export const fileInput = (file: string): Input => ({ device: `${fileDevice}${file}`, file });
