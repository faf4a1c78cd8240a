// SPDX-License-Identifier: BSD-3-Clause
import { InvalidArgumentError } from "commander";
import type { Input } from "./inputs.js";

/** The command line of `pfq run`, with the types that the options' parsers give. */
export interface RunOptions {
	readonly interface?: readonly Input[];
	readonly read?: readonly string[];
	readonly file?: string;
	readonly expression?: string;
	readonly sockets: number;
	readonly caplen: number;
	readonly slots: number;
	readonly seconds?: number;
	readonly json?: true;
}

/** Sizes: whether such a size can be had is for the host to say. */
export const parseCount = (text: string): number => {
	if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
		throw new InvalidArgumentError("a whole number is wanted.");
	return Number(text);
};

/** Milliseconds that a timer of Node.js can take. */
const longestTimer = 2 ** 31 - 1;

export const parseSeconds = (text: string): number => {
	const seconds = Number(text);
	if (!/^\d*\.?\d+$/.test(text) || seconds <= 0 || seconds * 1000 > longestTimer)
		throw new InvalidArgumentError("a number of seconds above 0 is wanted, and at most 2147483.");
	return seconds;
};
