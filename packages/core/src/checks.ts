// SPDX-License-Identifier: BSD-3-Clause
// What callers give may come from JavaScript, which no compiler has seen.
import { inspect } from "node:util";
import { PfqError } from "./errors.js";

const longestShown = 60;

/** A value in an error message. */
const shown = (value: unknown): string => {
	const text = inspect(value, { depth: 0, customInspect: false }).replaceAll(/\s+/g, " ");
	return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
};

export const refuse = (name: string, value: unknown, wanted: string): never => {
	throw new PfqError("EINVAL", `${name}: ${shown(value)} is ${wanted}`);
};

/** A whole number that a 64-bit integer of C can take; whether it is a good one, libpfq says. */
export const wholeNumber = (name: string, value: number, least = 0, most = Number.MAX_SAFE_INTEGER): number => {
	if (!Number.isSafeInteger(value) || value < least) refuse(name, value, `not a whole number of at least ${least}`);
	if (value > most) refuse(name, value, `above ${most}`);
	return value;
};

/** The same, where C has an int. */
export const intNumber = (name: string, value: number, least = 0): number =>
	wholeNumber(name, value, least, 2 ** 31 - 1);

/** What a 64-bit word of C can take. */
export const word64 = (name: string, value: bigint, wanted = "not a bigint of 64 bits"): bigint =>
	typeof value === "bigint" && BigInt.asUintN(64, value) === value ? value : refuse(name, value, wanted);

export const flag = (name: string, value: boolean): boolean =>
	typeof value === "boolean" ? value : refuse(name, value, "neither true nor false");

/** C's strings end at a NUL. */
export const cText = (name: string, value: string, wanted = "not a text without NUL"): string =>
	typeof value === "string" && !value.includes("\0") ? value : refuse(name, value, wanted);

export const deviceName = (value: string): string => {
	const wanted = "not the name of a device";
	return value === "" ? refuse("device", value, wanted) : cText("device", value, wanted);
};

export const octetsOf = (name: string, value: Uint8Array): Uint8Array =>
	value instanceof Uint8Array ? value : refuse(name, value, "no Uint8Array");

export const functionOf = <T>(name: string, value: T): T =>
	typeof value === "function" ? value : refuse(name, value, "no function");

export const optionsOf = <T extends object>(call: string, value: T): T =>
	typeof value === "object" && value !== null ? value : refuse(call, value, "no object with options");

/** Signals may come from another realm: what they can do counts. */
export const signalOf = (signal: AbortSignal | undefined): AbortSignal | undefined =>
	signal === undefined || typeof signal?.throwIfAborted === "function"
		? signal
		: refuse("signal", signal, "no AbortSignal");
