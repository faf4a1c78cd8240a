// SPDX-License-Identifier: BSD-3-Clause
import { Abi } from "@pfq/abi";
import { misuse } from "../failure.js";
import type { Input } from "./inputs.js";

/** The command line of `pfq run`, with the types that the options' parsers give. */
export interface RunOptions {
	readonly interface?: readonly Input[];
	readonly read?: readonly string[];
	readonly file?: string;
	readonly expression?: string;
	readonly sockets: number;
	readonly class?: readonly number[];
	readonly shared?: true;
	readonly caplen: number;
	readonly slots: number;
	readonly seconds?: number;
	readonly json?: true;
}

export const countFrom1 =
	(option: string, most: number) =>
	(text: string): number => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || value < 1 || value > most)
			throw misuse(`${option} ${text}: a whole number from 1 to ${most} is wanted`);
		return value;
	};

export const parseClasses = (text: string): readonly number[] =>
	text.split(",").map((each) => {
		if (!/^\d+$/.test(each) || Number(each) >= Abi.MAX_CLASSES)
			throw misuse(`--class ${text}: numbers from 0 to ${Abi.MAX_CLASSES - 1} with commas between are wanted`);
		return Number(each);
	});

export const fileName =
	(option: string) =>
	(text: string): string => {
		if (text === "") throw misuse(`${option} '': the name of the file is empty`);
		return text;
	};

/** Milliseconds that a timer of Node.js can take. */
const longestTimer = 2 ** 31 - 1;

export const parseSeconds = (text: string): number => {
	const seconds = Number(text);
	if (!/^\d*\.?\d+$/.test(text) || seconds <= 0 || seconds * 1000 > longestTimer)
		throw misuse(`--seconds ${text}: a number above 0 is wanted, and at most 2147483`);
	return seconds;
};
