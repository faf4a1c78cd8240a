// SPDX-License-Identifier: BSD-3-Clause
import { PfqError } from "./errors.js";

/** A whole number that a 64-bit integer of C can take; whether it is a good one, libpfq says. */
export const wholeNumber = (name: string, value: number, least = 0, most = Number.MAX_SAFE_INTEGER): number => {
	if (!Number.isSafeInteger(value) || value < least)
		throw new PfqError("EINVAL", `${name}: ${String(value)} is not a whole number of at least ${least}`);
	if (value > most) throw new PfqError("EINVAL", `${name}: ${value} is above ${most}`);
	return value;
};

/** The same, where C has an int. */
export const intNumber = (name: string, value: number, least = 0): number =>
	wholeNumber(name, value, least, 2 ** 31 - 1);

export const deviceName = (value: string): string => {
	if (typeof value !== "string" || value === "" || value.includes("\0"))
		throw new PfqError("EINVAL", `device: ${JSON.stringify(value)} is not the name of a device`);
	return value;
};
