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

const kinds = "a device is INTERFACE, INTERFACE:QUEUE, pcap:FILE or mem:NAME";

/** `DEV` or `DEV:QUEUE`. In the names of devices that are no interface, a colon is part of the name. */
export const parseInput = (text: string): Input => {
	if (text.startsWith(fileDevice)) return fileInput(text.slice(fileDevice.length));
	if (text.startsWith(memoryDevice)) return { device: text };
	const colon = text.lastIndexOf(":");
	const device = colon < 0 ? text : text.slice(0, colon);
	if (device === "") throw misuse(`-i '${text}': the name of the device is missing; ${kinds}`);
	if (colon < 0) return { device };
	const queue = text.slice(colon + 1);
	if (!/^\d{1,5}$/.test(queue) || Number(queue) > 0xffff)
		throw misuse(`-i ${text}: '${queue}' is no hardware queue, a number from 0 to 65535; ${kinds}`);
	return { device, queue: Number(queue) };
};

/** Whether the user host alone has the device: files and memory. */
export const isOfUserHost = ({ device }: Input): boolean =>
	device.startsWith(fileDevice) || device.startsWith(memoryDevice);

export const fileInput = (file: string): Input => ({ device: `${fileDevice}${file}`, file });
